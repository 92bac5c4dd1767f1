"""批注 as they are read: the threads about something filed, and who may write, answer and resolve."""

from collections.abc import Mapping
from dataclasses import dataclass

from departments.models import Role
from trail.services import named
from workflow.history import prepared_by
from workflow.models import Comment
from workflow.roles import Capacity, capacity_in, memberships_of
from workflow.steps import Filed
from workflow.transitions import ROLE_AT

_RANKS = (Role.PREPARER, Role.LEADER, Role.SUPERVISOR, Role.FINANCE)
Sort = Comment.Sort


@dataclass(frozen=True, slots=True)
class Voice:
    """In which roles somebody speaks about something filed; ``prepared`` says that they wrote in it.

    ``roles`` are those they have in its department, or stand in for; nobody speaks without one.
    """

    user: object
    roles: Mapping[Role, Capacity]
    prepared: bool
    status_role: Role | None

    def __bool__(self) -> bool:
        return bool(self.roles)

    @property
    def role(self) -> Role:
        """The role they speak in: that of the level where the table stands, else their highest."""
        if self.status_role in self.roles:
            return self.status_role
        return max(self.roles, key=_RANKS.index)

    @property
    def capacity(self) -> Capacity:
        return self.roles[self.role]

    @property
    def reviewing(self) -> Capacity | None:
        """In which capacity they judge: at the level where it stands, else in their highest role; or None."""
        reviewing = [role for role in self.roles if role in Role.REVIEWING]
        if not reviewing:
            return None
        at_level = self.status_role in reviewing
        return self.roles[self.status_role if at_level else max(reviewing, key=_RANKS.index)]

    @property
    def label(self) -> str:
        """The 身份 that is kept with what they write: 单位负责人, 单位负责人（代李国强）."""
        principal = self.capacity.principal
        return f"{self.capacity.label}（代{principal}）" if principal else self.capacity.label

    @property
    def by(self) -> str:
        """Who speaks, as it is printed: 甲（代乙） of a deputy."""
        return named(self.user, self.capacity.principal)

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The kinds of 批注 they may write: 须整改 keeps a table back, which only reviewers do."""
        return tuple(Sort) if self._reviews else (Sort.QUESTION, Sort.GENERAL)

    def may_resolve(self, comment: Comment) -> bool:
        """True for its author and for reviewers of the same or a higher level.

        Whoever filled in the table does not resolve what somebody else wants put right in it.
        """
        if not self or comment.parent_id is not None:
            return False
        if comment.author_id == self.user.pk:
            return True
        if comment.sort == Sort.RECTIFY and self.prepared:
            return False
        highest = max(map(_RANKS.index, self.roles))
        return self._reviews and highest >= _rank(comment)

    @property
    def _reviews(self) -> bool:
        return any(role in Role.REVIEWING for role in self.roles)


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers in order."""

    comment: Comment
    answers: tuple[Comment, ...]
    may_resolve: bool

    @property
    def is_open(self) -> bool:
        return self.comment.resolved_at is None

    @property
    def blocks(self) -> bool:
        """True where it keeps its table from being passed."""
        return self.is_open and self.comment.sort == Sort.RECTIFY


def voice_of(user, filed: Filed) -> Voice:
    """Return in which roles ``user`` may speak about something filed."""
    memberships = memberships_of(user)
    held = {role: capacity_in(filed.department, role, memberships, user) for role in _RANKS}
    roles = {role: capacity for role, capacity in held.items() if capacity}
    pk = filed.reviewable.pk
    people = {user.pk, *(each.principal.pk for each in roles.values() if each.principal)} if roles else ()
    prepared = bool(people) and pk in prepared_by(people, filed.kind, [pk])
    status_role = Role.PREPARER if filed.reviewable.is_editable else ROLE_AT.get(filed.reviewable.status)
    return Voice(user, roles, prepared, status_role)


def threads_of(filed: Filed, voice: Voice) -> list[Thread]:
    """Return the comments on something filed with their answers, what is open first; one query."""
    comments = Comment.objects.filter(kind=filed.kind, object_id=filed.reviewable.pk)
    answers: dict[int, list[Comment]] = {}
    roots = []
    for comment in comments.select_related("author", "resolved_by", "resolved_for"):
        if comment.parent_id is None:
            roots.append(comment)
        else:
            answers.setdefault(comment.parent_id, []).append(comment)
    threads = [Thread(root, tuple(answers.get(root.pk, ())), voice.may_resolve(root)) for root in roots]
    return sorted(threads, key=lambda thread: not thread.is_open)


def _rank(comment: Comment) -> int:
    """Return the level at which a comment was written, from the 身份 that is kept with it."""
    ranks = (number for number, role in enumerate(_RANKS) if comment.capacity.startswith(role.label))
    return next(ranks, 0)
