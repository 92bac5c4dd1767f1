"""The forms beside the tables: what is known of a project, the narrative.

Every such form is made with the typed data (or None) and the stored document, and offers: ``is_valid()``;
``document()``, the stored document with this part as typed; ``opened_revision``; ``problems()`` for the
summary at the top; ``rebased()``, the typed data for saving over a newer revision; ``row_lists``, its lists
by prefix; and where it has any ``added(prefix)``, the typed data with one more row.
"""

from indicators.forms.narrative import NarrativeForm
from indicators.forms.table_parts import NewProjectForm, ProjectForm

__all__ = [
    "NarrativeForm",
    "NewProjectForm",
    "ProjectForm",
]
