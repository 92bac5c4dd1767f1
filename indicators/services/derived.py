"""Deriving again what is stored beside the texts of indicators."""

from django.db import transaction

from indicators.models import Indicator
from indicators.typed_columns import category_ids, value_columns
from projects.models import FiscalYear
from trail.services import record

_COLUMNS = ("category", "value_kind", "comparator", "number", "upper", "date", "unit")
_BATCH = 1000


@transaction.atomic
def rederive_values(*, actor) -> tuple[int, int]:
    """Derive typed values and categories of all indicators again; return how many were read and changed."""
    categories = {frame: category_ids(frame) for frame in FiscalYear.objects.values_list("frame", flat=True)}
    read, changed = 0, []
    rows = Indicator.objects.select_related("declaration__department_year__fiscal_year")
    for row in rows.order_by("pk").iterator(chunk_size=_BATCH):
        read += 1
        frame = row.declaration.department_year.fiscal_year.frame
        derived = {
            "category_id": categories[frame].get((row.first_tier, row.second_tier)),
            **value_columns(row.value),
        }
        if any(getattr(row, name) != value for name, value in derived.items()):
            for name, value in derived.items():
                setattr(row, name, value)
            changed.append(row)
    if changed:
        Indicator.objects.bulk_update(changed, _COLUMNS, batch_size=_BATCH)
        record(
            actor=actor,
            action="rederive",
            kind="indicator",
            object_id="",
            label=f"重新识别{read}条指标值，{len(changed)}条有变化",
        )
    return read, len(changed)
