"""The rules: tables a second, what each rule costs, R55 over many tables, a whole database. See README.md."""

import argparse
import math
import random
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import process_time, thread_time_ns

from measuring import print_load, set_up

GOAL = 1000  # tables a second per core
BATCH_GOAL = 300  # seconds for MANY tables
MEMORY_GOAL = 1000  # MB
MANY = 100_000
SLOWEST = 10
PER_DEPARTMENT = 40
SIZES = (1000, 2000, 4000, 8000, 16000)
PAIRWISE_SIZES = (500, 1000, 2000)
REGION = "130299"


def main() -> None:
    options = _options()
    print_load()
    set_up()
    if "single" in options.cases:
        print_single_table_rules(options)
    if "alike" in options.cases:
        print_alike(options.seed)
    if "batch" in options.cases:
        from batch import print_batch

        seconds_allowed = BATCH_GOAL * options.tables / MANY
        print_batch(options.tables, options.processes, seconds_allowed, MEMORY_GOAL, options.seed)
    print_load()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    cases = ("single", "alike", "batch")
    parser.add_argument("--cases", nargs="+", choices=cases, default=list(cases))
    parser.add_argument("--tables", type=int, default=MANY, help="how many tables the database holds")
    parser.add_argument("--processes", type=int, default=2, help="how many processes check the database")
    parser.add_argument(
        "--sample", type=int, default=1000, help="tables of a round of the single-table rules"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds, each over different tables")
    parser.add_argument("--all-rules", action="store_true", help="profile every rule, not the slowest ten")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up tables")
    return parser.parse_args()


def made_up_tables(count: int, seed: int) -> list:
    """Return that many made-up tables, 40 or more of each department."""
    from indicators.demo_data import MOST_DEPARTMENTS, generate_booklets

    departments = min(MOST_DEPARTMENTS, -(-count // PER_DEPARTMENT))
    booklets = generate_booklets(departments, -(-count // departments), seed)
    return [table for booklet in booklets for table in booklet.tables][:count]


# Single-table rules


def print_single_table_rules(options: argparse.Namespace) -> None:
    from indicators.checks import Context, check_table
    from indicators.checks.model import Scope

    context = Context(region_code=REGION)
    for table in made_up_tables(200, options.seed + 1000):
        check_table(table, context, (Scope.TABLE,))
    ways = {
        "check_table": lambda table: check_table(table, context, (Scope.TABLE,)),
        "facts anew for each rule": lambda table: _check_with_facts_anew(table, context),
        "the same, no text remembered": lambda table: _check_forgetful(table, context),
    }
    rounds = [_speeds(ways, options.sample, options.seed + number) for number in range(options.rounds)]
    speeds = {name: median(one[name] for one in rounds) for name in ways}
    print(
        f"\nSingle-table rules, one process, median of {options.rounds} rounds of {options.sample} new tables"
    )
    for name, speed in speeds.items():
        print(f"  {name:32} {speed:8,.0f} tables a second   ratio {speeds['check_table'] / speed:.2f}")
    print(f"  goal: {GOAL} tables a second: {_verdict(speeds['check_table'] >= GOAL)}")
    _print_profile(made_up_tables(options.sample, options.seed + 500), context, options.all_rules)


def _speeds(ways: dict[str, Callable], count: int, seed: int) -> dict[str, float]:
    """Return tables a second of the processor's time, so that other work on the machine counts little.

    Every way is given the same tables, which it has not seen before.
    """
    tables = made_up_tables(count, seed)
    speeds = {}
    for name, check in ways.items():
        _forget_texts()
        speeds[name] = count / _processor_seconds(lambda check=check: [check(table) for table in tables])
    return speeds


def _processor_seconds(work: Callable[[], object]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _check_with_facts_anew(table, context) -> None:
    """What independent rules would do: each reads the values and cuts the goal for itself."""
    from indicators.checks.facts import TableFacts
    from indicators.checks.model import Scope
    from indicators.checks.running import rules_of

    for rule in rules_of(Scope.TABLE):
        facts = TableFacts(table, context)
        if not rule.blocked(facts):
            tuple(rule.check(facts))


def _check_forgetful(table, context) -> None:
    from indicators.checks.facts import TableFacts
    from indicators.checks.model import Scope
    from indicators.checks.running import rules_of

    for rule in rules_of(Scope.TABLE):
        _forget_texts()
        facts = TableFacts(table, context)
        if not rule.blocked(facts):
            tuple(rule.check(facts))


_CACHES: list = []
_SMALLEST_TEXT_CACHE = 1024  # smaller ones keep patterns made of word lists


def _forget_texts() -> None:
    """Empty the caches that remember what texts say, as if each were read for the first time."""
    if not _CACHES:
        import sys

        modules = [module for name, module in sys.modules.items() if name.startswith("indicators.")]
        found = {
            id(value): value for module in modules for value in vars(module).values() if _is_cache(value)
        }
        _CACHES.extend(found.values())
    for cache in _CACHES:
        cache.cache_clear()


def _is_cache(value: object) -> bool:
    parameters = getattr(value, "cache_parameters", None)
    return callable(parameters) and (parameters()["maxsize"] or 0) >= _SMALLEST_TEXT_CACHE


def _print_profile(tables: Sequence, context, all_rules: bool) -> None:
    """Print what each rule costs of the processor's time once the facts it shares with others are there."""
    from indicators.checks.facts import TableFacts
    from indicators.checks.model import Scope
    from indicators.checks.running import rules_of

    shared = ("rows", "tasks", "rows_text", "texts")
    rules = rules_of(Scope.TABLE)
    costs: dict[str, list[int]] = {name: [] for name in (*shared, *(rule.code for rule in rules))}
    for table in tables:
        facts = TableFacts(table, context)
        for name in shared:
            costs[name].append(_nanoseconds(lambda facts=facts, name=name: getattr(facts, name)))
        for rule in rules:
            costs[rule.code].append(_nanoseconds(lambda facts=facts, rule=rule: _run(rule, facts)))
    titles = {rule.code: rule.title for rule in rules} | dict.fromkeys(shared, "（各规则共用）")
    means = {name: sum(taken) / len(tables) / 1000 for name, taken in costs.items()}
    slowest = sorted(means, key=means.get, reverse=True)
    print(f"\nµs a table, {len(tables)} new tables; all together {sum(means.values()):,.0f}")
    for name in slowest if all_rules else slowest[:SLOWEST]:
        worst = max(costs[name]) / 1000
        print(f"  {name:12} {means[name]:8.1f}   slowest table {worst:9,.0f}   {titles[name]}")


def _nanoseconds(work: Callable[[], object]) -> int:
    start = thread_time_ns()
    work()
    return thread_time_ns() - start


def _run(rule, facts) -> None:
    if not rule.blocked(facts):
        tuple(rule.check(facts))


# R55 over many tables


def print_alike(seed: int) -> None:
    """Print how long it takes to find the table most like each of N others, by index and by pairs."""
    from indicators.checks.signatures import signature_of

    tables = made_up_tables(max(SIZES), seed)
    random.Random(seed).shuffle(tables)  # so that the first N are of all departments
    signatures: list = []
    signing = _processor_seconds(lambda: signatures.extend(map(signature_of, tables))) / len(tables)
    print(f"\nR55: the tables most like each of N; a signature takes {signing * 1e6:.1f} µs")
    by_index = list(_timed("index", SIZES, signatures, _find_by_index))
    by_pairs = list(_timed("all pairs", PAIRWISE_SIZES, signatures, _find_by_pairs))
    for name, times in (("index", by_index), ("all pairs", by_pairs)):
        print(f"  {name}: time grows as N^{_exponent(times):.2f}")
    print(f"  goal: below N^2: {_verdict(_exponent(by_index) < 2)}")


def _timed(name: str, sizes: Sequence[int], signatures: Sequence, find: Callable) -> Iterator:
    for size in sizes:
        taken = _processor_seconds(lambda size=size: find(signatures[:size]))
        print(f"  {name:10} N = {size:6,}  {taken:8.3f} s  {taken / size * 1e6:10.1f} µs a table")
        yield size, taken


def _find_by_index(signatures: Sequence) -> None:
    from indicators.checks.signatures import AlikeIndex

    index = AlikeIndex(signatures)
    for number, signature in enumerate(signatures):
        index.alike(signature, number=number)


def _find_by_pairs(signatures: Sequence) -> None:
    sets = [set(signature) for signature in signatures]
    for number, own in enumerate(sets):
        max((len(own & other), -place) for place, other in enumerate(sets) if place != number)


def _exponent(times: Sequence[tuple[int, float]]) -> float:
    """Return the slope of time over size on logarithmic scales."""
    points = [(math.log(size), math.log(taken)) for size, taken in times]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"


if __name__ == "__main__":
    main()
