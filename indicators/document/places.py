"""What people call the fields and rows of a document, by path: 预算数, 第3行 指标值, 总体绩效目标（一）."""

from collections.abc import Iterator

from indicators.document.fields import field_place, field_texts
from indicators.document.labels import SUB_GOAL
from indicators.document.model import Booklet, SafeguardSection, SubGoal, TargetTable
from perfbudget.lib.text import chinese_number


def table_places(table: TargetTable) -> dict[str, str]:
    """Return the name of every field and row of a table, in the order of the form."""
    places: dict[str, str] = {}
    rows = {row.uid: number for number, row in enumerate(table.indicators, start=1)}
    for path in field_texts(table):
        part, _, rest = path.partition("/")
        uid, _, _ = rest.partition("/")
        if part == "indicators":
            places.setdefault(f"indicators/{uid}", f"第{rows[uid]}行")
        places[path] = field_place(table, path)
    return places


def narrative_places(booklet: Booklet) -> dict[str, str]:
    """Return the name of every text of a narrative, in order."""
    places = {
        f"overall_goals/{item.uid}": f"总体绩效目标（{chinese_number(number)}）"
        for number, item in enumerate(booklet.overall_goals, start=1)
    }
    for number, sub_goal in enumerate(booklet.sub_goals, start=1):
        places |= _sub_goal(sub_goal, f"分项绩效目标（{chinese_number(number)}）")
    for number, section in enumerate(booklet.safeguards, start=1):
        places |= _section(section, f"工作保障措施（{chinese_number(number)}）")
    return places


def _sub_goal(sub_goal: SubGoal, place: str) -> Iterator[tuple[str, str]]:
    return ((f"sub_goals/{sub_goal.uid}/{name}", f"{place}{SUB_GOAL[name]}") for name in _TEXTS)


_TEXTS = ("title", "goal", "indicators")


def _section(section: SafeguardSection, place: str) -> Iterator[tuple[str, str]]:
    path = f"safeguards/{section.uid}"
    yield f"{path}/title", f"{place}标题"
    for number, item in enumerate(section.items, start=1):
        yield f"{path}/items/{item.uid}", f"{place}第{number}项"
