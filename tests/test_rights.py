"""The matrix of rights: it names every address that not everybody may use, with the roles that may."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from departments.models import Role
from indicators.rights import RIGHTS, rights_book
from tests.personas import PERSONAS
from tests.test_urls_matrix import EVERYBODY, GET, POST, READERS
from workflow.transitions import ACTS, TRANSITIONS

BOOK = Path(__file__).parent.parent / "docs" / "rights.md"
ROLE_OF = {
    "preparer": Role.PREPARER,
    "leader": Role.LEADER,
    "supervisor": Role.SUPERVISOR,
    "reviewer": Role.FINANCE,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
# Of one thing that is a certain person's: some of the roles, whoever that person is.
OF_ONE_PERSON = {"end-delegation"}
WRITTEN = {name: allowed for name, (_, allowed, *_) in POST.items() if allowed and allowed != EVERYBODY}
SHOWN = {
    name: allowed
    for name, (_, allowed, *_) in GET.items()
    if allowed and allowed not in (EVERYBODY, READERS) and name not in WRITTEN
}


def personas_of(right):
    return {persona for persona in PERSONAS if ROLE_OF.get(persona) in right.roles}


def test_every_address_that_writes_has_one_right():
    named = [name for right in RIGHTS for name in right.writes]
    assert sorted(named) == sorted(WRITTEN)


def test_every_page_for_some_alone_has_a_right():
    assert SHOWN.keys() <= {name for right in RIGHTS for name in right.reads}


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.action)
def test_addresses_let_in_whom_the_matrix_names(right):
    for name in right.writes:
        allowed = personas_of(right)
        assert WRITTEN[name] <= allowed if name in OF_ONE_PERSON else WRITTEN[name] == allowed, name
    for name in right.reads:
        assert GET[name][1] == personas_of(right), name


def test_auditors_write_nothing():
    assert [right.action for right in RIGHTS if Role.AUDITOR in right.roles and right.writes] == []


def test_administrators_enter_no_data_and_move_nothing():
    assert {row.role for row in TRANSITIONS}.isdisjoint({*Role.ADMINISTERING, Role.AUDITOR})
    data = {"edit-table", "edit-narrative", "project-list", "submit-tables", "review-table-act"}
    for right in RIGHTS:
        if data & set(right.writes):
            assert not {*Role.ADMINISTERING} & set(right.roles), right.action


def test_the_document_is_in_step():
    assert BOOK.read_text(encoding="utf-8") == rights_book(), "run manage.py document_rights"


def test_the_document_names_every_act():
    assert [act.label for act in ACTS if f"| {act.label} |" not in rights_book()] == []


def test_the_command_writes_and_compares(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="document_rights"):
        call_command("document_rights", check=True)
    call_command("document_rights")
    call_command("document_rights", check=True)
    assert (tmp_path / "docs" / "rights.md").read_text(encoding="utf-8") == rights_book()
