"""What a page says when an act is refused."""

from workflow.services import RevisionConflictError


def said_of(refusal: Exception, if_changed: str) -> str:
    """Return the sentence of a refusal; ``if_changed`` where somebody else saved or moved it meanwhile."""
    return if_changed if isinstance(refusal, RevisionConflictError) else str(refusal)
