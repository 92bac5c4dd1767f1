"""Moving a department's text without what the checks hold against it: for tests of what a move leaves."""

from indicators.rows import load_narrative
from indicators.services.reviewing import subject_of
from projects.models import DepartmentYear
from workflow.models import Version
from workflow.services import move
from workflow.transitions import Act


def move_text(department_year: DepartmentYear, act: Act, actor, **details) -> Version:
    """Do an act to a department's text as it stands now."""
    held = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)
    return move(subjects=[subject_of(held, load_narrative(held))], act=act, actor=actor, **details)[0]
