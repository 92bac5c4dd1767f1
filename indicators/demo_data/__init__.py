"""Made-up booklets of a district that does not exist, varied and deterministic, some tables with defects."""

from indicators.demo_data.defects import DEFECTS, Defect
from indicators.demo_data.generator import (
    MOST_DEPARTMENTS,
    MOST_PROJECTS,
    DemoBooklet,
    generate,
    generate_booklets,
)
from indicators.demo_data.register import supervising_departments

__all__ = [
    "DEFECTS",
    "MOST_DEPARTMENTS",
    "MOST_PROJECTS",
    "Defect",
    "DemoBooklet",
    "generate",
    "generate_booklets",
    "supervising_departments",
]
