"""The preview of a paste as a form: what the block is, what its columns mean, what is done with each row.

What was shown travels signed inside the form, so that exactly that is written and nothing else.
"""

from dataclasses import asdict, astuple
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django import forms
from django.core import signing

from indicators.document import Change, Indicator, TargetTable
from indicators.document.fields import ROW_FIELDS, with_months
from indicators.importers.clipboard import (
    Act,
    Block,
    Column,
    FrameTiers,
    Paste,
    PasteKind,
    PastePreview,
    PasteRefusedError,
    Proposal,
    propose_cells,
    propose_plan,
    propose_rows,
    read_block,
    recognise_columns,
    recognise_kind,
)
from indicators.importers.clipboard.block import LARGEST_SOURCE
from indicators.rows import frame_tiers
from projects.models import Declaration

KIND_LABELS = {
    PasteKind.ROWS: "指标行",
    PasteKind.PLAN: "资金支出计划",
    PasteKind.CELLS: "从选中的单元格起向下填",
}
COLUMN_LABELS = {
    Column.FIRST_TIER: "一级指标",
    Column.SECOND_TIER: "二级指标",
    Column.NAME: "三级指标",
    Column.DESCRIPTION: "绩效指标描述",
    Column.VALUE: "指标值",
    Column.COMPARATOR: "计算符号",
    Column.UNIT: "计量单位",
    Column.BASIS: "确定依据",
    Column.WEIGHT: "权重",
    Column.IGNORED: "不贴",
}
_ACT_LABELS = {Act.ADD: "新增一行", Act.REPLACE: "填入", Act.LEAVE: "不贴"}
_ACT_LABELS_OVER = {Act.ADD: "作为新行", Act.REPLACE: "覆盖已有", Act.LEAVE: "保留已有"}
EXISTING_LABELS = {Act.LEAVE: "保留已有", Act.REPLACE: "覆盖已有", Act.ADD: "作为新行"}


class ClipboardForm(forms.Form):
    """What a browser found on the clipboard, or what a person pasted into the text area."""

    html = forms.CharField(required=False, strip=False, max_length=LARGEST_SOURCE + 1)
    text = forms.CharField(
        required=False,
        strip=False,
        max_length=LARGEST_SOURCE + 1,
        label="复制的表格",
        widget=forms.Textarea(attrs={"rows": 12, "class": "form-control"}),
    )


class Choice(NamedTuple):
    """A select of the preview."""

    name: str
    label: str
    options: list[tuple[str, str]]
    selected: str


class Cell(NamedTuple):
    """A cell of the block as the preview shows it; ``before`` is what would be written over."""

    text: str
    remark: str
    change: Change | None
    is_pasted: bool


class Line(NamedTuple):
    """A row of the preview; without a proposal it is one that is not pasted."""

    number: int
    proposal: Proposal | None
    act: Choice | None
    cells: list[Cell]


