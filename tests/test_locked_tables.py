"""What has left the preparer's hands stays as it is, whatever request asks, also one made ready before."""

import dataclasses
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from indicators.document import content_hash, new_uid
from indicators.layout.booklet import lay_out_booklet
from indicators.layout.table import PrintOptions
from indicators.layout.text_form import text_form
from indicators.models import LibraryIndicator
from indicators.rows import load_booklet, load_narrative, load_table
from projects.models import Declaration, DepartmentYear
from tests.project_list_files import TEAM, list_workbook
from tests.sample_documents import seed_booklet
from tests.test_carrying_pages import copy_address
from tests.test_carrying_pages import typed as ticked_on
from tests.test_pasting import NEW_ROW, chosen
from tests.test_table_form import typed
from trail.models import Entry
from workflow.models import Status

SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def client(signed_in, preparer):
    return signed_in(preparer)


def of_cells(client, declaration, of):
    row = load_table(declaration).indicators[0]
    added = {"act": "add", "uid": new_uid(), "first_tier": row.first_tier, "second_tier": row.second_tier}
    typed_over = f"{declaration.goal}改了"
    yield of("save-field"), {"path": "goal", "base": declaration.goal, "value": typed_over}
    yield of("edit-rows"), added
    yield of("edit-rows"), {"act": "remove", "uid": row.uid}
    yield (
        of("edit-table"),
        typed(client.get(of("edit-table"))) | {"goal": "改了", "act": "remove", "row": row.uid},
    )


def of_forms(client, declaration, of):
    page = client.get(of("edit-project")).text
    kept = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', page))
    yield of("edit-project"), {**kept, "beneficiaries": "yes", "preparer": f"{declaration.preparer}换了"}


def of_pastes(client, declaration, of):
    first = NEW_ROW.replace("读书会", new_uid())
    shown = client.post(of("paste-preview"), {"text": first}, headers=SCRIPT)
    done = client.post(of("paste-apply"), chosen(shown), headers=SCRIPT)
    another = NEW_ROW.replace("读书会", f"读书会{new_uid()}")
    yield of("paste-apply"), chosen(client.post(of("paste-preview"), {"text": another}, headers=SCRIPT))
    yield of("paste-undo"), {"token": done.json()["undo"]["token"]}


def of_library(client, declaration, of):
    kept = LibraryIndicator.objects.create(
        first_tier="产出指标", second_tier="数量指标", name="人次", explanation="人次", standing="approved"
    )
    yield of("library-insert"), {"indicator": kept.pk}


def of_copies(client, declaration, of):
    source = Declaration.objects.exclude(pk=declaration.pk).get()
    address = copy_address(declaration, source)
    yield address, ticked_on(client.get(address)) | {"parts": ["goal"], "overwrite": ["goal"]}


def of_files(client, declaration, of):
    stored = load_booklet(declaration.department_year)
    tables = tuple(dataclasses.replace(table, goal="改了") for table in stored.tables)
    goals = (dataclasses.replace(stored.overall_goals[0], text="改了"),)
    file = text_form(
        lay_out_booklet(dataclasses.replace(stored, tables=tables, overall_goals=goals), PrintOptions())
    )
    sent = client.post(reverse("upload-booklet"), {"file": SimpleUploadedFile("文本.txt", file.encode())})
    preview = client.get(sent.url).context["preview"]
    keys = [table.key for table in preview.tables]
    yield sent.url, {"seen": preview.seen, "tables": keys, "narrative": "on", "step": "store"}


def of_lists(client, declaration, of):
    dearer = (*TEAM[:3], "清单中的名称", TEAM[4], 99000, 99000, "", 99000)
    file = SimpleUploadedFile("清单.xlsx", list_workbook(dearer))
    sent = client.post(reverse("project-list"), {"year": 2024, "file": file}, follow=True)
    address = sent.redirect_chain[-1][0].replace("columns/", "")
    page = client.get(address)
    yield address, {"fingerprint": page.context["fingerprint"], "groups": page.context["ticked"]}


