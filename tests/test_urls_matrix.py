"""Every address × every persona × GET and POST: the status each gets, and that a refusal changes nothing."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from departments.models import Delegation, User
from indicators.models import Attachment, Explanation, LibraryIndicator
from projects.models import Round
from tests.personas import PERSONAS
from trail.models import Entry, Head
from workflow.models import Comment

READERS = {"preparer", "leader", "supervisor", "reviewer", "auditor", "administrator"}
PREPARER = {"preparer"}
EVERYBODY = {*PERSONAS}
ACROSS = {"supervisor", "reviewer", "auditor"}
JUDGES = {"leader", "supervisor", "reviewer"}
SPEAKERS = {"preparer", *JUDGES}
KEEPERS = {"reviewer", "administrator"}
LISTING = {"preparer", "reviewer"}
ADMINISTRATORS = {"administrator"}

# name: (arguments, who may, what they get, what those get who see it and may not, what an outsider gets)
GET = {
    "backfill": ((), EVERYBODY, 200, None, 200),
    "backfill-template-new": ((), KEEPERS, 200, 403, 403),
    "copy-table": ("table", PREPARER, 200, 403, 404),
    "copy-year": ("year", PREPARER, 200, 403, 404),
    "upload-booklet": ((), PREPARER, 200, 403, 200),
    "submit-tables": ("year", PREPARER, 302, 403, 404),
    "withdraw-table": ("table", set(), None, 405, 405),
    "withdraw-narrative": ("year", set(), None, 405, 405),
    "hand-over": ((), {"preparer", "leader", "administrator"}, 200, 403, 200),
    "confirm-no-projects": ("year", set(), None, 405, 405),
    "take-back-no-projects": ("year", set(), None, 405, 405),
    "project-list": ((), LISTING, 200, 403, 200),
    "paste-preview": ("table", PREPARER, 200, 403, 404),
    "paste-apply": ("table", set(), None, 405, 405),
    "paste-undo": ("table", set(), None, 405, 405),
    "attachments": ("table", READERS, 200, None, 404),
    "withdraw-attachment": ("attachment", set(), None, 405, 405),
    "publication": ("year", READERS, 200, None, 404),
    "publish": ("year", {"leader"}, 200, 403, 404),
    "home": ((), EVERYBODY, 200, None, 200),
    "department-year": ("year", READERS, 200, None, 404),
    "table": ("table", READERS, 200, None, 404),
    "timeline": ("table", READERS, 200, None, 404),
    "year-timeline": ("year", READERS, 200, None, 404),
    "narrative-timeline": ("year", READERS, 200, None, 404),
    **dict.fromkeys(("versions", "compare-versions"), ("table", READERS, 200, None, 404)),
    "open-adjustment": ("table", PREPARER, 409, 403, 404),
    "abandon-adjustment": ("table", PREPARER, 409, 403, 404),
    "open-narrative-adjustment": ("year", PREPARER, 409, 403, 404),
    "abandon-narrative-adjustment": ("year", PREPARER, 409, 403, 404),
    "cancel-table": ("table", PREPARER, 200, 403, 404),
    "restore-table": ("table", set(), None, 405, 405),
    "adjustments": ("year", READERS, 200, None, 404),
    **dict.fromkeys(("narrative-versions", "compare-narratives"), ("year", READERS, 200, None, 404)),
    "edit-project": ("table", PREPARER, 200, 403, 404),
    "edit-table": ("table", PREPARER, 200, 403, 404),
    "save-field": ("table", set(), None, 405, 405),
    "edit-rows": ("table", set(), None, 405, 405),
    "table-fields": ("table", PREPARER, 200, 403, 404),
    "table-margin": ("table", PREPARER, 200, 403, 404),
    "presence": ("table", set(), None, 405, 405),
    "narrative-presence": ("year", set(), None, 405, 405),
    "value-reading": ((), EVERYBODY, 200, None, 200),
    "edit-narrative": ("year", PREPARER, 200, 403, 404),
    "save-narrative-field": ("year", set(), None, 405, 405),
    "edit-narrative-parts": ("year", set(), None, 405, 405),
    "narrative-margin": ("year", PREPARER, 200, 403, 404),
    "new-project": ("year", PREPARER, 200, 403, 404),
    "explain": ("rule", PREPARER, 200, 403, 404),
    "apply-fix": ("table", set(), None, 405, 405),
    "save-opinion": ("table", set(), None, 405, 405),
    "approvals": ((), EVERYBODY, 200, None, 200),
    "approve-year": ("year", {"reviewer"}, 200, 403, 404),
    "department-opinion": ("year", READERS, 200, None, 404),
    "judge-explanation": ("explanation", set(), None, 405, 405),
    "queue": ("queue", EVERYBODY, 200, None, 200),
    "newest-progress": ((), EVERYBODY, 302, None, 302),
    "progress": ("of year", EVERYBODY, 200, None, 200),
    "remind": ("of year", set(), None, 405, 405),
    "leader-page": ("year", READERS, 200, None, 404),
    "notifications": ((), EVERYBODY, 200, None, 200),
    "read-all-notifications": ((), set(), None, 405, 405),
    "calendar": ("fiscal year", EVERYBODY, 200, None, 200),
    **dict.fromkeys(("year-settings", "new-round"), ("fiscal year", KEEPERS, 200, 403, 403)),
    **dict.fromkeys(("edit-round", "extend-round"), ("round", KEEPERS, 200, 403, 403)),
    **dict.fromkeys(("close-round", "reopen-round"), ("round", set(), None, 405, 405)),
    "review-table": ("table", READERS, 200, None, 404),
    "review-table-act": ("table", set(), None, 405, 405),
    "review-table-comments": ("table", set(), None, 405, 405),
    "review-narrative": ("year", READERS, 200, None, 404),
    "review-narrative-act": ("year", set(), None, 405, 405),
    "review-narrative-comments": ("year", set(), None, 405, 405),
    "answer-comment": ("comment", set(), None, 405, 405),
    "resolve-comment": ("comment", set(), None, 405, 405),
    "reopen-comment": ("comment", set(), None, 405, 405),
    "review-batch": ((), set(), None, 405, 405),
    "findings": ((), EVERYBODY, 200, None, 200),
    "trail-search": ((), {"auditor"}, 200, 403, 403),
    "trail-head": ((), {"auditor"}, 200, 403, 403),
    "security-log": ((), {"auditor", "administrator"}, 200, 403, 403),
    "rules": ((), ACROSS, 200, 403, 403),
    "library": ((), EVERYBODY, 200, None, 200),
    "library-search": ((), EVERYBODY, 200, None, 200),
    "library-proposals": ((), EVERYBODY, 200, None, 200),
    "library-import": ((), KEEPERS, 200, 403, 403),
    "library-indicator": ("library", EVERYBODY, 200, None, 200),
    "library-edit": ("library", KEEPERS, 200, 403, 403),
    "library-standing": ("library", set(), None, 405, 405),
    "library-insert": ("table", PREPARER, 200, 403, 404),
    "table-recommendation": ("table", READERS, 200, None, 404),
    "library-propose": ("row", PREPARER, 200, 403, 404),
    "open-fiscal-year": ("year to open", set(), None, 405, 405),
    "start-department-year": ("next year", set(), None, 405, 405),
    "delegations": ((), EVERYBODY, 200, None, 200),
    "end-delegation": ("delegation", set(), None, 405, 405),
    "departments": ((), ADMINISTRATORS, 200, 403, 403),
    "new-department": ((), ADMINISTRATORS, 200, 403, 403),
    "edit-department": ("department", ADMINISTRATORS, 200, 403, 403),
    "users": ((), ADMINISTRATORS, 200, 403, 403),
    "new-user": ((), ADMINISTRATORS, 200, 403, 403),
    "edit-user": ("person", ADMINISTRATORS, 200, 403, 403),
    "set-password": ("person", ADMINISTRATORS, 200, 403, 403),
    "grant-role": ("person", set(), None, 405, 405),
    "unlock-user": ("person", set(), None, 405, 405),
    "revoke-role": ("membership", set(), None, 405, 405),
    "logout": ((), set(), None, 405, 405),
    "change-password": ((), EVERYBODY, 200, None, 200),
    "session": ((), EVERYBODY, 200, None, 200),
    "login": ((), EVERYBODY, 302, None, 302),
    "session-renew": ((), set(), None, 405, 405),
}
POST = {
    "backfill": ((), set(), None, 405, 405),
    "backfill-template-new": ((), KEEPERS, 422, 403, 403),
    "copy-table": ("table", PREPARER, 422, 403, 404),
    "copy-year": ("year", PREPARER, 422, 403, 404),
    "upload-booklet": ((), PREPARER, 422, 403, 422),
    "submit-tables": ("year", PREPARER, 302, 403, 404),
    "withdraw-table": ("table", PREPARER, 409, 403, 404),
    "withdraw-narrative": ("year", PREPARER, 409, 403, 404),
    "hand-over": ((), {"preparer", "leader", "administrator"}, 200, 403, 200),
    "confirm-no-projects": ("year", PREPARER, 302, 403, 404),
    "take-back-no-projects": ("year", PREPARER, 302, 403, 404),
    "project-list": ((), LISTING, 422, 403, 422),
    "paste-preview": ("table", PREPARER, 422, 403, 404),
    "paste-apply": ("table", PREPARER, 422, 403, 404),
    "paste-undo": ("table", PREPARER, 422, 403, 404),
    "attachments": ("table", PREPARER, 422, 403, 404),
    "withdraw-attachment": ("attachment", PREPARER, 302, 403, 404),
    "publication": ("year", PREPARER, 302, 403, 404),
    "publish": ("year", {"leader"}, 422, 403, 404),
    "home": ((), set(), None, 405, 405),
    "department-year": ("year", set(), None, 405, 405),
    "table": ("table", set(), None, 405, 405),
    "timeline": ("table", set(), None, 405, 405),
    "year-timeline": ("year", set(), None, 405, 405),
    "narrative-timeline": ("year", set(), None, 405, 405),
    **dict.fromkeys(("versions", "compare-versions"), ("table", set(), None, 405, 405)),
    "open-adjustment": ("table", PREPARER, 409, 403, 404),
    "abandon-adjustment": ("table", PREPARER, 409, 403, 404),
    "open-narrative-adjustment": ("year", PREPARER, 409, 403, 404),
    "abandon-narrative-adjustment": ("year", PREPARER, 409, 403, 404),
    "cancel-table": ("table", PREPARER, 422, 403, 404),
    "restore-table": ("table", PREPARER, 409, 403, 404),
    "adjustments": ("year", set(), None, 405, 405),
    **dict.fromkeys(("narrative-versions", "compare-narratives"), ("year", set(), None, 405, 405)),
    "edit-project": ("table", PREPARER, 422, 403, 404),
    "edit-table": ("table", PREPARER, 422, 403, 404),
    "save-field": ("table", PREPARER, 422, 403, 404),
    "edit-rows": ("table", PREPARER, 422, 403, 404),
    "table-fields": ("table", set(), None, 405, 405),
    "table-margin": ("table", set(), None, 405, 405),
    "presence": ("table", PREPARER, 200, 403, 404),
    "narrative-presence": ("year", PREPARER, 200, 403, 404),
    "value-reading": ((), set(), None, 405, 405),
    "edit-narrative": ("year", PREPARER, 422, 403, 404),
    "save-narrative-field": ("year", PREPARER, 422, 403, 404),
    "edit-narrative-parts": ("year", PREPARER, 422, 403, 404),
    "narrative-margin": ("year", set(), None, 405, 405),
    "new-project": ("year", PREPARER, 422, 403, 404),
    "explain": ("rule", PREPARER, 422, 403, 404),
    "apply-fix": ("table", PREPARER, 302, 403, 404),
    "save-opinion": ("table", {"supervisor", "reviewer"}, 422, 403, 404),
    "approvals": ((), set(), None, 405, 405),
    "approve-year": ("year", {"reviewer"}, 422, 403, 404),
    "department-opinion": ("year", {"reviewer"}, 422, 403, 404),
    "judge-explanation": ("explanation", JUDGES, 302, 403, 404),
    "queue": ("queue", set(), None, 405, 405),
    "newest-progress": ((), set(), None, 405, 405),
    "progress": ("of year", set(), None, 405, 405),
    "remind": ("of year", {*JUDGES, "administrator"}, 302, 403, 403),
    "leader-page": ("year", set(), None, 405, 405),
    "notifications": ((), set(), None, 405, 405),
    "read-all-notifications": ((), EVERYBODY, 302, None, 302),
    "calendar": ("fiscal year", set(), None, 405, 405),
    **dict.fromkeys(("year-settings", "new-round"), ("fiscal year", KEEPERS, 422, 403, 403)),
    **dict.fromkeys(("edit-round", "extend-round"), ("round", KEEPERS, 422, 403, 403)),
    **dict.fromkeys(("close-round", "reopen-round"), ("round", KEEPERS, 302, 403, 403)),
    "review-table": ("table", set(), None, 405, 405),
    "review-table-act": ("table", JUDGES, 422, 403, 404),
    "review-table-comments": ("table", SPEAKERS, 422, 403, 404),
    "review-narrative": ("year", set(), None, 405, 405),
    "review-narrative-act": ("year", JUDGES, 422, 403, 404),
    "review-narrative-comments": ("year", SPEAKERS, 422, 403, 404),
    "answer-comment": ("comment", SPEAKERS, 302, 403, 404),
    "resolve-comment": ("comment", JUDGES, 302, 403, 404),
    "reopen-comment": ("comment", JUDGES, 302, 403, 404),
    "review-batch": ((), JUDGES, 302, 403, 403),
    "findings": ((), set(), None, 405, 405),
    "trail-search": ((), set(), None, 405, 405),
    "trail-head": ((), set(), None, 405, 405),
    "security-log": ((), set(), None, 405, 405),
    "rules": ((), {"reviewer"}, 422, 403, 403),
    "library": ((), set(), None, 405, 405),
    "library-search": ((), set(), None, 405, 405),
    "library-proposals": ((), set(), None, 405, 405),
    "library-import": ((), KEEPERS, 422, 403, 403),
    "library-indicator": ("library", set(), None, 405, 405),
    "library-edit": ("library", KEEPERS, 422, 403, 403),
    "library-standing": ("library", KEEPERS, 422, 403, 403),
    "library-insert": ("table", PREPARER, 302, 403, 404),
    "table-recommendation": ("table", set(), None, 405, 405),
    "library-propose": ("row", PREPARER, 422, 403, 404),
    "open-fiscal-year": ("year to open", KEEPERS, 302, 403, 403),
    "start-department-year": ("next year", PREPARER, 302, 403, 404),
    # Who has nothing to delegate is refused, and sees no delegation of others.
    "delegations": ((), {"leader", "supervisor", "reviewer", "administrator"}, 422, 403, 403),
    "end-delegation": ("delegation", {"leader", "administrator"}, 302, 404, 404),
    "departments": ((), set(), None, 405, 405),
    "new-department": ((), ADMINISTRATORS, 422, 403, 403),
    "edit-department": ("department", ADMINISTRATORS, 422, 403, 403),
    "users": ((), set(), None, 405, 405),
    "new-user": ((), ADMINISTRATORS, 422, 403, 403),
    "edit-user": ("person", ADMINISTRATORS, 422, 403, 403),
    "set-password": ("person", ADMINISTRATORS, 422, 403, 403),
    "grant-role": ("person", ADMINISTRATORS, 422, 403, 403),
    "unlock-user": ("person", ADMINISTRATORS, 302, 403, 403),
    "revoke-role": ("membership", ADMINISTRATORS, 409, 403, 403),
    "logout": ((), EVERYBODY, 302, None, 302),
    "change-password": ((), EVERYBODY, 422, None, 422),
    "session": ((), EVERYBODY, 200, None, 200),
    "login": ((), EVERYBODY, 302, None, 302),
    "session-renew": ((), EVERYBODY, 422, None, 422),
}
# Files and the pages of reports are somebody else's matrix: tests/test_downloads.py.
FILES = {
    "open-notification",  # one's own message: tests/test_notifications.py
    "attachment-file",
    "booklet-preview",  # one's own upload: tests/test_booklet_upload.py
    *("backfill-workbook", "backfill-template"),  # tests/test_backfill.py
    *("project-list-preview", "project-list-columns"),  # one's own upload: tests/test_project_list_pages.py
    *("publication-preview", "published-file", "portal-address"),  # tests/test_publication.py
    *("public-list", "public-booklet", "public-file"),  # for everybody: tests/test_public_pages.py
    *("adjustment-file", "narrative-adjustment-file", "adjustments-file"),  # tests/test_comparison_sheet.py
    # tests/test_versions.py
    *("version", "version-file", "narrative-version", "narrative-version-file"),
    *("table-file", "booklet-file", "summary-file", "selected-files"),
    *("trail-workbook", "trail-head-file", "security-workbook"),  # tests/test_trail_search.py
    *("review-sheet-file", "opinion-letter-file"),  # tests/test_review_sheet.py, test_department_opinion.py
    *("approval", "approval-file"),  # tests/test_approval.py
    *("audit-search", "audit-workbook", "findings-workbook", "library-workbook"),
    "progress-workbook",  # tests/test_progress.py
}
# What is refused and what is only read changes nothing, so a persona asks for all of it in one test.
GRANTED_ACTS = [
    (name, persona) for name, (_, allowed, *_) in POST.items() for persona in PERSONAS if persona in allowed
]


def expected_status(method, name, persona):
    _, allowed, granted, refused, outside = (GET if method == "get" else POST)[name]
    if persona == "outsider":
        return outside
    return granted if persona in allowed else refused


@pytest.fixture
def arguments(declaration, next_year, auditor, leader):
    explanation = Explanation.objects.create(
        department_year=declaration.department_year,
        declaration=declaration,
        rule="R26",
        text="已经核对过的理由",
        author=auditor,
        written_at=timezone.now(),
    )
    attachment = Attachment.objects.create(
        declaration=declaration, kind="basis", name="依据.pdf", size=1, uploaded_by=auditor
    )
    kept = LibraryIndicator.objects.create(
        first_tier="产出指标", second_tier="数量指标", name="人次", explanation="人次", standing="approved"
    )
    past = Round.objects.create(fiscal_year=next_year, sort="approval", opens_on="2024-01-01")
    comment = Comment.objects.create(
        kind="declaration",
        object_id=declaration.pk,
        version=1,
        text="核实",
        author=auditor,
        capacity="单位负责人",
        at=timezone.now(),
    )
    delegation = Delegation.objects.create(
        membership=leader.memberships.get(),
        deputy=User.objects.create(username="deputy"),
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate(),
        named_by=leader,
        named_at=timezone.now(),
    )
    return {
        (): (),
        "delegation": (delegation.pk,),
        "year": (2024, "286001"),
        "queue": ("todo",),
        "of year": (2024,),
        "fiscal year": (2024,),
        "round": (past.pk,),
        "next year": (next_year.year, "286001"),
        "year to open": (next_year.year + 1,),
        "department": ("286001",),
        "person": (auditor.pk,),
        "membership": (auditor.pk, auditor.memberships.get().pk),
        "table": (declaration.pk,),
        "row": (declaration.pk, declaration.indicators.first().uid),
        "library": (kept.pk,),
        "rule": (2024, "286001", "R26"),
        "explanation": (explanation.pk,),
        "attachment": (attachment.pk,),
        "comment": (comment.pk,),
    }


def statuses(client, method, names, arguments):
    """Return the status of each address, and 0 of one that refused and left an entry in the trail."""
    found = {}
    for name in names:
        entries = Entry.objects.count()
        status = getattr(client, method)(address_of(method, name, arguments)).status_code
        unchanged = Entry.objects.count() == entries == Head.objects.get().sequence
        found[name] = status if status < 400 or unchanged else 0
    return found


def address_of(method, name, arguments):
    return reverse(name, args=arguments[(GET if method == "get" else POST)[name][0]])


@pytest.mark.parametrize("persona", PERSONAS)
def test_pages(persona, request, signed_in, arguments):
    client = signed_in(request.getfixturevalue(persona))
    expected = {name: expected_status("get", name, persona) for name in GET}
    assert statuses(client, "get", GET, arguments) == expected


@pytest.mark.parametrize("persona", PERSONAS)
def test_refused_acts(persona, request, signed_in, arguments):
    client = signed_in(request.getfixturevalue(persona))
    expected = {
        name: expected_status("post", name, persona) for name in POST if (name, persona) not in GRANTED_ACTS
    }
    assert statuses(client, "post", expected, arguments) == expected


@pytest.mark.parametrize(("name", "persona"), GRANTED_ACTS)
def test_granted_acts(name, persona, request, signed_in, arguments):
    client = signed_in(request.getfixturevalue(persona))
    expected = {name: expected_status("post", name, persona)}
    assert statuses(client, "post", expected, arguments) == expected


def test_the_matrix_names_every_address():
    names = {pattern.name for part in get_resolver().url_patterns for pattern in part.url_patterns}
    assert names - FILES == GET.keys() == POST.keys()


def test_nobody_gets_in_without_signing_in(client, arguments):
    for name in GET.keys() - {"login", "session-renew"}:
        address = reverse(name, args=arguments[GET[name][0]])
        response = client.get(address)
        assert (response.status_code, response.url) == (302, f"/login/?next={address}"), name


def test_a_request_from_another_site_is_refused_in_chinese(preparer, declaration):
    client = Client(enforce_csrf_checks=True)
    client.force_login(preparer)
    response = client.post(reverse("edit-table", args=(declaration.pk,)), {"revision": 0, "goal": "被改"})
    assert response.status_code == 403
    assert "页面已过期" in response.text
    declaration.refresh_from_db()
    assert "被改" not in declaration.goal


@pytest.mark.parametrize(
    "address",
    [
        "/tables/99999999999999999999/",
        "/tables/0/edit/",
        "/years/99999999999999999999/departments/286001/",
        "/years/2024/departments/no-such/",
        "/nowhere/",
    ],
)
def test_what_is_not_there_is_a_chinese_404(address, signed_in, auditor, department_year):
    response = signed_in(auditor).get(address)
    assert response.status_code == 404
    assert "没有这个页面" in response.text
