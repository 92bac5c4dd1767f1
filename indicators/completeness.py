"""How far a table is filled in: twelve parts, each a condition in SQL, so that no list loads a document.

It says what is still blank and judges nothing: what is wrong with what was typed is the checks' work.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from indicators.models import Indicator
from perfbudget.lib.ratios import rate
from projects.models import Declaration, FundingMilestone


def _indicators(**tier) -> Exists:
    return Exists(Indicator.objects.filter(declaration=OuterRef("pk"), **tier))


def _milestones(**wanted) -> Exists:
    return Exists(FundingMilestone.objects.filter(declaration=OuterRef("pk"), **wanted))


_BLANK_CELL = (
    Q(first_tier="") | Q(second_tier="") | Q(name="") | Q(description="") | Q(value="") | Q(basis="")
)
_BLANK_WEIGHT = Q(weight=None, declaration__department_year__fiscal_year__has_weights=True)
_ROW_WITH_BLANKS = Exists(Indicator.objects.filter(_BLANK_CELL | _BLANK_WEIGHT, declaration=OuterRef("pk")))
#: What a complete table has (domain.md §2.1, R01, R16, R17): name for people → condition on declarations.
PARTS: tuple[tuple[str, Q], ...] = (
    ("项目编码", ~Q(project__code="")),
    ("项目名称", ~Q(name="")),
    ("预算数", Q(budget__isnull=False)),
    ("财政资金", Q(fiscal_funding__isnull=False)),
    ("资金用途", ~Q(purpose="")),
    ("资金支出计划", Q(_milestones()) & ~Q(_milestones(percent=None))),
    ("绩效目标", ~Q(goal="")),
    ("数量指标", Q(_indicators(second_tier="数量指标"))),
    ("质量指标", Q(_indicators(second_tier="质量指标"))),
    ("效益指标", Q(_indicators(first_tier="效益指标"))),
    (
        "满意度指标",
        Q(beneficiaries=Declaration.Beneficiaries.NO) | Q(_indicators(first_tier="满意度指标")),
    ),
    ("指标各栏", Q(_indicators()) & ~Q(_ROW_WITH_BLANKS)),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """``filled`` has a bit for each of PARTS, the lowest for the first."""

    filled: int

    @property
    def percent(self) -> int:
        """How many of the parts are filled in, in whole percent, rounded down: 100 is all of them."""
        return int(rate(Decimal(self.filled.bit_count()), Decimal(len(PARTS))))

    @property
    def missing(self) -> list[str]:
        return [name for place, (name, _) in enumerate(PARTS) if not self.filled >> place & 1]


def filled_parts():
    """Return an annotation for declarations: the ``filled`` of Completeness."""
    return _summed(lambda place: 1 << place)


def number_of_filled_parts():
    """Return an annotation for declarations, to order and narrow by: how many parts are filled in."""
    return _summed(lambda place: 1)


def is_complete():
    """Return the condition on declarations that every part is filled in."""
    return reduce(Q.__and__, (condition for _, condition in PARTS))


def _summed(worth):
    return reduce(
        add,
        (
            Case(When(condition, then=Value(worth(place))), default=Value(0), output_field=IntegerField())
            for place, (_, condition) in enumerate(PARTS)
        ),
    )
