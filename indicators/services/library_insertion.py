"""Taking indicators from the library into a table, and counting how often they are taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from departments.models import Department
from indicators import document
from indicators.document.arrange import insert_rows
from indicators.library_tiers import Fit, fit_tier
from indicators.models import LibraryIndicator, LibraryUse
from indicators.rows import frame_tiers
from indicators.services.library import LibraryError
from indicators.services.tables import Saved, change_table
from projects.models import Declaration


@dataclass(frozen=True, slots=True)
class Insertion:
    """The rows put into a table, what is stored since, and where a row left its tier of the library."""

    rows: tuple[document.Indicator, ...]
    saved: Saved
    notes: tuple[str, ...]


@transaction.atomic
def insert_from_library(
    *, declaration: Declaration, indicators: Sequence[int], actor, after: str = ""
) -> Insertion:
    """Put indicators of the library (their ids) into a table as rows without a value, and count the use.

    A row of the tier of the row ``after`` goes behind it, others go behind the last of their tier. The value
    is left to the unit: a comparator and a unit without a number would pass for one.
    Raises LibraryError, NotEditableError, ArrangeError.
    """
    filed = declaration.department_year
    tiers = frame_tiers(filed.fiscal_year.frame)
    fits = _fits(_approved(indicators), tiers)
    rows = tuple(row_of(indicator, fit) for indicator, fit in fits)
    saved = change_table(
        declaration=declaration,
        change=lambda table: insert_rows(table, rows, tiers=tiers, after=after),
        actor=actor,
        action="insert_library",
    )
    _count([indicator for indicator, _ in fits], filed.department)
    return Insertion(rows, saved, tuple(fit.note for _, fit in fits if fit.note))


def row_of(indicator: LibraryIndicator, fit: Fit) -> document.Indicator:
    """Return the row of a table that an indicator of the library becomes."""
    described = [indicator.explanation]
    if indicator.formula and indicator.formula not in indicator.explanation:
        described.append(f"计算公式：{indicator.formula}")
    return document.Indicator(
        fit.first_tier,
        fit.second_tier,
        indicator.name,
        description="\n".join(described),
        uid=document.new_uid(),
    )


def _approved(wanted: Sequence[int]) -> list[LibraryIndicator]:
    """Return the indicators in the order they were asked for."""
    kept = LibraryIndicator.objects.filter(standing=LibraryIndicator.Standing.APPROVED).in_bulk(wanted)
    if not wanted:
        raise LibraryError(["没有选中指标，选中一条或几条后再插入。"])
    if gone := len(set(wanted) - kept.keys()):
        raise LibraryError([f"选中的指标有{gone}条已停用，没有插入。重新查找后再选。"])
    return [kept[pk] for pk in dict.fromkeys(wanted)]


def _fits(indicators, tiers) -> list[tuple[LibraryIndicator, Fit]]:
    fits = [(indicator, fit_tier(indicator.second_tier, tiers)) for indicator in indicators]
    if wrong := [one for one, fit in fits if fit is None]:
        raise LibraryError(
            f"“{one.name}”属于“{one.second_tier}”，本年度的指标框架没有这一类，没有插入。" for one in wrong
        )
    return fits


def _count(indicators: Sequence[LibraryIndicator], department: Department) -> None:
    taken = [indicator.pk for indicator in indicators]
    LibraryIndicator.objects.filter(pk__in=taken).update(usage_count=F("usage_count") + 1)
    LibraryUse.objects.bulk_create(
        (LibraryUse(indicator=indicator, department=department) for indicator in indicators),
        ignore_conflicts=True,
    )
    LibraryUse.objects.filter(indicator__in=taken, department=department).update(count=F("count") + 1)
