"""Whole publications as PDF: pages, lines, reading order, 目录, bookmarks, and both engines alike."""

import io
import re
import subprocess
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from indicators.document import new_uid
from indicators.layout.booklet import lay_out_booklet, lay_out_publication, lay_out_summary, lay_out_tables
from indicators.layout.table import PrintOptions
from reports.pdf import archive_publication, fonts_in, page_count, print_publication
from tests.sample_documents import long_table, sample_publications, seed_booklet, team_table


@pytest.fixture(scope="module")
def publications():
    return sample_publications()


@pytest.fixture(scope="module")
def printed(publications):
    return {name: print_publication(publication) for name, publication in publications.items()}


def page_texts(pdf):
    command = ["pdftotext", "-raw", "-enc", "UTF-8", "-", "-"]
    raw = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return raw.split("\f")[:-1]


def page_lines(pdf):
    """The runs of letters on each page: what stands in one line of one cell, wherever on the page it is."""
    command = ["pdftotext", "-bbox", "-", "-"]
    raw = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    pages = raw.split("<page ")[1:]
    return [sorted(re.findall(r"<word [^>]*>(.*?)</word>", page)) for page in pages]


def compact(text):
    """A text without white space: a PDF knows where letters stand, not how many blanks lie between them."""
    return re.sub(r"\s+", "", text)


def cell_texts(grid):
    return [compact(cell.text) for row in grid.rows for cell in row.cells if compact(cell.text)]


def in_order(texts, whole):
    """Yield what does not follow what came before it."""
    position = 0
    for text in texts:
        found = whole.find(text, position)
        if found < 0:
            yield text
        else:
            position = found + len(text)


@pytest.mark.parametrize("name", ["booklet", "table", "blank", "summary"])
def test_every_cell_can_be_copied_in_reading_order(publications, printed, name):
    whole = compact("".join(page_texts(printed[name].pdf)))
    for sheet in publications[name].sheets():
        assert list(in_order(cell_texts(sheet.grid), whole)) == []


def test_a_long_table_loses_nothing_and_keeps_its_order(publications, printed):
    pages = page_texts(printed["long"].pdf)
    whole = compact("".join(re.sub(r"— \d+ —|校验码 \w+", "", page) for page in pages))
    goal, header = compact(long_table().goal), "一级指标二级指标三级指标绩效指标描述指标值指标值确定依据"
    assert goal in whole.replace("绩效目标（续）", "")
    rows = [compact(row.name + row.description + row.value + row.basis) for row in long_table().indicators]
    assert list(in_order(rows, whole.replace(header, ""))) == []


def test_no_radical_stands_for_a_character(printed):
    for publication in printed.values():
        assert not re.search(r"[\u2e80-\u2fdf]", "".join(page_texts(publication.pdf)))


def test_only_our_fonts_are_embedded(printed):
    for publication in printed.values():
        assert fonts_in(publication.pdf) <= {"NotoSerifSC-Regular", "NotoSansSC-Regular"}


def test_tier_labels_and_the_header_are_repeated_on_every_page(printed):
    pages = page_texts(printed["long"].pdf)
    assert len(pages) > 2
    with_rows = [page for page in pages if "养护工程完成里程" in page]
    assert all("三级指标" in page for page in with_rows)
    later = [page for page in with_rows if "农村公路日常养护及生命安全防护工程专项" not in page]
    assert all("（续）" in page for page in later if "一级指标" in page)


def test_table_lines_are_complete_on_every_page(printed):
    """On every page the table is a closed box: its frame ends where its first and last lines are."""
    dots = 150
    command = ["pdftoppm", "-r", str(dots), "-gray", "-"]
    images = subprocess.run(command, input=printed["long"].pdf, capture_output=True, check=True).stdout
    left, right = (round(edge / 25.4 * dots) for edge in (15, 195))
    for page in _pages_of_pgm(images):
        dark = page.point(lambda grey: 255 * (grey < 160))
        lines = [y for y in range(page.height) if _share(dark.crop((left + 3, y, right - 3, y + 1))) > 0.99]
        for edge in (left, right):
            frame = dark.crop((edge - 2, lines[0], edge + 3, lines[-1] + 1))
            heights = frame.resize((1, frame.height), Image.Resampling.BOX).point(
                lambda grey: 255 * (grey > 0)
            )
            assert _share(heights) == 1
        below = dark.crop((right - 2, lines[-1] + 3, right + 3, page.height))
        assert _share(below) == 0


