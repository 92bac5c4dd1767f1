"""四性 opinion: what the findings say under each of the four headings (domain.md §2.8)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indicators.checks.model import Outcome, Quality, Rule, Severity, State


class Grade(StrEnum):
    """优良中差, the best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"

    @property
    def label(self) -> str:
        return _GRADES[self][0]

    @property
    def consequence(self) -> str:
        """Return what follows for the project: 优 enters the budget, 中 is revised and filed again."""
        return _GRADES[self][1]


_GRADES = {
    Grade.EXCELLENT: ("优", "可纳入预算"),
    Grade.GOOD: ("良", "完善后纳入预算"),
    Grade.FAIR: ("中", "修改完善后重报"),
    Grade.POOR: ("差", "不得安排预算"),
}
# Ours, not official: points a table has under one heading, and the grades they stay below.
_POINTS = {Severity.ERROR: 3, Severity.WARNING: 1, Severity.HINT: 0}
_GOOD_BELOW, _FAIR_BELOW = 4, 10
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Opinion:
    """A proposed grade for each quality, the overall grade, and a text a person can edit."""

    grades: Mapping[Quality, Grade]
    overall: Grade
    text: str


@dataclass(frozen=True, slots=True)
class _Weakness:
    """A rule that found something: its gravest severity and how many places."""

    rule: Rule
    severity: Severity
    places: int


def draft_opinion(outcomes: Iterable[Outcome]) -> Opinion:
    """Return the opinion the outcomes propose.

    Outcomes of several tables may be given together: points count per table. 须改正 weighs three 须说明,
    提示 nothing; a heading without points is 优, below 4 良, below 10 中, else 差. The overall grade is the
    lowest.
    """
    given = list(outcomes)
    tables = max(Counter(outcome.rule.code for outcome in given).values(), default=1)
    found: dict[Quality, list[Outcome]] = defaultdict(list)
    for outcome in given:
        if outcome.state == State.FOUND:
            found[outcome.rule.quality].append(outcome)
    grades = {quality: _grade(found[quality], tables) for quality in Quality}
    overall = lowest(grades.values())
    lines = [_line(quality, grades[quality], _weaknesses(found[quality])) for quality in Quality]
    lines.append(f"综合评定：{overall.label}，{overall.consequence}。{_not_run(given)}")
    return Opinion(grades, overall, "\n".join(lines))


def lowest(grades: Iterable[Grade]) -> Grade:
    """Return the worst of some grades: one weak heading holds the whole table back."""
    return max(grades, key=list(Grade).index)


def _grade(found: Sequence[Outcome], tables: int) -> Grade:
    points = sum(_POINTS[outcome.severity] for outcome in found)
    if not points:
        return Grade.EXCELLENT
    if points < _GOOD_BELOW * tables:
        return Grade.GOOD
    return Grade.FAIR if points < _FAIR_BELOW * tables else Grade.POOR


def _weaknesses(found: Sequence[Outcome]) -> list[_Weakness]:
    """Return the rules that found something, the gravest and most frequent first."""
    by_rule: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in found:
        by_rule[outcome.rule.code].append(outcome)
    weaknesses = [
        _Weakness(
            group[0].rule,
            max((outcome.severity for outcome in group), key=lambda severity: severity.weight),
            sum(len(outcome.hits) for outcome in group),
        )
        for group in by_rule.values()
    ]
    return sorted(weaknesses, key=lambda weak: (-weak.severity.weight, -weak.places, weak.rule.code))


def _line(quality: Quality, grade: Grade, weaknesses: Sequence[_Weakness]) -> str:
    head = f"{quality}：{grade.label}。"
    named = [weak for weak in weaknesses if weak.severity != Severity.HINT][:_MOST_NAMED]
    if not named:
        return f"{head}未见须改正、须说明的情形{_others(len(weaknesses), '有')}。"
    said = "；".join(f"{weak.rule.title}（{weak.severity.label}，{weak.places}处）" for weak in named)
    advice = "".join(dict.fromkeys(_sentence(weak.rule.advice) for weak in named[:1] if weak.rule.advice))
    return f"{head}{said}{_others(len(weaknesses) - len(named), '另有')}。{advice}"


def _others(count: int, word: str) -> str:
    return f"，{word}{count}项其他提示" if count else ""


def _sentence(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"


def _not_run(outcomes: Sequence[Outcome]) -> str:
    codes = sorted({outcome.rule.code for outcome in outcomes if outcome.state == State.NOT_RUN})
    return f"另有{len(codes)}条规则因缺少数据未运行（{'、'.join(codes)}）。" if codes else ""
