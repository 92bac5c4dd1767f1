"""Acts of several people on one department's year at the same moment, on real threads and both databases.

Where locks are taken in the wrong order PostgreSQL ends one of them with a deadlock. SQLite has one lock.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings

from indicators.document import table_from_json
from indicators.rows import load_table
from indicators.services import create_declaration, save_field
from indicators.services.adjustment import cancel_declaration, open_adjustment, restore_declaration
from indicators.services.approval import approve_year
from indicators.services.batches import Seen, act_on_batch
from indicators.services.findings import refresh_department_findings
from indicators.services.publication import PublicationError
from indicators.services.submission import submit_declarations
from indicators.services.tables import NotEditableError
from projects.models import Approval, Declaration, DepartmentYear, Publication, PublishedFile
from tests.at_once import at_once
from tests.published import publish
from tests.sample_documents import seed_booklet
from tests.test_approval import LETTER, put_at, seen, switch_rules_off
from tests.test_transitions import came_by
from trail.models import Entry
from workflow.models import Status, Version
from workflow.services import RevisionConflictError
from workflow.transitions import PASS


@pytest.fixture
def year(transactional_db, department_year, preparer) -> DepartmentYear:
    """Return 286001's year, in which no rule holds anything back, with a third table that stays a draft."""
    switch_rules_off(department_year)
    table = replace(seed_booklet().tables[0], uid="third", project_code="", name="第三个项目")
    create_declaration(department_year=department_year, table=table, actor=preparer)
    refresh_department_findings(department_year=department_year)
    return DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=department_year.pk)


def field_saves(declaration, actor, stop: Event):
    """Return the work of somebody who fills in a table, field by field, until ``stop`` is set."""

    def work():
        said, saves = declaration.purpose, 0
        while not (saves and stop.is_set()):
            saves += 1
            with suppress(NotEditableError):
                said = save_field(
                    declaration=declaration, path="purpose", base=said, typed=f"第{saves}次", actor=actor
                ).table.purpose
            stop.wait(0.02)  # SQLite queues nobody: who waits needs a gap
        return saves

    return work


def until_done(stop: Event, work):
    """Return the work, after which ``stop`` is set."""

    def run():
        try:
            return work()
        finally:
            stop.set()

    return run


def ready_tables():
    """Return the two tables that the review is about."""
    return Declaration.objects.exclude(uid="third").order_by("pk")


def seen_now(narrative=None) -> Seen:
    texts = {narrative.pk: DepartmentYear.objects.get(pk=narrative.pk).revision} if narrative else {}
    return Seen(dict(ready_tables().values_list("pk", "revision")), texts)


def passing(seen, actor):
    return lambda: act_on_batch(seen=seen, act=PASS, actor=actor, adopts_drafts=True)


# nobody waits for somebody who waits for him


def test_a_batch_with_drafted_sheets_while_somebody_of_the_unit_fills_in(year, preparer, reviewer):
    put_at(Status.FINANCE_FIRST, pk__in=ready_tables())
    third, stop = Declaration.objects.get(uid="third"), Event()
    done, saves = at_once(until_done(stop, passing(seen_now(), reviewer)), field_saves(third, preparer, stop))
    assert len(done.ready) == 2
    assert saves >= 1


def test_a_project_cancelled_and_restored_while_somebody_of_the_unit_fills_in(year, preparer):
    third, stop = Declaration.objects.get(uid="third"), Event()

    def move_it(act):
        held = Declaration.objects.select_related("department_year").get(pk=third.pk)
        with suppress(RevisionConflictError):
            act(declaration=held, reason="重复填报", revision=held.revision, actor=preparer)

    def cancel_and_restore():
        for _ in range(12):
            move_it(
                cancel_declaration
                if Declaration.objects.get(pk=third.pk).is_editable
                else restore_declaration
            )

    at_once(until_done(stop, cancel_and_restore), field_saves(third, preparer, stop))
    assert Declaration.objects.get(pk=third.pk).status in (Status.DRAFT, Status.CANCELLED)


def test_overlapping_batches_pass_every_table_once(year, reviewer, approver):
    for _ in range(3):
        put_at(Status.FINANCE_FIRST, pk__in=ready_tables())
        DepartmentYear.objects.update(status=Status.FINANCE_FIRST)
        before = Version.objects.count()
        seen = seen_now(narrative=year)
        done = at_once(passing(seen, reviewer), passing(seen, approver))
        went = [len(each.ready) for each in done if not isinstance(each, Exception)]
        assert sum(went) == 3
        assert Version.objects.count() == before + 3


# one approval


def letter(number: int):
    return replace(LETTER, document_number=f"某财预〔2024〕{number}号")


def approving(year, actor, number: int, **other):
    given = seen(year, actor) | other
    return lambda: approve_year(
        department=year.department, fiscal_year=year.fiscal_year, letter=letter(number), actor=actor, **given
    )


