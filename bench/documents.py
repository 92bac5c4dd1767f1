"""Rows → document → grid → HTML, JSON and text: how long each step takes for one table. See README.md."""

import argparse

from measuring import make_database, median_seconds, print_load, seconds, set_up


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--departments", type=int, default=3)
    parser.add_argument("--projects", type=int, default=40)
    options = parser.parse_args()
    print_load()
    set_up()
    make_database()
    count = options.departments * options.projects
    print(f"{options.departments} departments × {options.projects} projects; milliseconds a table")
    for label, taken in _steps(options.departments, options.projects):
        print(f"  {label:34} {taken * 1000 / count:8.3f}")


def _steps(departments: int, projects: int):
    """Yield what is done with all booklets, and how long it takes."""
    from indicators import document
    from indicators.demo_data import generate_booklets
    from indicators.layout.booklet import lay_out_booklet
    from indicators.layout.html import publication_html
    from indicators.layout.table import PrintOptions, lay_out_table
    from indicators.layout.text_form import text_form
    from indicators.rows import load_booklet
    from indicators.services import import_booklet
    from projects.models import DepartmentYear

    booklets = list(generate_booklets(departments, projects, seed=1))
    tables = [table for booklet in booklets for table in booklet.tables]
    draft = PrintOptions(draft=True)
    publications = [lay_out_booklet(booklet, draft) for booklet in booklets]
    texts = [document.canonical_json(booklet) for booklet in booklets]

    def import_all():
        return [import_booklet(booklet=booklet, actor=None) for booklet in booklets]

    def load_all():
        years = DepartmentYear.objects.select_related("department", "fiscal_year").order_by(
            "department__code"
        )
        return [load_booklet(year) for year in years]

    yield "make it up", median_seconds(lambda: list(generate_booklets(departments, projects, seed=1)))
    yield "document → rows (import)", seconds(import_all)
    yield "import again, nothing to change", median_seconds(import_all)
    yield "rows → document", median_seconds(load_all)
    yield "document → JSON", median_seconds(lambda: list(map(document.canonical_json, booklets)))
    yield "JSON → document", median_seconds(lambda: list(map(document.booklet_from_json, texts)))
    yield "content hash", median_seconds(lambda: list(map(document.content_hash, tables)))
    yield (
        "document × document → changes",
        median_seconds(lambda: list(map(document.booklet_changes, booklets, load_all())))
        - median_seconds(load_all),
    )
    yield "document → grid", median_seconds(lambda: [lay_out_table(table, draft) for table in tables])
    yield "booklet → HTML", median_seconds(lambda: list(map(publication_html, publications)))
    yield "booklet → text form", median_seconds(lambda: list(map(text_form, publications)))


if __name__ == "__main__":
    main()
