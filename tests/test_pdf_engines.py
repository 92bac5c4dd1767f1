"""Both PDF engines, against each other and against what a printed table must be."""

import io
import logging
import socketserver
import subprocess
import sys
import threading

import pikepdf
import pytest
from PIL import Image

from reports import pdf
from reports.pdf import engines

PAPER = """
@page { size: A4; margin: 20mm 15mm; font-family: "Noto Serif SC" }
body { font: 10pt/1.4 "Noto Serif SC"; margin: 0 }
table { table-layout: fixed; width: 100%; border-collapse: separate; border-spacing: 0 }
td, th { border: .25pt solid #000; padding: 2pt 3pt; font-weight: normal; overflow-wrap: break-word }
tr { break-inside: avoid }

/* A text that may outgrow a page: one row a paragraph, lines only above the first and below the last. */
tr.part td { vertical-align: top; border-top: 0; border-bottom: 0; padding-top: 0; padding-bottom: 0 }
tr.part.first td { border-top: .25pt solid #000; padding-top: 2pt }
tr.part.last td { border-bottom: .25pt solid #000; padding-bottom: 2pt }

/* Where such a text is cut by the page's end, repeated rows without height close the table. */
tr.rule td { border: 0; padding: 0; height: 0; line-height: 0; font-size: 0 }
thead tr.rule td { border-bottom: .25pt solid #000 }
tfoot tr.rule td { border-top: .25pt solid #000 }
"""
COLUMNS = "<colgroup>" + "<col>" * 12 + "</colgroup>"
SENTENCE = "2024年度机关团工作活动经费，按照“三公”经费管理规定〔2015〕14号（试行）执行，完成率≥95%。"
CELLS = [
    "日月目用工",
    "䶮㛃𠅤喆堃甯𬭎",
    "≥①②〔〕",
    "1,234.50",
    "https://example.invalid/" + "a" * 60,
    "两  格",
]


@pytest.fixture(params=["plutoprint", "weasyprint"])
def archive(request):
    if request.param == "weasyprint":
        try:
            engines._import_weasyprint()
        except pdf.PdfEngineMissingError as error:
            pytest.skip(str(error))
    return request.param == "weasyprint"


def page_of(body, css=""):
    head = f"<title>测试</title><style>{PAPER}{css}</style>"
    return f'<html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


def row(*cells, name="", kind=""):
    """One row from (columns, text) pairs."""
    inner = "".join(f'<td colspan="{columns}">{text}</td>' for columns, text in cells)
    return f'<tr id="{name}" class="{kind}">{inner}</tr>'


def long_text(label, paragraphs):
    kinds = {0: "first", len(paragraphs) - 1: "last"}
    return "".join(
        row((2, label if number == 0 else ""), (10, text), kind=f"part {kinds.get(number, '')}")
        for number, text in enumerate(paragraphs)
    )


def three_page_table():
    """The real form in small: a table with a long text above, one of indicators with a head below."""
    paragraphs = [f"{number}. " + SENTENCE * (1 + number % 3) for number in range(28)]
    rule = '<tr class="rule"><td colspan="12"></td></tr>'
    top = (
        row((2, "项目名称"), (10, "机关团工作"))
        + long_text("年度目标", paragraphs)
        + row((2, "其他"), (10, SENTENCE))
    )
    head = row((2, "一级指标"), (2, "二级指标"), (4, "三级指标"), (4, "指标值"))
    groups = "".join(
        "<tbody>" + "".join(indicator_row(number) for number in range(start, start + 10)) + "</tbody>"
        for start in range(0, 40, 10)
    )
    return (
        f'<table class="grid">{COLUMNS}<thead>{rule}</thead><tfoot>{rule}</tfoot><tbody>{top}</tbody></table>'
        f'<table class="grid">{COLUMNS}<thead>{head}</thead>{groups}</table>'
    )


def indicator_row(number):
    text = f"指标{number:02} " + (SENTENCE if number % 4 == 0 else "")
    return row((2, "产出指标"), (2, "数量指标"), (4, text), (4, "≥95%"), name=f"r{number}")


def text_of(data, *options):
    command = ["pdftotext", "-raw", *options, "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def pages_of(data):
    """The lines of text of each page."""
    return [page.splitlines() for page in text_of(data).split("\f")[:-1]]


def images_of(data, folder):
    """The pages in grey, 150 dots an inch."""
    command = ["pdftoppm", "-r", "150", "-gray", "-png", "-", folder / "page"]
    subprocess.run(command, input=data, check=True)
    return [Image.open(path).convert("L") for path in sorted(folder.glob("page-*.png"))]


# Text


def test_cells_come_back_verbatim_and_no_radical_stands_for_a_character(archive):
    body = f"<table>{COLUMNS}" + "".join(row((4, text), (8, "文字")) for text in CELLS) + "</table>"
    text = text_of(pdf.render_pdf(page_of(body), archive=archive))
    flat = text.replace("\n", "")
    assert [cell for cell in CELLS if cell.replace("  ", " ") not in flat] == []
    assert [char for char in text if "\u2e80" <= char <= "\u2fdf"] == []


def test_only_our_fonts_are_embedded_and_cut_to_what_is_used(archive):
    body = f'<h1 style="font-family: Noto Sans SC">标题</h1><p>{"".join(CELLS)}</p>'
    data = pdf.render_pdf(page_of(body), archive=archive)
    listed = subprocess.run(["pdffonts", "-"], input=data, capture_output=True, check=True).stdout.decode()
    for line in listed.splitlines()[2:]:
        assert "Noto" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, subset, with Unicode map
    assert len(data) < 300_000


@pytest.mark.parametrize(
    "body",
    [
        three_page_table(),
        "".join(f"<p>{SENTENCE * repeats}</p>" for repeats in range(1, 25)),
        f"<table>{COLUMNS}"
        + "".join(row((3, SENTENCE), (1, "abcdefghijklmnop"), (8, "≥5")) * 30)
        + "</table>",
    ],
    ids=["form", "prose", "narrow cells"],
)
def test_both_engines_break_lines_and_pages_alike(body):
    quick, archived = (pages_of(pdf.render_pdf(page_of(body), archive=archive)) for archive in (False, True))
    assert len(quick) > 1
    # PlutoPrint writes a repeated head after the rows it stands above.
    assert [sorted(lines) for lines in quick] == [sorted(lines) for lines in archived]


# Lines


def test_every_page_of_a_long_table_is_closed_by_lines_on_all_sides(archive, tmp_path):
    pages = images_of(pdf.render_pdf(page_of(three_page_table()), archive=archive), tmp_path)
    assert len(pages) == 4
    assert [open_sides(page) for page in pages] == [[]] * 4


def open_sides(page):
    """The sides of the drawn area along which no unbroken line runs."""
    left, top, right, bottom = page.point(lambda grey: 255 if grey < 200 else 0).getbbox()
    sides = {
        "top": page.crop((left, top, right, top + 2)).resize((right - left, 1), Image.BOX),
        "bottom": page.crop((left, bottom - 2, right, bottom)).resize((right - left, 1), Image.BOX),
        "left": page.crop((left, top, left + 2, bottom)).resize((1, bottom - top), Image.BOX),
        "right": page.crop((right - 2, top, right, bottom)).resize((1, bottom - top), Image.BOX),
    }
    return [name for name, line in sides.items() if line.getextrema()[1] > 245]


def test_head_of_the_table_is_repeated_on_each_page(archive):
    pages = text_of(pdf.render_pdf(page_of(three_page_table()), archive=archive)).split("\f")
    assert [("一级指标" in page) for page in pages[:4]] == [False, True, True, True]


# Addresses


def test_no_address_is_ever_fetched(archive, tmp_path, caplog):
    picture = tmp_path / "picture.png"
    Image.new("RGB", (20, 20), "red").save(picture)
    asked = []

    class Listener(socketserver.BaseRequestHandler):
        def handle(self):
            asked.append(self.client_address)

    with socketserver.TCPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        site = f"http://127.0.0.1:{server.server_address[1]}"
        body = f"""<link rel="stylesheet" href="{site}/a.css"><style>@import "{site}/d.css";</style>
            <img src="{site}/b.png"><img src="{picture.as_uri()}">
            <p style="background: url({site}/c.png)">照常</p>
            <svg><image href="{picture.as_uri()}"/></svg>"""
        with caplog.at_level(logging.WARNING):
            data = pdf.render_pdf(page_of(body), archive=archive)
        server.shutdown()
    assert asked == []
    assert picture.as_uri() in caplog.text
    assert pictures_in(data) == 0
    assert text_of(data).strip() == "照常"


def pictures_in(data):
    """How many pictures the file holds, by the kinds of its objects."""
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = [item for item in document.objects if isinstance(item, pikepdf.Stream)]
        return sum(stream.get("/Subtype") == "/Image" for stream in streams)


# The same again


def test_same_html_gives_the_same_bytes(archive):
    html = page_of(three_page_table())
    assert pdf.render_pdf(html, archive=archive) == pdf.render_pdf(html, archive=archive)


def test_two_threads_draw_what_one_draws():
    documents = [(page_of(f"<h1>第{number}号</h1>" + three_page_table()), ["r3"]) for number in range(12)]
    assert pdf.render_many(documents) == [pdf.render_pdf(html, anchors=ids) for html, ids in documents]


def test_archive_is_drawn_rightly_from_several_threads():
    engines._import_weasyprint()
    html = page_of(f"<p>{SENTENCE}</p>")
    drawn = []
    threads = [
        threading.Thread(target=lambda: drawn.append(pdf.render_pdf(html, archive=True))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [pdf.render_pdf(html, archive=True)] * 3


# Where things lie


def test_anchors_tell_which_row_lies_on_which_page(archive):
    names = [f"r{number}" for number in range(40)]
    data = pdf.render_pdf(page_of(three_page_table()), archive=archive, anchors=names)
    pages = text_of(data).split("\f")[:-1]
    assert pdf.page_count(data) == len(pages)
    texts = {f"r{number}": f"指标{number:02}" for number in range(40)}
    seen = {name: next(i for i, page in enumerate(pages) if text in page) for name, text in texts.items()}
    assert len(set(seen.values())) == 3
    assert pdf.pages_of_anchors(data) == seen


def test_asking_for_anchors_does_not_move_anything(archive):
    html = page_of(three_page_table())
    asked = pdf.render_pdf(html, archive=archive, anchors=[f"r{number}" for number in range(40)])
    assert text_of(asked) == text_of(pdf.render_pdf(html, archive=archive))


def test_plutoprint_knows_only_the_places_of_elements_that_are_linked_to():
    html = page_of('<p><a href="#b">乙</a></p><p id="a">一</p><p id="b">二</p>')
    assert pdf.pages_of_anchors(pdf.render_pdf(html)) == {"b": 0}


# Many parts


def part(number, text, anchor):
    """Two pages numbered from `number`."""
    css = "@page { @bottom-center { content: '—' counter(page) '—' } }"
    css += f"@page:first {{ counter-reset: page {number} }}"
    return page_of(f'<h1 id="{anchor}">{text}</h1><p style="break-before: page">续</p>', css)


def test_page_numbers_go_on_in_a_later_part(archive):
    text = text_of(pdf.render_pdf(part(7, "丙", "c"), archive=archive))
    assert [line for line in text.split() if "—" in line] == ["—7—", "—8—"]


def test_joined_file_has_nested_bookmarks_title_and_language():
    first = pdf.render_pdf(page_of('<p><a href="joined:#a">甲</a> <a href="joined:#b">乙</a></p>'))
    parts = [
        first,
        *(pdf.render_pdf(part(*about), anchors=[about[2]]) for about in ((2, "甲", "a"), (4, "乙", "b"))),
    ]
    marks = [
        pdf.Bookmark("部门", 0),
        pdf.Bookmark("甲", 1, 1),
        pdf.Bookmark("乙", 3, 1),
        pdf.Bookmark("附", 4),
    ]
    joined = pdf.join_pdfs(parts, title="2024年度项目绩效目标", bookmarks=marks)
    assert pdf.pages_of_anchors(joined) == {"a": 1, "b": 3}
    with pikepdf.open(io.BytesIO(joined)) as document:
        assert str(document.docinfo.Title) == "2024年度项目绩效目标"
        assert str(document.Root.Lang) == "zh-CN"
        numbers = {page.objgen: number for number, page in enumerate(document.pages)}
        with document.open_outline() as outline:
            tree = [(item.title, [child.title for child in item.children]) for item in outline.root]
            pages = [numbers[child.destination[0].objgen] for child in outline.root[0].children]
        links = [str(note.Dest) for note in document.pages[0].Annots]
    assert tree == [("部门", ["甲", "乙"]), ("附", [])]
    assert pages == [1, 3]
    assert links == ["a", "b"]


def test_joining_the_same_parts_gives_the_same_bytes():
    parts = [pdf.render_pdf(part(1, "甲", "a")), pdf.render_pdf(part(3, "乙", "b"))]
    assert pdf.join_pdfs(parts, title="合") == pdf.join_pdfs(parts, title="合")


# The archive, and what may be missing


def test_archive_file_is_tagged_pdf_a():
    data = pdf.render_pdf(page_of("<h1>标题</h1><table><tr><th>甲</th></tr></table>"), archive=True)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.open_metadata().pdfa_status == "2U"
        assert bool(document.Root.MarkInfo.Marked)
        assert "/OutputIntents" in document.Root
        assert str(document.Root.Lang) == "zh-CN"


def test_engines_have_no_problems():
    assert pdf.engine_problems() == []
    assert pdf.archive_problems() == []


def test_foreign_fonts_are_a_problem():
    (problem,) = engines._font_problems({"DejaVuSans"})
    assert "DejaVuSans" in problem
    assert engines._font_problems({"NotoSerifSC-Regular"}) != []


def test_missing_weasyprint_is_told_in_chinese(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(pdf.PdfEngineMissingError, match="请安装系统库 libpangoft2"):
        pdf.render_pdf(page_of("一"), archive=True)
    assert "libharfbuzz-subset0" in pdf.archive_problems()[0]


def test_quick_engine_does_not_need_weasyprint():
    code = "import sys, reports.pdf; print('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
