"""Files people take away: one table, a booklet, a 汇总表 or selected tables, in every format."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from indicators.document import Booklet, TargetTable, canonical_json
from indicators.editions import booklet_in_force, is_narrative_in_force
from indicators.layout.booklet import lay_out_booklet, lay_out_summary, lay_out_tables
from indicators.layout.html import publication_file
from indicators.layout.publication import Contents, Publication
from indicators.layout.table import PrintOptions
from indicators.rows import load_booklet, load_table, load_tables, print_options
from indicators.versions import publication_of
from perfbudget.lib.text import file_name
from projects.models import Declaration, DepartmentYear
from reports.pdf import archive_publication, print_publication
from reports.word import write_word
from reports.workbook import write_workbook
from workflow.models import Status


@dataclass(frozen=True, slots=True)
class File:
    """A finished file: its name, content type and bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Format:
    """A format of publications; ``render`` is given the page on which each anchor is printed.

    ``ending`` is what the file's name ends with where that is not the format's own name.
    """

    label: str
    content_type: str
    render: Callable[[Publication, Mapping[str, int]], bytes]
    ending: str = ""


def _html(publication: Publication, pages: Mapping[str, int]) -> bytes:
    return publication_file(publication, pages).encode()


def _pdf(publication: Publication, pages: Mapping[str, int]) -> bytes:
    return print_publication(publication).pdf


def _archive(publication: Publication, pages: Mapping[str, int]) -> bytes:
    return archive_publication(publication)


FORMATS = {
    "html": Format("网页", "text/html; charset=utf-8", _html),
    "pdf": Format("PDF", "application/pdf", _pdf),
    "pdfa": Format("PDF/A 存档", "application/pdf", _archive, "存档.pdf"),
    "xlsx": Format(
        "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_workbook
    ),
    "docx": Format(
        "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_word
    ),
}
JSON = "json"
ALL_FORMATS = (*FORMATS, JSON)


def table_file(declaration: Declaration, extension: str) -> File:
    """Return one project's 绩效目标表. Raises KeyError for a format that is not known."""
    table = load_table(declaration)
    return _file(_table_name(table), extension, table, publication_of(declaration, table))


def booklet_file(department_year: DepartmentYear, extension: str, *, working: bool = False) -> File:
    """Return a department's whole booklet: what is in force, or before any approval what is written.

    With ``working`` it is what is written now (现稿). Raises KeyError for a format that is not known.
    """
    booklet, options = _booklet(department_year, working)
    name = (booklet.department_code, booklet.department_name, f"{booklet.year}年部门预算绩效目标")
    return _file(name, extension, booklet, lay_out_booklet(booklet, options))


def summary_file(department_year: DepartmentYear, extension: str, *, working: bool = False) -> File:
    """Return the 项目支出绩效目标汇总表 of a department, of what ``booklet_file`` holds. Raises as it."""
    booklet, options = _booklet(department_year, working)
    name = (booklet.department_code, booklet.department_name, f"{booklet.year}年项目支出绩效目标汇总表")
    return _file(name, extension, booklet, lay_out_summary(booklet, options))


def selected_tables(declarations: Sequence[Declaration], extension: str) -> File:
    """Return selected tables: as PDF in one file, in any other format as a zip with a file for each."""
    if extension == "pdf":
        return _joined_tables(declarations)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _named_once(table_file(declaration, extension) for declaration in declarations):
            archive.writestr(name, data)
    return File(file_name("绩效目标表", extension="zip"), "application/zip", content.getvalue())


def _joined_tables(declarations: Sequence[Declaration]) -> File:
    chosen = Declaration.objects.filter(pk__in=[declaration.pk for declaration in declarations])
    order = {declaration.uid: place for place, declaration in enumerate(declarations)}
    tables = sorted(load_tables(chosen), key=lambda table: order[table.uid])
    fiscal_year = declarations[0].department_year.fiscal_year
    unapproved = (each.status for each in declarations if each.status not in Status.IN_FORCE)
    options = print_options(fiscal_year, status=next(unapproved, Status.APPROVED))
    publication = lay_out_tables(tables, options, "绩效目标表")
    return File(
        file_name(tables[0].department_code, "绩效目标表", extension="pdf"),
        FORMATS["pdf"].content_type,
        print_publication(publication).pdf,
    )


def _booklet(department_year: DepartmentYear, working: bool) -> tuple[Booklet, PrintOptions]:
    in_force = None if working else booklet_in_force(department_year)
    is_approved = in_force and is_narrative_in_force(department_year)
    status = Status.APPROVED if is_approved else department_year.status
    options = print_options(department_year.fiscal_year, status=status)
    return in_force or load_booklet(department_year), options


def published_file(name: Iterable[str], extension: str, publication: Publication) -> File:
    """Return a publication in a format of FORMATS; the parts of its name are joined by underscores."""
    chosen = FORMATS[extension]
    has_contents = any(isinstance(block, Contents) for block in publication.blocks)
    finds_pages_itself = chosen.content_type == FORMATS["pdf"].content_type
    pages = print_publication(publication).pages if has_contents and not finds_pages_itself else {}
    full_name = file_name(*name, extension=chosen.ending or extension)
    return File(full_name, chosen.content_type, chosen.render(publication, pages))


def _file(
    name: Iterable[str], extension: str, document: TargetTable | Booklet, publication: Publication
) -> File:
    if extension == JSON:
        return File(file_name(*name, extension=JSON), "application/json", canonical_json(document).encode())
    return published_file(name, extension, publication)


def _table_name(table: TargetTable) -> tuple[str, ...]:
    return table.department_code, table.project_code, table.name, "绩效目标表"


def _named_once(files: Iterable[File]) -> Iterable[tuple[str, bytes]]:
    """Yield names and contents; a name that came before gets a number, as two tables may share theirs."""
    seen: dict[str, int] = {}
    for file in files:
        seen[file.name] = seen.get(file.name, 0) + 1
        stem, dot, extension = file.name.rpartition(".")
        number = seen[file.name]
        yield (file.name if number == 1 else f"{stem}({number}){dot}{extension}"), file.content
