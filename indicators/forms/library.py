"""Forms of the indicator library: what its list is narrowed to, an indicator, a reason, a file."""

from collections.abc import Mapping, Sequence

from crispy_forms.layout import Div, Layout
from django import forms

from departments.forms.fields import bare_helper
from indicators.forms.fields import LONGEST_TEXT, LineField, TextField
from indicators.forms.problems import form_problems
from indicators.library import LibraryFilter, library_tiers, sectors
from indicators.library_columns import COLUMNS, SIGNS, LibraryColumn, problem_of, tidy
from indicators.library_tiers import Tier
from indicators.models import LibraryIndicator

LARGEST_FILE = 10 * 1024 * 1024
SECTOR_LIST = "library-sectors"  # the id of the datalist that offers the sectors there are
_BETWEEN = "›"
Standing = LibraryIndicator.Standing


def _choice(label: str, every: str, what: str) -> forms.ChoiceField:
    message = f"没有{what}“%(value)s”，从列表中选择。"
    return forms.ChoiceField(
        label=label,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
        choices=[("", every)],
        error_messages={"invalid_choice": message},
    )


class LibraryFilterForm(forms.Form):
    """What the list is narrowed to, as the address states it."""

    q = forms.CharField(
        label="文字",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            {"class": "form-control", "type": "search", "placeholder": "名称、关键词、拼音首字母"}
        ),
        error_messages={"max_length": "文字有%(show_value)d个字，最多%(limit_value)d个字，缩短后再查询。"},
    )
    tier = _choice("二级指标", "全部二级指标", "二级指标")
    sector = _choice("行业领域", "全部领域", "行业领域")
    standing = _choice("状态", Standing.APPROVED.label, "状态")

    def __init__(self, data):
        super().__init__(data)
        self.fields["tier"].choices = [("", "全部二级指标"), *grouped_names(library_tiers())]
        self.fields["sector"].choices = [("", "全部领域"), *((name, name) for name in sectors())]
        retired = Standing.RETIRED
        self.fields["standing"].choices = [("", Standing.APPROVED.label), (retired.value, retired.label)]

    def wanted(self) -> LibraryFilter:
        """Return what is asked for; only after is_valid()."""
        cleaned = self.cleaned_data
        return LibraryFilter(
            text=cleaned["q"],
            tier=cleaned["tier"],
            sector=cleaned["sector"],
            standing=Standing(cleaned["standing"] or Standing.APPROVED),
        )


class LibraryPickForm(forms.Form):
    """What is looked for beside a table. ``tiers`` are those of its frame."""

    q = forms.CharField(
        label="查找",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            {
                "class": "form-control",
                "type": "search",
                "placeholder": "名称、关键词、拼音首字母",
                "autocomplete": "off",
            }
        ),
    )
    tier = forms.CharField(label="二级指标", required=False, max_length=50)
    sector = forms.CharField(label="行业领域", required=False, max_length=50)
    declaration = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, data, *, tiers: Sequence[Tier] | None = None):
        super().__init__(data)
        if tiers is not None:
            offered = {
                "tier": [("", "全部二级指标"), *grouped_names(tiers)],
                "sector": [("", "全部领域"), *((name, name) for name in sectors())],
            }
            for name, choices in offered.items():
                self.fields[name].widget = forms.Select({"class": "form-select"}, choices)


