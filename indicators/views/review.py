"""The review page: the paper with what is wrong and what changed, comments, history, and the acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from indicators.checks import Severity
from indicators.document import content_hash
from indicators.finding_lists import Standing
from indicators.forms.problems import form_problems
from indicators.forms.review import REVIEW_ACTS, ActForm, CommentForm
from indicators.layout.html import publication_html
from indicators.layout.tracked import first_within, runs_html, texts_of, tracked_html
from indicators.queues import Turn, place_in_queue
from indicators.review_papers import ChangeLine, LastYear, ReviewPaper, last_year_of, review_paper
from indicators.services.adjustment import adjustment_of, is_cancelling
from indicators.services.findings import refresh_department_findings
from indicators.services.obstacles import obstacles_to, obstacles_to_narrative
from indicators.services.reviewing import Reviewed, filed_of, move_one, year_of
from indicators.versions import moves_of
from indicators.views.access import require_reviewer, visible_declaration, visible_department_year
from indicators.views.addresses import page_address
from indicators.views.marking import cell_id
from indicators.views.notes import Margin
from indicators.views.opinion_panel import opinion_panel
from indicators.views.pages import margin_context
from indicators.views.remark_lists import Remark, Remarks, remarks_of, text_at
from indicators.views.review_tails import tails_of
from projects.models import Adjustment, Declaration
from projects.routes import status_label
from workflow.comments import voice_of
from workflow.models import Version
from workflow.services import RevisionConflictError, TransitionError
from workflow.services.comments import CommentError, add_comment
from workflow.steps import Step, acts_open_to, steps
from workflow.transitions import ACTS, APPROVE, APPROVE_CANCELLATION, PASS, RECALL, RETURN, RETURN_ONE, Act

MOST_PHRASES = 10
_LABELS = {act.name: act.label for act in ACTS}


@dataclass(frozen=True, slots=True)
class Gate:
    """Which acts are open to a person, and what keeps passing back: obstacles, or why it is not theirs.

    ``approves`` is true where it is theirs to approve, with all of its department.
    """

    acts: tuple[Act, ...]
    obstacles: tuple[str, ...]
    refusal: str
    passes_to: str
    approves: bool = False

    @property
    def may_pass(self) -> bool:
        return PASS in self.acts

    @property
    def returns(self) -> tuple[Act, ...]:
        return tuple(act for act in self.acts if act in (RETURN, RETURN_ONE))

    @property
    def may_recall(self) -> bool:
        return RECALL in self.acts


@dataclass(frozen=True, slots=True)
class Moved:
    """A line of the history: a move, and what its button calls it."""

    version: Version
    act: str
    target: str


@require_safe
def review_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a table to whoever reviews it, and to read to everybody else who sees it."""
    declaration = visible_declaration(request.user, pk)
    refresh_department_findings(department_year=declaration.department_year)
    return _page(request, declaration)


@require_safe
def review_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Show a department's text likewise."""
    filed = visible_department_year(request.user, year, code)
    refresh_department_findings(department_year=filed)
    return _page(request, filed)


@require_POST
def act_on_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass, return or recall a table, then go on to the next in the queue."""
    declaration = visible_declaration(request.user, pk)
    return _act(request, declaration)


@require_POST
def act_on_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Pass, return or recall a department's text likewise."""
    return _act(request, visible_department_year(request.user, year, code))


