"""What lists are filtered by. A filter that makes no sense is left out, never an error."""

from django import forms
from django.db.models import Q


class ProjectFilter(forms.Form):
    """The text that a department's list of projects is narrowed to: part of a name or of a code."""

    q = forms.CharField(required=False, max_length=100)

    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "") if self.is_valid() else ""

    def condition(self) -> Q:
        """Return the condition on declarations; an empty one where nothing is asked."""
        return Q(name__icontains=self.text) | Q(project__code__icontains=self.text) if self.text else Q()
