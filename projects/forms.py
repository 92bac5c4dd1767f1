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
        """Return the year asked for, else the newest with filings, else the newest, else None.

        ``years`` are what listings.years_for() returns.
        """
        asked = self.cleaned_data.get("year")
        in_order = [
            *(year for year in years if year.year == asked),
            *(year for year in years if year.has_filings),
            *years,
        ]
        return next(iter(in_order), None)
