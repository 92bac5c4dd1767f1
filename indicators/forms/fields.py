"""Form fields for what people type in these forms; the reading itself is in perfbudget.lib."""

from django import forms

from perfbudget.lib.money import AmountError, format_wan, parse_wan
from perfbudget.lib.ratios import PercentError, format_percent, parse_percent
from perfbudget.lib.text import clean_text


class TextField(forms.CharField):
    """Text kept as typed: only outer blanks and characters that no file can hold go, lines end in \\n.

    The widget is always a text area: a one-line input would swallow line breaks that are stored.
    """

    def __init__(self, *, rows: int = 2, required: bool = False, **kwargs):
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(required=required, strip=False, widget=widget, **kwargs)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class LineField(forms.CharField):
    """Text of one line, with the same care."""

    def __init__(self, **kwargs):
        super().__init__(required=False, strip=False, **kwargs)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class AmountField(forms.CharField):
    """An amount in 万元 as typed text; the value is 元, None where it is blank."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, empty_value=None, **kwargs)

    def to_python(self, value):
        try:
            return parse_wan(super().to_python(value) or "")
        except AmountError as error:
            raise forms.ValidationError(str(error), code="amount") from None

    def prepare_value(self, value):
        return value if isinstance(value, str) else format_wan(value)


class PercentField(forms.CharField):
    """A percentage as typed text; 25 is 25%, None where it is blank."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, empty_value=None, **kwargs)

    def to_python(self, value):
        try:
            return parse_percent(super().to_python(value) or "")
        except PercentError as error:
            raise forms.ValidationError(str(error), code="percent") from None

    def prepare_value(self, value):
        return value if isinstance(value, str) else format_percent(value).removesuffix("%")


class WeightField(forms.DecimalField):
    """The weight of an indicator, in points, with at most two decimals."""

    default_error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid": "权重应为数字，例如 10 或 7.5。",
        "max_digits": "权重最多四位整数、两位小数。",
        "max_decimal_places": "权重最多两位小数。",
        "max_whole_digits": "权重最多四位整数。",
    }

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, max_digits=6, decimal_places=2, widget=widget, **kwargs)

    def prepare_value(self, value):
        return value if value is None or isinstance(value, str) else format(value.normalize(), "f")


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
