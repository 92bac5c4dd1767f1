"""What is promised, and what a reviewer's eye sees in it."""

from indicators.models.answers import Explanation, Opinion
from indicators.models.findings import CheckRun, Finding, Pending
from indicators.models.frames import FirstTier, Frame, SecondTier
from indicators.models.policy import ParameterSetting, RuleSetting
from indicators.models.rows import ImportNote, Indicator

__all__ = [
    "CheckRun",
    "Explanation",
    "Finding",
    "FirstTier",
    "Frame",
    "ImportNote",
    "Indicator",
    "Opinion",
    "ParameterSetting",
    "Pending",
    "RuleSetting",
    "SecondTier",
]
