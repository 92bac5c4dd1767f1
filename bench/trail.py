"""The trail with many entries: one record(), a page of the search by each filter, verifying (README.md)."""

import argparse
import datetime
import json
import random
from collections.abc import Callable, Iterator
from statistics import median
from time import perf_counter
from types import SimpleNamespace
from typing import TYPE_CHECKING

from measuring import make_database, print_load, seconds, set_up

if TYPE_CHECKING:
    from trail.models import Head

MANY = 1_000_000
AT_ONCE = 2000
UNITS = [f"{parent:03}{unit:03}" for parent in range(201, 251) for unit in range(1, 11)]
ACTIONS = (
    ["edit"] * 80 + ["import", "comment", "submit", "pass", "print", "export"] * 3 + ["login", "grant_role"]
)


def main() -> None:
    options = _options()
    print_load()
    set_up(options.var_dir)
    make_database()
    print(f"filling: {seconds(lambda: _fill(options.entries)):.0f} s")
    _time_record()
    for name, search in _searches():
        _print(f"search by {name}", search, options.rounds)
    if options.verify:
        started = perf_counter()
        found = _verify()
        print(f"verify: {perf_counter() - started:.1f} s, {len(found)} problems")
    print_load()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=MANY, help="how many the trail holds")
    parser.add_argument("--rounds", type=int, default=5, help="how often a search is timed")
    parser.add_argument("--verify", action="store_true", help="time verify_trail's chain too")
    parser.add_argument("--var-dir", help="keep the database here, and use it again the next time")
    return parser.parse_args()


def _fill(number: int) -> None:
    """Fill the trail with sealed entries over two years, unless it is filled already.

    The rows go to SQLite as they are stored there: through the ORM, each costs three times as much.
    """
    from django.db import connection, transaction

    from trail.models import Entry, Head

    names = [field.column for field in Entry._meta.concrete_fields]
    columns, marks = ", ".join(names), ", ".join(["%s"] * len(names))
    insert = f"INSERT INTO {Entry._meta.db_table} ({columns}) VALUES ({marks})"
    head = Head.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")
        while head.sequence < number:
            with transaction.atomic():
                rows = [_sealed(head, number) for _ in range(min(AT_ONCE, number - head.sequence))]
                cursor.executemany(insert, [[row[name] for name in names] for row in rows])
                Head.objects.update(sequence=head.sequence, hash=head.hash)
        cursor.execute("PRAGMA synchronous = NORMAL")


def _sealed(head: "Head", number: int) -> dict[str, object]:
    """Return the next entry, by column, as SQLite stores it, and set the head to it."""
    from django.conf import settings

    from trail.chain import seal

    made = random.Random(head.sequence)
    begin = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    code = made.choice(UNITS)
    project = made.randrange(100_000)
    entry = {
        "sequence": head.sequence + 1,
        "at": begin + datetime.timedelta(days=730) * (head.sequence / number),
        "actor_id": None,
        "actor_name": f"张{made.randrange(900)}",
        "capacity": "",
        "action": made.choice(ACTIONS),
        "kind": "declaration",
        "object_id": str(project),
        "label": f"{code} 2024年度第{project}号项目经费",
        "department_code": code,
        "changes": [
            {
                "path": "goal",
                "place": "绩效目标",
                "before": f"完成调研{made.randrange(99)}次，形成报告并报送。" * 3,
                "after": f"完成调研{made.randrange(99)}次，形成报告并按时报送。" * 3,
            }
        ],
        "reason": "",
        "batch": "",
        "address": f"10.1.{made.randrange(200)}.{made.randrange(200)}",
        "previous_hash": head.hash,
    }
    head.sequence, head.hash = entry["sequence"], seal(SimpleNamespace(**entry), settings.TRAIL_KEY)
    stored = {
        "at": entry["at"].strftime("%Y-%m-%d %H:%M:%S.%f"),
        "changes": json.dumps(entry["changes"], ensure_ascii=False),
        "hash": head.hash,
    }
    return entry | stored


def _searches() -> Iterator[tuple[str, Callable[[], object]]]:
    from trail.labels import Sort
    from trail.models import Entry
    from trail.search import TrailFilter, find

    long_ago = datetime.date(2024, 3, 1)
    week = {"since": long_ago, "until": datetime.date(2024, 3, 7)}
    for name, wanted in {
        "nothing": {},
        "unit": {"departments": ["250010"]},
        "department with its units": {"departments": [code for code in UNITS if code < "202"]},
        "a week long ago": week,
        "unit in a week long ago": {**week, "departments": ["250010"]},
        "rare action": {"action": "grant_role"},
        "sort of action": {"sort": Sort.MOVE},
        "action nobody did": {"action": "change_policy"},
        "object, found often": {"what": "2024年度"},
        "object, found once": {"what": "第77号项目"},
        "object, found nowhere": {"what": "没有这个项目"},
        "address, found nowhere": {"address": "10.9.9.9"},
        "content in a week": {**week, "inside": "没有这段文字"},
        "content in a unit": {"departments": ["250010"], "inside": "没有这段文字"},
        "content in half a year": {
            "since": long_ago,
            "until": datetime.date(2024, 9, 1),
            "inside": "没有这段文字",
        },
    }.items():
        yield name, lambda wanted=wanted: list(find(Entry.objects.all(), TrailFilter(**wanted))[:51])


def _time_record() -> None:
    from django.db import transaction

    from trail.services import record

    def once() -> None:
        with transaction.atomic():
            record(actor=None, action="edit", kind="declaration", object_id=1, label="201001 测试")

    _print("record() in a transaction of its own", once, 200)


def _verify() -> list[str]:
    from trail.verification import verify_chain

    return verify_chain()


def _print(name: str, work: Callable[[], object], rounds: int) -> None:
    times = []
    for _ in range(rounds):
        started = perf_counter()
        work()
        times.append((perf_counter() - started) * 1000)
    print(f"{name}: median {median(times):.1f} ms, worst {max(times):.1f} ms")


if __name__ == "__main__":
    main()
