"""What is typed when a year is published, and when its address on the portal is told."""

from django import forms

from departments.forms.fields import bare_helper
from indicators.forms.fields import LineField

_ADDRESS_HELP = "政府门户网站上的页面，没有确定的可以公开后再填。"


class _Form(forms.Form):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = bare_helper(is_summed_up=False)


class PortalAddressForm(_Form):
    portal_address = LineField(label="公开网址", help_text=_ADDRESS_HELP)


class PublishForm(PortalAddressForm):
    field_order = ("published_on", "portal_address")

    published_on = forms.DateField(
        label="公开日期",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": "填写公开日期。",
            "invalid": "公开日期应为年-月-日，例如 2024-07-01。",
        },
    )
