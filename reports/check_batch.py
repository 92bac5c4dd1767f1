"""Checking whole years, department by department: memory does not grow with the number of tables."""

import gc
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import groupby
from multiprocessing import get_context
from operator import attrgetter

from django.db import connections
from django.db.models import QuerySet

from indicators.checks import (
    DEFAULT_POLICY,
    PARAMETERS,
    RULES,
    Context,
    Policy,
    RulePolicy,
    check_narrative,
    check_table,
)
from indicators.checks.signatures import Alike, AlikeIndex, entry_of
from indicators.contexts import case_of
from indicators.document import Booklet, TargetTable
from indicators.models import Indicator
from indicators.policy import policy_of
from projects.models import Declaration, DepartmentYear, FiscalYear
from reports.check_lines import UnitLines, only

_ALIKE_RULE = "R55"
_ALIKE_SHARE = "alike_hint_percent"
_ROWS_PER_FETCH = 5000
_WAITING_PER_PROCESS = 2  # units checked ahead of what was taken; more would pile up in memory


def check_years(
    years: QuerySet[DepartmentYear], codes: Sequence[str] = (), *, processes: int = 1
) -> Iterator[UnitLines]:
    """Yield the departments' years checked, the latest year first, by department code.

    ``codes`` names the rules asked for; none asks for all. Tables are compared with all tables of their
    fiscal year, those outside ``years`` too. Several processes need an operating system that can fork.
    """
    for fiscal_year in FiscalYear.objects.filter(department_years__in=years).distinct().order_by("-year"):
        policy = policy_of(fiscal_year)
        alike = AlikeTables(fiscal_year, policy) if _is_wanted(_ALIKE_RULE, codes) else None
        keys = list(
            years.filter(fiscal_year=fiscal_year).order_by("department__code").values_list("pk", flat=True)
        )
        check = partial(check_unit, policy=policy, alike=alike, codes=tuple(codes))
        yield from _mapped(check, keys, processes)


def check_unit(key: int, *, policy: Policy, alike: "AlikeTables | None", codes: tuple[str, ...]) -> UnitLines:
    """Return the lines of one department's year, given by its primary key."""
    department_year = DepartmentYear.objects.select_related("department", "fiscal_year").get(pk=key)
    case = case_of(department_year, narrowed(policy, codes))
    tables = case.tables
    if alike:
        likest = alike.likest(table for table, _ in tables)
        tables = [(table, replace(context, alike=likest[table.uid])) for table, context in tables]
    return _checked(case.booklet, case.booklet_context, tables, codes)


def check_document(document: TargetTable | Booklet, codes: Sequence[str] = ()) -> UnitLines:
    """Return the lines of a document that is in no database, by the rules' own severities and parameters.

    What stands beside a table is known from its booklet; of a single table nothing is.
    """
    policy = narrowed(DEFAULT_POLICY, codes)
    if isinstance(document, TargetTable):
        context = Context(policy=policy, has_weights=_has_weights([document]))
        return _checked(document, None, [(document, context)], codes)
    shared = Context(policy=policy, booklet=document, has_weights=_has_weights(document.tables))
    tables = []
    for number, table in enumerate(document.tables):
        siblings = document.tables[:number] + document.tables[number + 1 :]
        tables.append((table, replace(shared, siblings=siblings)))
    return _checked(document, shared, tables, codes)


def narrowed(policy: Policy, codes: Iterable[str]) -> Policy:
    """Return the policy with every rule switched off that is not asked for; as it is where none is named."""
    wanted = frozenset(codes)
    if not wanted:
        return policy
    off = {code: RulePolicy(enabled=False) for code in RULES if code not in wanted}
    return Policy({**policy.rules, **off}, policy.parameters)


def _checked(
    document: TargetTable | Booklet,
    narrative_context: Context | None,
    tables: Iterable[tuple[TargetTable, Context]],
    codes: Sequence[str],
) -> UnitLines:
    """Check the department's own text, where there is one, and its tables."""
    unit = UnitLines(document.department_code, document.department_name, document.year)
    if narrative_context is not None:
        unit.add(None, only(codes, check_narrative(document, narrative_context)), narrative_context.policy)
    for table, context in tables:
        unit.add(table, only(codes, check_table(table, context)), context.policy)
    return unit


def _has_weights(tables: Iterable[TargetTable]) -> bool:
    return any(row.weight is not None for table in tables for row in table.indicators)


def _is_wanted(code: str, codes: Sequence[str]) -> bool:
    return not codes or code in codes


class AlikeTables:
    """All tables of a fiscal year by their indicators' signatures: some hundred bytes for each table."""

    def __init__(self, fiscal_year: FiscalYear, policy: Policy):
        self.uids: list[str] = []
        self.signatures: list[array] = []
        rows = (
            Indicator.objects.filter(declaration__department_year__fiscal_year=fiscal_year)
            .order_by("declaration_id")
            .values_list("declaration__uid", "name", "value", named=True)
        )
        for uid, own in groupby(rows.iterator(chunk_size=_ROWS_PER_FETCH), attrgetter("declaration__uid")):
            entries = {entry for row in own if (entry := entry_of(row)) is not None}
            self.uids.append(uid)
            self.signatures.append(array("Q", sorted(entries)))
        self.numbers = {uid: number for number, uid in enumerate(self.uids)}
        self.index = AlikeIndex(self.signatures)
        self.least = float(policy.value(PARAMETERS[_ALIKE_SHARE])) / 100

    def likest(self, tables: Iterable[TargetTable]) -> dict[str, tuple[Alike, ...]]:
        """Return by uid the table most like each of ``tables``, none where none is like it; one query."""
        found = {table.uid: self._likest(table.uid) for table in tables}
        numbers = {number for number in found.values() if number is not None}
        alike = dict(self._described(numbers))
        return {uid: (alike[number],) if number in alike else () for uid, number in found.items()}

    def _likest(self, uid: str) -> int | None:
        number = self.numbers.get(uid)
        if number is None:
            return None
        near = self.index.alike(self.signatures[number], number=number, least=self.least)
        return near[0].number if near else None

    def _described(self, numbers: Iterable[int]) -> Iterator[tuple[int, Alike]]:
        uids = [self.uids[number] for number in numbers]
        rows = Declaration.objects.filter(uid__in=uids).values_list(
            "uid", "name", "project__code", "department_year__name"
        )
        for uid, name, code, department in rows:
            number = self.numbers[uid]
            yield number, Alike(name, code, department, frozenset(self.signatures[number]))


def _mapped(check: Callable[[int], UnitLines], keys: Sequence[int], processes: int) -> Iterator[UnitLines]:
    """Yield ``check`` of every key, in their order, in as many processes."""
    if processes == 1 or len(keys) == 1:
        yield from map(check, keys)
        return
    connections.close_all()  # a connection must not be shared with the processes forked now
    gc.freeze()  # else the collector would touch, and so copy, what they share with this one
    with ProcessPoolExecutor(
        processes, mp_context=get_context("fork"), initializer=_keep, initargs=(check,)
    ) as pool:
        waiting = deque()
        for key in keys:
            waiting.append(pool.submit(_check_kept, key))
            if len(waiting) > processes * _WAITING_PER_PROCESS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


_kept: list[Callable[[int], UnitLines]] = []


def _keep(check: Callable[[int], UnitLines]) -> None:
    """Keep in a forked process what it inherited, so that no key carries it along."""
    _kept[:] = [check]


def _check_kept(key: int) -> UnitLines:
    return _kept[0](key)
