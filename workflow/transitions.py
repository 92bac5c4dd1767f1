"""Who may move what from where to where: the one table of services, buttons and tests (domain.md §3.2)."""

from dataclasses import dataclass

from departments.models import Role
from workflow.models import Status


@dataclass(frozen=True, slots=True)
class Transition:
    """An act on something that is filed; ``name`` is what the trail calls it, ``label`` is on its button."""

    name: str
    label: str
    sources: tuple[Status, ...]
    target: Status
    role: Role
    needs_reason: bool = False


SUBMIT = Transition("submit", "送审", (Status.DRAFT,), Status.SUBMITTED, Role.PREPARER)
# Only before the next level acted: whatever it does takes the thing out of SUBMITTED.
WITHDRAW = Transition("withdraw", "撤回", (Status.SUBMITTED,), Status.DRAFT, Role.PREPARER)
TRANSITIONS = (SUBMIT, WITHDRAW)
