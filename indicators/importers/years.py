"""The fiscal year a booklet states: in the headings and names of its tables."""

import re
import unicodedata
from collections.abc import Sequence

from indicators.importers.headings import without_table_number
from indicators.importers.outcome import Journal

_ANY = re.compile(r"(?<![\d〔\[（(])(20\d\d)\s?年")
_LEADING = re.compile(r"\W{0,4}(20\d\d)\s?年")
_RANGE = re.compile(r"20\d\d\s?年?\s?[-—–~～至到]{1,2}\s?20\d\d\s?年?")
_OTHER_YEAR = re.compile("结转|提前下达|以前年度|上年")
_ADVICE = "请另行指明预算年度（命令中用 --year）。"


def fiscal_year(texts: Sequence[str], journal: Journal) -> int:
    """Return the one year the texts state; where there is none or more than one, that is a problem."""
    years = stated_years(texts)
    if len(years) == 1:
        return years.pop()
    if years:
        listed = "、".join(f"{year}年" for year in sorted(years))
        journal.problem("全文", f"标题和项目名称中的年度不一致（{listed}），{_ADVICE}")
    else:
        journal.problem("全文", f"标题和项目名称中没有写明预算年度，{_ADVICE}")
    return 0


def stated_years(texts: Sequence[str]) -> set[int]:
    """Return the fiscal years that headings and names state.

    A year at the beginning (“1.2024年度…”) counts more than one inside. The year of a document number
    (〔2023〕12号), a range of years, and names of money brought forward state no fiscal year.
    """
    said = [_fiscal_part(text) for text in texts if not _OTHER_YEAR.search(text)]
    leading = {int(match[1]) for match in map(_LEADING.match, said) if match}
    return leading or {int(year) for text in said for year in _ANY.findall(text)}


def _fiscal_part(text: str) -> str:
    return _RANGE.sub("", without_table_number(unicodedata.normalize("NFKC", text)))
