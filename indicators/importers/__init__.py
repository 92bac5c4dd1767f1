"""Reading a booklet: a file becomes a document, or is refused with every reason and its place.

A *source* turns a file into lines and rows with their places; the narrative and the table stages turn those
into the document. Nothing here imports Django or touches a database. See docs/booklet-format.md.
"""

from indicators.importers.files import LARGEST_FILE, read_booklet, read_booklet_bytes, read_booklet_text
from indicators.importers.outcome import ImportRefused, Problem, Reading
from indicators.importers.projection import printed

__all__ = [
    "LARGEST_FILE",
    "ImportRefused",
    "Problem",
    "Reading",
    "printed",
    "read_booklet",
    "read_booklet_bytes",
    "read_booklet_text",
]
