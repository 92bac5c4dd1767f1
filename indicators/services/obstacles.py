"""What stands against an act on a table: findings, open remarks, a missing 绩效目标审核表."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from indicators.checks.opinion import Grade
from indicators.findings import Item, findings_of, findings_of_all
from indicators.models import Opinion
from projects.adjusting import leaving_among
from projects.models import Declaration, DepartmentYear
from workflow.models import Comment
from workflow.transitions import APPROVE, APPROVE_CANCELLATION, FINANCE_LEVELS, PASS, SUBMIT, Act

PASSING_GRADES = (Grade.EXCELLENT, Grade.GOOD)
NO_OPINION = "没有填写绩效目标审核表。"
_TOLD = 3  # findings named in full; the others are counted


def obstacles_to(
    act: Act, declarations: Sequence[Declaration], hashes: Mapping[int, str]
) -> dict[int, tuple[str, ...]]:
    """Return what stands against an act on each table, as sentences, by primary key; none where nothing does.

    ``hashes`` are the 校验码 of what the tables say now, by primary key. A constant number of queries; it
    reads the findings as stored, so refresh_department_findings comes first.
    """
    found: dict[int, list[str]] = defaultdict(list)
    cancelling = leaving_among(declarations)
    staying = [each for each in declarations if each.pk not in cancelling]
    if act in (SUBMIT, PASS, APPROVE):
        _add(found, _findings(staying))
    if act in (PASS, APPROVE, APPROVE_CANCELLATION):
        _add(found, open_remarks("declaration", [each.pk for each in declarations]))
        _add(found, _wrong_approvals(act, declarations, cancelling))
    if act == PASS:
        at_finance = [each for each in staying if each.status in FINANCE_LEVELS]
        _add(found, _opinions(at_finance, hashes))
    return {pk: tuple(sentences) for pk, sentences in found.items()}


def obstacles_to_narrative(act: Act, department_year: DepartmentYear) -> tuple[str, ...]:
    """Return what stands against an act on a department's text, likewise."""
    if act not in (SUBMIT, PASS, APPROVE):
        return ()
    findings = _blocking(findings_of(department_year))
    remarks = () if act == SUBMIT else open_remarks("department_year", [department_year.pk])
    return (*findings, *(sentence for _, sentence in remarks))


def _add(found: dict[int, list[str]], sentences: Iterable[tuple[int, str]]) -> None:
    for pk, sentence in sentences:
        found[pk].append(sentence)


def _wrong_approvals(
    act: Act, declarations: Sequence[Declaration], cancelling: set[int]
) -> Iterable[tuple[int, str]]:
    for each in declarations:
        if act == APPROVE and each.pk in cancelling:
            yield each.pk, f"本次调整是取消项目，应办理“{APPROVE_CANCELLATION.label}”。"
        if act == APPROVE_CANCELLATION and each.pk not in cancelling:
            yield each.pk, "本次调整没有取消项目，不能批复取消。"


def _findings(declarations: Sequence[Declaration]) -> Iterable[tuple[int, str]]:
    for pk, items in findings_of_all(declarations).items():
        yield from ((pk, sentence) for sentence in _blocking(items))


def _blocking(items: Iterable[Item]) -> list[str]:
    """Return the sentence that names the findings that block, in a list; none where none does."""
    blocking = [f"{item.rule.code} {item.hits[0].message.rstrip('。；')}" for item in items if item.blocks]
    more = f"等{len(blocking)}项" if len(blocking) > _TOLD else ""
    return [f"有待处理的审核提示：{'；'.join(blocking[:_TOLD])}{more}。"] if blocking else []


def open_remarks(kind: str, object_ids: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Yield (primary key, sentence) for every 须整改 that is not resolved."""
    open_ones = Comment.objects.filter(
        kind=kind,
        object_id__in=list(object_ids),
        sort=Comment.Sort.RECTIFY,
        parent=None,
        resolved_at=None,
    )
    for comment in open_ones:
        place = f"“{comment.place}”" if comment.place else ""
        yield comment.object_id, f"须整改的批注没有销号：{place}{comment.text}"


def _opinions(declarations: Sequence[Declaration], hashes: Mapping[int, str]) -> Iterable[tuple[int, str]]:
    known = {
        opinion.declaration_id: opinion for opinion in Opinion.objects.filter(declaration__in=declarations)
    }
    for each in declarations:
        opinion = known.get(each.pk)
        if opinion is None:
            yield each.pk, NO_OPINION
        elif opinion.document_hash != hashes[each.pk]:
            yield each.pk, "绩效目标审核表是对以前的内容填写的，核对后重新填写。"
        elif opinion.overall not in PASSING_GRADES:
            yield each.pk, f"绩效目标审核表综合评定为“{Grade(opinion.overall).label}”，应退回修改。"
