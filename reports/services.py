"""The acts of reports: keeping the templates that filed tables are written back into."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction

from departments.permissions import KEEPING_ROLES, role_acted_in
from indicators.document import Change
from projects.models import ColumnMapping
from reports.backfill import TemplateLayout
from trail.services import record


class TemplateNameError(ValueError):
    """A template of that name is there already; the message is a Chinese sentence."""


@transaction.atomic
def add_template(
    *, name: str, data: bytes, layout: TemplateLayout, heads: dict[str, str], actor
) -> ColumnMapping:
    """Keep a template with the columns its heads suggest. Raises TemplateNameError."""
    if ColumnMapping.objects.filter(purpose=ColumnMapping.Purpose.BACKFILL, name=name).exists():
        raise TemplateNameError(f"已有名为“{name}”的模板，换一个名称。")
    digest = hashlib.sha256(data).hexdigest()
    mapping = ColumnMapping(purpose=ColumnMapping.Purpose.BACKFILL, name=name)
    _take(mapping, layout, heads)
    # The name on disk is ours alone: what a person typed never becomes a path.
    mapping.template.save(f"{digest}.xlsx", ContentFile(data), save=False)
    mapping.save(force_insert=True)
    _record(mapping, "create", [Change("template", "模板文件", "", f"SHA-256 {digest}")], actor)
    return mapping


@transaction.atomic
def choose_template_columns(
    *, mapping: ColumnMapping, layout: TemplateLayout, heads: dict[str, str], actor
) -> None:
    """Save which column of a template holds what; no change writes nothing."""
    before = _described(mapping)
    _take(mapping, layout, heads)
    after = _described(mapping)
    changes = [
        Change(path, path, before.get(path, ""), after.get(path, ""))
        for path in dict.fromkeys((*before, *after))
        if before.get(path, "") != after.get(path, "")
    ]
    if changes:
        mapping.save(update_fields=("sheet", "head_row", "columns", "amount_unit"))
        _record(mapping, "edit", changes, actor)


def _take(mapping: ColumnMapping, layout: TemplateLayout, heads: dict[str, str]) -> None:
    mapping.sheet, mapping.head_row = layout.sheet[:100], layout.head_row
    mapping.columns, mapping.amount_unit = heads, layout.amount_unit


def _described(mapping: ColumnMapping) -> dict[str, str]:
    place = {"sheet": mapping.sheet, "head_row": str(mapping.head_row), "amount_unit": mapping.amount_unit}
    return {**place, **{f"columns/{name}": head for name, head in mapping.columns.items()}}


def _record(mapping: ColumnMapping, action: str, changes, actor) -> None:
    record(
        actor=actor,
        capacity=role_acted_in(actor, *KEEPING_ROLES, everywhere=True),
        action=action,
        kind="column_mapping",
        object_id=mapping.pk,
        label=f"{mapping.get_purpose_display()} {mapping.name}",
        changes=changes,
    )
