"""The indicator library: proposing, deciding, retiring, importing and taking from it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from departments.models import Role
from departments.permissions import KEEPING_ROLES, may_keep_library, may_prepare, role_acted_in
from indicators.document import Change
from indicators.library import library_tiers
from indicators.library_columns import BY_FIELD, COLUMNS, IDENTITY, problems_of, tidy
from indicators.library_initials import initials_of
from indicators.library_tiers import Tier
from indicators.models import LibraryIndicator
from indicators.segmentation import words_of
from projects.models import Declaration
from trail.services import record

Standing = LibraryIndicator.Standing
Values = Mapping[str, str]  # field → text, of some or all columns of the library
KIND = "library"
_TAKEN = "指标库已有同一行业领域、行业类别、资金用途下的同名指标“{name}”，不能再入库一条。"
_DERIVED = ("words", "initials")
_SEARCHED = ("name", "keywords", "funding_use", "subsector", "sector")
_SEPARATORS = re.compile(r"[\s，、,；;]+")
_PER_WRITE = 500


class LibraryError(ValueError):
    """What cannot be put into the library; ``messages`` are Chinese sentences, one for each reason."""

    def __init__(self, messages: Iterable[str]):
        self.messages = tuple(messages)
        super().__init__("\n".join(self.messages))


@dataclass(frozen=True, slots=True)
class Replaced:
    """An indicator in the library that an import changes, and what of it."""

    indicator: LibraryIndicator
    changes: tuple[Change, ...]

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """Return the head, the old and the new text of every cell that changes."""
        return [(BY_FIELD[_field(change)].title, change.before, change.after) for change in self.changes]


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """What an import would do: rows to add, indicators to change, how many stay, and the rows left out.

    ``retired`` are rows of indicators that were retired: they stay so.
    """

    new: tuple[Values, ...] = ()
    changed: tuple[Replaced, ...] = ()
    unchanged: int = 0
    retired: tuple[LibraryIndicator, ...] = ()

    @property
    def does_nothing(self) -> bool:
        return not self.new and not self.changed


@transaction.atomic
def propose_indicator(*, declaration: Declaration, values: Values, actor) -> LibraryIndicator:
    """Propose an indicator of a table for the library. Raises PermissionDenied, LibraryError."""
    department = declaration.department_year.department
    if not may_prepare(actor, department):
        raise PermissionDenied(f"本人不是“{department.name}”的填报人，不能提出加入指标库。")
    indicator = LibraryIndicator(**_fitted(values), proposed_by=actor, proposed_for=department)
    _require_room(indicator)
    derive(indicator)
    indicator.save()
    _record(indicator, action="propose", changes=_changes({}, values_of(indicator)), actor=actor)
    return indicator


@transaction.atomic
def approve_proposal(
    *, indicator: LibraryIndicator, values: Values, actor, remark: str = ""
) -> LibraryIndicator:
    """Take a proposal into the library, worded as ``values`` say. Raises PermissionDenied, LibraryError."""
    kept = _locked(indicator, Standing.PROPOSED, actor)
    changes = _rewrite(kept, values)
    return _decide(kept, Standing.APPROVED, action="approve", remark=remark, changes=changes, actor=actor)


@transaction.atomic
def reject_proposal(*, indicator: LibraryIndicator, reason: str, actor) -> LibraryIndicator:
    """Refuse a proposal; the proposer reads the reason. Raises PermissionDenied, LibraryError."""
    kept = _locked(indicator, Standing.PROPOSED, actor)
    return _decide(kept, Standing.REJECTED, action="reject", remark=_required(reason), actor=actor)


@transaction.atomic
def retire_indicator(*, indicator: LibraryIndicator, reason: str, actor) -> LibraryIndicator:
    """Offer an indicator no longer. Raises PermissionDenied, LibraryError."""
    kept = _locked(indicator, Standing.APPROVED, actor)
    return _decide(kept, Standing.RETIRED, action="retire", remark=_required(reason), actor=actor)


@transaction.atomic
def restore_indicator(*, indicator: LibraryIndicator, reason: str, actor) -> LibraryIndicator:
    """Offer a retired indicator again. Raises PermissionDenied, LibraryError."""
    kept = _locked(indicator, Standing.RETIRED, actor)
    _require_room(kept)
    return _decide(kept, Standing.APPROVED, action="restore", remark=_required(reason), actor=actor)


@transaction.atomic
def change_indicator(*, indicator: LibraryIndicator, values: Values, actor) -> tuple[Change, ...]:
    """Word an indicator otherwise; return what changed. Raises PermissionDenied, LibraryError."""
    kept = _locked(indicator, Standing.APPROVED, actor)
    changes = _rewrite(kept, values)
    if changes:
        _save(kept)
        _record(kept, action="edit", changes=changes, actor=actor)
    return changes


def plan_import(rows: Sequence[Values]) -> LibraryPlan:
    """Compare rows with the library. A row that has no value for a column leaves it as it is."""
    kept = {_identity(one): one for one in LibraryIndicator.objects.filter(standing=Standing.APPROVED)}
    retired = {_identity(one): one for one in LibraryIndicator.objects.filter(standing=Standing.RETIRED)}
    new, changed, left, same = [], [], [], 0
    for row in rows:
        identity = tuple(row.get(field, "") for field in IDENTITY)
        if indicator := kept.get(identity):
            changes = _changes(values_of(indicator), row, path=f"{indicator.pk}/", place=f"{indicator.name} ")
            changed += [Replaced(indicator, changes)] if changes else []
            same += not changes
        elif identity in retired:
            left.append(retired[identity])
        else:
            new.append(row)
    return LibraryPlan(tuple(new), tuple(changed), same, tuple(left))


@transaction.atomic
def import_library(*, rows: Sequence[Values], actor) -> LibraryPlan:
    """Add and change what the rows say, all or nothing; return what was done.

    Raises PermissionDenied, LibraryError with everything that is wrong.
    """
    if not may_keep_library(actor):
        raise PermissionDenied("只有负责全部单位的财政审核人和系统管理员可以导入指标库。")
    return _write_plan(plan_import(_fitted_rows(rows)), actor=actor, label="指标库导入")


@transaction.atomic
def load_starter(*, rows: Sequence[Values], actor=None) -> int:
    """Add the indicators of the starter set that were never in the library; return how many.

    What was changed or retired since stays so; a second time adds nothing.
    """
    new = plan_import(_fitted_rows(rows)).new
    return len(_write_plan(LibraryPlan(new), actor=actor, label="指标库初始内容").new)


def values_of(indicator: LibraryIndicator) -> dict[str, str]:
    """Return what an indicator says in every column."""
    return {column.field: getattr(indicator, column.field) for column in COLUMNS}


def _write_plan(plan: LibraryPlan, *, actor, label: str) -> LibraryPlan:
    if plan.does_nothing:
        return plan
    now = timezone.now()
    fresh = [LibraryIndicator(**row, standing=Standing.APPROVED, decided_at=now) for row in plan.new]
    for indicator in fresh:
        indicator.decided_by = actor
        derive(indicator)
    for replaced in plan.changed:
        for change in replaced.changes:
            setattr(replaced.indicator, _field(change), change.after)
        derive(replaced.indicator)
    LibraryIndicator.objects.bulk_create(fresh, batch_size=_PER_WRITE)
    fields = [column.field for column in COLUMNS]
    changed = [replaced.indicator for replaced in plan.changed]
    LibraryIndicator.objects.bulk_update(changed, [*fields, *_DERIVED], batch_size=_PER_WRITE)
    record(
        actor=actor,
        capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True),
        action="import",
        kind=KIND,
        object_id="",
        label=f"{label}：新增{len(fresh)}条，变化{len(changed)}条",
        changes=[
            *(Change(str(one.pk), _place(one), "", "新增") for one in fresh),
            *(change for replaced in plan.changed for change in replaced.changes),
        ],
    )
    return plan


def _locked(indicator: LibraryIndicator, standing: Standing, actor) -> LibraryIndicator:
    """Return the indicator as it is now, kept from others until the end of the transaction."""
    if not may_keep_library(actor):
        raise PermissionDenied("指标库由负责全部单位的财政审核人和系统管理员审定和维护。")
    kept = LibraryIndicator.objects.select_for_update().get(pk=indicator.pk)
    if kept.standing != standing:
        raise LibraryError([f"“{kept.name}”的状态已是“{kept.get_standing_display()}”，刷新页面后再操作。"])
    return kept


def _decide(
    indicator: LibraryIndicator, standing: Standing, *, action, remark, actor, changes=()
) -> LibraryIndicator:
    before = indicator.get_standing_display()
    indicator.standing = standing
    indicator.decided_by, indicator.decided_at, indicator.remark = actor, timezone.now(), remark
    _save(indicator)
    moved = Change("standing", "状态", before, standing.label)
    _record(indicator, action=action, changes=(moved, *changes), actor=actor, reason=remark)
    return indicator


def _rewrite(indicator: LibraryIndicator, values: Values) -> tuple[Change, ...]:
    fitted = _fitted(values)
    changes = _changes(values_of(indicator), fitted)
    for field, text in fitted.items():
        setattr(indicator, field, text)
    _require_room(indicator)
    derive(indicator)
    return changes


def _save(indicator: LibraryIndicator) -> None:
    try:
        with transaction.atomic():
            indicator.save()
    except IntegrityError:  # another person was faster with the same name
        raise LibraryError([_TAKEN.format(name=indicator.name)]) from None


def _require_room(indicator: LibraryIndicator) -> None:
    """Raise LibraryError where the library has the indicator already."""
    same = LibraryIndicator.objects.filter(
        standing=Standing.APPROVED, **{field: getattr(indicator, field) for field in IDENTITY}
    )
    if same.exclude(pk=indicator.pk).exists():
        raise LibraryError([_TAKEN.format(name=indicator.name)])


def derive(indicator: LibraryIndicator) -> None:
    """Set what the indicator is searched by: name and keywords whole, their words and those of its sector."""
    whole = _SEPARATORS.split(f"{indicator.name}，{indicator.keywords}".lower())
    words = words_of("，".join(getattr(indicator, field) for field in _SEARCHED))
    indicator.words = " ".join(dict.fromkeys(filter(None, (*whole, *words))))
    indicator.initials = initials_of(f"{indicator.name}，{indicator.keywords}")


def _fitted(values: Values, tiers: Sequence[Tier] = ()) -> dict[str, str]:
    """Return the values as the library keeps them. Raises LibraryError."""
    fitted = {field: tidy(BY_FIELD[field], text) for field, text in values.items()}
    problems = [message for _, message in problems_of(fitted, tiers or library_tiers())]
    if problems:
        raise LibraryError(problems)
    return fitted


def _fitted_rows(rows: Sequence[Values]) -> list[dict[str, str]]:
    problems, fitted, seen, tiers = [], [], {}, library_tiers()
    for number, row in enumerate(rows, start=1):
        try:
            fitted.append(_fitted(row, tiers))
        except LibraryError as error:
            problems += [f"第{number}条：{message}" for message in error.messages]
            continue
        identity = tuple(fitted[-1].get(field, "") for field in IDENTITY)
        if identity in seen:
            problems.append(
                f"第{number}条：与第{seen[identity]}条是同一指标“{row.get('name', '')}”，只保留一条。"
            )
        seen.setdefault(identity, number)
    if problems:
        raise LibraryError(problems)
    return fitted


def _identity(indicator: LibraryIndicator) -> tuple[str, ...]:
    return tuple(getattr(indicator, field) for field in IDENTITY)


def _required(reason: str) -> str:
    if not reason.strip():
        raise LibraryError(["没有填写理由，写明理由后再提交。"])
    return reason.strip()


def _changes(before: Values, after: Values, *, path: str = "", place: str = "") -> tuple[Change, ...]:
    """Return what ``after`` says otherwise; a column it does not name stays."""
    return tuple(
        Change(f"{path}{column.field}", f"{place}{column.title}", before.get(column.field, ""), text)
        for column in COLUMNS
        if (text := after.get(column.field)) is not None and text != before.get(column.field, "")
    )


def _field(change: Change) -> str:
    return change.path.rpartition("/")[2]


def _place(indicator: LibraryIndicator) -> str:
    where = "·".join(filter(None, (indicator.sector, indicator.subsector, indicator.funding_use)))
    return f"{where} {indicator.second_tier} {indicator.name}".strip()


def _record(indicator: LibraryIndicator, *, action: str, changes, actor, reason: str = "") -> None:
    record(
        actor=actor,
        capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True) or role_acted_in(actor, Role.PREPARER),
        action=action,
        kind=KIND,
        object_id=indicator.pk,
        label=f"指标库 {_place(indicator)}",
        changes=changes,
        department_code=indicator.proposed_for.code if indicator.proposed_for else "",
        reason=reason,
    )
