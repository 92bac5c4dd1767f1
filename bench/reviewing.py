"""Passing many tables at once with their drafted 绩效目标审核表, and the queues. See README.md."""

import argparse
from statistics import median
from time import process_time

from measuring import make_database, median_seconds, print_load, set_up

MANY = 5000
AT_ONCE = 500
ALONE = 40  # tables that are passed one by one: what the batch is compared with


def main() -> None:
    options = _options()
    print_load()
    set_up(options.var_dir)
    make_database()
    if not _count():
        from filling import fill_database

        print(f"{fill_database(options.tables, seed=1)} tables made up")
        _switch_rules_off()
    reviewer = _reviewer()
    keys = _submit_all()
    together, alone = keys[: options.batch], keys[options.batch : options.batch + ALONE]
    _refresh(keys[: options.batch + ALONE])
    _print_passing(reviewer, together, alone)
    _print_queues(reviewer)
    print_load()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=MANY, help="how many tables the database holds")
    parser.add_argument("--batch", type=int, default=AT_ONCE, help="how many are passed at once")
    parser.add_argument("--var-dir", help="keep the database here, and use it again the next time")
    return parser.parse_args()


def _count() -> int:
    from projects.models import Declaration

    return Declaration.objects.count()


def _switch_rules_off() -> None:
    """Let no rule keep a table back: how long the rules take is what bench/checks.py tells."""
    from indicators.checks import RULES
    from indicators.models import RuleSetting
    from projects.models import FiscalYear

    year = FiscalYear.objects.get()
    RuleSetting.objects.bulk_create(RuleSetting(fiscal_year=year, rule=code, enabled=False) for code in RULES)


def _reviewer():
    from departments.models import Membership, Role, User

    user, is_new = User.objects.get_or_create(username="bench", defaults={"full_name": "测试"})
    if is_new:
        Membership.objects.create(user=user, role=Role.FINANCE)
    return user


def _submit_all() -> list[int]:
    """Put all tables at the first step of the finance review and return their keys, unit by unit."""
    from django.utils import timezone

    from indicators.models import Opinion
    from projects.models import Declaration
    from workflow.models import Status

    Opinion.objects.all().delete()
    Declaration.objects.update(status=Status.FINANCE_FIRST, moved_at=timezone.now())
    return list(Declaration.objects.order_by("department_year", "position").values_list("pk", flat=True))


def _refresh(keys) -> None:
    """Run the rules beforehand, as the page that lists the tables does."""
    from indicators.services import refresh_department_findings
    from projects.models import DepartmentYear

    for filed in DepartmentYear.objects.filter(declarations__in=keys).distinct():
        refresh_department_findings(department_year=filed)


def _print_passing(reviewer, together, alone) -> None:
    listed = _processor(lambda: _batch_of(together, reviewer))
    batch = _processor(lambda: _pass_at_once(reviewer, together))
    one = median(_processor(lambda pk=pk: _pass_alone(reviewer, pk)) for pk in alone)
    print("seconds and milliseconds of the processor")
    print(f"listing {len(together)} tables to be passed, with what is against each: {listed:.2f} s")
    print(
        f"passing them with their drafted 审核表: {batch:.2f} s, {1000 * batch / len(together):.1f} ms each"
    )
    print(f"passing one by one, as the review page does: {1000 * one:.1f} ms each (median of {len(alone)})")
    print(f"ratio: {batch / len(together) / one:.2f}")


def _pass_at_once(reviewer, keys) -> None:
    from indicators.services.batches import Seen, act_on_batch
    from projects.models import Declaration
    from workflow.transitions import PASS

    seen = Seen(dict(Declaration.objects.filter(pk__in=keys).values_list("pk", "revision")), {})
    done = act_on_batch(seen=seen, act=PASS, actor=reviewer, adopts_drafts=True)
    if len(done.ready) != len(keys):
        raise SystemExit(f"{len(done.held)} tables stayed: {done.held[0].obstacles}")


def _batch_of(keys, reviewer) -> None:
    from indicators.services.batches import batch_of
    from projects.models import Declaration, DepartmentYear
    from workflow.transitions import PASS

    batch_of(Declaration.objects.filter(pk__in=keys), DepartmentYear.objects.none(), PASS, reviewer)


def _pass_alone(reviewer, pk: int) -> None:
    """Save the drafted sheet of one table and let it pass: two acts of the review page."""
    from indicators.checks.opinion import draft_opinion
    from indicators.findings import outcomes_of
    from indicators.services import save_opinion
    from indicators.services.reviewing import move_tables
    from projects.models import Declaration
    from workflow.transitions import PASS

    declaration = Declaration.objects.select_related("department_year__department").get(pk=pk)
    draft = draft_opinion(outcomes_of(declaration))
    save_opinion(
        declaration=declaration,
        revision=declaration.revision,
        points=draft.points,
        text=draft.text,
        actor=reviewer,
    )
    move_tables(revisions={pk: declaration.revision}, act=PASS, actor=reviewer)


def _processor(work) -> float:
    """Return the seconds of the processor that ``work`` takes: other work on the machine counts less."""
    start = process_time()
    work()
    return process_time() - start


def _print_queues(reviewer) -> None:
    from indicators.queues import done_by, number_to_do, todo_of

    print(f"the queues of a reviewer of {_count()} tables (clock):")
    for name, work in {
        "number of what waits, on every page": lambda: number_to_do(reviewer),
        "what waits, 50 of it": lambda: list(todo_of(reviewer)[:50]),
        "what was handled, 50 of it": lambda: list(done_by(reviewer)[:50]),
    }.items():
        print(f"  {name}: {1000 * median_seconds(work):.1f} ms")


if __name__ == "__main__":
    main()
