"""What the acts of administration have in common: a refusal, and the changed fields for the trail."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models


class AdministrationError(Exception):
    """An act that is refused although the form is right; its text is the sentence to show."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a row, before and after, as people read it."""

    path: str
    place: str
    before: str
    after: str


def set_values(row: models.Model, values: Mapping[str, object]) -> list[FieldChange]:
    """Put the values that differ onto the row, unsaved, and return what that changes."""
    changes = []
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            place = str(row._meta.get_field(name).verbose_name)
            changes.append(FieldChange(name, place, _as_read(before), _as_read(value)))
            setattr(row, name, value)
    return changes


def values_of(row: models.Model, *names: str) -> list[FieldChange]:
    """Return what a new row says in these fields, blank ones left out: nothing was there before."""
    said = ((name, _as_read(getattr(row, name))) for name in names)
    return [
        FieldChange(name, str(row._meta.get_field(name).verbose_name), "", text)
        for name, text in said
        if text
    ]


def _as_read(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    return "" if value is None else str(value)
