"""Files of versions as they were stored, in every format; the JSON is the stored bytes themselves."""

from indicators.document import NARRATIVE_NAME
from indicators.reviewed import Reviewed
from indicators.versions import Kept, document_of, publication_of_version
from perfbudget.lib.text import file_name
from projects.models import Declaration
from reports.files import JSON, File, published_file


def version_file(reviewed: Reviewed, kept: Kept, extension: str) -> File:
    """Return a version as a file. Raises KeyError for a format that is not known."""
    name = _name(reviewed, kept)
    if extension == JSON:
        # As it was stored: its SHA-256 is the version's, whatever later programs would write.
        text = kept.version.document.text
        return File(file_name(*name, extension=JSON), "application/json", text.encode())
    return published_file(name, extension, publication_of_version(reviewed, kept))


def _name(reviewed: Reviewed, kept: Kept) -> tuple[str, ...]:
    document = document_of(kept.version)
    which = f"第{kept.version.number}版{kept.act}"
    if isinstance(reviewed, Declaration):
        return document.department_code, document.project_code, document.name, "绩效目标表", which
    return document.department_code, document.department_name, NARRATIVE_NAME, which
