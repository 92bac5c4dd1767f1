"""Two people save one table at the same moment: different cells both arrive, in one order or the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from django.db import connection

from indicators.document import new_uid
from indicators.document.arrange import duplicate_row, move_row, remove_rows
from indicators.document.fields import field_text
from indicators.rows import load_table
from indicators.services import CellConflictError, change_table, save_field
from projects.models import Declaration
from trail.models import Entry, Head


@pytest.fixture
def stored(transactional_db, declaration):
    """Return the declaration, stored for other threads to see."""
    return declaration


def at_once(*works):
    """Run the works in threads that start together and return what each gave, or raised."""
    barrier = Barrier(len(works))

    def run(work):
        try:
            connection.ensure_connection()
            barrier.wait()
            return work()
        except CellConflictError as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def saving(declaration, actor, path, typed, base):
    own = Declaration.objects.get(pk=declaration.pk)
    return lambda: save_field(declaration=own, path=path, base=base, typed=typed, actor=actor)


def test_different_cells_saved_at_once_are_both_stored(stored, preparer, leader):
    uid = load_table(stored).indicators[0].uid
    paths = ["goal", "purpose", "budget", "milestones/6", f"indicators/{uid}/name", f"indicators/{uid}/value"]
    entries, before = Entry.objects.count(), load_table(stored)
    texts = {path: f"{number + 11}" for number, path in enumerate(paths)}
    for turn in range(3):
        typed = {path: f"{text}{turn}" for path, text in texts.items()}
        base = {path: field_text(load_table(stored), path) for path in paths}
        people = [preparer, leader] * 3
        saved = at_once(
            *(
                saving(stored, person, path, typed[path], base[path])
                for person, path in zip(people, paths, strict=True)
            )
        )
        assert all(answer.changes for answer in saved)
        table = load_table(stored)
        for path in paths:
            assert field_text(table, path).rstrip("%").removesuffix(".00") == typed[path]
    stored.refresh_from_db()
    assert stored.revision == 18
    assert sorted(answer.revision for answer in saved) == [13, 14, 15, 16, 17, 18]
    assert Entry.objects.count() == entries + 18 == Head.objects.get().sequence
    assert replace(table, indicators=()).name == before.name


def test_the_same_cell_saved_at_once_is_stored_once_and_asked_about_once(stored, preparer, leader):
    base = load_table(stored).goal
    answers = at_once(
        saving(stored, preparer, "goal", "第一个人写的", base),
        saving(stored, leader, "goal", "第二个人写的", base),
    )
    (conflict,) = (answer for answer in answers if isinstance(answer, CellConflictError))
    assert {conflict.mine, conflict.theirs} == {"第一个人写的", "第二个人写的"}
    assert load_table(stored).goal == conflict.theirs
    stored.refresh_from_db()
    assert stored.revision == 1


def test_rows_and_cells_changed_at_once_all_arrive(stored, preparer, leader):
    rows = load_table(stored).indicators
    copy, path = new_uid(), f"indicators/{rows[1].uid}/value"

    def changing(change, actor):
        own = Declaration.objects.get(pk=stored.pk)
        return lambda: change_table(declaration=own, change=change, actor=actor)

    at_once(
        changing(lambda table: duplicate_row(table, uid=rows[0].uid, new=copy), preparer),
        changing(lambda table: remove_rows(table, [rows[4].uid]), leader),
        changing(lambda table: move_row(table, uid=rows[3].uid, before=rows[2].uid), preparer),
        saving(stored, leader, path, "≥12%", rows[1].value),
    )
    table = load_table(stored)
    assert {row.uid for row in table.indicators} == {row.uid for row in rows} - {rows[4].uid} | {copy}
    assert field_text(table, path) == "≥12%"
    positions = stored.indicators.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, len(table.indicators) + 1))
