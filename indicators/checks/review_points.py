"""审核要点 of the 绩效目标审核表 (domain.md §2.8): what is asked under each of the four qualities.

The points and their order are those of the official form; the wording of the questions and which rules speak
to which point are ours. A bureau words the questions of a fiscal year otherwise by parameters of its policy.
"""

from dataclasses import dataclass, replace

from indicators.checks.model import Parameter, Policy, Quality, Rule
from indicators.checks.registry import parameter


@dataclass(frozen=True, slots=True)
class ReviewPoint:
    """One 审核要点; ``name`` is its key in what is stored, ``asks`` what is to be looked at.

    ``rules`` are the codes of those that speak to it. Of the points of a quality the one that ``takes_rest``
    has all the others of that quality.
    """

    name: str
    label: str
    quality: Quality
    asks: str
    rules: frozenset[str] = frozenset()
    takes_rest: bool = False


REVIEW_POINTS = (
    ReviewPoint(
        "form",
        "规范完整性",
        Quality.COMPLETENESS,
        "填报内容是否完整、规范，有无缺项、漏项和错项。",
        takes_rest=True,
    ),
    ReviewPoint(
        "clarity",
        "明确清晰性",
        Quality.COMPLETENESS,
        "绩效目标是否明确、可以衡量，是否说明预期产出和效果。",
        frozenset({"R16", "R17", "R18", "R24", "R25", "R33", "R51"}),
    ),
    ReviewPoint(
        "goal",
        "目标相关性",
        Quality.RELEVANCE,
        "绩效目标是否符合法律法规、政策规划和部门职责。",
        frozenset({"R49", "R50", "R53"}),
    ),
    ReviewPoint(
        "indicators",
        "指标科学性",
        Quality.RELEVANCE,
        "绩效指标是否与绩效目标对应，是否细化、量化，产出、效益和满意度是否齐全。",
        takes_rest=True,
    ),
    ReviewPoint(
        "level",
        "绩效合理性",
        Quality.APPROPRIATENESS,
        "预期绩效是否符合实际，与历史、行业水平相比有无过高或者过低。",
        takes_rest=True,
    ),
    ReviewPoint(
        "funding",
        "资金匹配性",
        Quality.APPROPRIATENESS,
        "预算资金与绩效目标是否匹配，支出方向和规模是否合理。",
        frozenset({"R10", "R21", "R36", "R37", "R38", "R39", "R40", "R40b", "R60"}),
    ),
    ReviewPoint(
        "achievability",
        "实现可能性",
        Quality.FEASIBILITY,
        "是否经过论证，实施计划是否可行，能否在规定期限内实现。",
        takes_rest=True,
    ),
    ReviewPoint(
        "conditions",
        "条件充分性",
        Quality.FEASIBILITY,
        "组织、制度、人员和设施等保障条件是否具备。",
    ),
)


#: By the name of a point: what it asks, set for a fiscal year as the thresholds are.
QUESTIONS: dict[str, Parameter] = {
    point.name: parameter(f"review_point_{point.name}", point.asks, f"{point.label}的审核内容")
    for point in REVIEW_POINTS
}


def points_asking(policy: Policy) -> tuple[ReviewPoint, ...]:
    """Return the points with what they ask in a year."""
    return tuple(replace(point, asks=policy.value(QUESTIONS[point.name])) for point in REVIEW_POINTS)


def point_of(rule: Rule) -> ReviewPoint:
    """Return the 审核要点 under which what a rule finds is counted."""
    of_quality = [point for point in REVIEW_POINTS if point.quality == rule.quality]
    claiming = (point for point in of_quality if rule.code in point.rules)
    return next(claiming, None) or next(point for point in of_quality if point.takes_rest)


def points_of(quality: Quality) -> tuple[ReviewPoint, ...]:
    """Return the points of one quality, in the order of the form."""
    return tuple(point for point in REVIEW_POINTS if point.quality == quality)
