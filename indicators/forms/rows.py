"""Parts that come in rows: put in order, added, deleted; each known by its uid.

Works without script: a button adds a row by sending everything typed, and the page comes back with one more.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from indicators.document import new_uid
from indicators.forms.problems import Problem, form_problems


class RowForm(forms.Form):
    """One row. ``texts`` are the fields that make it more than a blank row."""

    texts: tuple[str, ...] = ()

    uid = forms.CharField(required=False, widget=forms.HiddenInput)
    order = forms.IntegerField(
        label="顺序",
        required=False,
        min_value=1,
        max_value=9999,
        error_messages={"invalid": "顺序应为整数，例如 3。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    delete = forms.BooleanField(label="删除", required=False)

    @property
    def is_stored(self) -> bool:
        return bool(self["uid"].value())

    def clean(self):
        if self.is_stored and not self.cleaned_data.get("delete") and self.is_blank():
            raise forms.ValidationError("该行内容已全部清空；要删除时勾选“删除”。")

    def is_blank(self) -> bool:
        """True where nothing is typed in the row; asked after cleaning."""
        return not self.errors and not any(self.cleaned_data.get(name) for name in self.texts)

    def is_kept(self) -> bool:
        """True where the row belongs to the document; asked after is_valid()."""
        return not self.cleaned_data.get("delete") and not self.is_blank()


class RowFormSet(forms.BaseFormSet):
    """The rows of one list. Deleted rows are never found fault with."""

    row_name = "第{}行"

    def __init__(self, data=None, *, rows: list[dict[str, Any]], prefix: str, blank: int = 0, **kwargs):
        """``rows`` are the stored ones, each with its uid; ``blank`` ones follow where none is stored."""
        self.known_uids = {row["uid"] for row in rows}
        self.extra = 0 if rows else blank
        initial = [{**row, "order": number} for number, row in enumerate(rows, start=1)]
        super().__init__(data, initial=None if data is not None else initial, prefix=prefix, **kwargs)

    def get_form_kwargs(self, index):
        # Blank rows are cleaned like others: Django would leave them without values.
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.row_name = self.row_name.format(index + 1 if index is not None else "")
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = f"{form.row_name} {field.label or name}"

    def is_valid(self) -> bool:
        return not self.problems()

    def problems(self) -> list[Problem]:
        if not self.management_form.is_valid():
            return [Problem("main", "", "浏览器发来的内容不完整，刷新页面后重新填写。")]
        wrong = (form for form in self.forms if not form.is_valid() and not form.cleaned_data.get("delete"))
        return [problem for form in wrong for problem in form_problems(form, form.row_name)]

    def kept(self) -> list[RowForm]:
        """Return the rows that stay, in the order people asked for."""
        kept = [(number, form) for number, form in enumerate(self.forms, start=1) if form.is_kept()]
        placed = [(number, form) for number, form in kept if form.cleaned_data.get("order")]
        rows = [form for _, form in sorted(placed, key=_asked_place)]
        for form in (form for _, form in kept if form not in rows):
            rows.insert(self.place_of(form, rows), form)
        return rows

    def place_of(self, form: RowForm, rows: list[RowForm]) -> int:
        """Return where a row without a number goes: to the end, unless a list knows better."""
        return len(rows)

    def parts(self) -> list[tuple[str, RowForm]]:
        """Return (uid, row) of the rows that stay; a uid from elsewhere becomes a new one."""
        free, parts = set(self.known_uids), []
        for form in self.kept():
            uid = form.cleaned_data["uid"]
            parts.append((uid if uid in free else new_uid(), form))
            free.discard(uid)
        return parts

    def focus_last(self) -> None:
        """Let the page open at the row that was just added."""
        if self.forms:
            row = self.forms[-1]
            row.fields[row.texts[0]].widget.attrs["autofocus"] = True


def _asked_place(numbered: tuple[int, RowForm]) -> tuple[int, int, int]:
    """A row given the number of another goes before it when it moves up, behind it when it moves down."""
    number, form = numbered
    asked = form.cleaned_data["order"]
    return asked, (asked > number) - (asked < number), number


def add_row(data, prefix: str, values: Mapping[str, Any] | None = None) -> None:
    """Put one more row at the end of the list ``prefix`` of the typed ``data`` (a mutable QueryDict)."""
    typed = data.get(f"{prefix}-TOTAL_FORMS", "")
    total = int(typed) if typed.isdecimal() else 0
    data[f"{prefix}-TOTAL_FORMS"] = str(total + 1)
    data.setdefault(f"{prefix}-INITIAL_FORMS", "0")
    for name, value in (values or {}).items():
        key = f"{prefix}-{total}-{name}"
        if isinstance(value, (list, tuple)):
            data.setlist(key, value)
        else:
            data[key] = "" if value is None else str(value)


def add_missing_rows(data, formset: RowFormSet, rows: list[dict[str, Any]]) -> None:
    """Put the stored ``rows`` that the typed ``data`` does not know at the end: somebody else added them."""
    known = {form["uid"].value() for form in formset.forms}
    for row in rows:
        if row["uid"] not in known:
            add_row(data, formset.prefix, row)
