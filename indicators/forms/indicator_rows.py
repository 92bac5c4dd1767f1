"""The indicator part of a table: one form for each row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from django import forms

from indicators.document import Indicator, TargetTable
from indicators.document.labels import INDICATOR
from indicators.forms.fields import RevisionField, TextField, WeightField
from indicators.forms.problems import form_problems
from indicators.forms.rows import RowForm, RowFormSet, add_missing_rows, add_row
from indicators.models import SecondTier
from projects.models import Declaration

Tier: TypeAlias = tuple[str, str]  # the names of a first tier and of a second one under it
BLANK_ROWS = 3
_FIELDS = ("first_tier", "second_tier", "name", "description", "value", "basis", "weight")


def frame_tiers(frame: str) -> list[Tier]:
    """Return the tiers of a frame in their official order."""
    tiers = SecondTier.objects.filter(first_tier__frame__code=frame).order_by(
        "first_tier__position", "position"
    )
    return list(tiers.values_list("first_tier__name", "name"))


class TierField(forms.ChoiceField):
    """Both tiers in one choice: the second ones grouped under their first; the value is a Tier or None."""

    def offer(self, tiers: Sequence[Tier]) -> None:
        """Let these tiers be chosen."""
        self.tiers = {_tier_text(tier): tier for tier in tiers}
        grouped: dict[str, list[tuple[str, str]]] = {}
        for text, (first, second) in self.tiers.items():
            grouped.setdefault(first or "（空）", []).append((text, second or "（空）"))
        self.choices = [("", "（未选）"), *grouped.items()]

    def prepare_value(self, value):
        return _tier_text(value) if isinstance(value, tuple) else value

    def clean(self, value):
        return self.tiers.get(super().clean(value))


def _tier_text(tier: Tier) -> str:
    return "›".join(tier) if any(tier) else ""


class IndicatorRowForm(RowForm):
    """One indicator."""

    texts = ("tier", "name", "description", "value", "basis")

    tier = TierField(label="一级、二级指标", required=False)
    name = TextField(label=INDICATOR["name"])
    description = TextField(label=INDICATOR["description"])
    value = TextField(label=INDICATOR["value"])
    basis = TextField(label=INDICATOR["basis"])
    weight = WeightField(label=INDICATOR["weight"])

    def __init__(self, *args, tiers: Sequence[Tier], has_weights: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tier"].offer(tiers)
        if not has_weights:
            del self.fields["weight"]

    def clean(self):
        super().clean()
        if not self.is_stored and not self.is_blank() and not self.cleaned_data.get("tier"):
            self.add_error("tier", "选择该指标属于哪一级、二级指标。")


class IndicatorFormSet(RowFormSet):
    """The rows; one without a number goes behind the last of its tier, as the form is printed."""

    def __init__(self, *args, tiers: Sequence[Tier], **kwargs):
        super().__init__(*args, **kwargs)
        self.ranks = {tier: rank for rank, tier in enumerate(tiers)}

    def place_of(self, form, rows):
        rank = self._rank(form)
        before = (place for place, row in enumerate(rows, start=1) if self._rank(row) <= rank)
        return max(before, default=0)

    def _rank(self, form) -> int:
        return self.ranks.get(form.cleaned_data["tier"], len(self.ranks))


_FormSet = forms.formset_factory(IndicatorRowForm, formset=IndicatorFormSet, extra=0)


class RevisionForm(forms.Form):
    """Which revision the person opened."""

    revision = RevisionField()


class IndicatorsForm:
    """All indicators of a table."""

    def __init__(self, data=None, *, table: TargetTable, declaration: Declaration):
        self.table, self.declaration, self.data = table, declaration, data
        self.head = RevisionForm(data, initial={"revision": declaration.revision})
        fiscal_year = declaration.department_year.fiscal_year
        self.has_weights = fiscal_year.has_weights
        tiers = frame_tiers(fiscal_year.frame)
        known = set(tiers)
        own = dict.fromkeys((row.first_tier, row.second_tier) for row in table.indicators)
        offered = [*tiers, *(tier for tier in own if tier not in known and any(tier))]
        self.rows = _FormSet(
            data,
            rows=self._stored_rows(),
            prefix="rows",
            blank=BLANK_ROWS,
            tiers=tiers,
            form_kwargs={"tiers": offered, "has_weights": self.has_weights},
        )
        self.row_lists = {self.rows.prefix: self.rows}

    @property
    def opened_revision(self) -> int:
        return self.head.cleaned_data["revision"]

    def is_valid(self) -> bool:
        return self.head.is_valid() and self.rows.is_valid()

    def problems(self):
        return [*form_problems(self.head), *self.rows.problems()]

    def document(self) -> TargetTable:
        """Return the table with the indicators as typed; after is_valid()."""
        stored = {row.uid: row for row in self.table.indicators}
        rows = []
        for uid, form in self.rows.parts():
            typed = form.cleaned_data
            first, second = typed["tier"] or ("", "")
            row = stored.get(uid) or Indicator("", "", "", uid=uid)
            texts = {name: typed[name] for name in _FIELDS if name in typed}
            rows.append(replace(row, first_tier=first, second_tier=second, **texts))
        return replace(self.table, indicators=tuple(rows))

    def added(self, prefix: str):
        """Return the typed data with one more row."""
        data = self.data.copy()
        add_row(data, prefix)
        return data

    def rebased(self):
        """Return the typed data, to be saved over what is stored now, with rows that others added."""
        data = self.data.copy()
        data["revision"] = self.declaration.revision
        stored = [{**row, "tier": _tier_text(row["tier"])} for row in self._stored_rows()]
        add_missing_rows(data, self.rows, stored)
        return data

    def _stored_rows(self) -> list[dict]:
        return [
            {name: getattr(row, name) for name in ("uid", *_FIELDS[2:])}
            | {"tier": (row.first_tier, row.second_tier)}
            for row in self.table.indicators
        ]
