"""A booklet written as a workbook and read back is the booklet, as far as the form carries it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.importers import printed, read_booklet_bytes
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from reports.workbook import write_workbook
from tests.documents import readable_booklets
from tests.sample_documents import seed_booklet


def _read_back(booklet, options):
    data = write_workbook(lay_out_booklet(booklet, options))
    return read_booklet_bytes(data, year=booklet.year).booklet


@given(readable_booklets(max_tables=2), st.builds(PrintOptions, st.booleans(), st.booleans(), st.booleans()))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_workbook_reads_back(booklet, options):
    assert _read_back(booklet, options) == printed(booklet, options, blank_lines=True)


def test_a_draft_reads_back_like_a_final_print():
    booklet = seed_booklet()
    assert _read_back(booklet, PrintOptions(draft=True)) == _read_back(booklet, PrintOptions())
