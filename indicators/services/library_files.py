"""Library workbooks between their preview and their import: kept as read, for who uploaded them."""

from django.db import transaction

from indicators.importers.library_workbook import LibraryReading
from indicators.services.library import LibraryPlan, import_library
from indicators.services.project_lists import keep_upload, uploads_of
from projects.models import PendingImport

KIND = "library"


def keep_library_file(*, file_name: str, reading: LibraryReading, actor) -> PendingImport:
    """Keep what was read of a workbook until it is confirmed, for a day at most."""
    payload = {"rows": reading.rows, "messages": reading.messages}
    return keep_upload(kind=KIND, file_name=file_name, payload=payload, actor=actor)


def kept_library_file(*, uid: str, actor) -> PendingImport | None:
    """Return a file the person uploaded, None where it is not there any more or somebody else's."""
    return uploads_of(actor, KIND).filter(uid=uid).first()


def reading_of(pending: PendingImport) -> LibraryReading:
    """Return what was read of a kept file."""
    return LibraryReading(tuple(pending.payload["rows"]), tuple(pending.payload["messages"]))


@transaction.atomic
def import_library_file(*, pending: PendingImport, actor) -> LibraryPlan:
    """Import a kept file; it is gone then. Raises PermissionDenied, LibraryError."""
    done = import_library(rows=reading_of(pending).rows, actor=actor)
    pending.delete()
    return done
