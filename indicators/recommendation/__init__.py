"""What to take over into a table: indicators of the library and past tables that speak of the same things.

Both are ranked by the words they share with name, purpose and goal, and say which (docs/decisions/0024).
Nothing leaves the process: the indexes are dictionaries in memory, built when first asked for.
"""

from indicators.recommendation.library import (
    EXPECTED,
    RecommendedIndicator,
    TierGroup,
    recommend_indicators,
    words_known,
)
from indicators.recommendation.query import ProjectText
from indicators.recommendation.tables import SimilarTable, similar_tables

__all__ = [
    "EXPECTED",
    "ProjectText",
    "RecommendedIndicator",
    "SimilarTable",
    "TierGroup",
    "recommend_indicators",
    "similar_tables",
    "words_known",
]
