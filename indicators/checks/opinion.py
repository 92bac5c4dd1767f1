"""四性 opinion: what the findings say under each of the four headings (domain.md §2.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from indicators.checks.model import Outcome, Quality


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
        """Return what follows for the project (domain.md §2.8)."""
        return _GRADES[self][1]


_GRADES = {
    Grade.EXCELLENT: ("优", "可进入预算安排"),
    Grade.GOOD: ("良", "完善后进入预算安排"),
    Grade.FAIR: ("中", "修改完善后重报"),
    Grade.POOR: ("差", "不得安排预算"),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """A proposed grade for each quality, the overall grade, and a text a person can edit."""

    grades: Mapping[Quality, Grade]
    overall: Grade
    text: str


def draft_opinion(outcomes: Iterable[Outcome]) -> Opinion:
    """Return the opinion the outcomes propose; outcomes of several tables may be given together."""
    raise NotImplementedError
