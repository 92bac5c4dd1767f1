"""Years in names and texts that may move on when a table is carried into another year: proposals, no acts.

What is found: 2024年度, 2024-2025年, 2024年7月1日, 2024.12, 二〇二四年, a bare 2024 where a name begins.
What never moves: numbers of documents (冀财农〔2018〕12号), titles in 《》, the past (2018年成立).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from indicators.document import labels
from indicators.document.model import Booklet, Indicator, TargetTable

_CONTEXT = 14  # characters shown on either side
_FAR = 5  # years ahead: what lies further is a vision (2035年), no term of this project
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)}
_ZEROS = "〇○零"
_CHINESE = {**{digit: number for number, digit in enumerate("〇一二三四五六七八九")}, "○": 0, "零": 0}
_CHINESE_DIGITS = "〇一二三四五六七八九"

_YEAR = r"(?<![0-9A-Za-z.])20[0-9]{2}"
_JOINT = r"\s?[-—–－~～至到]{1,2}\s?"
_FOUND = re.compile(
    rf"(?P<range>{_YEAR}\s?年?度?{_JOINT}20[0-9]{{2}}(?![0-9])(?:\s?学?年度?)?)"
    rf"|(?P<day>{_YEAR}\s?年\s?(?:1[0-2]|0?[1-9])\s?月(?:\s?(?:3[01]|[12][0-9]|0?[1-9])\s?[日号])?)"
    rf"|(?P<dotted>{_YEAR}[.\-/](?:1[0-2]|0?[1-9])(?:[.\-/](?:3[01]|[12][0-9]|0?[1-9]))?(?![0-9万亿元人次个%]))"
    rf"|(?P<class>{_YEAR}\s?[级届])"
    rf"|(?P<year>{_YEAR}\s?(?:学年度?|财年|年度?))"
    rf"|(?P<chinese>二[{_ZEROS}][〇○零一二三四五六七八九]{{2}}\s?年度?)"
)
_BARE = re.compile(r"\W{0,2}(?P<bare>20[0-9]{2})(?![0-9年.\-/])")
_DIGITS = re.compile(rf"20[0-9]{{2}}|二[{_ZEROS}][〇○零一二三四五六七八九]{{2}}")
_LEAP_DAY = re.compile(r"(20[0-9]{2})(\s?年\s?|[.\-/])0?2(\s?月\s?|[.\-/])29")
# Numbers of documents, titles, and years in brackets that say which version of a document is meant.
_NEVER = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》"
    r"|[〔\[【（(〈［]\s?20[0-9]{2}\s?年?[〕\]】）)〉］]\s?第?\s?[0-9]*\s?号?"
    r"|20[0-9]{2}\s?年?\s?第\s?[0-9一二三四五六七八九十百]+\s?号"
    r"|[（(]\s?20[0-9]{2}\s?年?(?:修订|修正|版|施行)[^）)]{0,6}[）)]"
)
_PAST = re.compile(
    r".{0,6}?(?:成立|始建|建成|建立|设立|组建|挂牌|印发|出台|颁布|发布|施行|实施|修订|修正|通过|批准|批复|立项|开工|竣工"
    r"|投入使用|购置|以来|起(?![草步])|至今)"
)
_BEGINNING = re.compile(r"\s?(?:起|以来|至今|.{0,4}?(?:成立|印发|出台|颁布|施行|批复|批准|立项|修订|修正))")


@dataclass(frozen=True, slots=True)
class Shift:
    """A year found in a text and what it would become; ``start`` is its place in the text."""

    start: int
    before: str
    after: str
    ticked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A shift in one field: path for programs, place for people, the words around it."""

    path: str
    place: str
    shift: Shift
    words_before: str
    words_after: str

    @property
    def key(self) -> str:
        """What a tick names; it changes where the text does."""
        return f"{self.path}@{self.shift.start}"

    def __str__(self) -> str:
        return f"{self.place}：“{self.shift.before}” → “{self.shift.after}”"


# In one text


