"""Who may move what from where to where: the one table of services, buttons, docs and tests (domain.md §3.2).

An act is what people do (通过); a transition is one row of the table: the act from one status by one role.
"""

from dataclasses import dataclass
from enum import Enum

from departments.models import Role
from workflow.models import Status

LEVELS = (
    Status.SUBMITTED,
    Status.AT_SUPERVISOR,
    Status.FINANCE_FIRST,
    Status.FINANCE_SECOND,
    Status.FINANCE_THIRD,
)
FINANCE_LEVELS = LEVELS[2:]
ROLE_AT = {
    Status.SUBMITTED: Role.LEADER,
    Status.AT_SUPERVISOR: Role.SUPERVISOR,
    **dict.fromkeys((*FINANCE_LEVELS, Status.TO_APPROVE), Role.FINANCE),
}
WAY = (*LEVELS, Status.TO_APPROVE)


class Direction(Enum):
    """A target that depends on the unit's route or on the past."""

    NEXT = "下一环节"
    PREVIOUS = "上一环节"
    BACK = "办理之前的环节"
    FILING = "填报人"
    SETTLED = "调整之前的状态"


class Versions(Enum):
    """Of which versions an act can be done."""

    ANY = "各版"
    FIRST = "首次批复之前"
    LATER = "批复之后的调整"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does; ``name`` is what the trail calls it, ``label`` is on its button.

    Nobody does an act that ``judges`` on what they prepared, or let pass at another level (不相容职务分离).
    """

    name: str
    label: str
    needs_reason: bool = False
    judges: bool = False
    versions: Versions = Versions.ANY

    def __str__(self):
        return self.name


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: ``act`` from ``source`` by ``role`` leads to ``target``.

    ``follows`` names the acts one of which must have been the last: once the next level acted nothing can
    be taken back.
    """

    act: Act
    source: Status
    target: Status | Direction
    role: Role
    follows: tuple[str, ...] = ()


SUBMIT = Act("submit", "送审")
WITHDRAW = Act("withdraw", "撤回")
PASS = Act("pass", "通过", judges=True)
RETURN = Act("return", "退回填报人", needs_reason=True)
RETURN_ONE = Act("return_one", "退回上一级", needs_reason=True)
RECALL = Act("recall", "取消审核")
APPROVE = Act("approve", "批复", judges=True)
APPROVE_CANCELLATION = Act("approve_cancellation", "批复取消", judges=True, versions=Versions.LATER)
PUBLISH = Act("publish", "公开")
ADJUST = Act("adjust", "发起调整", needs_reason=True)
ABANDON = Act("abandon", "撤销调整", needs_reason=True, versions=Versions.LATER)
CANCEL = Act("cancel", "取消项目", needs_reason=True, versions=Versions.FIRST)
RESTORE = Act("restore", "恢复")
REOPEN = Act("reopen", "退回重新核对", needs_reason=True)

ACTS = (
    *(SUBMIT, WITHDRAW, PASS, RETURN, RETURN_ONE, RECALL, APPROVE, APPROVE_CANCELLATION, PUBLISH),
    *(ADJUST, ABANDON, CANCEL, RESTORE, REOPEN),
)

TRANSITIONS = (
    *(Transition(SUBMIT, Status(source), Direction.NEXT, Role.PREPARER) for source in Status.EDITABLE),
    # A leader who took his own pass back is as if he had not acted.
    Transition(WITHDRAW, Status.SUBMITTED, Direction.FILING, Role.PREPARER, ("submit", "recall")),
    *(Transition(PASS, level, Direction.NEXT, ROLE_AT[level]) for level in LEVELS),
    *(Transition(RETURN, level, Status.RETURNED, ROLE_AT[level]) for level in WAY),
    *(Transition(RETURN_ONE, level, Direction.PREVIOUS, ROLE_AT[level]) for level in WAY[1:]),
    Transition(RECALL, Status.AT_SUPERVISOR, Direction.BACK, Role.LEADER, ("pass",)),
    Transition(RECALL, Status.FINANCE_FIRST, Direction.BACK, Role.LEADER, ("pass",)),
    Transition(RECALL, Status.FINANCE_FIRST, Direction.BACK, Role.SUPERVISOR, ("pass",)),
    *(Transition(RECALL, level, Direction.BACK, Role.FINANCE, ("pass",)) for level in WAY[3:]),
    Transition(APPROVE, Status.TO_APPROVE, Status.APPROVED, Role.FINANCE),
    Transition(APPROVE_CANCELLATION, Status.TO_APPROVE, Status.CANCELLED, Role.FINANCE),
    Transition(PUBLISH, Status.APPROVED, Status.PUBLISHED, Role.LEADER),
    Transition(ADJUST, Status.APPROVED, Status.ADJUSTING, Role.PREPARER),
    Transition(ADJUST, Status.PUBLISHED, Status.ADJUSTING, Role.PREPARER),
    Transition(
        ADJUST, Status.CANCELLED, Status.ADJUSTING, Role.PREPARER, ("approve_cancellation", "abandon")
    ),
    Transition(ABANDON, Status.ADJUSTING, Direction.SETTLED, Role.PREPARER),
    Transition(ABANDON, Status.RETURNED, Direction.SETTLED, Role.PREPARER),
    Transition(CANCEL, Status.DRAFT, Status.CANCELLED, Role.PREPARER),
    Transition(CANCEL, Status.RETURNED, Status.CANCELLED, Role.PREPARER),
    Transition(RESTORE, Status.CANCELLED, Status.DRAFT, Role.PREPARER, ("cancel",)),
    # 控制数下达 (domain.md §3.5): what a 项目清单 changes is returned, which needs no open window.
    *(Transition(REOPEN, level, Status.RETURNED, Role.FINANCE) for level in WAY),
    Transition(REOPEN, Status.SUBMITTED, Status.RETURNED, Role.PREPARER),
)


def transitions_of(act: Act, source: str) -> tuple[Transition, ...]:
    """Return the rows of an act from one status: one for each role that may do it."""
    return tuple(row for row in TRANSITIONS if row.act == act and row.source == source)


@dataclass(frozen=True, slots=True)
class Route:
    """The levels of review a unit's filings pass through this year.

    ``levels`` are those of the year in order; ``inapplicable`` those of them that the unit has not (no
    主管部门 above it): they are skipped, and recorded as skipped.
    """

    levels: tuple[Status, ...]
    inapplicable: frozenset[Status] = frozenset()

    def after(self, source: str) -> tuple[Status, tuple[Status, ...]]:
        """Return the status that follows ``source`` on the way to 待批复, and what is skipped before it.

        ``source`` may be a level that the year has no longer: what stands there goes on from there.
        """
        way = (*self.levels, Status.TO_APPROVE)
        rest = tuple(status for status in way if _place(status) > _place(source))
        landing = next(status for status in rest if status not in self.inapplicable)
        return landing, rest[: rest.index(landing)]

    def before(self, source: str) -> Status | None:
        """Return the level before ``source``, None where it is the first."""
        passed = [status for status in self.levels if _place(status) < _place(source)]
        return next((status for status in reversed(passed) if status not in self.inapplicable), None)

    def has(self, level: str) -> bool:
        """True where the unit's filings pass through a level."""
        return level in self.levels and level not in self.inapplicable


def _place(status: str) -> int:
    """Return where a status stands on the longest way; before it is what the preparer has in hand."""
    return WAY.index(status) if status in WAY else -1
