"""四性 opinion: what the findings say to each 审核要点 of the 绩效目标审核表 (domain.md §2.8)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indicators.checks.model import Outcome, Quality, Rule, Severity, State
from indicators.checks.review_points import REVIEW_POINTS, point_of, points_of


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
# Ours, not official: how much a table may have against it under one 审核要点, and the grades that leaves.
_POINTS = {Severity.ERROR: 3, Severity.WARNING: 1, Severity.HINT: 0}
_GOOD_BELOW, _FAIR_BELOW = 4, 10
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class PointOpinion:
    """What is said to one 审核要点; ``asks`` is what was asked, "" where it was the wording of the form."""

    grade: Grade
    text: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A proposed 绩效目标审核表: each point by name, a grade for each quality, the overall one, a text."""

    points: Mapping[str, PointOpinion]
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
    提示 nothing; a 审核要点 without points is 优, below 4 良, below 10 中, else 差. A quality is graded so by
    all that is found under its 审核要点 together, the whole has the lowest of its qualities.
    """
    given = list(outcomes)
    tables = max(Counter(outcome.rule.code for outcome in given).values(), default=1)
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in given:
        if outcome.state == State.FOUND:
            found[point_of(outcome.rule).name].append(outcome)
    points = {point.name: _point_opinion(found[point.name], tables) for point in REVIEW_POINTS}
    grades = {
        quality: _grade([each for point in points_of(quality) for each in found[point.name]], tables)
        for quality in Quality
    }
    overall = lowest(grades.values())
    every = _weaknesses([outcome for group in found.values() for outcome in group])
    return Opinion(points, grades, overall, "\n".join(_text(grades, overall, every)))


def quality_grades(points: Mapping[str, Grade]) -> dict[Quality, Grade]:
    """Return for each quality the lowest grade of its 审核要点, which are given by name."""
    return {quality: lowest(points[point.name] for point in points_of(quality)) for quality in Quality}


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


def _point_opinion(found: Sequence[Outcome], tables: int) -> PointOpinion:
    """Return the grade of a point, and which rules found something: 提示 are counted only."""
    weaknesses = _weaknesses(found)
    named = [weak for weak in weaknesses if weak.severity != Severity.HINT][:_MOST_NAMED]
    said = "；".join(f"{weak.rule.title}（{weak.severity.label}，{weak.places}处）" for weak in named)
    others = len(weaknesses) - len(named)
    if others:
        said = f"{said}；另有{others}项其他提示" if said else f"有{others}项其他提示"
    return PointOpinion(_grade(found, tables), f"{said}。" if said else "")


def _text(grades: Mapping[Quality, Grade], overall: Grade, weaknesses: Iterable[_Weakness]) -> Iterator[str]:
    yield "，".join(f"{quality}为{grades[quality].label}" for quality in Quality) + "。"
    advice = (weak.rule.advice for weak in weaknesses if weak.severity != Severity.HINT)
    wanted = list(dict.fromkeys(_sentence(each) for each in advice if each))[:_MOST_NAMED]
    if wanted:
        yield "修改意见：" + "".join(f"{number}.{each}" for number, each in enumerate(wanted, start=1))
    yield f"综合评定：{overall.label}，{overall.consequence}。"


def _sentence(text: str) -> str:
    return text if text.endswith("。") else f"{text}。"
