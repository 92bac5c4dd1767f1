"""The acts on what is under review."""

from workflow.services.moves import RevisionConflictError, Subject, claim_revision, move
from workflow.services.notifications import notify
from workflow.steps import TransitionError

__all__ = ["RevisionConflictError", "Subject", "TransitionError", "claim_revision", "move", "notify"]
