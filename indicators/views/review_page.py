"""What the review page shows: the paper with what changed, findings, comments, history, and the acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from indicators.checks import Severity
from indicators.document import content_hash
from indicators.finding_lists import Standing
from indicators.forms.problems import form_problems
from indicators.forms.review import REVIEW_ACTS, ActForm, CommentForm
from indicators.layout.html import publication_html
from indicators.layout.tracked import first_within, runs_html, texts_of, tracked_html
from indicators.queues import place_in_queue
from indicators.review_papers import ChangeLine, LastYear, ReviewPaper, last_year_of, review_paper
from indicators.reviewed import Reviewed, filed_of, year_of
from indicators.services.adjustment import adjustment_of, is_cancelling
from indicators.services.obstacles import obstacles_to, obstacles_to_narrative
from indicators.versions import moves_of
from indicators.views.addresses import page_address, turn_address
from indicators.views.marking import cell_id
from indicators.views.notes import Margin
from indicators.views.opinion_panel import opinion_panel
from indicators.views.pages import margin_context
from indicators.views.remark_lists import Remark, Remarks, remarks_of
from indicators.views.review_tails import tails_of
from projects.models import Adjustment, Declaration
from projects.routes import status_label
from workflow.comments import voice_of
from workflow.models import Version
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


def review_page(
    request: HttpRequest,
    reviewed: Reviewed,
    *,
    act_form: ActForm | None = None,
    comment_form: CommentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the page; the forms are those that were typed and refused."""
    paper, voice = review_paper(reviewed), voice_of(request.user, filed_of(reviewed))
    remarks = remarks_of(reviewed, voice, paper.texts)
    sheet = _sheet(request, reviewed, paper, remarks)
    if voice and comment_form is None:
        comment_form = CommentForm(places=paper.places, sorts=voice.sorts)
    context = {
        "reviewed": reviewed,
        "declaration": reviewed if _is_table(reviewed) else None,
        "filed": year_of(reviewed),
        "status_label": status_label(reviewed.status, year_of(reviewed).fiscal_year),
        "remarks": remarks,
        "history": _history(reviewed),
        "gate": _gate(request.user, reviewed, paper),
        **sheet,
        **_forms(act_form, comment_form, _phrases(sheet["margin"], remarks)),
        **_queue(request.user, reviewed),
        **_adjustment(reviewed),
        "page_address": page_address(reviewed, "review"),
        "act_address": page_address(reviewed, "act"),
        "comment_address": page_address(reviewed, "comments"),
        **_opinion(request.user, reviewed, paper),
    }
    return render(request, "indicators/review.html", context, status=status)


def _sheet(request: HttpRequest, reviewed: Reviewed, paper: ReviewPaper, remarks: Remarks) -> dict:
    """Return the paper, with what changed in it unless the address asks for the clean one, and its margin."""
    shows_changes = paper.tracked.shows_changes and request.GET.get("view") != "clean"
    last_year = last_year_of(reviewed, paper.document) if _is_table(reviewed) else None
    html = _paper_html(paper, shows_changes, remarks.threads, last_year)
    return {
        "publication": paper.publication,
        "clean": publication_html(paper.publication) if shows_changes else "",
        "shows_changes": shows_changes,
        "since": paper.since,
        "since_act": _LABELS[paper.since.act] if paper.since else "",
        "changes": _changes(paper),
        "last_year": last_year,
        **_gravest_first(margin_context(reviewed, html, "paper", request.user)),
    }


def _forms(act_form: ActForm | None, comment_form: CommentForm | None, phrases: Sequence[str]) -> dict:
    """Return the forms of the page; ``phrases`` are offered as reasons of a return."""
    typed = act_form or comment_form
    chosen = act_form.data.get("act", "") if act_form else ""
    act_form = act_form or ActForm()
    act_form.offer(phrases)
    return {
        "act_form": act_form,
        "chosen": chosen,
        "comment_form": comment_form,
        "problems": form_problems(typed) if typed and typed.is_bound else (),
    }


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
        "following": turn_address(place.following),
        "previous": turn_address(place.previous),
    }


def _is_table(reviewed: Reviewed) -> bool:
    return isinstance(reviewed, Declaration)
