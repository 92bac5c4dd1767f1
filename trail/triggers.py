"""Triggers by which the database itself refuses to change the trail, whoever asks it."""

from collections.abc import Iterator
from contextlib import contextmanager

REFUSAL = "操作日志只能追加，不能修改或删除。"

# INSERT OR REPLACE deletes the old row without firing its DELETE trigger, so inserting is watched too.
_SQLITE = {
    "trail_entry_no_update": "BEFORE UPDATE ON trail_entry",
    "trail_entry_no_delete": "BEFORE DELETE ON trail_entry",
    "trail_entry_no_replace": (
        "BEFORE INSERT ON trail_entry WHEN EXISTS (SELECT 1 FROM trail_entry WHERE sequence = NEW.sequence)"
    ),
    "trail_head_no_delete": "BEFORE DELETE ON trail_head",
}
_POSTGRESQL = {
    "trail_entry": "BEFORE UPDATE OR DELETE OR TRUNCATE",
    "trail_head": "BEFORE DELETE OR TRUNCATE",
}
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""


def install_triggers(connection) -> None:
    """Make the database refuse UPDATE, DELETE and TRUNCATE on entries, DELETE and TRUNCATE on the head.

    Django then raises IntegrityError with REFUSAL. On SQLite a migration that alters a column makes the table
    anew and loses its triggers: it must end with this function.
    """
    drop_triggers(connection)
    with connection.cursor() as cursor:
        for statement in _creations(connection.vendor):
            cursor.execute(statement)


def drop_triggers(connection) -> None:
    """Let the database change the trail again: to reverse the migration, to flush a test database."""
    if connection.vendor == "postgresql":
        connection.check_constraints()  # a table with deferred checks pending cannot be altered
    with connection.cursor() as cursor:
        for statement in _removals(connection.vendor):
            cursor.execute(statement)


@contextmanager
def triggers_dropped(connection) -> Iterator[None]:
    """Drop the triggers for the length of a ``with`` block."""
    drop_triggers(connection)
    try:
        yield
    finally:
        install_triggers(connection)


def _creations(vendor: str) -> Iterator[str]:
    if vendor == "sqlite":
        for name, event in _SQLITE.items():
            yield f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        return
    yield _POSTGRESQL_FUNCTION
    for table, event in _POSTGRESQL.items():
        # Per statement: it also fires for TRUNCATE and where no row matches.
        yield (
            f"CREATE TRIGGER {table}_append_only {event} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse()"
        )


def _removals(vendor: str) -> Iterator[str]:
    if vendor == "sqlite":
        yield from (f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE)
    else:
        yield from (f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in _POSTGRESQL)
        yield "DROP FUNCTION IF EXISTS trail_refuse()"
