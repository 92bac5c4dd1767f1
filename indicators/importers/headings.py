"""The titles a booklet is divided by (domain.md §2.2), in the spellings that are met."""

import re

from indicators.importers.rows import label
from indicators.layout.booklet import OVERALL_GOALS, SAFEGUARDS, SUB_GOALS

PART_ONE_NUMBER, PART_ONE_TITLE = "第一部分", "部门整体绩效目标"
PART_TWO_NUMBER, PART_TWO_TITLE = "第二部分", "预算项目绩效目标"
SECTIONS = (OVERALL_GOALS, SUB_GOALS, SAFEGUARDS)
TABLE_ENDING = "绩效目标表"

_SECTION = re.compile(rf"(?:[一二三四五][、.,])?({'|'.join(SECTIONS)}):?")
_TABLE_NUMBER = re.compile(r"\s{0,9}[0-9０-９]{1,4}\s{0,9}[.．、]\s{0,9}")


def section_title(text: str) -> str | None:
    """Return which section of the narrative a line opens: “一、总体绩效目标” gives 总体绩效目标."""
    match = _SECTION.fullmatch(label(text))
    return match[1] if match else None


def opens_part_one(text: str) -> bool:
    """Return whether a line is the title of the narrative, with its number, its name or both."""
    return label(text) in (PART_ONE_NUMBER, PART_ONE_TITLE, PART_ONE_NUMBER + PART_ONE_TITLE)


def opens_part_two(text: str) -> bool:
    """Return whether a line is the title of the tables, with its number, its name or both."""
    return label(text) in (PART_TWO_NUMBER, PART_TWO_TITLE, PART_TWO_NUMBER + PART_TWO_TITLE)


def ends_as_table_heading(text: str) -> bool:
    """Return whether a line ends like the heading of a table: “1.2024年度…绩效目标表”."""
    return "".join(text.split()).endswith(TABLE_ENDING)


def is_table_heading(text: str, name: str) -> bool:
    """Return whether the text, of one or several lines, is the heading of the table with this name."""
    return "".join(text.split()).endswith("".join(name.split()) + TABLE_ENDING)


def without_table_number(text: str) -> str:
    """Return the heading of a table without its number."""
    return _TABLE_NUMBER.sub("", text, count=1)
