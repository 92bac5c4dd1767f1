"""第一部分 of a made-up booklet: overall goals, sub-goals that name their projects, safeguards."""

from collections.abc import Iterator, Sequence

from indicators.demo_data.drawing import Draw
from indicators.demo_data.duties import COMMON_GOALS, DUTIES, SAFEGUARDS
from indicators.demo_data.tables import in_words, money
from indicators.demo_data.templates import Kind
from indicators.document import NarrativeItem, SafeguardSection, SubGoal, TargetTable

_MOST_CLAUSES = 6
# Fields that promise together.
_DUTIES_OF = {
    **dict.fromkeys(("police", "emergency", "justice"), "safety"),
    **dict.fromkeys(("development", "industry", "finance"), "economy"),
    "veterans": "welfare",
    "insurance": "jobs",
    "land": "environment",
    "service": "market",
}


def overall_goals(draw: Draw, field: str) -> tuple[NarrativeItem, ...]:
    """Return four to ten goals of the year, those of the field first."""
    chosen = [
        *draw.some_of(DUTIES[_DUTIES_OF.get(field, field)], draw.between(3, 6)),
        *draw.some_of(COMMON_GOALS, draw.between(1, 4)),
    ]
    return tuple(NarrativeItem(draw.fill(text)) for text in chosen)


def sub_goals(draw: Draw, filed: Sequence[tuple[Kind, TargetTable]]) -> tuple[SubGoal, ...]:
    """Return one sub-goal for each theme, with the codes of all its projects."""
    by_theme: dict[str, list[tuple[Kind, TargetTable]]] = {}
    for kind, table in filed:
        by_theme.setdefault(kind.theme, []).append((kind, table))
    return tuple(_sub_goal(draw, theme, entries) for theme, entries in by_theme.items())


def safeguards(draw: Draw) -> tuple[SafeguardSection, ...]:
    """Return four to six blocks of measures."""
    return tuple(
        SafeguardSection(
            title,
            tuple(NarrativeItem(draw.fill(text)) for text in draw.some_of(texts, draw.between(1, 4))),
        )
        for title, texts in draw.some_of(list(SAFEGUARDS.items()), draw.between(4, 6))
    )


def _sub_goal(draw: Draw, theme: str, filed: Sequence[tuple[Kind, TargetTable]]) -> SubGoal:
    kind, tables = filed[0][0], [table for _, table in filed]
    title = draw.one_of(("{}分项绩效目标", "{}", "{}分项绩效目标、绩效指标")).format(theme)
    # An aim with a slot speaks of the one project it stands in.
    aim = kind.aim if "{" not in kind.aim else f"安排预算{money(sum(table.budget for table in tables))}"
    goal = f"实施{theme}项目{len(tables)}个，{aim}。"
    clauses = draw.some_of(list(_clauses(tables)), _MOST_CLAUSES)
    numbered = (f"{number}、{clause}。" for number, clause in enumerate(clauses, start=1))
    codes = tuple(table.project_code for table in tables)
    return SubGoal(title, goal, "".join(numbered), codes)


def _clauses(tables: Sequence[TargetTable]) -> Iterator[str]:
    """Yield the first targets of each table in words, as the table has them."""
    for table in tables:
        yield from [clause for row in table.indicators if (clause := in_words(row))][:2]
