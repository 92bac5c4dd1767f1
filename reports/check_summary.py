"""What the checks found, told in words: by department and rule, with counts."""

from collections import Counter
from collections.abc import Iterator

from indicators.checks import RULES, Severity, State
from indicators.document import NARRATIVE_NAME
from reports.check_lines import Tally, UnitLines


def unit_summary(unit: UnitLines) -> Iterator[str]:
    """Yield lines about one department's year: what was found, then what was not run and why."""
    name = f"{unit.department}{unit.department_name} {unit.year}年度"
    yield f"{name}：{unit.tables}张绩效目标表，{_places(unit.places)}"
    yield from _rules(unit.states, unit.places)
    for (code, reason), projects in sorted(unit.not_run.items()):
        where = NARRATIVE_NAME if projects == [None] else f"{len(projects)}份"
        yield f"  {code} 未运行（{where}）：{reason}"
    yield ""


def tally_summary(tally: Tally) -> Iterator[str]:
    """Yield lines about all that was checked."""
    if not tally.units:
        yield "没有可以检查的绩效目标。"
        return
    if tally.units > 1:
        yield f"合计{tally.units}个单位年度、{tally.tables}张绩效目标表，{_places(tally.places)}"
        yield from _rules(tally.states, tally.places)


def _rules(states: Counter[tuple[str, State]], places: Counter[tuple[str, Severity]]) -> Iterator[str]:
    for code in sorted({code for code, _ in places}):
        found = "，".join(f"{severity.label}{count}处" for severity, count in _by_severity(places, code))
        yield f"  {code} {RULES[code].title}：{states[code, State.FOUND]}份，{found}"


def _by_severity(places: Counter[tuple[str, Severity]], rule: str) -> Iterator[tuple[Severity, int]]:
    """Yield the severities a rule was found with and how often, the gravest first."""
    for severity in Severity:
        if places[rule, severity]:
            yield severity, places[rule, severity]


def _places(places: Counter[tuple[str, Severity]]) -> str:
    """Return 须改正1处，须说明30处，提示16处。"""
    counts = Counter()
    for (_, severity), count in places.items():
        counts[severity] += count
    return "，".join(f"{severity.label}{counts[severity]}处" for severity in Severity) + "。"
