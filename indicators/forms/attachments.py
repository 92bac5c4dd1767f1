"""Uploading a file beside a table."""

from crispy_forms.layout import Layout
from django import forms

from departments.forms.fields import bare_helper
from indicators.file_types import ENDINGS
from indicators.models import Attachment
from indicators.services.attachments import LARGEST, PRINTED_DIGITS, too_large

_MEGABYTES = LARGEST // 1024 // 1024


class AttachmentForm(forms.Form):
    """What kind of file it is, the file, and for a signed scan which version it shows."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[("", "（选择）"), *Attachment.Kind.choices],
        error_messages={"required": "选择附件的类别。", "invalid_choice": "从列出的类别中选择。"},
    )
    file = forms.FileField(
        label="文件",
        allow_empty_file=False,
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{ending}" for ending in ENDINGS)}),
        help_text=f"PDF、docx、xlsx、jpg 或 png，不超过{_MEGABYTES}MB。",
        error_messages={
            "required": "选择要上传的文件。",
            "empty": "文件是空的，核对后重新选择。",
            "invalid": "没有收到文件，重新选择。",
            "missing": "没有收到文件，重新选择。",
        },
    )
    printed_hash = forms.RegexField(
        regex=rf"^[0-9A-Fa-f]{{{PRINTED_DIGITS}}}$",
        label="扫描件页脚的校验码",
        required=False,
        help_text=f"签字盖章扫描件填写，{PRINTED_DIGITS}位；留空时认作当前版本。",
        error_messages={"invalid": f"校验码是打印页脚“校验码”后的{PRINTED_DIGITS}位数字和字母，核对后重填。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = bare_helper(is_summed_up=False)
        self.helper.layout = Layout("kind", "file", "printed_hash")

    def clean_file(self):
        """Refuse by size before the content is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(too_large(file.name, file.size))
        return file