@require_POST
def comment_on_table(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a 批注 on a table."""
    return _comment(request, visible_declaration(request.user, pk))


@require_POST
def comment_on_narrative(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Leave a 批注 on a department's text."""
    return _comment(request, visible_department_year(request.user, year, code))


def _act(request: HttpRequest, reviewed: Reviewed) -> HttpResponse:
    require_reviewer(request.user, year_of(reviewed).department)
    form = ActForm(request.POST)
    if not form.is_valid():
        return _page(request, reviewed, act_form=form, status=422)
    following = _address_of(place_in_queue(request.user, reviewed).following)
    refresh_department_findings(department_year=year_of(reviewed))
    try:
        done = _move(reviewed, form, request.user)
    except (TransitionError, RevisionConflictError) as refusal:
        messages.error(request, _said(refusal))
        reviewed.refresh_from_db()
        return _page(request, reviewed, act_form=form, status=409)
    messages.success(request, _told(reviewed, form.chosen, done))
    if form.chosen == RECALL:
        return redirect(page_address(reviewed, "review"))
    return redirect(following or reverse("queue", args=("todo",)))


def _move(reviewed: Reviewed, form: ActForm, actor) -> Version:
    act, revision = form.chosen, form.cleaned_data["revision"]
    reason = form.full_reason() if act.needs_reason else ""
    return move_one(reviewed, revision=revision, act=act, actor=actor, reason=reason)


def _comment(request: HttpRequest, reviewed: Reviewed) -> HttpResponse:
    filed = filed_of(reviewed)
    voice = voice_of(request.user, filed)
    if not voice:
        raise PermissionDenied("批注由填报人和审核人填写，本人可以查看，不能填写。")
    paper = review_paper(reviewed)
    form = CommentForm(request.POST, places=paper.places, sorts=voice.sorts)
    if not form.is_valid():
        return _page(request, reviewed, comment_form=form, status=422)
    try:
        comment = add_comment(
            filed=filed,
            sort=form.cleaned_data["sort"],
            text=form.cleaned_data["text"],
            path=form.place,
            place=paper.places.get(form.place, ""),
            quote=text_at(paper.texts, form.place) or "",
            actor=request.user,
        )
    except CommentError as refusal:
        form.add_error("text", str(refusal))
        return _page(request, reviewed, comment_form=form, status=422)
    messages.success(request, "已写批注。")
    return redirect(f"{page_address(reviewed, 'review')}#comment-{comment.pk}")


def _page(
    request: HttpRequest,
    reviewed: Reviewed,
    *,
    act_form: ActForm | None = None,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page; the forms are those that were typed and refused."""
    filed, paper = filed_of(reviewed), review_paper(reviewed)
    voice = voice_of(request.user, filed)
    remarks = remarks_of(reviewed, voice, paper.texts)
    last_year = last_year_of(reviewed, paper.document) if _is_table(reviewed) else None
    shows_changes = paper.tracked.shows_changes and request.GET.get("view") != "clean"
    html = _paper_html(paper, shows_changes, remarks.threads, last_year)
    margin = _gravest_first(margin_context(reviewed, html, "paper", request.user))
    gate = _gate(request.user, reviewed, paper)
    if voice and comment_form is None:
        comment_form = CommentForm(places=paper.places, sorts=voice.sorts)
    typed = act_form or comment_form
    chosen = act_form.data.get("act", "") if act_form else ""
    act_form = act_form or ActForm()
    act_form.offer(_phrases(margin["margin"], remarks))
    context = {
        "reviewed": reviewed,
        "declaration": reviewed if _is_table(reviewed) else None,
        "filed": year_of(reviewed),
        "status_label": status_label(reviewed.status, year_of(reviewed).fiscal_year),
        "publication": paper.publication,
        "clean": publication_html(paper.publication) if shows_changes else "",
        "shows_changes": shows_changes,
        "since": paper.since,
        "since_act": _LABELS[paper.since.act] if paper.since else "",
        "changes": _changes(paper),
        "remarks": remarks,
        "last_year": last_year,
        "history": _history(reviewed),
        "gate": gate,
        "act_form": act_form,
        "chosen": chosen,
        "comment_form": comment_form,
        "problems": form_problems(typed) if typed and typed.is_bound else (),
        **_queue(request.user, reviewed),
        **_adjustment(reviewed),
        "page_address": page_address(reviewed, "review"),
        "act_address": _beside(reviewed, "act"),
        "comment_address": _beside(reviewed, "comments"),
        **margin,
        **_opinion(request.user, reviewed, paper),
    }
    return render(request, "indicators/review.html", context, status=status)


def _adjustment(reviewed: Reviewed) -> dict:
    """Return what is asked for, where what was approved is under review again."""
    adjustment = adjustment_of(reviewed) if reviewed.version > 1 else None
    sorts = [Adjustment.Sort(sort).label for sort in adjustment.sorts] if adjustment else ()
    return {"adjustment": adjustment, "sorts": "、".join(sorts), "cancels": is_cancelling(adjustment)}


def _paper_html(
    paper: ReviewPaper, shows_changes: bool, remarks: Sequence[Remark], last_year: LastYear | None
):
    publication = paper.tracked.publication if shows_changes else paper.publication
    runs = paper.tracked.runs if shows_changes else {}
    moved = paper.tracked.moved if shows_changes else {}
    comments = [remark.comment for remark in remarks if remark.thread.is_open]
    tails = tails_of(paper.texts, comments, last_year, moved)
    return tracked_html(publication_html(publication), runs, tails)


def _changes(paper: ReviewPaper) -> list[tuple[ChangeLine, SafeString, str]]:
    """Return every change with its runs as HTML and the id of its cell."""
    merged = texts_of(paper.tracked.publication)
    cells = {line.path: first_within(merged, line.path) for line in paper.changes}
    return [
        (line, runs_html(line.runs), cell_id(cells[line.path]) if cells[line.path] else "")
        for line in paper.changes
    ]


def _gate(user, reviewed: Reviewed, paper: ReviewPaper) -> Gate:
    filed = filed_of(reviewed)
    found = {act: steps([filed], act, user)[0] for act in REVIEW_ACTS}
    acts = tuple(act for act, step in found.items() if isinstance(step, Step))
    if PASS not in acts:
        approves = bool(acts_open_to(user, filed, (APPROVE, APPROVE_CANCELLATION)))
        return Gate(acts, (), str(found[PASS]), "", approves)
    passes_to = status_label(found[PASS].target, year_of(reviewed).fiscal_year)
    return Gate(acts, _obstacles(reviewed, paper), "", passes_to)


def _obstacles(reviewed: Reviewed, paper: ReviewPaper) -> tuple[str, ...]:
    if not _is_table(reviewed):
        return obstacles_to_narrative(PASS, reviewed)
    hashes = {reviewed.pk: content_hash(paper.document)}
    return obstacles_to(PASS, [reviewed], hashes).get(reviewed.pk, ())


def _opinion(user, reviewed: Reviewed, paper: ReviewPaper) -> Mapping[str, object]:
    if not _is_table(reviewed):
        return {}
    return {"opinion_panel": opinion_panel(user, reviewed, paper.document)}


def _gravest_first(context: dict) -> dict:
    """Return the margin with what is wrong above what is only a hint: a reviewer has two minutes."""
    notes = sorted(context["margin"].notes, key=lambda note: (-note.item.blocks, -note.item.severity.weight))
    return {**context, "margin": replace(context["margin"], notes=tuple(notes))}


def _phrases(margin: Margin, remarks: Remarks) -> list[str]:
    """Return what a reason of a return may say: open 须整改, then findings that ask for an act."""
    demands = [
        f"{remark.comment.place or '整张表'}：{remark.comment.text}"
        for remark in remarks.threads
        if remark.thread.blocks
    ]
    findings = [
        note.item.hits[0].message
        for note in margin.notes
        if note.item.severity != Severity.HINT and note.standing != Standing.ACCEPTED.label
    ]
    return list(dict.fromkeys((*demands, *findings)))[:MOST_PHRASES]


def _history(reviewed: Reviewed) -> list[Moved]:
    fiscal_year = year_of(reviewed).fiscal_year
    return [
        Moved(version, _LABELS[version.act], status_label(version.target, fiscal_year))
        for version in moves_of(reviewed).order_by("-pk")
    ]


def _queue(user, reviewed: Reviewed) -> dict[str, object]:
    place = place_in_queue(user, reviewed)
    return {
        "queue": place,
        "following": _address_of(place.following),
        "previous": _address_of(place.previous),
    }


def _address_of(turn: Turn | None) -> str:
    """Return the page on which what waits is reviewed; none where nothing does."""
    if turn is None:
        return ""
    if turn.is_table:
        return reverse("review-table", args=(turn.pk,))
    return reverse("review-narrative", args=(turn.year, turn.code))


def _beside(reviewed: Reviewed, what: str) -> str:
    if _is_table(reviewed):
        return reverse(f"review-table-{what}", args=(reviewed.pk,))
    return reverse(f"review-narrative-{what}", args=(reviewed.fiscal_year.year, reviewed.department.code))


def _told(reviewed: Reviewed, act: Act, done: Version) -> str:
    label = status_label(done.target, year_of(reviewed).fiscal_year)
    return f"“{reviewed if _is_table(reviewed) else '部门整体绩效目标'}”已{act.label}，现在{label}。"


def _said(refusal: Exception) -> str:
    if isinstance(refusal, RevisionConflictError):
        return "打开之后内容或状态又有变动，本次没有办理；核对现在的内容后再办理。"
    return str(refusal)


def _is_table(reviewed: Reviewed) -> bool:
    return isinstance(reviewed, Declaration)
