"""What of a department's year is published and what stands against it (公开, domain.md §5)."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet

from indicators.checks.disclosure import hits_at_publication
from indicators.checks.facts import BookletFacts, TableFacts
from indicators.checks.model import Hit
from indicators.document import NARRATIVE_NAME, Booklet, TargetTable, booklet_from_json, table_from_json
from indicators.document.disclosure import Withheld, public_booklet
from indicators.layout.table import PrintOptions
from indicators.rows import load_narrative, print_options
from projects.models import EXEMPT, Approval, Declaration, DepartmentYear, FiscalYear, Publication
from projects.routes import status_label
from workflow.models import Status, Version
from workflow.transitions import APPROVE, APPROVE_CANCELLATION

NOTHING_NEW = "与已经公开的内容相同，没有新的内容需要公开。"


@dataclass(frozen=True, slots=True)
class Line:
    """A project that may be published: ``version`` is what was approved of it, None before its approval."""

    declaration: Declaration
    version: Version | None
    table: TargetTable | None
    standing: str

    @property
    def is_public(self) -> bool:
        return not self.declaration.withheld_reason

    @property
    def is_locked(self) -> bool:
        """True where 公开 or 不公开 cannot be chosen any more: the project is published."""
        return self.declaration.status == Status.PUBLISHED

    @property
    def name(self) -> str:
        return self.table.name if self.table else self.declaration.name


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a booklet from being published, with its place; ``pk`` is that of the project's table."""

    place: str
    message: str
    pk: int | None = None
    path: str = ""


@dataclass(frozen=True)
class Disclosure:
    """A department's year as it would be published now.

    ``narrative`` is its approved text, None where there is none; ``published`` what is published already.
    """

    filed: DepartmentYear
    lines: tuple[Line, ...]
    narrative: Booklet | None
    approvals: tuple[Approval, ...]
    published: Publication | None

    @cached_property
    def shown(self) -> tuple[Line, ...]:
        """The projects that are published: public ones, as they were approved."""
        return tuple(line for line in self.lines if line.is_public and line.table is not None)

    @cached_property
    def withheld(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_public)

    @cached_property
    def published_lines(self) -> tuple[Line, ...]:
        """The projects that the publication in force shows; adjusted ones stay among them."""
        uids = {table.uid for table in self._published_booklet.tables} if self.published else set()
        return tuple(line for line in self.lines if line.declaration.uid in uids)

    @property
    def intended(self) -> tuple[Line, ...]:
        """The projects that are to be public and are not published yet."""
        published = {line.declaration.pk for line in self.published_lines}
        return tuple(line for line in self.lines if line.is_public and line.declaration.pk not in published)

    @cached_property
    def _published_booklet(self) -> Booklet:
        return published_booklet(self.published)

    @cached_property
    def booklet(self) -> Booklet:
        """The booklet everybody may read, of what was approved and not of what the rows say today."""
        base = self.narrative or Booklet(
            self.filed.fiscal_year.year, self.filed.department.code, self.filed.name
        )
        tables = [line.table for line in self.shown if line.table]
        return public_booklet(base, tables, self.hidden)

    @property
    def is_waiting(self) -> bool:
        """True where something approved has not been published yet."""
        moving = [line.declaration.status for line in self.shown]
        return Status.APPROVED in (*moving, self.filed.status if self.narrative else "")

    @cached_property
    def is_up_to_date(self) -> bool:
        """True where what is published already is all that can be published now."""
        if self.published is None or self.is_waiting:
            return False
        return self._published_booklet == self.booklet

    @property
    def hidden(self) -> tuple[Withheld, ...]:
        return tuple(Withheld(line.name, line.declaration.project.code) for line in self.withheld)

    @property
    def options(self) -> PrintOptions:
        """How it is printed: without the foot line, which names people."""
        return dataclasses.replace(
            print_options(self.filed.fiscal_year, status=Status.APPROVED), foot_line=False
        )

    @property
    def revisions(self) -> dict[int, int]:
        """The revision of every project, by primary key: what the person saw who publishes."""
        return {line.declaration.pk: line.declaration.revision for line in self.lines}

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """All that stands against it, in the order of the booklet."""
        return (*_whole(self), *_of_narrative(self), *_of_tables(self))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What is to be known before it is published."""
        return tuple(_notes(self))


def disclosure_of(department_year: DepartmentYear) -> Disclosure:
    """Return what would be published of a department's year, in a constant number of queries."""
    year = department_year.fiscal_year
    declarations = list(_filed(department_year))
    versions = versions_in_force("declaration", [each.pk for each in declarations])
    text = versions_in_force("department_year", [department_year.pk]).get(department_year.pk)
    in_force = [*versions.values(), *([text] if text else [])]
    return Disclosure(
        filed=department_year,
        lines=tuple(_line(each, versions.get(each.pk), year) for each in declarations),
        narrative=booklet_from_json(text.document.text) if text else None,
        approvals=tuple(Approval.objects.filter(versions__in=in_force).distinct()),
        published=latest_publication(department_year),
    )