def grouped_names(tiers: Sequence[Tier]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the second tiers as choices, grouped under their first."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for first, second in tiers:
        grouped.setdefault(first, []).append((second, second))
    return list(grouped.items())


class IndicatorForm(forms.Form):
    """An indicator of the library, column by column; both tiers in one choice."""

    def __init__(self, data=None, *, initial: Mapping[str, str], has_remark: bool = False):
        tiers = library_tiers()
        typed = {**initial, "tier": _tier_text(initial.get("first_tier", ""), initial.get("second_tier", ""))}
        super().__init__(data, initial=typed)
        self.tiers = {_tier_text(*tier): tier for tier in tiers}
        self.fields["tier"] = _tier_field(tiers)
        for column in COLUMNS:
            if column.field not in ("first_tier", "second_tier"):
                self.fields[column.field] = _column_field(column)
        if has_remark:
            self.fields["remark"] = TextField(label="审定意见", rows=2, most=LONGEST_TEXT)
        self.helper = bare_helper(is_summed_up=False)
        self.helper.layout = _layout(has_remark)

    def clean(self):
        super().clean()
        for column in COLUMNS:
            if column.field in self.cleaned_data:
                text = tidy(column, self.cleaned_data[column.field])
                self.cleaned_data[column.field] = text
                if problem := problem_of(column, text):
                    self.add_error(column.field, problem)

    def values(self) -> dict[str, str]:
        """Return the values of all columns; after is_valid()."""
        first, second = self.tiers[self.cleaned_data["tier"]]
        kept = {column.field: self.cleaned_data.get(column.field, "") for column in COLUMNS}
        return {**kept, "first_tier": first, "second_tier": second}

    def problems(self):
        return form_problems(self)


class ReasonForm(forms.Form):
    """Why a proposal is refused, an indicator retired or restored."""

    reason = TextField(
        most=LONGEST_TEXT,
        label="理由",
        rows=2,
        required=True,
        error_messages={"required": "没有填写理由，写明理由后再提交。"},
    )

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["reason"].widget.attrs["class"] = "form-control"


class LibraryFileForm(forms.Form):
    """The workbook to import."""

    file = forms.FileField(
        label="Excel 文件（xlsx）",
        allow_empty_file=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "选择要导入的文件。",
            "empty": "文件是空的，核对后重新选择。",
            "invalid": "没有收到文件，重新选择。",
            "missing": "没有收到文件，重新选择。",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = bare_helper(is_summed_up=False)

    def clean_file(self):
        """Refuse by size before the content is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            most, size = LARGEST_FILE // 1024 // 1024, -(-file.size // 1024 // 1024)
            raise forms.ValidationError(f"文件有{size}MB，不能超过{most}MB，分成几个文件导入。")
        return file


def _tier_field(tiers: Sequence[Tier]) -> forms.ChoiceField:
    grouped: dict[str, list[tuple[str, str]]] = {}
    for tier in tiers:
        grouped.setdefault(tier[0], []).append((_tier_text(*tier), tier[1]))
    return forms.ChoiceField(
        label="一级、二级指标",
        choices=[("", "（选择）"), *grouped.items()],
        error_messages={"required": "选择属于哪一级、二级指标。", "invalid_choice": "从列出的指标中选择。"},
    )


def _tier_text(first: str, second: str) -> str:
    return f"{first}{_BETWEEN}{second}" if first or second else ""


def _column_field(column: LibraryColumn) -> forms.Field:
    if column.choices:
        choices = [("", "（无）"), *((sign, sign) for sign in SIGNS)]
        message = {"invalid_choice": "从列出的方向中选择。"}
        return forms.ChoiceField(label=column.title, required=False, choices=choices, error_messages=message)
    field = LineField(label=column.title) if column.most else TextField(label=column.title, rows=2)
    if column.required:
        field.required = True
        field.error_messages["required"] = problem_of(column, "")
    if column.field == "sector":
        field.widget.attrs["list"] = SECTOR_LIST
    return field


def _layout(has_remark: bool) -> Layout:
    standards = [column.field for column in COLUMNS if column.field.endswith("_standard")]
    rows = (
        ("tier", "name"),
        ("sector", "subsector", "funding_use"),
        ("explanation",),
        ("formula",),
        ("direction", "unit", "keywords"),
        standards[:2],
        standards[2:4],
        standards[4:],
    )
    return Layout(*(Div(*row, css_class="fields") for row in rows), *(["remark"] if has_remark else []))
