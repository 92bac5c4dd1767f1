"""Why a page is locked, since when and by whom, and what can be done about it."""

from dataclasses import dataclass

from projects.models import Declaration, DepartmentYear
from trail.models import Entry
from workflow.models import Status
from workflow.services import may_move
from workflow.transitions import SUBMIT, WITHDRAW

_LOCKED_BY = {Status.SUBMITTED: (SUBMIT.name, SUBMIT.label), Status.APPROVED: ("approve", "批复")}
_ADVICE = {
    Status.SUBMITTED: "确需修改的，由本单位填报人在下一级审核之前撤回。",
    Status.APPROVED: "确需变动的，按预算调整程序办理。",
}


@dataclass(frozen=True, slots=True)
class Lock:
    """Why something cannot be changed; ``entry`` is the act that locked it, None where no trail tells."""

    status: Status
    entry: Entry | None
    may_withdraw: bool

    @property
    def act(self) -> str:
        """What was done, as its button calls it."""
        return _LOCKED_BY[self.status][1]

    @property
    def advice(self) -> str:
        return "需要修改时先撤回，改好后重新送审。" if self.may_withdraw else _ADVICE[self.status]


def lock_of(reviewable: Declaration | DepartmentYear, user) -> Lock | None:
    """Return what keeps a table or a department's text from being changed; None for a draft."""
    status = Status(reviewable.status)
    if status == Status.DRAFT:
        return None
    is_table = isinstance(reviewable, Declaration)
    department = (reviewable.department_year if is_table else reviewable).department
    entries = Entry.objects.filter(
        kind="declaration" if is_table else "department_year",
        object_id=str(reviewable.pk),
        action=_LOCKED_BY[status][0],
    )
    withdrawable = is_table and status in WITHDRAW.sources and may_move(user, department, WITHDRAW)
    return Lock(status, entries.last(), withdrawable)
