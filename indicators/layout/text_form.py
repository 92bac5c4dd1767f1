"""Publication → the text form: what Word saves as plain text, tab-led cells with blank lines between rows."""

from collections.abc import Iterator

from indicators.layout.grid import Grid
from indicators.layout.publication import Contents, Cover, Heading, Paragraph, Publication, SheetBlock


def text_form(publication: Publication) -> str:
    """Return the publication as text the booklet importer reads back, without cover and contents."""
    return "".join(_blocks(publication))


def _blocks(publication: Publication) -> Iterator[str]:
    for block in publication.blocks:
        match block:
            case Heading():
                yield f"{block.text}\n"
            case Paragraph():
                yield f"{block.lead}{_printed(block.text)}\n"
            case SheetBlock():
                yield from _grid(block.grid)
            case Cover() | Contents():
                pass


def _grid(grid: Grid) -> Iterator[str]:
    for row, cells in zip(grid.rows, grid.lines(), strict=True):
        if row.is_ruled or len(cells) > 1:
            yield "".join(f"\t{_printed(cell.text)}\n" for cell in cells)
        else:
            yield "".join(f"{_printed(cell.text)}\n" for cell in cells)
        yield "\n"


def _printed(text: str) -> str:
    """Return the text without blank lines: in this form a blank line ends a row."""
    return "\n".join(line for line in text.split("\n") if line.strip())
