"""Where an indicator of the library stands in a table's frame: those of 2015 and 2021 differ twice.

财预〔2021〕101号 made 成本 a first tier with three second ones, and gave 可持续影响 up as a class of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Tier: TypeAlias = tuple[str, str]  # the names of a first tier and of a second one under it

_ENDING = "指标"
_COSTS = ("经济成本指标", "社会成本指标", "生态环境成本指标")
# What stands for a second tier in a frame that does not have it.
_STANDS_FOR = {
    "成本指标": "经济成本指标",
    **dict.fromkeys(_COSTS, "成本指标"),
    "可持续影响指标": "社会效益指标",
}


@dataclass(frozen=True, slots=True)
class Fit:
    """The tier an indicator takes in a table; ``note`` says in Chinese where that is not its own."""

    first_tier: str
    second_tier: str
    note: str = ""


def fit_tier(second_tier: str, tiers: Sequence[Tier]) -> Fit | None:
    """Return where a second tier of the library stands among ``tiers`` of a frame, None where nowhere."""
    firsts = {second: first for first, second in tiers}
    named = full_name(second_tier)
    if named in firsts:
        return Fit(firsts[named], named)
    other = _STANDS_FOR.get(named, "")
    if other not in firsts:
        return None
    note = f"本年度的指标框架没有“{named}”，列入“{firsts[other]}”下的“{other}”。"
    return Fit(firsts[other], other, note)


def kept_under(second_tier: str, tiers: Sequence[Tier]) -> tuple[str, ...]:
    """Return the second tiers of the library whose indicators stand under this one in a frame."""
    wanted = full_name(second_tier)
    known = {wanted, *_STANDS_FOR}
    fitting = (name for name in known if (fit := fit_tier(name, tiers)) and fit.second_tier == wanted)
    return tuple(sorted({*fitting, wanted}))


def full_name(second_tier: str) -> str:
    """Return a second tier as the frames name it: 数量 is 数量指标."""
    return second_tier if not second_tier or second_tier.endswith(_ENDING) else second_tier + _ENDING
