"""Form fields for what people type in these forms; the reading itself is in perfbudget.lib."""

from django import forms

from perfbudget.lib.text import clean_text

LONGEST_TEXT = 5000  # characters of a reason or an opinion
LONGEST_LETTER = 20_000  # of a letter that is drafted from what many tables say


class TextField(forms.CharField):
    """Text kept as typed: only outer blanks and characters that no file can hold go, lines end in \\n.

    The widget is always a text area: a one-line input would swallow line breaks that are stored. ``most``
    is how many characters it may have.
    """

    def __init__(self, *, rows: int = 2, required: bool = False, most: int | None = None, **kwargs):
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=required, strip=False, widget=widget, max_length=most, **kwargs)
        too_long = f"{self.label}有%(show_value)d个字，最多%(limit_value)d个字，缩短后再提交。"
        self.error_messages.setdefault("max_length", too_long)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class LineField(forms.CharField):
    """Text of one line, with the same care."""

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, **kwargs)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class ISODateField(forms.DateField):
    """A date; browsers' own date input wants and sends 2024-07-01."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        message = {"invalid": "填报日期应为年-月-日，例如 2024-07-01。"}
        super().__init__(required=False, widget=widget, error_messages=message, **kwargs)


class RevisionField(forms.IntegerField):
    """Which revision the person opened; it travels hidden."""

    def __init__(self, **kwargs):
        message = "浏览器发来的内容不完整，刷新页面后重新填写。"
        super().__init__(
            label="页面",
            min_value=0,
            widget=forms.HiddenInput,
            error_messages={"required": message, "invalid": message, "min_value": message},
            **kwargs,
        )
