"""The columns of the indicator library: one table for its CSV files, workbooks and messages.

The first thirteen are those of 财预〔2021〕101号, in their order; 计算公式, 方向 and 计量单位 follow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indicators.library_tiers import Tier
from indicators.values import Comparator

SIGNS = tuple(sign.value for sign in Comparator if sign.value)


@dataclass(frozen=True, slots=True)
class LibraryColumn:
    """A column: the model's field, the head it is printed with, how many characters it may hold.

    ``most`` is None where the text may be of any length; ``choices`` are all the values a cell may have
    besides a blank.
    """

    field: str
    title: str
    required: bool = False
    most: int | None = None
    choices: tuple[str, ...] = ()


COLUMNS = (
    LibraryColumn("sector", "行业领域", most=50),
    LibraryColumn("subsector", "行业类别", most=50),
    LibraryColumn("funding_use", "资金用途", most=100),
    LibraryColumn("first_tier", "一级指标", required=True, most=50),
    LibraryColumn("second_tier", "二级指标", required=True, most=50),
    LibraryColumn("name", "三级指标", required=True, most=100),
    LibraryColumn("explanation", "指标解释", required=True),
    LibraryColumn("plan_standard", "计划标准"),
    LibraryColumn("history_standard", "历史标准"),
    LibraryColumn("industry_standard", "行业标准"),
    LibraryColumn("expenditure_standard", "预算支出标准"),
    LibraryColumn("other_standard", "其他标准"),
    LibraryColumn("keywords", "关键词", most=200),
    LibraryColumn("formula", "计算公式"),
    LibraryColumn("direction", "方向", most=1, choices=SIGNS),
    LibraryColumn("unit", "计量单位", most=20),
)
BY_TITLE = {column.title: column for column in COLUMNS}
BY_FIELD = {column.field: column for column in COLUMNS}

#: Heads that an exported workbook has besides; they are not read back.
EXPORTED_ONLY = ("使用次数", "状态")
#: What a row is known by: two rows that agree in all of these are the same indicator.
IDENTITY = ("sector", "subsector", "funding_use", "second_tier", "name")
#: The reference values a row may hold, one for each kind of 指标值确定依据.
STANDARDS = tuple(column for column in COLUMNS if column.field.endswith("_standard"))

# What people type for the signs the library keeps.
_SPELLINGS = {">": "＞", "<": "＜", "=": "＝", ">=": "≥", "<=": "≤", "⩾": "≥", "⩽": "≤", "≧": "≥", "≦": "≤"}


def tidy(column: LibraryColumn, text: str) -> str:
    """Return the text of a cell as the library keeps it: no outer blanks, one spelling of each sign."""
    text = text.strip()
    return _SPELLINGS.get(text, text) if column.choices else text


def problem_of(column: LibraryColumn, text: str) -> str:
    """Return what is wrong with the tidied text of a cell as a Chinese sentence, "" where nothing is."""
    if column.required and not text:
        return f"“{column.title}”没有填写，该列每行都要填写。"
    if column.most and len(text) > column.most and not column.choices:
        return f"“{column.title}”有{len(text)}字，不能超过{column.most}字。"
    if text and column.choices and text not in column.choices:
        return f"“{column.title}”的“{text}”无法识别，应为{'、'.join(column.choices)}之一或空白。"
    return ""


def problems_of(values: Mapping[str, str], tiers: Sequence[Tier]) -> Iterator[tuple[LibraryColumn, str]]:
    """Yield all that is wrong with the tidied values of one row; ``tiers`` are all an indicator may have."""
    for column in COLUMNS:
        if problem := problem_of(column, values.get(column.field, "")):
            yield column, problem
    first, second = values.get("first_tier", ""), values.get("second_tier", "")
    if first and second and (first, second) not in tiers:
        yield BY_FIELD["second_tier"], _tier_problem(first, second, tiers)


def _tier_problem(first: str, second: str, tiers: Sequence[Tier]) -> str:
    under = "、".join(name for tier, name in tiers if tier == first)
    if not under:
        firsts = "、".join(dict.fromkeys(tier for tier, _ in tiers))
        return f"“一级指标”的“{first}”不在指标框架中，应为{firsts}之一。"
    return f"“二级指标”的“{second}”不在“{first}”之下，应为{under}之一。"
