"""What lists are filtered by. A filter that makes no sense is left out, never an error."""

from django import forms


class HomeFilter(forms.Form):
    """The year and the text that the list of departments is narrowed to."""

    year = forms.IntegerField(required=False)
    q = forms.CharField(required=False, max_length=100)

    @property
    def text(self) -> str:
        return self.cleaned_data.get("q", "")

    def chosen(self, years):
        """Return the year asked for among ``years`` (the newest first), else the newest, else None."""
        asked = self.cleaned_data.get("year")
        newest = years[0] if years else None
        return next((year for year in years if year.year == asked), newest)