def of_people(client, declaration, of):
    chosen = {"selected": declaration.pk, "confirmed": "1", "reason": "换岗", "reprints": "on"}
    successor = DepartmentYear.objects.get().department.memberships.get(role="preparer").user
    yield reverse("hand-over"), {**chosen, "successor": successor.pk}


WAYS = [of_cells, of_forms, of_pastes, of_library, of_copies, of_files, of_people]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
def test_no_request_changes_a_locked_table(way, status, client, declaration, department_year):
    requests = list(way(client, declaration, lambda name: reverse(name, args=(declaration.pk,))))
    assert_nothing_is_changed(client, requests, declaration, status)


def test_no_project_list_changes_an_approved_table(client, declaration, department_year):
    requests = list(of_lists(client, declaration, None))
    assert_nothing_is_changed(client, requests, declaration, Status.APPROVED)


def assert_nothing_is_changed(client, requests, declaration, status):
    Declaration.objects.update(status=status)
    DepartmentYear.objects.update(status=status)
    before = state_of(declaration)
    for address, data in requests:
        answer = client.post(address, data, headers=SCRIPT if "paste" in address else {})
        assert answer.status_code < 500, address
        assert state_of(declaration) == before, (address, data)


def state_of(declaration):
    """Return the document, the narrative and what the trail has said of both."""
    held = Declaration.objects.get(pk=declaration.pk)
    table, narrative = load_table(held), load_narrative(held.department_year)
    entries = Entry.objects.filter(kind__in=("declaration", "department_year")).count()
    return content_hash(table), content_hash(narrative), held.revision, held.status, entries


@pytest.mark.parametrize("way", [*WAYS, of_lists])
def test_every_one_of_these_requests_changes_a_draft(way, client, declaration, department_year):
    """So they are known to be refused above for the status alone."""
    number, requests = 0, [None]
    while number < len(requests):
        declaration.refresh_from_db()
        requests = list(way(client, declaration, lambda name: reverse(name, args=(declaration.pk,))))
        (address, data), before = requests[number], state_of(declaration)
        answer = client.post(address, data, headers=SCRIPT if "paste" in address else {})
        assert state_of(declaration) != before, (address, answer.status_code)
        number += 1


def test_the_narrative_of_an_approved_year_stays(client, department_year):
    here = (2024, "286001")
    goal = seed_booklet().overall_goals[0]
    part = load_narrative(department_year).overall_goals[0]
    DepartmentYear.objects.update(status=Status.APPROVED)
    before = content_hash(load_narrative(department_year))
    for name, data in (
        ("save-narrative-field", {"path": f"overall_goals/{part.uid}", "base": goal.text, "value": "改了"}),
        ("edit-narrative-parts", {"act": "remove", "part": f"overall_goals/{part.uid}"}),
        ("edit-narrative", {"revision": 0, f"overall_goals/{part.uid}": "改了"}),
    ):
        assert client.post(reverse(name, args=here), data).status_code == 409, name
    assert content_hash(load_narrative(department_year)) == before
    assert Declaration.objects.count() == 2


@pytest.mark.parametrize("name", ["edit-table", "edit-project", "copy-table"])
def test_the_page_that_says_why_leads_on_by_the_frame(name, client, declaration):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    answer = client.get(reverse(name, args=(declaration.pk,)))
    assert answer.status_code == 409
    assert "不能修改" in answer.text
    assert 'class="rail"' in answer.text
    assert f'<a href="{reverse("table", args=(declaration.pk,))}">{declaration}</a>' in answer.text


def test_the_page_of_a_text_that_cannot_be_changed_has_the_frame(client, department_year):
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.APPROVED)
    answer = client.get(reverse("edit-narrative", args=(2024, "286001")))
    assert (answer.status_code, 'class="rail"' in answer.text) == (409, True)
