"""What a reviewer sends: an act with its reason, a 批注, an answer."""

from collections.abc import Iterable, Mapping

from django import forms

from indicators.forms.fields import RevisionField, TextField
from workflow.models import Comment
from workflow.services.comments import LONGEST
from workflow.transitions import PASS, RECALL, RETURN, RETURN_ONE, Act

REVIEW_ACTS = (PASS, RETURN, RETURN_ONE, RECALL)
WHOLE = "whole"  # the place of a comment on no field in particular
_INCOMPLETE = "浏览器发来的内容不完整，刷新页面后重试。"
_UNFINISHED = {"required": _INCOMPLETE, "invalid_choice": _INCOMPLETE}


class ActForm(forms.Form):
    """通过, 退回 or 取消审核 from the revision the reviewer saw; ``phrases`` are reasons that were ticked."""

    act = forms.ChoiceField(
        choices=[(act.name, act.label) for act in REVIEW_ACTS], error_messages=_UNFINISHED
    )
    revision = RevisionField()
    reason = TextField(label="退回原因", rows=4)
    phrases = forms.MultipleChoiceField(required=False)

    def __init__(self, data=None):
        super().__init__(data, auto_id="act_%s")
        # What was offered when the page was opened may be settled by now; it was ticked all the same.
        given = data.getlist("phrases") if data is not None else ()
        self.offered: tuple[str, ...] = ()
        self.offer(given)
        self.fields["reason"].widget.attrs |= {"class": "form-control", "maxlength": 2000}

    def offer(self, phrases: Iterable[str]) -> None:
        """Offer more phrases, before those that are offered already."""
        self.offered = tuple(dict.fromkeys((*phrases, *self.offered)))
        self.fields["phrases"].choices = [(phrase, phrase) for phrase in self.offered]

    def clean(self):
        cleaned = super().clean()
        if (act := self._act(cleaned)) and act.needs_reason and not self.full_reason():
            self.add_error("reason", "写明退回的原因；下面列有问题的，也可以勾选。")
        return cleaned

    @property
    def chosen(self) -> Act:
        """The act; after is_valid()."""
        return self._act(self.cleaned_data)

    def full_reason(self) -> str:
        """Return the reason as typed, and below it what was ticked."""
        cleaned = self.cleaned_data
        return "\n".join(filter(None, (cleaned.get("reason", ""), *cleaned.get("phrases", ()))))

    def ticked(self) -> list[tuple[str, bool]]:
        """Return (phrase, is ticked) for all that is offered."""
        chosen = self.data.getlist("phrases") if self.is_bound else ()
        return [(phrase, phrase in chosen) for phrase in self.offered]

    def _act(self, cleaned: Mapping) -> Act | None:
        return next((act for act in REVIEW_ACTS if act.name == cleaned.get("act")), None)


class CommentForm(forms.Form):
    """A 批注 on one of the places of a document."""

    path = forms.ChoiceField(
        label="位置",
        error_messages={
            "required": "选择批注的位置。",
            "invalid_choice": "所选的位置已不在表中，重新选择位置。",
        },
    )
    sort = forms.ChoiceField(
        label="类别",
        error_messages={"required": "选择批注的类别。", "invalid_choice": "须整改的批注由审核人提出。"},
    )
    text = TextField(
        label="批注",
        rows=3,
        required=True,
        most=LONGEST,
        error_messages={"required": "写明批注的内容。"},
    )

    def __init__(self, data=None, *, places: Mapping[str, str], sorts: Iterable[Comment.Sort]):
        super().__init__(data, auto_id="comment_%s")
        self.fields["path"].choices = [(WHOLE, "整张表"), *places.items()]
        self.fields["sort"].choices = [(sort.value, sort.label) for sort in sorts]
        self.fields["sort"].initial = Comment.Sort.GENERAL  # a demand keeps the table back: it is chosen
        for name in ("path", "sort"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["text"].widget.attrs["class"] = "form-control"

    @property
    def place(self) -> str:
        """The path of the place, '' for the whole; after is_valid()."""
        path = self.cleaned_data["path"]
        return "" if path == WHOLE else path
