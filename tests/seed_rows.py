"""The rows of the imported seed, kept from the first import of a test process and put back for the others.

Importing the booklet takes a third of a test's time; its own tests import it for real.
"""

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models

from indicators.services import import_booklet
from tests.sample_documents import seed_booklet
from trail.models import Head

_kept: list[tuple[type[models.Model], list[tuple]]] = []
_head: dict[str, int | str] = {}


def import_seed() -> None:
    """Put the seed booklet into a database that holds only what the migrations wrote, or import it."""
    if Head.objects.get().sequence:
        import_booklet(booklet=seed_booklet(), actor=None)
    elif _kept:
        _put_back()
    else:
        before = _rows()
        import_booklet(booklet=seed_booklet(), actor=None)
        _kept.extend(_new(before, _rows()))
        _head.update(Head.objects.values("sequence", "hash").get())


def _rows() -> dict[type[models.Model], list[tuple]]:
    return {model: list(models.QuerySet(model).values_list("pk", *_columns(model))) for model in _tables()}


def _tables():
    for model in apps.get_models():
        yield model
        yield from (field.remote_field.through for field in model._meta.local_many_to_many)


def _columns(model) -> list[str]:
    return [field.attname for field in model._meta.local_concrete_fields]


def _new(before, after):
    for model, rows in after.items():
        known = {row[0] for row in before[model]}
        if found := [row[1:] for row in rows if row[0] not in known]:
            yield model, found


def _put_back() -> None:
    for model, rows in _kept:
        columns = _columns(model)
        # Plain query sets: the trail's own refuses to write many entries at once.
        models.QuerySet(model).bulk_create(model(**dict(zip(columns, row, strict=True))) for row in rows)
    Head.objects.update(**_head)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in _kept]):
            cursor.execute(statement)