def _share(image):
    """How much of a black and white image is white, 0 to 1."""
    return image.histogram()[255] / (image.width * image.height)


def _pages_of_pgm(data):
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        start = stream.tell()
        assert stream.readline() == b"P5\n"
        width, height = map(int, stream.readline().split())
        stream.readline()
        header = stream.tell() - start
        stream.seek(start)
        yield Image.open(io.BytesIO(stream.read(header + width * height)))


def test_a_usual_table_is_one_page(printed):
    assert page_count(printed["table"].pdf) == 1
    assert page_count(printed["blank"].pdf) == 1


def test_contents_and_bookmarks_lead_to_the_pages(publications, printed):
    booklet, pages = publications["booklet"], page_texts(printed["booklet"].pdf)
    contents = compact(pages[1])
    for _, text, anchor in booklet.entries():
        page = printed["booklet"].pages[anchor]
        assert compact(text) in compact(pages[page - 1])
        assert f"{compact(text)}{page}" in contents
    with pikepdf.open(io.BytesIO(printed["booklet"].pdf)) as pdf, pdf.open_outline() as outline:
        titles = [(item.title, [child.title for child in item.children]) for item in outline.root]
    entries = list(booklet.entries())
    assert titles == [
        (entries[0][1], [text for _, text, _ in entries[1:4]]),
        (entries[4][1], [text for _, text, _ in entries[5:]]),
    ]


def test_pages_are_numbered_on_from_part_to_part():
    tables = tuple(replace(team_table(), uid=new_uid(), project_code=f"{n:021}") for n in range(25))
    long = replace(long_table(), uid=new_uid())
    booklet = replace(seed_booklet(), tables=(*tables[:3], long, *tables[3:]))
    printed = print_publication(lay_out_booklet(booklet, PrintOptions()))
    texts = page_texts(printed.pdf)
    assert [re.findall(r"— (\d+) —", page) for page in texts] == [[str(n)] for n in range(1, len(texts) + 1)]
    for table in booklet.tables:
        assert table.project_code in compact(texts[printed.pages[f"table-{table.uid}"] - 1])


def test_drafts_and_the_check_code_stand_on_every_page(publications, printed):
    for page in page_texts(printed["booklet"].pdf):
        assert "草稿" in page
        assert f"校验码 {publications['booklet'].identity[:16]}" in page
    assert "草稿" not in "".join(page_texts(printed["table"].pdf))


def test_selected_tables_make_one_file():
    publication = lay_out_tables([team_table(), long_table()], PrintOptions(), "绩效目标表")
    printed = print_publication(publication)
    assert printed.pages[publication.blocks[1].anchor] == 2


def test_the_same_publication_gives_the_same_bytes(publications, printed):
    assert print_publication(publications["booklet"]).pdf == printed["booklet"].pdf


@pytest.mark.parametrize("name", ["booklet", "table", "blank", "long"])
def test_both_engines_break_lines_and_pages_alike(publications, printed, name):
    assert page_lines(archive_publication(publications[name])) == page_lines(printed[name].pdf)


def test_both_engines_break_a_summary_alike():
    # Not of tables with “1-2期”: PlutoPrint breaks a line after the hyphen, WeasyPrint does not.
    tables = tuple(replace(team_table(), uid=new_uid()) for _ in range(30))
    summary = lay_out_summary(replace(seed_booklet(), tables=tables), PrintOptions(draft=True))
    assert page_lines(archive_publication(summary)) == page_lines(print_publication(summary).pdf)


def test_the_archive_is_tagged_pdf_a():
    archive = archive_publication(lay_out_publication(team_table(), PrintOptions()))
    with pikepdf.open(io.BytesIO(archive)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh-CN"
        assert pdf.open_metadata().pdfa_status == "2U"