def find_shifts(text: str, year: int, by: int, *, is_name: bool = False) -> tuple[Shift, ...]:
    """Return the years in a text of the fiscal year ``year`` that may move by ``by`` years."""
    if by == 0:
        return ()
    folded = text.translate(_FULL_WIDTH)
    closed = [match.span() for match in _NEVER.finditer(folded)]
    found = [_shift(match, text, folded, year, by) for match in _FOUND.finditer(folded)]
    if is_name and not _FOUND.match(folded, _leading(folded)) and (bare := _BARE.match(folded)):
        found.insert(0, _bare_shift(bare, text, year, by))
    return tuple(
        shift for shift in found if shift and not any(start <= shift.start < end for start, end in closed)
    )


def titles_of_year(text: str, year: int) -> list[str]:
    """Return the titles in 《》 that name the year: they are never moved, so people must look at them."""
    return [
        match.group()
        for match in _NEVER.finditer(text)
        if match.group().startswith("《") and str(year) in match.group()
    ]


def apply_shifts(text: str, shifts: Iterable[Shift]) -> str:
    """Return the text with the shifts made."""
    for shift in sorted(shifts, key=lambda each: each.start, reverse=True):
        end = shift.start + len(shift.before)
        text = text[: shift.start] + shift.after + text[end:]
    return text


def _shift(match: re.Match[str], text: str, folded: str, year: int, by: int) -> Shift | None:
    before = text[match.start() : match.end()]
    years = [_number(digits) for digits in _DIGITS.findall(match.group())]
    following = folded[match.end() : match.end() + 12]
    if match["range"]:
        judged = _judge_range(years[0], years[-1], year)
    else:
        judged = _judge_year(years[0], year, following, match.lastgroup or "")
    if judged is None:
        return None
    after = _DIGITS_ANY_WIDTH.sub(lambda digits: _moved(digits.group(), by), before)
    if _LEAP_DAY.match(match.group()) and not _is_leap(years[0] + by):
        after, judged = (
            after.replace("29", "28").replace("２９", "２８"),
            (False, f"{years[0] + by}年没有2月29日"),
        )
    return Shift(match.start(), before, after, *judged)


def _leading(text: str) -> int:
    """Return where the first year of a text begins."""
    found = _DIGITS.search(text)
    return found.start() if found else len(text)


def _bare_shift(match: re.Match[str], text: str, year: int, by: int) -> Shift | None:
    if int(match["bare"]) != year:
        return None
    start = match.start("bare")
    before = text[start : match.end("bare")]
    return Shift(start, before, _moved(before, by), False, "数字后没有“年”字，核对是否为年度")


def _judge_range(first: int, last: int, year: int) -> tuple[bool, str] | None:
    """Return whether a range of years is ticked, and why; None for one that is over."""
    if last < year:
        return None
    if first <= year <= last and last - first <= 1:
        return True, "跨年度的期间，含来源年度"
    return False, "多年的期间，多为规划期或工期"


def _judge_year(found: int, year: int, following: str, kind: str) -> tuple[bool, str] | None:
    if found < year - 1 or found > year + _FAR or (found < year and _PAST.match(following)):
        return None
    if found < year:
        return False, "早于来源年度，多为基数或往年情况"
    if found > year:
        return False, "晚于来源年度，多为跨年的期限"
    if _BEGINNING.match(following):
        return False, "可能是已经发生的事"
    if kind == "class":
        return False, "级别或届别，核对后再定"
    return True, "来源年度的日期" if kind in ("day", "dotted") else "来源年度"


_DIGITS_ANY_WIDTH = re.compile(rf"[2２][0０][0-9０-９]{{2}}|二[{_ZEROS}][〇○零一二三四五六七八九]{{2}}")


def _number(digits: str) -> int:
    if digits[0] != "二":
        return int(digits)
    return int("".join(str(_CHINESE[digit]) for digit in digits))


def _moved(digits: str, by: int) -> str:
    """Return the year moved, spelled like the one found: its width, its zero."""
    if digits[0] == "二":
        moved = "".join(_CHINESE_DIGITS[int(digit)] for digit in str(_number(digits) + by))
        return moved.replace("〇", digits[1])
    moved = str(int(digits) + by)
    return moved if digits.isascii() else "".join(chr(ord(digit) + 0xFEE0) for digit in moved)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


# In documents

_TABLE_TEXTS = ("name", "purpose", "goal")
_INDICATOR_TEXTS = ("name", "description", "value", "basis")


