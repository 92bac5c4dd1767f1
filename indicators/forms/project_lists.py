"""Uploading a project list, saying which column holds what, and confirming what it would do."""

from collections.abc import Iterable, Mapping, Sequence

from crispy_forms.layout import Layout
from django import forms
from openpyxl.utils import get_column_letter

from departments.forms.fields import bare_helper
from indicators.importers.heads import Field
from indicators.importers.project_list import AMOUNTS, FIELDS, ListLayout
from indicators.importers.sheets import LARGEST_FILE
from indicators.project_list_changes import Group
from projects.models import ColumnMapping, FiscalYear

MEGABYTES = LARGEST_FILE // 1024 // 1024
_FILE_ERRORS = {
    "required": "选择要上传的文件。",
    "empty": "文件是空的，核对后重新选择。",
    "invalid": "没有收到文件，重新选择。",
    "missing": "没有收到文件，重新选择。",
}


class WorkbookField(forms.FileField):
    """An uploaded workbook, refused by its size before it is read into memory."""

    def __init__(self, *, accept: str, **kwargs):
        widget = forms.FileInput(attrs={"accept": accept, "class": "form-control"})
        super().__init__(widget=widget, error_messages=_FILE_ERRORS, **kwargs)

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file.size > LARGEST_FILE:
            size = file.size / 1024 / 1024
            raise forms.ValidationError(f"文件有{size:.1f}MB，超过{MEGABYTES}MB的上限，分单位导出后再上传。")
        return file


class UploadListForm(forms.Form):
    """The year a list is for, and its file."""

    year = forms.TypedChoiceField(
        label="预算年度",
        coerce=int,
        error_messages={"required": "选择预算年度。", "invalid_choice": "从列出的预算年度中选择。"},
    )
    file = WorkbookField(
        label="项目清单文件",
        accept=".xlsx,.xls,.csv",
        help_text=f"一体化系统导出的Excel（xlsx、xls）或csv，不超过{MEGABYTES}MB。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        years = FiscalYear.objects.values_list("year", flat=True)
        self.fields["year"].choices = [(year, f"{year}年度") for year in years]
        self.helper = bare_helper(is_summed_up=False)
        self.helper.layout = Layout("year", "file")


class ColumnsForm(forms.Form):
    """Which column (from 0) holds which field: a choice for each of ``known``, "" for none."""

    def __init__(
        self, data=None, *, known: Iterable[Field], heads: Sequence[str], chosen: Mapping[str, int], **kwargs
    ):
        super().__init__(data, **kwargs)
        self.known, self.heads = tuple(known), heads
        choices = [("", "（没有）")]
        choices += [
            (str(column), f"{get_column_letter(column + 1)}　{head or '（空）'}"[:40])
            for column, head in enumerate(heads)
        ]
        for field in self.known:
            self.fields[f"column_{field.name}"] = forms.ChoiceField(
                label=field.label,
                required=False,
                choices=choices,
                initial=str(chosen.get(field.name, "")),
                widget=forms.Select({"class": "form-select"}),
                error_messages={"invalid_choice": "从文件的各列中选择。"},
            )

    @property
    def column_fields(self):
        return [self[f"column_{field.name}"] for field in self.known]

    def columns(self) -> dict[str, int]:
        """Return the chosen columns; after the fields were cleaned."""
        chosen = {field.name: self.cleaned_data.get(f"column_{field.name}", "") for field in self.known}
        return {name: int(column) for name, column in chosen.items() if column != ""}

    def heads_chosen(self) -> dict[str, str]:
        """Return the text of the chosen heads, as a saved mapping keeps them."""
        return {name: self.heads[column] for name, column in self.columns().items()}

    def refuse_doubles(self) -> None:
        """Add an error where one column is chosen for two fields."""
        first: dict[int, str] = {}
        labels = {field.name: field.label for field in self.known}
        for name, column in self.columns().items():
            if column in first:
                letter = get_column_letter(column + 1)
                message = f"{letter}列已选作“{labels[first[column]]}”，一列只能对应一项。"
                self.add_error(f"column_{name}", message)
            first.setdefault(column, name)


class ListColumnsForm(ColumnsForm):
    """The columns of a list, its unit of money, and the unit for lists that name none."""

    amount_unit = forms.ChoiceField(
        label="金额单位",
        required=False,
        choices=ColumnMapping.AmountUnit.choices,
        widget=forms.RadioSelect({"class": "form-check-input"}),
        error_messages={"invalid_choice": "选择元或万元。"},
    )
    department_code = forms.RegexField(
        regex=r"^[0-9]{6}$",
        label="单位编码",
        required=False,
        error_messages={"invalid": "单位编码应为6位数字，例如 286001。"},
        widget=forms.TextInput({"class": "form-control code", "autocomplete": "off"}),
    )
    save_as = forms.CharField(
        label="保存为",
        required=False,
        max_length=100,
        error_messages={"max_length": "名称最多100字，缩短后再保存。"},
        widget=forms.TextInput(
            {"class": "form-control", "autocomplete": "off", "placeholder": "例如 一体化项目库导出"}
        ),
    )

    def __init__(self, data=None, *, heads: Sequence[str], layout: ListLayout):
        self.layout = layout
        initial = {"amount_unit": layout.amount_unit, "department_code": layout.department_code}
        super().__init__(data, known=FIELDS, heads=heads, chosen=layout.columns, initial=initial)

    def clean(self):
        columns = self.columns()
        self.refuse_doubles()
        if not {"project_code", "name"} & columns.keys():
            self.add_error("column_project_code", "至少选择项目编码或项目名称所在的列。")
        names_unit = {"department_code", "department_name"} & columns.keys()
        if (
            not names_unit
            and not self.cleaned_data.get("department_code")
            and "department_code" not in self.errors
        ):
            self.add_error(
                "department_code", "选择单位编码或单位名称所在的列；文件没有单位列时，在此填写单位编码。"
            )
        if set(AMOUNTS) & columns.keys() and not self.cleaned_data.get("amount_unit"):
            self.add_error("amount_unit", "选择金额列以元还是万元为单位。")

    def chosen_layout(self) -> ListLayout:
        """Return how the list is to be read; after is_valid()."""
        return ListLayout(
            self.layout.sheet,
            self.layout.head_row,
            self.columns(),
            self.cleaned_data["amount_unit"],
            self.cleaned_data["department_code"],
        )


class HeadRowForm(forms.Form):
    """Which sheet is read, and in which row its heads stand; what makes no sense is left out."""

    sheet = forms.ChoiceField(required=False)
    head_row = forms.IntegerField(required=False, min_value=1, max_value=5_000)

    def __init__(self, data, *, sheets: Iterable[str]):
        super().__init__(data)
        self.fields["sheet"].choices = [(name, name) for name in sheets]
        self.is_valid()


class ConfirmListForm(forms.Form):
    """The groups that are taken, and what was seen."""

    groups = forms.MultipleChoiceField(
        required=False, choices=[(group.value, group.label) for group in Group]
    )
    fingerprint = forms.CharField(max_length=64)

    def chosen(self) -> list[Group]:
        return [Group(group) for group in self.cleaned_data["groups"]]
