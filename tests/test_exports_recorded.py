"""Every file that leaves the site leaves an entry: print, export or download, by whom, of what."""

import pytest
from django.urls import get_resolver, reverse

from departments.models import Role
from departments.services import grant_role
from indicators.services import attachments
from reports import files, views
from reports.pdf import PdfEngineMissingError
from tests.test_attachments import pdf
from tests.test_comments import deputise
from trail.models import Entry

TABLE, YEAR = "declaration", "department_year"
# Addresses of files: arguments, query, and what the entry says: action, kind, format.
TAKEN = {
    "table-file": (("table", "json"), "", ("export", TABLE, "JSON")),
    "booklet-file": (("year", "json"), "", ("export", YEAR, "JSON")),
    "summary-file": (("year", "xlsx"), "", ("export", YEAR, "XLSX")),
    "audit-workbook": ((), "", ("export", "list", "XLSX")),
    "findings-workbook": ((), "?year=2024", ("export", "list", "XLSX")),
    "library-workbook": ((), "", ("export", "list", "XLSX")),
}
# Recorded too, in the tests of the pages that make them.
ELSEWHERE = {
    *("selected-files", "attachment-file", "backfill-workbook"),
    # through reports.views.download, which records
    *("version-file", "narrative-version-file", "review-sheet-file", "approval-file", "opinion-letter-file"),
    *("adjustment-file", "narrative-adjustment-file", "adjustments-file"),
    *("published-file", "progress-workbook"),
    *("trail-workbook", "security-workbook", "trail-head-file"),  # tests/test_trail_search.py
    "public-file",  # nobody is signed in there
}


@pytest.fixture
def arguments(declaration):
    def fill(names):
        known = {"table": (declaration.pk,), "year": (2024, "286001")}
        return [part for name in names for part in known.get(name, (name,))]

    return fill


def newest():
    return Entry.objects.latest("sequence")


def facts(entry):
    return {change["path"]: change["after"] for change in entry.changes}


@pytest.mark.parametrize("name", TAKEN)
def test_a_file_that_is_taken_is_recorded(name, auditor, signed_in, arguments):
    names, query, (action, kind, format) = TAKEN[name]
    client = signed_in(auditor)
    entries = Entry.objects.count()

    answer = client.get(reverse(name, args=arguments(names)) + query)

    assert answer.status_code == 200
    assert Entry.objects.count() == entries + 1
    entry = newest()
    assert (entry.actor, entry.action, entry.kind) == (auditor, action, kind)
    assert entry.capacity == "审计"
    assert facts(entry)["format"] == format
    assert facts(entry)["what"]


def test_a_file_is_taken_in_the_role_that_covers_its_department(
    declaration, leader, reviewer, outsider, signed_in
):
    deputise(leader, outsider)
    for user, said, name in (
        (leader, "单位负责人", f"{leader}"),
        (reviewer, "财政审核人", f"{reviewer}"),
        (outsider, "单位负责人", f"{outsider}（代{leader}）"),
    ):
        signed_in(user).get(reverse("table-file", args=(declaration.pk, "json")))
        assert (newest().capacity, newest().actor_name) == (said, name)


def test_a_log_is_taken_in_the_role_that_opens_it(department_year, auditor, signed_in):
    grant_role(user=auditor, role=Role.PREPARER, department=department_year.department, actor=None)
    for address, said in (("trail-workbook", "审计"), ("library-workbook", "填报人")):
        assert signed_in(auditor).get(reverse(address)).status_code == 200
        assert newest().capacity == said


def test_a_preview_is_a_print(declaration, auditor, signed_in):
    signed_in(auditor).get(reverse("table-file", args=(declaration.pk, "pdf")) + "?preview")

    entry = newest()
    assert (entry.action, entry.object_id, entry.department_code) == ("print", str(declaration.pk), "286001")
    assert facts(entry)["what"].endswith("绩效目标表.pdf")


def test_selected_tables_leave_an_entry_each_in_one_batch(department_year, auditor, signed_in):
    chosen = [each.pk for each in department_year.declarations.all()]

    signed_in(auditor).post(reverse("selected-files"), {"selected": chosen, "extension": "json"})

    entries = list(Entry.objects.filter(action="export").order_by("sequence"))
    assert [int(entry.object_id) for entry in entries] == chosen
    assert len({entry.batch for entry in entries}) == 1
    assert entries[0].batch


def test_an_export_that_fails_leaves_nothing(declaration, auditor, signed_in, rf):
    def fail(subject, extension):
        raise PdfEngineMissingError("没有PDF引擎。")

    entries = Entry.objects.count()
    client = signed_in(auditor)
    assert client.get(reverse("table-file", args=(declaration.pk, "nonsense"))).status_code == 404
    request = client.get(reverse("table", args=(declaration.pk,))).wsgi_request
    assert views.download(request, fail, declaration, "pdf", files.ALL_FORMATS).status_code == 302

    assert Entry.objects.count() == entries


def test_whoever_may_not_see_it_leaves_no_entry(declaration, outsider, signed_in):
    entries = Entry.objects.count()

    assert signed_in(outsider).get(reverse("table-file", args=(declaration.pk, "pdf"))).status_code == 404

    assert Entry.objects.count() == entries


def test_an_attachment_that_is_taken_is_recorded(
    declaration, auditor, preparer, signed_in, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    kept = attachments.add_attachment(
        declaration=declaration, kind="basis", name="依据.pdf", data=pdf(), actor=preparer
    )

    signed_in(auditor).get(reverse("attachment-file", args=(kept.pk,)))

    entry = newest()
    assert (entry.actor, entry.action, entry.object_id) == (auditor, "download", str(declaration.pk))
    assert facts(entry) == {"file": "依据.pdf"}


def test_exports_do_not_make_anybody_a_preparer(declaration, auditor, signed_in):
    from workflow.history import prepared_by

    signed_in(auditor).get(reverse("table-file", args=(declaration.pk, "json")))

    assert prepared_by([auditor.pk], TABLE, [declaration.pk]) == set()


def test_every_address_of_a_file_is_named_here():
    names = {pattern.name for part in get_resolver().url_patterns for pattern in part.url_patterns}
    files_of_tables = {name for name in names if name.endswith(("-file", "-files", "-workbook"))}
    assert files_of_tables - TAKEN.keys() - ELSEWHERE == set()