class PasteForm:
    """A block from the clipboard, held against a table. Raises PasteRefusedError where nothing is there."""

    def __init__(self, data, *, table: TargetTable, declaration: Declaration, user):
        fiscal_year = declaration.department_year.fiscal_year
        self.data, self.declaration = data, declaration
        self.table = with_months(table, fiscal_year.milestone_months)
        self.months = fiscal_year.milestone_months
        self.has_weights = fiscal_year.has_weights
        self.tiers = FrameTiers(frame_tiers(fiscal_year.frame))
        self._salt = f"paste:{declaration.pk}:{user.pk}"
        self.shown = self._shown()
        self.block = self._block()
        self.path = self.shown.get("path", data.get("path", ""))

    def _shown(self) -> dict[str, Any]:
        """Return what the last preview showed; nothing where this is the first."""
        if not (state := self.data.get("state")):
            return {}
        try:
            return signing.loads(state, salt=self._salt)
        except signing.BadSignature:
            raise PasteRefusedError("浏览器发来的内容不完整；重新复制并粘贴。") from None

    def _block(self) -> Block:
        if self.shown:
            return Block(tuple(map(tuple, self.shown["block"])), tuple(self.shown["messages"]))
        return read_block(self.data.get("html", ""), self.data.get("text", ""))

    # What a person may correct.

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        recognised = recognise_columns(self.block, self.tiers)
        chosen = (self.data.get(f"column-{number}") for number in range(self.block.width))
        return tuple(
            Column(choice) if choice is not None and choice in COLUMN_LABELS else found
            for choice, found in zip(chosen, recognised, strict=True)
        )

    @cached_property
    def kinds(self) -> list[PasteKind]:
        """Return what the block can be pasted as."""
        kinds = [PasteKind.ROWS, PasteKind.PLAN]
        return [*kinds, PasteKind.CELLS] if self._selected_cell else kinds

    @cached_property
    def kind(self) -> PasteKind:
        wanted = self.data.get("kind")
        if wanted in self.kinds:
            return PasteKind(wanted)
        found = recognise_kind(self.block, self.columns, months=self.months, path=self.path)
        return found if found in self.kinds else PasteKind.ROWS

    @cached_property
    def default_tier(self) -> tuple[str, str]:
        """Return where rows go that name no tier: as chosen, else the tier of the selected row."""
        if "tier" in self.data:
            return next(
                (pair for pair in self._offered_tiers if _joined(pair) == self.data["tier"]), ("", "")
            )
        uid = self.path.split("/")[1] if self.path.startswith("indicators/") else ""
        row = next((row for row in self.table.indicators if row.uid == uid), None)
        return (row.first_tier, row.second_tier) if row else ("", "")

    @property
    def _offered_tiers(self) -> list[tuple[str, str]]:
        own = ((row.first_tier, row.second_tier) for row in self.table.indicators)
        return list(dict.fromkeys((*self.tiers.pairs, *filter(any, own))))

    @property
    def existing(self) -> Act:
        wanted = self.data.get("existing")
        return Act(wanted) if wanted in EXISTING_LABELS else Act.LEAVE

    @cached_property
    def _selected_cell(self) -> tuple[str, str] | None:
        """Return (uid, field) of the selected cell where it lies in an indicator that is still there."""
        match self.path.split("/"):
            case ["indicators", uid, field] if field in ROW_FIELDS:
                return (uid, field) if any(row.uid == uid for row in self.table.indicators) else None
        return None

    # What the preview shows.

    @cached_property
    def preview(self) -> PastePreview:
        if self.kind is PasteKind.PLAN:
            start = self.path.removeprefix("milestones/")
            month = int(start) if start.isdecimal() else None
            return propose_plan(self.block, stored=self.table.milestones, start=month)
        if self.kind is PasteKind.CELLS:
            uid, field = self._selected_cell
            return propose_cells(
                self.block,
                stored=self.table.indicators,
                uid=uid,
                name=field,
                has_weights=self.has_weights,
            )
        return propose_rows(
            self.block,
            self.columns,
            stored=self.table.indicators,
            tiers=self.tiers,
            default_tier=self.default_tier,
            has_weights=self.has_weights,
        )

    @property
    def has_changes(self) -> bool:
        return any(proposal.changes for proposal in self.preview.proposals)

    @property
    def messages(self) -> list[str]:
        unrecognised = self.kind is PasteKind.ROWS and not any(self.columns)
        hint = ["没有认出各列的含义；在需要的列上方选择，例如三级指标、指标值。"] if unrecognised else []
        return [*hint, *self.block.messages, *self.preview.messages]

    @property
    def state(self) -> str:
        """Return what is shown, signed: it comes back with the choices."""
        shown = {
            "block": self.block.rows,
            "messages": self.block.messages,
            "path": self.path,
            "settings": self._settings(),
            "proposals": [
                {
                    "number": proposal.number,
                    "added": proposal.added and _plain(proposal.added),
                    "changes": [astuple(change) for change in proposal.changes],
                }
                for proposal in self.preview.proposals
            ],
        }
        return signing.dumps(shown, salt=self._salt, compress=True)

    def _settings(self) -> list:
        return [self.kind, list(self.columns), list(self.default_tier), self.existing]

    @property
    def was_corrected(self) -> bool:
        """Whether a column or another setting was changed since the preview: then it is shown again."""
        return not self.shown or self.shown["settings"] != self._settings()

    @property
    def kind_choice(self) -> Choice:
        options = [(kind.value, KIND_LABELS[kind]) for kind in self.kinds]
        return Choice("kind", "粘贴为", options, self.kind.value)

    @property
    def tier_choice(self) -> Choice | None:
        """Return where rows without tiers go, None where all name theirs."""
        if self.kind is not PasteKind.ROWS or not self._has_untiered:
            return None
        options = [("", "（未选）"), *((_joined(pair), "›".join(pair)) for pair in self._offered_tiers)]
        return Choice("tier", "没有写明类别的行归入", options, _joined(self.default_tier))

    @property
    def existing_choice(self) -> Choice | None:
        """Return what is done wherever something is there, None where nothing is met."""
        if not self.preview.meets_existing:
            return None
        acts = {act for proposal in self.preview.proposals for act in proposal.acts}
        options = [(act.value, label) for act, label in EXISTING_LABELS.items() if act in acts]
        return Choice("existing", "遇到已有内容", options, self.existing.value)

    @cached_property
    def _has_untiered(self) -> bool:
        """Whether the block begins with rows that name no tier."""
        read = propose_rows(self.block, self.columns, stored=(), tiers=self.tiers)
        return any(not any(proposal.tiers) for proposal in read.proposals)

    @property
    def column_choices(self) -> list[Choice]:
        options = [
            (column.value, label)
            for column, label in COLUMN_LABELS.items()
            if self.has_weights or column is not Column.WEIGHT
        ]
        return [
            Choice(f"column-{number}", f"第{number + 1}列的含义", options, column.value)
            for number, column in enumerate(self.columns)
        ]

    @property
    def lines(self) -> list[Line]:
        if self.kind is not PasteKind.ROWS:
            return [self._line(proposal.number, proposal, []) for proposal in self.preview.proposals]
        proposed = {proposal.number: proposal for proposal in self.preview.proposals}
        return [
            self._line(number, proposed.get(number), self._cells(row, proposed.get(number)))
            for number, row in enumerate(self.block.rows, start=1)
            if any(row)
        ]

    def _line(self, number: int, proposal: Proposal | None, cells: list[Cell]) -> Line:
        return Line(number, proposal, proposal and self._act_choice(proposal), cells)

    def _act_choice(self, proposal: Proposal) -> Choice | None:
        if len(proposal.acts) == 1:
            return None
        is_over = proposal.existing or any(change.before for change in proposal.changes)
        labels = _ACT_LABELS_OVER if is_over else _ACT_LABELS
        if proposal.existing and not proposal.changes:
            labels = labels | {Act.LEAVE: "已有相同"}
        options = [(act.value, labels[act]) for act in proposal.acts]
        return Choice(f"act-{proposal.number}", f"第{proposal.number}行", options, self._act(proposal).value)

    def _act(self, proposal: Proposal) -> Act:
        wanted = self.data.get(f"act-{proposal.number}") if self.existing.value == self._asked else None
        return Act(wanted) if wanted in proposal.acts else proposal.default(existing=self.existing)

    @property
    def _asked(self) -> str:
        """What was to be done with existing rows when the preview was drawn; a new wish goes for all rows."""
        return self.data.get("existing-shown", self.existing.value)

    def _cells(self, row: tuple[str, ...], proposal: Proposal | None) -> list[Cell]:
        changes = {change.path.rpartition("/")[2]: change for change in proposal.changes} if proposal else {}
        return [
            Cell(
                text,
                proposal.remarks.get(number, "") if proposal else "",
                changes.get(column.value),
                bool(proposal and column),
            )
            for number, (text, column) in enumerate(zip(row, self.columns, strict=True))
        ]

    # What was chosen.

    def problem(self) -> str:
        """Return why the choices cannot be written, '' where they can."""
        untiered = [
            str(proposal["number"])
            for proposal in self.shown["proposals"]
            if self._chosen(proposal) is Act.ADD and not any(proposal["added"][:2])
        ]
        if untiered:
            return f"第{'、'.join(untiered)}行没有写明一级、二级指标，选择归入哪一类后再粘贴。"
        return "" if self.paste() else "没有选中要粘贴的内容；为需要的行选择新增或覆盖。"

    def paste(self) -> Paste:
        """Return what was shown and chosen."""
        added, changes = [], []
        for proposal in self.shown["proposals"]:
            act = self._chosen(proposal)
            if act is Act.ADD and proposal["added"]:
                added.append(_indicator(proposal["added"]))
            elif act is Act.REPLACE:
                changes += (Change(*change) for change in proposal["changes"])
        return Paste(tuple(added), tuple(changes))

    def _chosen(self, proposal: dict) -> Act:
        wanted = self.data.get(f"act-{proposal['number']}")
        return Act(wanted) if wanted in list(Act) else Act.LEAVE


