"""What the margin beside a document shows: one note for each rule that found something, and the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indicators.checks import Severity, State
from indicators.checks.model import Fix, Hit
from indicators.finding_lists import Standing
from indicators.findings import Item
from indicators.views.marking import MarkedPaper
from workflow.models import Status

MOST_UNFOLDED = 3  # places of a rule that stand open; a longer note folds the rest


@dataclass(frozen=True, slots=True)
class Place:
    """One hit of a rule; ``anchor`` is the id of its cell on the sheet, '' where it is about the whole."""

    hit: Hit
    anchor: str

    @property
    def fix(self) -> Fix | None:
        return self.hit.fix


@dataclass(frozen=True, slots=True)
class Note:
    """A rule with all its places."""

    item: Item
    places: tuple[Place, ...]

    @property
    def first_places(self) -> tuple[Place, ...]:
        return self.places[:MOST_UNFOLDED]

    @property
    def folded_places(self) -> tuple[Place, ...]:
        return self.places[MOST_UNFOLDED:]

    @property
    def advice(self) -> list[str]:
        """Return what to do, each advice once."""
        given = (hit.advice or self.item.rule.advice for hit in self.item.hits)
        return [advice for advice in dict.fromkeys(given) if advice]

    @property
    def evidence(self) -> list[str]:
        """Return the words that triggered it, each once."""
        return [words for words in dict.fromkeys(hit.evidence for hit in self.item.hits) if words]

    @property
    def is_open(self) -> bool:
        """True where the note stands unfolded: what asks for an act, or was answered."""
        return self.item.severity != Severity.HINT or self.item.explanation is not None

    @property
    def takes_reason(self) -> bool:
        """True where a 情况说明 may be written; what must be corrected is not explained away."""
        return self.item.severity != Severity.ERROR and self.item.needs_reason

    @property
    def standing(self) -> str:
        return standing_of(self.item)


@dataclass(frozen=True, slots=True)
class Margin:
    """The notes from the top of the document down, how many of each severity, and the ledger."""

    notes: tuple[Note, ...]
    tally: tuple[tuple[Severity, int], ...]
    is_pending: bool
    obligations: int  # what must still be corrected or explained
    status: Status
    passed: tuple[Item, ...]
    not_run: tuple[Item, ...]
    off: tuple[Item, ...]

    @property
    def awaited(self) -> str:
        """Return what is still to be done about the notes, and before what; '' where nothing is."""
        if not self.obligations:
            return ""
        if self.status in Status.EDITABLE:
            return f"送审前还须改正或说明 {self.obligations} 项。"
        if self.status in Status.UNDER_REVIEW:
            return f"还有 {self.obligations} 项没有改正或说明，处理之后才能通过。"
        return f"{self.status.label}；还有 {self.obligations} 项没有改正或说明，再次送审前处理。"


def margin_of(paper: MarkedPaper, items: Iterable[Item], status: Status) -> Margin:
    """Return the margin of a document from its ledger and its place in the workflow."""
    by_state: dict[State, list[Item]] = {state: [] for state in State}
    for item in items:
        by_state[item.state].append(item)
    notes = sorted(
        (_note(paper, item) for item in by_state[State.FOUND]), key=lambda note: _rank(paper, note)
    )
    return Margin(
        tuple(notes),
        tally_of(by_state[State.FOUND]),
        any(item.pending for found in by_state.values() for item in found),
        sum(note.item.blocks for note in notes),
        status,
        tuple(by_state[State.PASSED]),
        tuple(by_state[State.NOT_RUN]),
        tuple(by_state[State.OFF]),
    )


def standing_of(item: Item) -> str:
    """Return what became of the explanation of an item, in a word; '' where there is none."""
    return Standing.of(item.explanation, item.explanation_is_current).label if item.explanation else ""


def tally_of(items: Sequence[Item]) -> tuple[tuple[Severity, int], ...]:
    """Return how many of each severity there are, the gravest first."""
    return tuple((severity, sum(item.severity == severity for item in items)) for severity in Severity)


def marks_of(notes: Iterable[Note]) -> Mapping[str, Severity]:
    """Return the gravest severity by path."""
    marks: dict[str, Severity] = {}
    for note in notes:
        for place in note.places:
            rivals = (note.item.severity, marks.get(place.hit.path, note.item.severity))
            marks[place.hit.path] = max(rivals, key=lambda severity: severity.weight)
    return marks


def _note(paper: MarkedPaper, item: Item) -> Note:
    return Note(item, tuple(Place(hit, paper.anchor_of(hit.path)) for hit in item.hits))


def _rank(paper: MarkedPaper, note: Note) -> tuple[int, int, str]:
    """Sort by the first place on the sheet, then the gravest first."""
    top = paper.order_of(note.places[0].hit.path) if note.places else -1
    return top, -note.item.severity.weight, note.item.rule.code
