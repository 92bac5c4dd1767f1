"""The forms that fill in a table and a narrative, part by part.

Every edit form is made with the typed data (or None) and the stored document, and offers: ``is_valid()``;
``document()``, the stored document with this part as typed; ``opened_revision``; ``problems()`` for the
summary at the top; ``rebased()``, the typed data for saving over a newer revision; ``row_lists``, its lists
by prefix; and where it has any ``added(prefix)``, the typed data with one more row.
"""

from indicators.forms.indicator_rows import IndicatorsForm
from indicators.forms.narrative import NarrativeForm
from indicators.forms.table_parts import GoalForm, MoneyForm, NewProjectForm, PlanForm, ProjectForm

__all__ = [
    "GoalForm",
    "IndicatorsForm",
    "MoneyForm",
    "NarrativeForm",
    "NewProjectForm",
    "PlanForm",
    "ProjectForm",
]
