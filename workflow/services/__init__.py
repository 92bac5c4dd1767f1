"""The acts on what is under review."""

from workflow.services.moves import RevisionConflictError, Subject, claim_revision, move
from workflow.services.notifications import Message, leave_messages, mark_read, notify
from workflow.steps import TransitionError

__all__ = [
    "Message",
    "RevisionConflictError",
    "Subject",
    "TransitionError",
    "claim_revision",
    "leave_messages",
    "mark_read",
    "move",
    "notify",
]
