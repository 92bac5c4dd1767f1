"""The stamp of a department's year: one hash over all rows its findings depend on, taken by the database.

It tells in a few milliseconds that nothing changed since the findings were computed, where loading every
document and hashing it takes a hundred times as long. A stamp that differs proves nothing: then the hashes of
the documents decide.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from django.db import connection
from django.db.models import Func, QuerySet, TextField

from indicators.contexts import applied_hash, context_alone, last_year_of_projects, same_codes_elsewhere
from indicators.models import ImportNote, Indicator
from indicators.policy import policy_of
from projects.models import (
    Declaration,
    DepartmentYear,
    FiscalYear,
    FundingMilestone,
    OverallGoal,
    SafeguardItem,
    SafeguardSection,
    SubGoal,
)

_DECLARATION = (
    *("pk", "uid", "position", "name", "budget", "fiscal_funding", "other_funding", "purpose", "goal"),
    *("beneficiaries", "preparer", "preparer_phone", "prepared_on", "is_listed"),
    *("project__code", "project__category", "project__nature"),
)
_INDICATOR = (
    *("pk", "declaration", "uid", "position", "first_tier", "second_tier", "name", "description", "value"),
    *("basis", "weight"),
)
_YEAR = (
    *("pk", "name", "department__code", "department__name"),
    *("fiscal_year__year", "fiscal_year__frame"),
)


class Content(Func):
    """The given columns of all rows as one text; the first column is the primary key.

    No Aggregate: those are computed at once, and the text of their query cannot be had.
    """

    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context):
        # Rows come in the order they are found in: another order costs a closer look, no more.
        return self.as_sql(
            compiler, connection, template="JSON_GROUP_ARRAY(JSON_ARRAY(%(expressions)s))", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        key, parameters = compiler.compile(self.source_expressions[0])
        sql, given = self.as_sql(
            compiler,
            connection,
            template=f"MD5(JSON_AGG(JSON_BUILD_ARRAY(%(expressions)s) ORDER BY {key})::text)",
            **context,
        )
        return sql, (*given, *parameters)


def stamp_of(department_year: DepartmentYear) -> str:
    """Return the stamp, in a constant number of queries: what rules read, of whom, and the policy applied."""
    digest = hashlib.sha256()
    applied = context_alone(department_year, policy_of(department_year.fiscal_year))
    digest.update(applied_hash(applied).encode())
    year = department_year.fiscal_year
    with connection.cursor() as cursor:
        for sql, parameters in _queries(
            department_year.pk, department_year.department_id, year.pk, year.year
        ):
            cursor.execute(sql, parameters)
            content = cursor.fetchone()[0]
            digest.update((content or "").encode() + b"\0")  # PostgreSQL gives nothing for no rows
    return digest.hexdigest()


@lru_cache(maxsize=256)
def _queries(pk: int, department: int, fiscal_year: int, year: int) -> list[tuple[str, tuple]]:
    """Return the queries of a department's year with their parameters.

    They are kept: Django takes ten times as long to write them as the database to answer.
    """
    asked = DepartmentYear(pk=pk, department_id=department, fiscal_year=FiscalYear(pk=fiscal_year, year=year))
    return [
        rows.order_by().values_list(Content(*columns)).query.sql_with_params()
        for rows, columns in _rows_read(asked)
    ]


def _rows_read(department_year: DepartmentYear) -> Iterator[tuple[QuerySet, tuple[str, ...]]]:
    """Yield what documents and contexts are made of (contexts.py), with the columns they read."""
    declarations = Declaration.objects.filter(department_year=department_year).counted()
    yield DepartmentYear.objects.filter(pk=department_year.pk), _YEAR
    yield from _tables(declarations)
    yield from _narrative(department_year)
    # Of what is being adjusted the version in force counts: it changes with these two, not with the rows.
    yield from _tables(last_year_of_projects(department_year), more=("version", "status"))
    yield (
        same_codes_elsewhere(department_year),
        ("pk", "project__code", "department_year__name", "department_year__department__code"),
    )


def _tables(
    declarations: QuerySet[Declaration], more: tuple[str, ...] = ()
) -> Iterator[tuple[QuerySet, tuple[str, ...]]]:
    of_year = ("department_year__name", "department_year__fiscal_year__frame")
    yield declarations, (*_DECLARATION, *of_year, *more)
    yield (
        FundingMilestone.objects.filter(declaration__in=declarations),
        (*("pk", "declaration", "month", "percent"),),
    )
    yield Indicator.objects.filter(declaration__in=declarations), _INDICATOR
    yield (
        ImportNote.objects.filter(declaration__in=declarations),
        (*("pk", "declaration", "kind", "place", "text"),),
    )


def _narrative(department_year: DepartmentYear) -> Iterator[tuple[QuerySet, tuple[str, ...]]]:
    own = {"department_year": department_year}
    yield OverallGoal.objects.filter(**own), ("pk", "uid", "position", "text")
    yield SubGoal.objects.filter(**own), ("pk", "uid", "position", "title", "goal", "indicators")
    links = SubGoal.declarations.through.objects.filter(subgoal__department_year=department_year)
    yield links, ("pk", "subgoal", "declaration")
    yield SafeguardSection.objects.filter(**own), ("pk", "uid", "position", "title")
    items = SafeguardItem.objects.filter(section__department_year=department_year)
    yield items, ("pk", "section", "uid", "position", "text")
    notes = ImportNote.objects.filter(declaration=None, **own)
    yield notes, ("pk", "kind", "place", "text")
