"""Saving one field of a table in a database of 100 000 projects: the whole request. See README.md."""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles
from time import process_time

from measuring import make_database, print_load, seconds, set_up

GOAL = 25  # milliseconds, the median of a request
MANY = 100_000
WARM_UP = 20


def main() -> None:
    options = _options()
    print_load()
    set_up(options.var_dir)
    _fill(options.tables, options.seed)
    client, declarations = _signed_in(options.rounds)
    print(f"{_count()} tables in the database; units of {_siblings(declarations[0])} tables")
    for work in _fields(client, declarations[:WARM_UP]):
        work()
    _print("saving one field, the whole request", _fields(client, declarations), GOAL)
    _print("acting on a row, the whole request", _rows(client, declarations))
    _print_ratio(declarations)
    _print_opening(client, declarations)
    print_load()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=MANY, help="how many tables the database holds")
    parser.add_argument("--rounds", type=int, default=200, help="how many saves are timed")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up tables")
    parser.add_argument("--var-dir", help="keep the database here, and use it again the next time")
    return parser.parse_args()


def _fill(tables: int, seed: int) -> None:
    """Fill the database unless it is filled already."""
    from filling import fill_database

    make_database()
    if not _count():
        print(f"{fill_database(tables, seed)} tables made up")


def _count() -> int:
    from projects.models import Declaration

    return Declaration.objects.count()


def _signed_in(rounds: int) -> tuple:
    """Return a client of somebody who fills in for all units, and tables all over the database."""
    from django.conf import settings
    from django.test import Client

    from departments.models import Membership, Role, User
    from projects.models import Declaration

    settings.ALLOWED_HOSTS.append("testserver")
    user, is_new = User.objects.get_or_create(username="bench", defaults={"full_name": "测试"})
    if is_new:
        Membership.objects.create(user=user, role=Role.PREPARER)
    client = Client()
    client.force_login(user)
    step = max(1, _count() // rounds)
    keys = list(Declaration.objects.order_by("pk").values_list("pk", flat=True)[::step])[:rounds]
    return client, [Declaration.objects.get(pk=key) for key in keys]


def _siblings(declaration) -> int:
    return declaration.department_year.declarations.count()


def _fields(client, declarations) -> Iterator[Callable[[], object]]:
    """Yield saves of purposes, amounts, percentages and values in turn, each of another table."""
    for number, declaration in enumerate(declarations):
        row = declaration.indicators.first()
        path, typed = (
            ("purpose", f"用途改为第{number}种"),
            ("budget", f"{number}.25"),
            ("milestones/6", str(number % 100)),
            (f"indicators/{row.uid}/value", f"≥{number % 90}%"),
        )[number % 4]
        base = _stored(declaration, path)
        yield lambda pk=declaration.pk, path=path, base=base, typed=typed: _post(
            client, f"/tables/{pk}/field/", {"path": path, "base": base, "value": typed}
        )


def _fields_alone(declarations) -> Iterator[Callable[[], object]]:
    """Yield saves of a purpose without request, session and permissions."""
    from indicators.services import save_field

    for number, declaration in enumerate(declarations):
        base = _stored(declaration, "purpose")
        yield lambda declaration=declaration, base=base, number=number: save_field(
            declaration=declaration, path="purpose", base=base, typed=f"再改{number}", actor=None
        )


def _rows(client, declarations) -> Iterator[Callable[[], object]]:
    """Yield copies of a row, which move every row below it."""
    from indicators.document import new_uid

    for declaration in declarations:
        data = {"act": "duplicate", "uid": declaration.indicators.first().uid, "new": new_uid()}
        yield lambda pk=declaration.pk, data=data: _post(client, f"/tables/{pk}/rows/", data)


def _whole_tables(declarations) -> Iterator[Callable[[], object]]:
    """Yield saves as a form of the whole table made them: load, write every row, load and check again."""
    from django.db import transaction

    from indicators import document, storage
    from indicators.rows import load_table
    from indicators.services.findings import refresh_table_findings
    from indicators.services.tables import claim, record_table

    @transaction.atomic
    def save(declaration, number: int) -> None:
        declaration.refresh_from_db()
        stored = load_table(declaration)
        table = document.TargetTable(
            **{name: getattr(stored, name) for name in stored.__slots__} | {"purpose": f"又改{number}"}
        )
        changes = document.table_changes(stored, table)
        claim(declaration, declaration.revision)
        storage.write_table(declaration, table)
        refresh_table_findings(declarations=[declaration])
        record_table(declaration, action="edit", changes=changes, actor=None)

    for number, declaration in enumerate(declarations):
        yield lambda declaration=declaration, number=number: save(declaration, number)


def _print_ratio(declarations) -> None:
    """Compare the service alone with what it replaces, in turn, so that other work slows both alike."""
    field, whole = [], []
    for save_field, save_table in zip(_fields_alone(declarations), _whole_tables(declarations), strict=True):
        field.append(_processor(save_field))
        whole.append(_processor(save_table))
    alone, before = median(field), median(whole)
    print(
        f"the service alone: processor {alone:.1f} ms, where a save of the whole table took {before:.1f} ms:"
    )
    print(f"{alone / before:.2f} of it")


def _print_opening(client, declarations) -> None:
    """Say what opening a table takes before and after the rules across the unit's tables were run."""
    biggest = max(declarations, key=_siblings)
    address = f"/tables/{biggest.pk}/"
    first = 1000 * seconds(lambda: client.get(address))
    again = 1000 * median(seconds(lambda: client.get(address)) for _ in range(9))
    editor = 1000 * median(seconds(lambda: client.get(f"{address}edit/")) for _ in range(9))
    print(f"opening a table of a unit of {_siblings(biggest)}: {first:.0f} ms, once checked {again:.0f} ms;")
    print(f"its editor {editor:.0f} ms")


def _processor(work: Callable[[], object]) -> float:
    """Return the milliseconds of the processor that ``work`` takes."""
    start = process_time()
    work()
    return 1000 * (process_time() - start)


def _print(what: str, works: Iterator[Callable[[], object]], goal: float | None = None) -> None:
    """Print median and 95th percentile, and the median of the processor's time alone."""
    times, busy = [], []
    for work in works:
        start = process_time()
        times.append(1000 * seconds(work))
        busy.append(1000 * (process_time() - start))
    middle, late, processor = median(times), quantiles(times, n=20)[-1], median(busy)
    verdict = "" if goal is None else f", goal {goal} ms {'met' if middle < goal else 'MISSED'}"
    print(f"{what}: median {middle:.1f} ms, p95 {late:.1f} ms, processor {processor:.1f} ms{verdict}")


def _post(client, address: str, data: dict[str, str]) -> None:
    answer = client.post(address, data)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code} {answer.text[:200]}")


def _stored(declaration, path: str) -> str:
    from indicators.document.fields import field_text
    from indicators.rows import load_table

    return field_text(load_table(declaration), path)


if __name__ == "__main__":
    if Path.cwd() != Path(__file__).parent.parent:
        os.chdir(Path(__file__).parent.parent)
    main()
