"""Triggers by which the database itself refuses to change what is append-only, whoever asks it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

REFUSAL = "这些记录只能追加，不能修改或删除。"


class Guarded(NamedTuple):
    """A table whose rows stay: its primary key column, and what inserting an existing key does.

    ``moves`` is for the head of the chain, whose one row is updated. Inserting what is there already fails,
    or is passed over (``keeps``) where a row is stored once for all that say the same.
    """

    table: str
    key: str
    moves: bool = False
    keeps: bool = False


TRAIL = (Guarded("trail_entry", "sequence"), Guarded("trail_head", "id", moves=True))
SECURITY_LOG = (Guarded("trail_securityevent", "id"),)
_guarded: list[Guarded] = [*TRAIL, *SECURITY_LOG]

_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def guard(*tables: Guarded) -> None:
    """Count tables of a higher app among those whose triggers are checked, and dropped for a flush."""
    _guarded.extend(table for table in tables if table not in _guarded)


def install_triggers(connection, tables: Iterable[Guarded] = TRAIL) -> None:
    """Make the database refuse UPDATE, DELETE and TRUNCATE on the tables.

    Django then raises IntegrityError with REFUSAL. On SQLite a migration that alters a column makes the table
    anew and loses its triggers: it must end with this function.
    """
    drop_triggers(connection, tables)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in tables:
            for name, event, refusal in _triggers(connection.vendor, table):
                cursor.execute(f"CREATE TRIGGER {name} {event} {refusal}")


def drop_triggers(connection, tables: Iterable[Guarded] = TRAIL) -> None:
    """Let the database change the tables again: to reverse the migration, to flush a test database."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # a table with deferred checks pending cannot be altered
    with connection.cursor() as cursor:
        for table in tables:
            for name, *_ in _triggers(connection.vendor, table):
                on_table = f" ON {table.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


@contextmanager
def triggers_dropped(connection) -> Iterator[None]:
    """Drop the triggers of all guarded tables for the length of a ``with`` block."""
    drop_triggers(connection, _guarded)
    try:
        yield
    finally:
        install_triggers(connection, _guarded)


def missing_triggers(connection) -> list[str]:
    """Return the guarded tables that are not guarded: somebody dropped a trigger, or a migration did."""
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(listing)
        there = {name for (name,) in cursor.fetchall()}
    return [
        table.table
        for table in _guarded
        if not {name for name, *_ in _triggers(connection.vendor, table)} <= there
    ]


def _triggers(vendor: str, table: Guarded) -> Iterator[tuple[str, str, str]]:
    """Yield name, event and action of the triggers of a table."""
    name, key, moves, keeps = table
    if vendor == "postgresql":
        events = "DELETE OR TRUNCATE" if moves else "UPDATE OR DELETE OR TRUNCATE"
        # Per statement: it also fires for TRUNCATE and where no row matches.
        action = "FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()"
        yield f"{name}_append_only", f"BEFORE {events} ON {name}", action
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    yield f"{name}_no_delete", f"BEFORE DELETE ON {name}", refuse
    if not moves:
        yield f"{name}_no_update", f"BEFORE UPDATE ON {name}", refuse
        # INSERT OR REPLACE deletes the old row without firing its DELETE trigger: inserting is watched too.
        there = f"SELECT 1 FROM {name} WHERE {key} = NEW.{key}"  # noqa: S608 - names of our own
        exists = f"BEFORE INSERT ON {name} WHEN EXISTS ({there})"
        yield f"{name}_no_replace", exists, "BEGIN SELECT RAISE(IGNORE); END" if keeps else refuse