class UndoForm:
    """A paste that was done, signed for its table and the person who did it."""

    def __init__(self, data=None, *, declaration: Declaration, user):
        self._data, self._salt = data, f"paste-undo:{declaration.pk}:{user.pk}"

    def token(self, paste: Paste) -> str:
        """Return the paste as a text that a browser keeps."""
        plain = {
            "added": [_plain(row) for row in paste.added],
            "changes": [astuple(change) for change in paste.changes],
        }
        return signing.dumps(plain, salt=self._salt, compress=True)

    def paste(self) -> Paste | None:
        """Return the paste to be taken back, None where the text is not one of ours."""
        try:
            plain = signing.loads(self._data.get("token", ""), salt=self._salt)
        except signing.BadSignature:
            return None
        changes = tuple(Change(*change) for change in plain["changes"])
        return Paste(tuple(_indicator(row) for row in plain["added"]), changes)


def _plain(row: Indicator) -> list[str | None]:
    """Return an indicator as texts: tiers, fields, weight, uid."""
    *texts, weight, uid = asdict(row).values()
    return [*texts, None if weight is None else str(weight), uid]


def _indicator(plain: list[str | None]) -> Indicator:
    *texts, weight, uid = plain
    return Indicator(*texts, None if weight is None else Decimal(weight), uid=uid)


def _joined(tier: tuple[str, str]) -> str:
    return "›".join(tier) if any(tier) else ""
