"""Which worksheets a publication makes, and what they are called."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indicators.layout.publication import Block, Contents, Cover, Heading, Paragraph, Publication, SheetBlock
from reports.office_text import printable

COVER, CONTENTS, TEXT = "封面", "目录", "正文"
LONGEST_NAME = 31  # UTF-16 units
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\n\t]+")
_RESERVED = "history"  # Excel keeps this name for itself


@dataclass(frozen=True, slots=True)
class Tab:
    """A worksheet to be: a cover, contents or grid, or a run of headings and paragraphs.

    ``above`` are headings with no text of their own: they are printed over the grid that follows them.
    """

    name: str
    blocks: tuple[Block, ...]
    above: tuple[Heading, ...] = ()

    def link(self, row: int) -> str:
        """Return the address of a row (from 0) as a link within the workbook."""
        quoted = self.name.replace("'", "''")
        return f"internal:'{quoted}'!A{row + 1}"


def tabs_of(publication: Publication) -> list[Tab]:
    """Return the worksheets in order; Excel wants at least one."""
    taken = {_RESERVED}
    tabs: list[Tab] = []
    above: tuple[Heading, ...] = ()
    runs = _runs(publication) or [()]
    for number, blocks in enumerate(runs):
        following = runs[number + 1] if number + 1 < len(runs) else ()
        if _are_headings(blocks) and following and isinstance(following[0], SheetBlock):
            above = blocks
            continue
        name = _unused(_legal(next(_names(blocks), TEXT)), taken)
        taken.add(name.casefold())
        tabs.append(Tab(name, blocks, above))
        above = ()
    return tabs


def _runs(publication: Publication) -> list[tuple[Block, ...]]:
    """Return the blocks as worksheets take them: the headings and paragraphs of a part together."""
    runs: list[list[Block]] = []
    for block in publication.blocks:
        goes_on = isinstance(block, Paragraph) or (isinstance(block, Heading) and block.level > 1)
        if goes_on and runs and isinstance(runs[-1][-1], Heading | Paragraph):
            runs[-1].append(block)
        else:
            runs.append([block])
    return [tuple(run) for run in runs]


def _are_headings(blocks: tuple[Block, ...]) -> bool:
    return bool(blocks) and all(isinstance(block, Heading) for block in blocks)


def _names(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Cover():
                yield COVER
            case Contents():
                yield CONTENTS
            case SheetBlock():
                yield block.title
            case Heading():
                yield block.text


def _legal(name: str) -> str:
    return _cut(_FORBIDDEN.sub("", printable(name)).strip(" '"), LONGEST_NAME).strip(" '") or TEXT


def _unused(name: str, taken: set[str]) -> str:
    """Return the name, with a number after it if another worksheet bears it (Excel ignores case)."""
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        ending = f"({number})"
        candidate = _cut(name, LONGEST_NAME - len(ending)) + ending
    return candidate


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
