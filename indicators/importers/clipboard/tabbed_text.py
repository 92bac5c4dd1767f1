"""The plain text that spreadsheets put on the clipboard: a line for each row, tabs between the cells."""

import re
from collections.abc import Iterator

# A cell of several lines stands in quotation marks, its own doubled. A cell that merely begins with a
# quotation mark stands there as it is.
_QUOTED = re.compile(r'"([^"]*(?:""[^"]*)*)"(?=\t|\n|\Z)')
_PLAIN = re.compile(r"[^\t\n]*")
_SIGNS_OF_QUOTING = ("\n", "\t", '""')


def read_tabbed_text(text: str) -> Iterator[list[str]]:
    """Yield the rows of the text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
    row: list[str] = []
    position = 0
    while position <= len(text):
        cell, position = _cell(text, position)
        row.append(cell)
        if position == len(text) or text[position] == "\n":
            yield row
            row = []
        position += 1


def _cell(text: str, start: int) -> tuple[str, int]:
    """Return the cell that begins at ``start`` and where it ends."""
    quoted = _QUOTED.match(text, start)
    if quoted and (not quoted[1] or any(sign in quoted[1] for sign in _SIGNS_OF_QUOTING)):
        return quoted[1].replace('""', '"'), quoted.end()
    plain = _PLAIN.match(text, start)
    return plain[0], plain.end()
