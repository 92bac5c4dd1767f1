"""Recommending: indicators of the library and similar tables at 20 000 rows each, against scanning all rows.

.venv/bin/python bench/recommendation.py [--rows 20000] [--tables 20000] [--rounds 60]
"""

import argparse
import csv
import random
import time
from statistics import median, quantiles

import measuring

measuring.set_up()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=60)
    wanted = parser.parse_args()
    measuring.make_database()
    measuring.print_load()
    from filling import fill_database

    print(f"library of {fill_library(wanted.rows)} rows, {fill_database(wanted.tables, seed=7)} tables")
    declarations = some_declarations(wanted.rounds)
    measure_library(declarations)
    measure_tables(declarations)


def fill_library(rows: int) -> int:
    """Store the starter set over and over, its words mixed between rows, in made-up sectors."""
    from indicators.library_columns import COLUMNS
    from indicators.models import LibraryIndicator
    from indicators.segmentation import LIBRARY_DATA
    from indicators.services.library import derive

    starter = []
    for path in sorted(LIBRARY_DATA.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            starter += [
                {column.field: row[column.title] for column in COLUMNS} for row in csv.DictReader(lines)
            ]
    choose = random.Random(7)
    made = []
    for number in range(rows):
        row = dict(starter[number % len(starter)])
        if number >= len(starter):
            row["keywords"] = "、".join((row["keywords"], choose.choice(starter)["keywords"]))[:200]
            row["funding_use"] = f"{choose.choice(starter)['funding_use']}{number // len(starter)}"
        made.append(LibraryIndicator(**row, standing=LibraryIndicator.Standing.APPROVED))
        derive(made[-1])
    LibraryIndicator.objects.bulk_create(made, batch_size=1000)
    return rows


def some_declarations(count: int) -> list:
    from projects.models import Declaration

    choose = random.Random(11)
    pks = list(Declaration.objects.order_by("pk").values_list("pk", flat=True))
    chosen = choose.sample(pks, min(count, len(pks)))
    wanted = Declaration.objects.select_related("department_year__fiscal_year", "department_year__department")
    return list(wanted.filter(pk__in=chosen))


def measure_library(declarations) -> None:
    from indicators.models import LibraryIndicator
    from indicators.recommendation import ProjectText, recommend_indicators, words_known
    from indicators.rows import frame_tiers

    tiers = frame_tiers("2021")
    before = measuring.peak_megabytes()
    built = measuring.seconds(words_known)
    print(f"library: index {built:.2f} s, +{measuring.peak_megabytes() - before:.0f} MB")
    texts = [ProjectText(one.name, one.purpose, one.goal) for one in declarations]
    report(
        "indicators",
        [timed(lambda text=text: recommend_indicators(text, tiers=tiers, kept={})) for text in texts],
    )

    def scan(text):
        """Look through all rows for the words they share with the project."""
        whole = f"{text.title}\n{text.body}"
        rows = LibraryIndicator.objects.values_list("pk", "words")
        scores = {pk: sum(word in whole for word in words.split()) for pk, words in rows}
        return sorted(scores, key=scores.get, reverse=True)[:40]

    report("scanning all rows", [timed(lambda text=text: scan(text)) for text in texts[:10]])


def measure_tables(declarations) -> None:
    from departments.models import Role, User
    from departments.services import grant_role
    from indicators.checks.texts import bigrams
    from indicators.recommendation import similar_tables, words_known
    from projects.models import Declaration

    user = User.objects.create(username="bench", full_name="测试")
    grant_role(user=user, role=Role.FINANCE, department=None, actor=None)
    known = words_known()
    before = measuring.peak_megabytes()
    built = measuring.seconds(lambda: similar_tables(declarations[0], user, known=known))
    print(f"tables: index {built:.2f} s, +{measuring.peak_megabytes() - before:.0f} MB")
    report(
        "similar tables",
        [timed(lambda one=one: similar_tables(one, user, known=known)) for one in declarations],
    )

    def scan(one):
        """Compare the project with every table."""
        mine = bigrams(f"{one.name}\n{one.purpose}\n{one.goal}")
        rows = Declaration.objects.visible_to(user).values_list("pk", "name", "purpose", "goal")
        scores = {pk: len(mine & bigrams("\n".join(texts))) for pk, *texts in rows}
        return sorted(scores, key=scores.get, reverse=True)[:8]

    report("scanning all tables", [timed(lambda one=one: scan(one)) for one in declarations[:5]])


def timed(work) -> float:
    """Return milliseconds of the processor, so that other work on the machine counts less."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def report(what: str, times: list[float]) -> None:
    late = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"  {what}: median {median(times):.1f} ms, p95 {late:.1f} ms, most {max(times):.1f} ms")


if __name__ == "__main__":
    main()
