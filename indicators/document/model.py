"""The values a document is made of. All are immutable; uids and import notes take no part in equality."""

import datetime
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

NARRATIVE_NAME = "部门整体绩效目标"  # what people call the text of a booklet, without its tables


def new_uid() -> str:
    """Return a fresh uid: what findings, comments and conflicts point to, while people see a row number."""
    return uuid.uuid4().hex


class Beneficiaries(StrEnum):
    """有无服务对象: whether a satisfaction indicator is due (财预〔2021〕101号)."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class NoteKind(StrEnum):
    """What an import may drop because the layout draws it anew; rules about form read these.

    FORMER_BUDGET is the 预算数 (元) a project list replaced: R40b reads it. LISTED_NAME says that the name is
    a project list's, which its preparer cannot mend: R05 reads it; it is drawn from the row.
    """

    HEADING = "heading"
    MISSING_HEADING = "missing_heading"
    DOUBLED_TITLE = "doubled_title"
    NUMBERING = "numbering"
    CONVERSION_MARK = "conversion_mark"
    OUTER_BLANKS = "outer_blanks"
    FORMER_BUDGET = "former_budget"
    LISTED_NAME = "listed_name"


@dataclass(frozen=True, slots=True)
class ImportNote:
    """Something the importer saw and did not keep: its kind, its place in the source, its text."""

    kind: NoteKind
    place: str
    text: str


def _uid() -> str:
    return field(default_factory=new_uid, compare=False, kw_only=True)


def _notes() -> tuple[ImportNote, ...]:
    return field(default=(), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A node of the 资金支出计划: cumulative percent (25 is 25%) at the end of the month, None if blank."""

    month: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the indicator part. ``value`` is the text as typed (≥95%); indicators.values reads it."""

    first_tier: str
    second_tier: str
    name: str
    description: str = ""
    value: str = ""
    basis: str = ""
    weight: Decimal | None = None
    uid: str = _uid()


@dataclass(frozen=True, slots=True)
class TargetTable:
    """One project's 绩效目标表 for one fiscal year. Amounts are 元; None is a blank, not zero."""

    year: int
    department_code: str
    department_name: str
    project_code: str
    name: str
    category: str = ""
    nature: str = ""
    frame: str = ""
    budget: Decimal | None = None
    fiscal_funding: Decimal | None = None
    other_funding: Decimal | None = None
    purpose: str = ""
    milestones: tuple[Milestone, ...] = ()
    goal: str = ""
    beneficiaries: Beneficiaries = Beneficiaries.UNDECIDED
    preparer: str = ""
    preparer_phone: str = ""
    prepared_on: datetime.date | None = None
    indicators: tuple[Indicator, ...] = ()
    uid: str = _uid()
    notes: tuple[ImportNote, ...] = _notes()


@dataclass(frozen=True, slots=True)
class NarrativeItem:
    """One numbered paragraph of the narrative, without its number."""

    text: str
    uid: str = _uid()


@dataclass(frozen=True, slots=True)
class SubGoal:
    """One 分项绩效目标: title, goal and indicator texts, and the codes of the projects it is linked to."""

    title: str
    goal: str = ""
    indicators: str = ""
    project_codes: tuple[str, ...] = ()
    uid: str = _uid()


@dataclass(frozen=True, slots=True)
class SafeguardSection:
    """One block of 工作保障措施: a title and its numbered measures."""

    title: str
    items: tuple[NarrativeItem, ...] = ()
    uid: str = _uid()


@dataclass(frozen=True, slots=True)
class Booklet:
    """A department's year: the narrative (第一部分) and the tables of its projects in order (第二部分)."""

    year: int
    department_code: str
    department_name: str
    overall_goals: tuple[NarrativeItem, ...] = ()
    sub_goals: tuple[SubGoal, ...] = ()
    safeguards: tuple[SafeguardSection, ...] = ()
    tables: tuple[TargetTable, ...] = ()
    notes: tuple[ImportNote, ...] = _notes()
