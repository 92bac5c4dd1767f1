"""What is promised, and what a reviewer's eye sees in it."""

from indicators.models.answers import DepartmentOpinion, Explanation, Opinion
from indicators.models.attachments import Attachment
from indicators.models.findings import CheckRun, Finding, Pending
from indicators.models.frames import FirstTier, Frame, SecondTier
from indicators.models.library import LibraryIndicator, LibraryUse
from indicators.models.policy import ParameterSetting, RuleSetting
from indicators.models.presence import Presence
from indicators.models.rows import ImportNote, Indicator

__all__ = [
    "Attachment",
    "CheckRun",
    "DepartmentOpinion",
    "Explanation",
    "Finding",
    "FirstTier",
    "Frame",
    "ImportNote",
    "Indicator",
    "LibraryIndicator",
    "LibraryUse",
    "Opinion",
    "ParameterSetting",
    "Pending",
    "Presence",
    "RuleSetting",
    "SecondTier",
]