def versions_in_force(kind: str, object_ids: Collection[int]) -> dict[int, Version]:
    """Return what was approved last of each object, with its document; none of what was cancelled since."""
    settling = Version.objects.filter(
        kind=kind, object_id__in=object_ids, act__in=(APPROVE.name, APPROVE_CANCELLATION.name)
    )
    last = {version.object_id: version for version in settling.select_related("document").order_by("pk")}
    return {pk: version for pk, version in last.items() if version.act == APPROVE.name}


def latest_publication(department_year: DepartmentYear) -> Publication | None:
    """Return the publication in force, None before the first."""
    return department_year.publications.select_related("document").first()


def published_booklet(publication: Publication) -> Booklet:
    """Return the booklet as it was published."""
    return booklet_from_json(publication.document.text)


def _filed(department_year: DepartmentYear) -> QuerySet[Declaration]:
    counted = Declaration.objects.filter(department_year=department_year).counted()
    due = counted.exclude(project__category__in=EXEMPT, status__in=Status.EDITABLE)
    return due.select_related("project").order_by("position", "pk")


def _line(declaration: Declaration, version: Version | None, year: FiscalYear) -> Line:
    table = table_from_json(version.document.text) if version else None
    return Line(declaration, version, table, status_label(declaration.status, year))


def _whole(found: Disclosure) -> Iterator[Problem]:
    name = str(found.filed)
    if not found.shown and found.narrative is None:
        yield Problem(name, "没有可以公开的内容：没有已批复的绩效目标表和部门整体绩效目标。")
    elif not found.approvals:
        yield Problem(name, "还没有批复文件；批复后公开。")
    if not found.booklet.department_name.strip():
        yield Problem(name, "单位名称没有填写。")
    if found.is_up_to_date:
        yield Problem(name, NOTHING_NEW)


def _of_narrative(found: Disclosure) -> Iterator[Problem]:
    if found.narrative:
        narrative = dataclasses.replace(found.booklet, tables=())
        for hit in hits_at_publication(BookletFacts(narrative), found.hidden):
            yield Problem(NARRATIVE_NAME, hit.message, None, hit.path)


def _of_tables(found: Disclosure) -> Iterator[Problem]:
    tables = zip(found.shown, found.booklet.tables, strict=True)
    for line, table in tables:
        pk, place = line.declaration.pk, table.name or str(line.declaration)
        if not table.name.strip():
            yield Problem(place, "项目名称没有填写。", pk, "name")
        for hit in _hits(table, found.hidden):
            yield Problem(place, hit.message, pk, hit.path)


def _hits(table: TargetTable, hidden: Collection[Withheld]) -> Iterable[Hit]:
    return hits_at_publication(TableFacts(table), hidden)


def _notes(found: Disclosure) -> Iterator[str]:
    if found.narrative is None:
        written = load_narrative(found.filed)
        if written.overall_goals or written.sub_goals or written.safeguards:
            yield f"{NARRATIVE_NAME}还没有批复，本次不公开。"
    elif left_out := len(found.narrative.sub_goals) - len(found.booklet.sub_goals):
        yield f"只对应不公开项目的{left_out}项分项绩效目标不公开。"
    for line in found.lines:
        if line.is_public and line.table is None:  # it follows its 补充批复
            yield f"“{line.declaration}”现为{line.standing}，批复后再公开。"
        elif line.is_public and line.version and line.declaration.status not in Status.IN_FORCE:
            yield f"“{line.declaration}”现为{line.standing}，本次公开已批复的第{line.version.number}版。"
