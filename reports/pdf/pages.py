"""What is done to finished PDFs: find where an element came to lie, join many parts, add bookmarks."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pikepdf

from reports.pdf.engines import LANGUAGE, save

ACROSS_PARTS = "joined:#"


@dataclass(frozen=True)
class Bookmark:
    """One line of the outline: `page` counts from 0 in the joined file, `level` 0 is the outermost."""

    title: str
    page: int
    level: int = 0


@dataclass(frozen=True)
class Place:
    """Where an element starts: `page` from 0; `left` and `top` in points from the lower left corner."""

    page: int
    left: float
    top: float


def page_count(pdf: bytes) -> int:
    """How many pages the file has; with one page nobody need ask where things lie."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def places_of_anchors(pdf: bytes) -> dict[str, Place]:
    """Id → place of every element that something in the document links to.

    How the HTML must be written: give the id to a block, a cell (td) or a row (tr), never to a tbody, whose
    place is that before the break; ids in ASCII; link to it by a visible <a href="#id">, or name it in
    render_pdf(anchors=[…]).
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return _places(document)


def pages_of_anchors(pdf: bytes) -> dict[str, int]:
    """Id → page (from 0) of every element that something links to; see places_of_anchors()."""
    return {name: place.page for name, place in places_of_anchors(pdf).items()}


def _places(document: pikepdf.Pdf) -> dict[str, Place]:
    numbers = {page.objgen: number for number, page in enumerate(document.pages)}
    places: dict[str, Place] = {}
    for name, target in _named_destinations(document.Root):
        place = Place(numbers[target[0].objgen], left=float(target[2]), top=float(target[3]))
        # An element pushed to the next page is told of twice by PlutoPrint: at the foot it left, too.
        if name not in places or places[name].page < place.page:
            places[name] = place
    return places


def _named_destinations(root: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Object]]:
    """Both engines write [page /XYZ left top 0] into the tree of names."""
    waiting = [root.Names.Dests] if "/Dests" in root.get("/Names", {}) else []
    while waiting:
        node = waiting.pop()
        waiting.extend(node.get("/Kids", []))
        entries = list(node.get("/Names", []))
        for name, target in zip(entries[::2], entries[1::2], strict=True):
            yield str(name), target


def join_pdfs(parts: Sequence[bytes], *, title: str, bookmarks: Sequence[Bookmark] = ()) -> bytes:
    """One file from many, with the outline `bookmarks`, the title and the language in its metadata.

    Links within a part stay. PlutoPrint drops a link to an id it does not find, so a link to another part is
    written <a href="joined:#id">. Ids are to occur in one part only (else the first has it). Not for PDF/A:
    the joined file keeps neither tags nor the archive's metadata.
    """
    names: dict[str, pikepdf.Object] = {}
    with pikepdf.new() as joined:
        for part in parts:
            before = len(joined.pages)
            with pikepdf.open(io.BytesIO(part)) as document:
                places = _places(document)
                for page in document.pages:
                    joined.pages.append(page)
            for name, place in places.items():
                page = joined.pages[before + place.page].obj
                names.setdefault(name, pikepdf.Array([page, pikepdf.Name.XYZ, place.left, place.top, 0]))
        _write_names(joined, names)
        _lead_across_parts(joined)
        _write_outline(joined, bookmarks)
        joined.docinfo["/Title"] = title
        joined.Root.Lang = pikepdf.String(LANGUAGE)
        joined.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        return save(joined)


def _write_names(pdf: pikepdf.Pdf, names: dict[str, pikepdf.Object]) -> None:
    if not names:
        return
    # Readers look names up by bisection of their bytes.
    entries = sorted((str(name).encode(), target) for name, target in names.items())
    flat = [item for name, target in entries for item in (pikepdf.String(name), target)]
    pdf.Root.Names = pikepdf.Dictionary(
        Dests=pdf.make_indirect(pikepdf.Dictionary(Names=pikepdf.Array(flat)))
    )


def _lead_across_parts(pdf: pikepdf.Pdf) -> None:
    """Make "joined:#id" addresses into links to the named element."""
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            address = str(note.get("/A", {}).get("/URI", ""))
            if address.startswith(ACROSS_PARTS):
                note.Dest = pikepdf.String(address.removeprefix(ACROSS_PARTS))
                del note.A


def _write_outline(pdf: pikepdf.Pdf, bookmarks: Sequence[Bookmark]) -> None:
    if not bookmarks:
        return
    with pdf.open_outline() as outline:
        lists = [outline.root]
        for bookmark in bookmarks:
            item = pikepdf.OutlineItem(bookmark.title, bookmark.page)
            # A level skipped over counts as one deeper only.
            del lists[bookmark.level + 1 :]
            lists[-1].append(item)
            lists.append(item.children)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines
