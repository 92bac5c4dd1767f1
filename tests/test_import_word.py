"""Word documents → the booklet: our own, as departments publish them, edited under review, hostile."""

import io
import zipfile
from decimal import Decimal

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.document import NoteKind
from indicators.importers import ImportRefused, printed, read_booklet_bytes, workbook_guard
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from reports.word import write_word
from tests.documents import readable_booklets
from tests.sample_documents import seed_booklet

OPTIONS = PrintOptions(foot_line=True)
BODY = "word/document.xml"


def _written(booklet, options=OPTIONS) -> bytes:
    return write_word(lay_out_booklet(booklet, options))


@pytest.fixture(scope="module")
def word() -> bytes:
    return _written(seed_booklet())


def _edited(word: bytes, edit) -> bytes:
    """Return the document as Word saves it after an edit."""
    document = docx.Document(io.BytesIO(word))
    edit(document)
    return _saved(document)


def _saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _repacked(word: bytes, changes: dict[str, bytes]) -> bytes:
    """Return the archive with parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _part(word: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return archive.read(name)


def _problems(data: bytes) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read_booklet_bytes(data)
    return [str(problem) for problem in refused.value.problems]


def _markup(text: str):
    return parse_xml(text.replace(">", f" {nsdecls('w')}>", 1))


# Our own


@given(readable_booklets(max_tables=2), st.builds(PrintOptions, st.booleans(), st.booleans(), st.booleans()))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_word_document_reads_back(booklet, options):
    read = read_booklet_bytes(_written(booklet, options), year=booklet.year).booklet
    assert read == printed(booklet, options, blank_lines=True)


def test_a_draft_reads_back_like_a_final_print():
    draft = read_booklet_bytes(_written(seed_booklet(), PrintOptions(draft=True)))
    assert draft.booklet == read_booklet_bytes(_written(seed_booklet(), PrintOptions())).booklet


def test_a_document_saved_again_reads_the_same(word):
    saved = _edited(word, lambda document: None)
    assert read_booklet_bytes(saved).booklet == read_booklet_bytes(word).booklet


def test_cover_and_contents_leave_no_notes(word):
    notes = read_booklet_bytes(word).booklet.notes
    assert not any("封面" in note.text or note.text in ("目录", "草稿") for note in notes)
    assert {note.kind for note in notes} == {NoteKind.HEADING, NoteKind.NUMBERING}


# As departments publish them


def _published(table_rows, *, lines=(), widths=12) -> bytes:
    """Return a document typed in Word: paragraphs, then one table given as rows of (text, columns)."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=len(table_rows), cols=widths)
    for row, cells in zip(table.rows, table_rows, strict=True):
        column = 0
        for text, columns in cells:
            row.cells[column].merge(row.cells[column + columns - 1]).text = text
            column += columns
    return _saved(document)


FORM = (
    (("项目编码", 2), ("13020924P00277210002M", 4), ("项目名称", 2), ("党建工作经费", 4)),
    (
        ("预算规模及资金用途", 2),
        ("预算数", 2),
        ("5.00", 2),
        ("其中：财政    资金", 2),
        ("5.00", 1),
        ("其他资金", 2),
        ("", 1),
    ),
    (("", 2), ("用于党员教育。\n用于党建阵地。", 10)),
    (("资金支出计划（%）", 2), ("6月底", 5), ("12月底", 5)),
    (("", 2), ("50%", 5), ("100%", 5)),
    (("绩效目标", 2), ("组织2024年党员培训2次。", 10)),
    (
        ("一级指标", 2),
        ("二级指标", 2),
        ("三级指标", 2),
        ("绩效指标描述", 2),
        ("指标值", 2),
        ("指标值确定依据", 2),
    ),
    (("产出指标", 2), ("数量指标", 2), ("培训次数", 2), ("组织培训", 2), ("≥2次", 2), ("年度计划", 2)),
    (("", 2), ("", 2), ("培训人数", 2), ("参训人数", 2), ("≥80人", 2), ("年度计划", 2)),
)
HEAD = ("1.2024年度党建工作经费绩效目标表", "286001曹妃甸区直机关工委          单位：万元")


@pytest.mark.parametrize("head", [HEAD, (HEAD[0], "286001曹妃甸区直机关工委\t\t单位：万元")])
def test_a_typed_document_is_read(head):
    (table,) = read_booklet_bytes(_published(FORM, lines=head)).booklet.tables
    assert (table.year, table.department_code, table.name) == (2024, "286001", "党建工作经费")
    assert (table.budget, table.other_funding) == (Decimal(50000), None)
    assert table.purpose == "用于党员教育。\n用于党建阵地。"
    assert [(part.month, part.percent) for part in table.milestones] == [(6, 50), (12, 100)]
    assert [(row.second_tier, row.value) for row in table.indicators] == [
        ("数量指标", "≥2次"),
        ("数量指标", "≥80人"),
    ]


def test_a_department_line_inside_the_table_is_read():
    rows = ((("286001曹妃甸区直机关工委", 6), ("单位：万元", 6)), *FORM)
    assert read_booklet_bytes(_published(rows, lines=HEAD[:1])).booklet.department_code == "286001"


