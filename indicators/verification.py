"""Do stored documents have the 校验码 they are filed under? Part of ``verify_trail``."""

from collections.abc import Iterator

from indicators.document.canonical import DocumentError, content_hash_of_json
from trail.verification import readable_rows
from workflow.models import StoredDocument


def document_problems() -> Iterator[str]:
    """Name every stored document whose content does not have the 校验码 beside it."""
    for key, document in readable_rows(StoredDocument.objects.all()):
        if document is not None and not _is_whole(document):
            yield f"版本内容{key[:16]}与其校验码{document.content_hash[:16]}不符：被改动过。"


def _is_whole(document: StoredDocument) -> bool:
    try:
        return content_hash_of_json(document.text) == document.content_hash
    except DocumentError:
        return False
