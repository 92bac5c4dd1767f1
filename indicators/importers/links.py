"""Which projects a 分项绩效目标 speaks of: those whose name equals its title."""

import re
from collections.abc import Sequence

from indicators.document.model import TargetTable

_YEAR = re.compile(r"20\d\d\s?年度?")
_TITLE_ENDING = re.compile("分项绩效目标(和|及)?(绩效指标)?$")


def linked_codes(title: str, tables: Sequence[TargetTable]) -> tuple[str, ...]:
    """Return the codes of the tables named like the sub-goal, in order.

    Year words, blanks and symbols do not count, nor 分项绩效目标、绩效指标 at the end of the title; nothing
    is matched that merely resembles.
    """
    wanted = _TITLE_ENDING.sub("", _key(title))
    return tuple(table.project_code for table in tables if wanted and _key(table.name) == wanted)


def _key(text: str) -> str:
    return "".join(character for character in _YEAR.sub("", text) if character.isalnum())
