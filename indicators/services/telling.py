"""Telling people of what was moved: who can act next, who has to correct, what was decided (消息)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.urls import reverse

from departments.models import Role
from indicators.models import Explanation
from projects.models import Declaration
from workflow.models import Notification, Status
from workflow.recipients import departments_of, holders_of, people_at, preparers_of
from workflow.services.notifications import Message, leave_messages, mark_done
from workflow.steps import Filed
from workflow.transitions import (
    APPROVE,
    APPROVE_CANCELLATION,
    PASS,
    PUBLISH,
    REOPEN,
    RETURN,
    RETURN_ONE,
    SUBMIT,
    Act,
)

Sort = Notification.Sort
_DECIDED = {
    APPROVE: "已批复。",
    APPROVE_CANCELLATION: "已批准取消。",
    PUBLISH: "已公开。",
}
_UNIT = (Role.PREPARER, Role.LEADER)


def tell_of_moves(*, filings: Sequence[Filed], act: Act, actor, by: str = "", reason: str = "") -> None:
    """Leave messages of an act that was done to something filed: one for each person, whatever the number.

    What waited for the act is read from now on, whoever it was left for.
    ``filings`` are as they stand now; ``by`` is who did it as it is printed, 甲（代乙） of a deputy. Nobody
    is told of what they did themselves. The queries do not grow with the number of filings. Goes into the
    transaction of the act.
    """
    by = by or str(actor)
    mark_done(pages=[_review_page([filed]) for filed in filings], queue=_todo(), actor=actor)
    if act in (SUBMIT, PASS):
        _leave(filings, _next_level(filings), actor, lambda given: _waiting(given, act, by))
    elif act == RETURN_ONE:
        _leave(filings, _next_level(filings), actor, lambda given: _sent_back_one(given, by, reason))
    elif act in (RETURN, REOPEN):
        _leave(filings, preparers_of(filings), actor, lambda given: _returned(given, by, reason))
    elif act in _DECIDED:
        _leave(filings, _of_the_units(filings, _UNIT), actor, lambda given: _decided(given, act))


def tell_rejected(*, explanation: Explanation, filed: Filed) -> None:
    """Leave who wrote a 情况说明 a message that it was not taken, and why."""
    if not explanation.author.is_active:
        return
    text = (
        f"{explanation.judged_by}不采纳{_of_whom([filed])} {_what([filed])}"
        f"{explanation.rule}的情况说明：{explanation.remark}"
    )
    leave_messages([Message(explanation.author_id, Sort.COMMENT, text, _page_of(filed))])


def tell_finished(*, text: str, address: str, actor) -> None:
    """Leave who asked for a long act a message that it is done; a command's own has nobody to tell."""
    if actor is not None:
        leave_messages([Message(actor.pk, Sort.FINISHED, text, address)])


def _leave(
    filings: Sequence[Filed],
    people: Sequence[set[int]],
    actor,
    said: Callable[[list[Filed]], tuple[Sort, str, str]],
) -> None:
    """Leave each of the people one message of those filings that concern them."""
    concerned: dict[int, list[Filed]] = defaultdict(list)
    for filed, recipients in zip(filings, people, strict=True):
        for recipient in recipients - {actor.pk if actor else None}:
            concerned[recipient].append(filed)
    leave_messages(Message(recipient, *said(given)) for recipient, given in sorted(concerned.items()))


def _next_level(filings: Sequence[Filed]) -> list[set[int]]:
    """Return for each who can act on it where it stands now."""
    at: dict[str, list[Filed]] = defaultdict(list)
    for filed in filings:
        at[filed.reviewable.status].append(filed)
    people = {level: people_at(Status(level), departments_of(given)) for level, given in at.items()}
    return [people[filed.reviewable.status][filed.department.pk] for filed in filings]


def _of_the_units(filings: Sequence[Filed], roles: Iterable[Role]) -> list[set[int]]:
    people = holders_of(roles, departments_of(filings))
    return [people[filed.department.pk] for filed in filings]


def _waiting(given: list[Filed], act: Act, by: str) -> tuple[Sort, str, str]:
    to_approve = all(filed.reviewable.status == Status.TO_APPROVE for filed in given)
    awaited = "批复" if to_approve else "审核"
    done = "送审" if act == SUBMIT else f"由{by}审核通过"
    return Sort.WAITING, f"{_of_whom(given)} {_what(given)}已{done}，等待{awaited}。", _review_page(given)


def _sent_back_one(given: list[Filed], by: str, reason: str) -> tuple[Sort, str, str]:
    text = f"{_of_whom(given)} {_what(given)}被{by}退回本环节：{reason}"
    return Sort.RETURNED, text, _review_page(given)


def _returned(given: list[Filed], by: str, reason: str) -> tuple[Sort, str, str]:
    address = _page_of(given[0]) if len(given) == 1 else reverse("queue", args=("returned",))
    return Sort.RETURNED, f"{_of_whom(given)} {_what(given)}被{by}退回：{reason}", address


def _decided(given: list[Filed], act: Act) -> tuple[Sort, str, str]:
    address = _page_of(given[0]) if len(given) == 1 else _year_page(given[0])
    return Sort.DECIDED, f"{_of_whom(given)} {_what(given)}{_DECIDED[act]}", address


def _of_whom(given: list[Filed]) -> str:
    departments = departments_of(given)
    if len(departments) > 1:
        return f"{len(departments)}个单位"
    return f"{departments[0].code} {departments[0].name}"


def _what(given: list[Filed]) -> str:
    tables = [filed for filed in given if _is_table(filed)]
    if len(given) == 1:
        return f"“{given[0].reviewable}”" if tables else "部门整体绩效目标"
    return f"{len(tables)}个项目" if tables else "部门整体绩效目标"


def _todo() -> str:
    return reverse("queue", args=("todo",))


def _review_page(given: list[Filed]) -> str:
    if len(given) > 1:
        return _todo()
    if _is_table(given[0]):
        return reverse("review-table", args=(given[0].reviewable.pk,))
    return reverse("review-narrative", args=_year_of(given[0]))


def _page_of(filed: Filed) -> str:
    return reverse("table", args=(filed.reviewable.pk,)) if _is_table(filed) else _year_page(filed)


def _year_page(filed: Filed) -> str:
    return reverse("department-year", args=_year_of(filed))


def _year_of(filed: Filed) -> tuple[int, str]:
    year = filed.reviewable.department_year if _is_table(filed) else filed.reviewable
    return year.fiscal_year.year, filed.department.code


def _is_table(filed: Filed) -> bool:
    return isinstance(filed.reviewable, Declaration)
