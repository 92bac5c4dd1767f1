"""Tables as they are once approved: moved through every level, whatever the rules find."""

from indicators.rows import load_narrative, load_table
from indicators.services.reviewing import subject_of, with_routes
from projects.models import Declaration, DepartmentYear
from workflow.models import Version
from workflow.services import move
from workflow.transitions import APPROVE, PASS, SUBMIT, Act


def moved(declaration: Declaration, act: Act, actor, reason: str = "") -> Version:
    """Do one act to a table with nothing held against it, and refresh ``declaration``."""
    held = with_routes(Declaration.objects.filter(pk=declaration.pk)).get()
    (version,) = move(subjects=[subject_of(held, load_table(held))], act=act, actor=actor, reason=reason)
    declaration.refresh_from_db()
    return version


def text_moved(department_year: DepartmentYear, act: Act, actor, reason: str = "") -> Version:
    """Do one act to a department's text with nothing held against it, and refresh ``department_year``."""
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
    subject = subject_of(held, load_narrative(held))
    (version,) = move(subjects=[subject], act=act, actor=actor, reason=reason)
    department_year.refresh_from_db()
    return version


def to_approval(declaration: Declaration, *, preparer, leader, reviewer) -> None:
    """Submit a table and let it pass to 待批复; the unit has no 主管部门 above it, one finance step."""
    for act, actor in ((SUBMIT, preparer), (PASS, leader), (PASS, reviewer)):
        moved(declaration, act, actor)


def approve(declaration: Declaration, *, preparer, leader, reviewer, approver, act: Act = APPROVE) -> Version:
    """Lead a table from its preparer's hands to its approval; ``act`` may be APPROVE_CANCELLATION."""
    to_approval(declaration, preparer=preparer, leader=leader, reviewer=reviewer)
    return moved(declaration, act, approver)