def test_numbers_that_word_draws_part_the_items():
    """自动编号: the text has no number, the paper has."""

    def number(document):
        document.part.numbering_part  # noqa: B018 - makes it
        numbering = document.part.numbering_part.element
        numbering.insert(
            0,
            _markup(
                '<w:abstractNum w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%1）"/></w:lvl></w:abstractNum>'
            ),
        )
        numbering.append(_markup('<w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
        for text in ("组织建设。", "作风建设。", "纪律建设。"):
            paragraph = document.add_paragraph(text)
            paragraph._p.get_or_add_pPr().append(
                _markup('<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>')
            )

    document = docx.Document()
    for line in ("第一部分 部门整体绩效目标", "一、总体绩效目标"):
        document.add_paragraph(line)
    number(document)
    document.add_paragraph("第二部分 预算项目绩效目标")
    form = docx.Document(io.BytesIO(_published(FORM, lines=HEAD)))
    for element in list(form.element.body)[:-1]:
        document.element.body.insert(len(document.element.body) - 1, element)
    booklet = read_booklet_bytes(_saved(document)).booklet
    assert [item.text for item in booklet.overall_goals] == ["组织建设。", "作风建设。", "纪律建设。"]
    assert [note.text for note in booklet.notes if note.kind == NoteKind.NUMBERING] == [
        "（一）",
        "（二）",
        "（三）",
    ]


# Edited under review


def test_revisions_are_read_as_accepted_and_told(word):
    def revise(document):
        cell = document.tables[0].rows[2].cells[-1]  # the purpose
        paragraph = cell.paragraphs[0]._p
        paragraph[:] = [
            _markup('<w:del w:id="1"><w:r><w:delText>旧的用途</w:delText></w:r></w:del>'),
            _markup('<w:ins w:id="2"><w:r><w:t>新的用途</w:t></w:r></w:ins>'),
        ]
        for more in cell.paragraphs[1:]:
            more._p.getparent().remove(more._p)

    reading = read_booklet_bytes(_edited(word, revise))
    assert reading.booklet.tables[0].purpose == "新的用途"
    assert "文件中有2处修订标记，已按接受全部修订后的内容读取，请核对。" in reading.messages


def test_comments_are_left_out_and_told(word):
    def comment(document):
        document.add_comment(document.paragraphs[-1].runs or [document.paragraphs[5].runs[0]], text="请核对")

    reading = read_booklet_bytes(_edited(word, comment))
    assert reading.booklet == read_booklet_bytes(word).booklet
    assert "文件中有1条批注，批注没有读取。" in reading.messages


def test_text_boxes_are_told(word):
    box = (
        "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框内文字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    )

    def draw(document):
        document.tables[0].rows[2].cells[-1].paragraphs[0]._p.append(_markup(box))

    reading = read_booklet_bytes(_edited(word, draw))
    assert reading.booklet == read_booklet_bytes(word).booklet
    assert any(message.startswith("文件中有1个文本框") for message in reading.messages)


def test_symbols_of_the_symbol_font_are_read(word):
    def put(document):
        row = document.tables[1].rows[1]
        paragraph = row.cells[-2].paragraphs[0]._p
        paragraph[:] = [
            _markup('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'),
            _markup("<w:r><w:t>95%</w:t></w:r>"),
        ]

    values = [row.value for row in read_booklet_bytes(_edited(word, put)).booklet.tables[0].indicators]
    assert "≥95%" in values


def test_a_table_inside_a_cell_is_a_problem(word):
    def nest(document):
        document.tables[0].rows[2].cells[-1].add_table(1, 1)

    (problem,) = _problems(_edited(word, nest))
    assert problem.startswith("第1个表格第3行第2格：单元格中嵌有另一个表格")


def test_a_problem_names_table_row_and_cell(word):
    def spoil(document):
        document.tables[0].rows[1].cells[4].text = "一万元"

    (problem,) = _problems(_edited(word, spoil))
    assert problem.startswith("第1个表格第2行第3格：预算数“一万元”")


# Hostile


def test_entities_are_refused(word):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><document>&b;</document>'
    for name in (BODY, "word/styles.xml", "_rels/.rels"):
        (problem,) = _problems(_repacked(word, {name: bomb}))
        assert "含有XML实体或外部引用" in problem


def test_an_archive_that_unpacks_to_too_much_is_refused(word):
    bomb = _repacked(word, {"word/media/image1.png": bytes(workbook_guard.LARGEST_CONTENT)})
    assert len(bomb) < 1_000_000
    (problem,) = _problems(bomb)
    assert "Word文档解压后有" in problem


def test_endless_elements_are_refused(word):
    body = _part(word, BODY).replace(b"<w:body>", b"<w:body>" + b"<w:p/>" * workbook_guard.MOST_ELEMENTS)
    assert "Word文档的内容过多" in _problems(_repacked(word, {BODY: body}))[0]


def test_deep_nesting_is_refused(word):
    deep = b"<w:sdt><w:sdtContent>" * 20_000 + b"</w:sdtContent></w:sdt>" * 20_000
    body = _part(word, BODY).replace(b"<w:body>", b"<w:body>" + deep)
    assert "Word文档已损坏" in _problems(_repacked(word, {BODY: body}))[0]


@given(st.data())
@settings(max_examples=60)
def test_any_damage_is_read_or_refused(word, data):
    """Bytes changed inside a part never end in anything but a booklet or a refusal."""
    name = data.draw(st.sampled_from((BODY, "word/styles.xml", "_rels/.rels")))
    part = bytearray(_part(word, name))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(part) - 1))
        part[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    try:
        booklet, problems = read_booklet_bytes(_repacked(word, {name: bytes(part)})).booklet, ()
    except ImportRefused as refused:
        booklet, problems = None, refused.problems
    assert (booklet is None) == bool(problems)
