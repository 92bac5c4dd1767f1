"""The cells of a document by the paths that hits point to, such as indicators/<uid>/value."""

import dataclasses
from decimal import Decimal
from typing import Any, TypeVar

from indicators.document import Booklet, NarrativeItem, TargetTable

Document = TypeVar("Document", TargetTable, Booklet)


class NoSuchCellError(LookupError):
    """The path leads to no text of the document."""


def cell_text(document: TargetTable | Booklet, path: str) -> str:
    """Return the text at a path such as indicators/<uid>/value; '' for a list, or where nothing is there."""
    node: Any = document
    for step in path.split("/") if path else ():
        node = _part(node, step)
    return "" if node is document else _text(node)


def with_cell_text(document: Document, path: str, text: str) -> Document:
    """Return the document with another text in one cell. Raises NoSuchCellError."""
    return _with_text(document, path.split("/"), text)


def _with_text(node: Any, steps: list[str], text: str) -> Any:
    if not steps and isinstance(node, NarrativeItem):
        return dataclasses.replace(node, text=text)
    if not steps and isinstance(node, str):
        return text
    if not steps or (part := _part(node, steps[0])) is None:
        raise NoSuchCellError(text)
    changed = _with_text(part, steps[1:], text)
    if isinstance(node, tuple):
        return tuple(changed if item is part else item for item in node)
    return dataclasses.replace(node, **{steps[0]: changed})


def _part(node: Any, step: str) -> Any:
    if isinstance(node, tuple):
        keys = ("uid", "month")
        return next((item for item in node for key in keys if str(getattr(item, key, None)) == step), None)
    fields = dataclasses.fields(node) if dataclasses.is_dataclass(node) else ()
    return getattr(node, step) if any(field.name == step for field in fields) else None


def _text(node: Any) -> str:
    if node is None or isinstance(node, tuple):
        return ""
    if dataclasses.is_dataclass(node):
        fields = (field.name for field in dataclasses.fields(node) if field.compare)
        return "\n".join(_text(getattr(node, name)) for name in fields)
    return format(node.normalize(), "f") if isinstance(node, Decimal) else str(node)
