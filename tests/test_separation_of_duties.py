"""Whoever had a hand in what a table or a text says lets it pass at no level, whichever door they took."""

import dataclasses
import hashlib
import itertools

import pytest

from departments.models import Role
from departments.services import grant_role
from indicators.document import booklet_from_json, content_hash, table_from_json
from indicators.findings import open_obligations
from indicators.reviewed import filed_of
from indicators.rows import load_narrative, load_table
from indicators.services import explain, import_booklet, save_field, save_narrative
from indicators.services.adjustment import cancel_declaration, open_adjustment, restore_declaration
from indicators.services.attachments import add_attachment
from indicators.services.carrying import Choices, copy_table, documents_hash
from indicators.services.handover import hand_over
from indicators.services.publication import Choice, set_disclosure
from indicators.services.reviewing import with_routes
from projects.models import Declaration, DepartmentYear
from tests.approved_tables import approve, moved
from tests.published import approve_narrative
from tests.sample_documents import seed_booklet
from tests.test_attachments import pdf
from workflow.models import Status, Version
from workflow.steps import NotEntitledError, Step, steps
from workflow.transitions import PASS, SUBMIT

TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


@pytest.fixture
def both(department_year, leader):
    """Return the 单位负责人, who is a 填报人 too, as in a small unit."""
    grant_role(user=leader, role=Role.PREPARER, department=department_year.department, actor=None)
    return leader


def fill_in(declaration, actor):
    save_field(declaration=declaration, path="purpose", base=declaration.purpose, typed="改", actor=actor)


def import_it(declaration, actor):
    table = dataclasses.replace(load_table(declaration), goal="按文件改写。")
    booklet = dataclasses.replace(seed_booklet(), tables=(table,))
    import_booklet(booklet=booklet, actor=actor, replace=True)


def attach(declaration, actor):
    add_attachment(declaration=declaration, kind="basis", name="依据.pdf", data=pdf(), actor=actor)


def answer(declaration, actor):
    item = next(iter(open_obligations(declaration)))
    explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=actor)


def copy(declaration, actor):
    source = declaration.department_year.declarations.exclude(pk=declaration.pk).get()
    seen = documents_hash(load_table(source), load_table(declaration))
    choices = Choices(parts=frozenset({"indicators"}), overwrite=frozenset({"indicators"}))
    copy_table(declaration=declaration, source=source, choices=choices, seen=seen, actor=actor)


def cancel_and_restore(declaration, actor):
    cancel_declaration(declaration=declaration, reason="重复", revision=declaration.revision, actor=actor)
    declaration.refresh_from_db()
    restore_declaration(declaration=declaration, revision=declaration.revision, actor=actor)


def withhold(declaration, actor):
    choices = {declaration.pk: Choice(declaration.revision, "privacy", "")}
    set_disclosure(department_year=declaration.department_year, choices=choices, actor=actor)


def submit(declaration, actor):
    moved(declaration, SUBMIT, actor)


@pytest.fixture(autouse=True)
def files_directory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def step_of(reviewed, actor):
    (step,) = steps([filed_of(reviewed)], PASS, actor)
    return step


def at_the_unit(declaration) -> Declaration:
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    return with_routes(Declaration.objects.filter(pk=declaration.pk)).get()


@pytest.mark.parametrize(
    "act",
    [fill_in, import_it, attach, answer, copy, cancel_and_restore, withhold, submit],
    ids=lambda act: act.__name__,
)
def test_who_prepared_by_any_door_does_not_pass(act, declaration, both):
    assert isinstance(step_of(at_the_unit(declaration), both), Step)
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.DRAFT)
    act(declaration, both)
    refusal = step_of(at_the_unit(declaration), both)
    assert isinstance(refusal, NotEntitledError)
    assert "由本人填报" in str(refusal)


def test_who_hands_over_has_not_prepared(declaration, both, preparer):
    """移交 changes who fills in, and nothing that is judged; a 单位负责人 does it as one."""
    tables = Declaration.objects.filter(pk=declaration.pk)
    hand_over(declarations=tables, successor=preparer, reason="调岗", reprints=False, actor=both)
    assert isinstance(step_of(at_the_unit(declaration), both), Step)


def test_who_prepared_one_version_judges_none_that_is_built_on_it(
    declaration, preparer, leader, reviewer, approver
):
    approve(declaration, preparer=preparer, leader=leader, reviewer=reviewer, approver=approver)
    other = preparer.memberships.get().department
    grant_role(user=preparer, role=Role.LEADER, department=other, actor=None)
    grant_role(user=approver, role=Role.PREPARER, department=other, actor=None)
    open_adjustment(
        reviewed=declaration, sorts=["budget"], reason="追加", revision=declaration.revision, actor=approver
    )
    held = at_the_unit(declaration)
    assert (held.version, isinstance(step_of(held, preparer), NotEntitledError)) == (2, True)
    assert isinstance(step_of(held, leader), Step)  # passed the first version, wrote in none
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.FINANCE_FIRST)
    held = with_routes(Declaration.objects.filter(pk=declaration.pk)).get()
    assert isinstance(step_of(held, approver), NotEntitledError)  # who opens an adjustment prepares it


def test_who_writes_the_text_of_a_department_does_not_pass_it_and_passes_its_tables(
    department_year, declaration, both
):
    booklet = dataclasses.replace(load_narrative(department_year), overall_goals=())
    revision = DepartmentYear.objects.get().revision
    save_narrative(department_year=department_year, booklet=booklet, revision=revision, actor=both)
    DepartmentYear.objects.update(status=Status.SUBMITTED)
    filed = DepartmentYear.objects.select_related("department", "fiscal_year").get()
    assert isinstance(step_of(filed, both), NotEntitledError)
    assert isinstance(step_of(at_the_unit(declaration), both), Step)


def test_every_move_of_table_and_text_is_a_version_with_its_json(
    department_year, declaration, preparer, leader, reviewer, approver
):
    people = {"preparer": preparer, "leader": leader, "reviewer": reviewer, "approver": approver}
    approve(declaration, **people)
    approve_narrative(department_year, people)
    for kind, pk in (("declaration", declaration.pk), ("department_year", department_year.pk)):
        moves = list(Version.objects.filter(kind=kind, object_id=pk).select_related("document"))
        assert [move.act for move in moves] == ["submit", "pass", "pass", "approve"]
        assert [move.number for move in moves] == [1] * 4
        assert [move.skipped for move in moves] == [[], [Status.AT_SUPERVISOR], [], []]
        for earlier, later in itertools.pairwise(moves):
            assert (earlier.target, earlier.revision + 1) == (later.source, later.revision)
        for move in moves:
            text = move.document.text
            assert hashlib.sha256(text.encode()).hexdigest() == move.document_id
            read = table_from_json(text) if kind == "declaration" else booklet_from_json(text)
            assert content_hash(read) == move.document.content_hash