def table_shifts(table: TargetTable, year: int) -> tuple[Proposal, ...]:
    """Return what may move where the table is carried into ``year``."""
    by = year - table.year
    found = [
        proposal
        for name in _TABLE_TEXTS
        for proposal in _proposals(getattr(table, name), table.year, by, name, labels.TABLE[name])
    ]
    for number, row in enumerate(table.indicators, start=1):
        for name in _INDICATOR_TEXTS:
            path, place = f"indicators/{row.uid}/{name}", f"绩效指标第{number}项 {labels.INDICATOR[name]}"
            found += _proposals(getattr(row, name), table.year, by, path, place)
    return tuple(found)


def shift_table(table: TargetTable, proposals: Collection[Proposal]) -> TargetTable:
    """Return the table with the proposals made."""
    moved = _mover(proposals)
    return replace(
        table,
        **{name: moved(name, getattr(table, name)) for name in _TABLE_TEXTS},
        indicators=tuple(_shift_row(row, moved) for row in table.indicators),
    )


def narrative_shifts(booklet: Booklet, year: int) -> tuple[Proposal, ...]:
    """Return what may move where the narrative is carried into ``year``."""
    by = year - booklet.year
    return tuple(
        proposal
        for path, place, text in _narrative_texts(booklet)
        for proposal in _proposals(text, booklet.year, by, path, place)
    )


def shift_narrative(booklet: Booklet, proposals: Collection[Proposal]) -> Booklet:
    """Return the booklet with the proposals made in its narrative."""
    moved = _mover(proposals)
    return replace(
        booklet,
        overall_goals=tuple(
            replace(item, text=moved(f"overall_goals/{item.uid}", item.text))
            for item in booklet.overall_goals
        ),
        sub_goals=tuple(
            replace(
                part,
                **{
                    name: moved(f"sub_goals/{part.uid}/{name}", getattr(part, name))
                    for name in _SUB_GOAL_TEXTS
                },
            )
            for part in booklet.sub_goals
        ),
        safeguards=tuple(
            replace(
                part,
                title=moved(f"safeguards/{part.uid}/title", part.title),
                items=tuple(
                    replace(item, text=moved(f"safeguards/{part.uid}/items/{item.uid}", item.text))
                    for item in part.items
                ),
            )
            for part in booklet.safeguards
        ),
    )


_SUB_GOAL_TEXTS = ("title", "goal", "indicators")


def _narrative_texts(booklet: Booklet) -> Iterator[tuple[str, str, str]]:
    for number, item in enumerate(booklet.overall_goals, start=1):
        yield f"overall_goals/{item.uid}", f"总体绩效目标第{number}项", item.text
    for number, part in enumerate(booklet.sub_goals, start=1):
        for name in _SUB_GOAL_TEXTS:
            place = f"分项绩效目标第{number}项 {labels.SUB_GOAL[name]}"
            yield f"sub_goals/{part.uid}/{name}", place, getattr(part, name)
    for number, section in enumerate(booklet.safeguards, start=1):
        yield f"safeguards/{section.uid}/title", f"工作保障措施第{number}项 标题", section.title
        for count, item in enumerate(section.items, start=1):
            place = f"工作保障措施第{number}项 第{count}条"
            yield f"safeguards/{section.uid}/items/{item.uid}", place, item.text


def _shift_row(row: Indicator, moved: Callable[[str, str], str]) -> Indicator:
    path = f"indicators/{row.uid}"
    return replace(row, **{name: moved(f"{path}/{name}", getattr(row, name)) for name in _INDICATOR_TEXTS})


def _mover(proposals: Collection[Proposal]) -> Callable[[str, str], str]:
    by_path: dict[str, list[Shift]] = {}
    for proposal in proposals:
        by_path.setdefault(proposal.path, []).append(proposal.shift)
    return lambda path, text: apply_shifts(text, by_path.get(path, ()))


def _proposals(text: str, year: int, by: int, path: str, place: str) -> Iterator[Proposal]:
    for shift in find_shifts(text, year, by, is_name=path == "name"):
        before = text[: shift.start].rpartition("\n")[2]
        after = text[shift.start + len(shift.before) :].partition("\n")[0]
        words_before = before if len(before) <= _CONTEXT else f"…{before[-_CONTEXT:]}"
        words_after = after if len(after) <= _CONTEXT else f"{after[:_CONTEXT]}…"
        yield Proposal(path, place, shift, words_before, words_after)
