"""The file a booklet is uploaded in, and what of it is stored."""

from django import forms

from departments.permissions import preparable_by
from indicators.document import Booklet
from indicators.importers import LARGEST_FILE, ImportRefused, Reading, read_booklet_bytes
from indicators.importers.outcome import Problem
from indicators.services.booklet_uploads import BookletPreview, State
from projects.models import DepartmentYear, FiscalYear

_MEGABYTE = 1024 * 1024
_TAKEN_BY_DEFAULT = (State.NEW,)


class BookletUploadForm(forms.Form):
    """A booklet in a file. After is_valid() its ``reading`` is there; else ``problems`` say why not."""

    file = forms.FileField(
        label="文件",
        error_messages={
            "required": "没有选择文件。",
            "empty": "文件是空的，重新选择。",
            "invalid": "没有收到文件，重新选择。",
        },
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".txt,.xlsx,.docx"}),
    )
    year = forms.IntegerField(
        label="预算年度",
        required=False,
        min_value=2000,
        max_value=2099,
        widget=forms.TextInput(
            attrs={"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={
            "invalid": "预算年度应为四位数字，例如 2024。",
            "min_value": "预算年度应在2000至2099之间。",
            "max_value": "预算年度应在2000至2099之间。",
        },
    )

    def __init__(self, data=None, files=None, *, user) -> None:
        super().__init__(data, files)
        self._user = user
        self.reading: Reading | None = None
        self.problems: tuple[Problem, ...] = ()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            size, limit = (f"{number / _MEGABYTE:.0f}MB" for number in (file.size, LARGEST_FILE))
            raise forms.ValidationError(f"文件大小为{size}，超过上限{limit}，确认所选的是一本绩效目标文本。")
        return file

    def clean(self):
        file = self.cleaned_data.get("file")
        if not file or self.errors:
            return
        try:
            self.reading = read_booklet_bytes(file.read(), year=self.cleaned_data.get("year"))
        except ImportRefused as refused:
            self.problems = refused.problems
            raise forms.ValidationError("文件没有读取，系统中的数据没有改动。") from refused
        self._judge(self.reading.booklet)

    def _judge(self, booklet: Booklet) -> None:
        """Refuse a booklet that this person may not store, or not as what it says it is."""
        department = preparable_by(self._user).filter(code=booklet.department_code).first()
        if department is None:
            raise forms.ValidationError(
                f"文件是“{booklet.department_code}{booklet.department_name}”的文本，本人不是该单位的填报人，"
                "不能上传；单位编码有误的，在文件中改正后重新上传。"
            )
        newest = FiscalYear.objects.first()
        if not FiscalYear.objects.filter(year=booklet.year).exists() and (
            newest is None or booklet.year > newest.year
        ):
            raise forms.ValidationError(
                f"文件是{booklet.year}年度的文本，该年度还没有开设；年度有误的，在“预算年度”中填写正确的年度。"
            )
        filed = DepartmentYear.objects.filter(department=department, fiscal_year__year=booklet.year).first()
        if filed and filed.name != booklet.department_name:
            raise forms.ValidationError(
                f"单位编码{department.code}在系统中{booklet.year}年度的名称是“{filed.name}”，文件中是"
                f"“{booklet.department_name}”；核对编码和名称，在文件中改正后重新上传。"
            )


class StoreForm(forms.Form):
    """Which parts of an uploaded booklet are stored: what is new by default, nothing over what is there."""

    seen = forms.CharField(required=False)

    def __init__(self, data=None, *, preview: BookletPreview) -> None:
        super().__init__(data)
        self._preview = preview

    def clean(self):
        if not self.tables() and not self.narrative():
            raise forms.ValidationError("没有选择要写入的内容，至少选择一项。")

    def tables(self) -> frozenset[str]:
        """Return the keys of the ticked tables; one that cannot be written is none."""
        offered = {each.key: each.state for each in self._preview.tables}
        if not self.is_bound:
            return frozenset(key for key, state in offered.items() if state in _TAKEN_BY_DEFAULT)
        typed = self.data.getlist("tables")
        return frozenset(key for key in typed if offered.get(key) in (State.NEW, State.DIFFERENT))

    def narrative(self) -> bool:
        """Return whether the narrative is ticked."""
        state = self._preview.narrative
        if not self.is_bound:
            return state in _TAKEN_BY_DEFAULT
        return "narrative" in self.data and state in (State.NEW, State.DIFFERENT)
