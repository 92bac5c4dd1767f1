"""The tables of versions, which the database refuses to change (trail.triggers)."""

from trail.triggers import Guarded

VERSIONS = (Guarded("workflow_storeddocument", "sha256", keeps=True), Guarded("workflow_version", "id"))
