"""Why a page is locked, since when and by whom, and what can be done about it."""

from dataclasses import dataclass

from indicators.reviewed import filed_of
from indicators.views.access import window_of
from projects.adjusting import leaving_among
from projects.calendar import Window
from projects.models import Declaration, DepartmentYear
from projects.routes import status_label
from workflow.history import last_moves
from workflow.models import Status, Version
from workflow.steps import acts_open_to
from workflow.transitions import ACTS, REOPEN, RETURN, WITHDRAW, transitions_of

_LABELS = {act.name: act.label for act in ACTS}
_SENT_BACK = (RETURN.name, REOPEN.name)
_UNDER_REVIEW = "确需修改的，由审核人退回。"
_NOT_REVIEWED_YET = "确需修改的，由本单位填报人在单位审核之前撤回，或由审核人退回。"
_ADVICE = {
    Status.CANCELLED: "取消的项目不计入合计，仍可打印。",
    Status.APPROVED: "确需变动的，由填报人发起调整，按程序重新审核。",
    Status.PUBLISHED: "确需变动的，由填报人发起调整，按程序重新审核。",
}


@dataclass(frozen=True, slots=True)
class Lock:
    """Why something cannot be changed; ``move`` is the act that locked it, None where none is known.

    ``is_retractable`` says that its preparers could still take it back. ``closed`` says why no window of the
    year is open for what the preparer has in hand, ``no_adjusting`` why what is in force cannot be adjusted.
    """

    label: str
    status: Status
    move: Version | None = None
    may_withdraw: bool = False
    is_retractable: bool = False
    closed: str = ""
    no_adjusting: str = ""

    @property
    def act(self) -> str:
        """What was done, as its button calls it."""
        return _LABELS[self.move.act]

    @property
    def advice(self) -> str:
        if self.closed:
            return self.closed
        if self.may_withdraw:
            return "需要修改时先撤回，改好后重新送审。"
        under_review = _NOT_REVIEWED_YET if self.is_retractable else _UNDER_REVIEW
        return self.no_adjusting or _ADVICE.get(self.status, under_review)


def lock_of(reviewable: Declaration | DepartmentYear, user) -> Lock | None:
    """Return what keeps a table or a department's text from being changed; None while it may be."""
    window = window_of(reviewable)
    if reviewable.is_editable:
        return _lock_in_hands(reviewable, window)
    filed = filed_of(reviewable)
    fiscal_year = (reviewable.department_year if filed.kind == "declaration" else reviewable).fiscal_year
    move = last_moves(filed.kind, [reviewable.pk]).get(reviewable.pk)
    return Lock(
        status_label(reviewable.status, fiscal_year),
        Status(reviewable.status),
        move,
        window.is_open and WITHDRAW in acts_open_to(user, filed, [WITHDRAW]),
        window.is_open and _follows_what_can_be_withdrawn(reviewable.status, move),
        no_adjusting=window.message if reviewable.status in (Status.APPROVED, Status.PUBLISHED) else "",
    )


def _follows_what_can_be_withdrawn(status: str, move: Version | None) -> bool:
    return move is not None and any(move.act in row.follows for row in transitions_of(WITHDRAW, status))


def _lock_in_hands(reviewable: Declaration | DepartmentYear, window: Window) -> Lock | None:
    """Return what keeps a preparer from changing what they have in hand."""
    status = Status(reviewable.status)
    if not window.is_open:
        return Lock("不在填报时间", status, closed=window.message)
    if isinstance(reviewable, Declaration) and leaving_among([reviewable]):
        advice = "核对后送审，批复后不计入合计；不再取消的，撤销调整。"
        return Lock("正在办理取消", status, closed=advice)
    return None


@dataclass(frozen=True, slots=True)
class SentBack:
    """The move that brought something back to its preparer, and what was done, as its button calls it."""

    move: Version
    act: str


def sent_back(reviewable: Declaration | DepartmentYear) -> SentBack | None:
    """Return who sent back what the preparer has in hand, and why; None where it did not come back."""
    if not reviewable.is_editable:
        return None
    move = last_moves(filed_of(reviewable).kind, [reviewable.pk]).get(reviewable.pk)
    return SentBack(move, _LABELS[move.act]) if move and move.act in _SENT_BACK else None