def test_of_two_approvals_of_the_same_year_one_counts(year, reviewer, approver):
    put_at(Status.TO_APPROVE)
    DepartmentYear.objects.update(status=Status.TO_APPROVE)
    done = at_once(approving(year, reviewer, 1), approving(year, approver, 2))
    assert sum(isinstance(each, Approval) for each in done) == 1
    assert sum(isinstance(each, RevisionConflictError) for each in done) == 1
    approval = Approval.objects.get()
    assert approval.versions.count() == 4
    assert Entry.objects.filter(action="approve_year").count() == 1
    assert set(Declaration.objects.values_list("status", flat=True)) == {Status.APPROVED}


def test_two_approvals_of_different_tables_are_counted_one_after_the_other(year, reviewer, approver):
    """Each of the two passed the table that the other one can approve."""
    put_at(Status.TO_APPROVE, pk__in=ready_tables())
    first, second = ready_tables()
    for table, passer in ((first, reviewer), (second, approver)):
        came_by(table, "pass", Status.FINANCE_FIRST, Status.TO_APPROVE, 1, actor=passer)
    done = at_once(
        approving(year, approver, 1, others_later=True), approving(year, reviewer, 2, others_later=True)
    )
    assert [type(each) for each in done] == [Approval, Approval]
    assert {(each.sort, each.sequence) for each in done} == {("original", 1), ("supplement", 1)}
    assert {pk for each in done for pk in each.versions.values_list("object_id", flat=True)} == {
        first.pk,
        second.pk,
    }


def test_an_approval_while_a_batch_passes_the_rest(year, reviewer, approver):
    """One holds a text and comes to the tables, the other the other way round."""
    first, second = ready_tables()
    put_at(Status.TO_APPROVE, pk=first.pk)
    put_at(Status.FINANCE_FIRST, pk=second.pk)
    DepartmentYear.objects.update(status=Status.FINANCE_FIRST)
    texts = {year.pk: DepartmentYear.objects.get().revision}
    batch = passing(Seen({second.pk: Declaration.objects.get(pk=second.pk).revision}, texts), reviewer)
    approved, passed = at_once(approving(year, approver, 1, others_later=True), batch)
    assert len(passed.ready) == 2
    assert isinstance(approved, Approval | RevisionConflictError)


# one submission, one publication, one adjustment


def test_what_is_typed_while_the_table_is_submitted_is_in_the_version_or_refused(year, preparer):
    third = Declaration.objects.get(uid="third")

    def type_on():
        said = third.purpose
        for number in range(10):
            try:
                saved = save_field(
                    declaration=third, path="purpose", base=said, typed=f"第{number}次", actor=preparer
                )
            except NotEditableError:
                break
            said = saved.table.purpose
        return said

    def submit():
        while True:
            seen = {third.pk: Declaration.objects.get(pk=third.pk).revision}
            with suppress(RevisionConflictError):
                if submit_declarations(department_year=year, revisions=seen, actor=preparer).ready:
                    return Version.objects.get(object_id=third.pk, act="submit")

    version, said = at_once(submit, type_on)
    held = Declaration.objects.get(pk=third.pk)
    assert held.status == Status.SUBMITTED
    assert table_from_json(version.document.text) == load_table(held)
    assert held.purpose == said
    assert Entry.objects.filter(kind="declaration", object_id=str(third.pk)).last().action == "submit"


def test_of_two_publications_of_the_same_year_one_counts(transactional_db, approved_year, leader):
    done = at_once(lambda: publish(approved_year, leader), lambda: publish(approved_year, leader))
    assert sum(isinstance(each, Publication) for each in done) == 1
    assert sum(isinstance(each, RevisionConflictError | PublicationError) for each in done) == 1
    assert Publication.objects.count() == 1
    assert Version.objects.filter(act="publish").count() == 3
    assert PublishedFile.objects.count() == Publication.objects.get().files.count()
    files = {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    assert len(files) == PublishedFile.objects.count()  # what the second drew was removed


def test_an_adjustment_while_the_year_is_published(transactional_db, approved_year, leader, preparer):
    table = approved_year.declarations.first()

    def adjust():
        return open_adjustment(
            reviewed=table, sorts=["budget"], reason="追加", revision=table.revision, actor=preparer
        )

    published, adjusted = at_once(lambda: publish(approved_year, leader), adjust)
    refusals = [each for each in (published, adjusted) if isinstance(each, Exception)]
    assert len(refusals) == 1
    held = Declaration.objects.get(pk=table.pk)
    if isinstance(published, Exception):
        assert (held.status, held.version) == (Status.ADJUSTING, 2)
        assert set(Version.objects.filter(act="publish")) == set()
    else:
        assert (held.status, held.version) == (Status.PUBLISHED, 1)


def test_a_cancellation_and_a_submission_of_the_same_draft(year, preparer):
    for _ in range(3):
        third = Declaration.objects.select_related("department_year").get(uid="third")
        seen = {third.pk: third.revision}
        done = at_once(
            lambda seen=seen: submit_declarations(department_year=year, revisions=seen, actor=preparer),
            lambda third=third: cancel_declaration(
                declaration=third, reason="重复填报", revision=third.revision, actor=preparer
            ),
        )
        status = Declaration.objects.get(pk=third.pk).status
        went = not isinstance(done[0], Exception) and len(done[0].ready) == 1
        assert went == isinstance(done[1], Exception) == (status == Status.SUBMITTED)
        put_at(Status.DRAFT, pk=third.pk)
