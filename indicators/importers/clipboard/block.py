"""The matrix of texts that a copied block is, whatever program it comes from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from indicators.importers.clipboard.html_tables import read_html
from indicators.importers.clipboard.tabbed_text import read_tabbed_text
from perfbudget.lib.text import clean_text

MOST_ROWS, MOST_COLUMNS = 200, 30
MOST_CHARACTERS = 200_000  # of all cells together
LARGEST_SOURCE = 2_000_000  # characters of HTML or of plain text


class PasteRefusedError(ValueError):
    """Nothing of the clipboard can be pasted; the message is a Chinese sentence for the person."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of equally many texts, and sentences about what was left out."""

    rows: tuple[tuple[str, ...], ...]
    messages: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def column(self, number: int) -> list[str]:
        """Return the texts of a column that are not blank."""
        return [row[number] for row in self.rows if row[number]]


def place(row: int, column: int) -> str:
    """Return where a cell lies in the block; both count from 0, people from 1."""
    return f"第{row + 1}行第{column + 1}列"


def read_block(html: str, text: str) -> Block:
    """Return the largest table of the clipboard's HTML, else its plain text divided by tabs.

    Raises PasteRefusedError where there is nothing, or far too much.
    """
    if max(len(html), len(text)) > LARGEST_SOURCE:
        raise PasteRefusedError("复制的内容过大，无法粘贴；只复制需要的行和列。")
    rows = read_html(html) if html.strip() else None
    block = _block(rows if rows is not None else read_tabbed_text(text))
    if not any(any(row) for row in block.rows):
        raise PasteRefusedError("剪贴板中没有可粘贴的文字；先在表格中选中并复制，再粘贴。")
    if sum(len(cell) for row in block.rows for cell in row) > MOST_CHARACTERS:
        raise PasteRefusedError(f"复制的文字超过{MOST_CHARACTERS // 10000}万字，无法粘贴；分几次复制。")
    return block


def _block(rows: Iterable[Sequence[str]]) -> Block:
    """Return the rows made equally long, without blank ends, cut to what is read at most."""
    source = iter(rows)
    kept = [[clean_text(cell) for cell in row] for row in islice(source, MOST_ROWS)]
    messages = []
    if any(cell.strip() for row in source for cell in row):
        messages.append(f"只读取前{MOST_ROWS}行，其余各行未贴；分几次复制。")
    while kept and not any(kept[-1]):
        kept.pop()
    width = max((len(_without_blank_end(row)) for row in kept), default=0)
    if width > MOST_COLUMNS:
        messages.append(f"只读取前{MOST_COLUMNS}列，其余各列未贴。")
        width = MOST_COLUMNS
    return Block(tuple(tuple((row + [""] * width)[:width]) for row in kept), tuple(messages))


def _without_blank_end(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]
