"""What reading a booklet leads to: a Reading, or a refusal with every problem at once."""

from dataclasses import dataclass, field

from indicators.document.model import Booklet, ImportNote, NoteKind

MOST_PROBLEMS = 100
SHOWN_LENGTH = 30
WHAT_IS_READ = "请提供绩效目标文本（txt）、Excel工作簿（xlsx）或Word文档（docx）。"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is refused: the place in it and a Chinese sentence (value, rule, what to do)."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}：{self.message}"


class ImportRefused(Exception):  # noqa: N818 (a refusal is an answer to the user, not a fault of the program)
    """The file is no booklet that can be read as it stands; ``problems`` says all that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True, slots=True)
class Reading:
    """A booklet as read, and what was seen on the way: Chinese sentences for the person who imports it."""

    booklet: Booklet
    messages: tuple[str, ...] = ()


@dataclass(slots=True)
class Problems:
    """The reasons to refuse one file. Beyond the first hundred they are only counted."""

    listed: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def add(self, place: str, message: str) -> None:
        if len(self.listed) < MOST_PROBLEMS:
            self.listed.append(Problem(place, message))
        else:
            self.unlisted += 1

    def refuse_if_any(self) -> None:
        """Raise ImportRefused if there is a problem."""
        if self.unlisted:
            self.listed.append(Problem("全文", f"另有{self.unlisted}处问题未列出，请先改正以上各处。"))
        if self.listed:
            raise ImportRefused(tuple(self.listed))


@dataclass(slots=True)
class Journal:
    """What reading meets: the problems of the file; notes of the narrative or one table; what to tell."""

    problems: Problems = field(default_factory=Problems)
    notes: list[ImportNote] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def problem(self, place: str, message: str) -> None:
        """Add a reason to refuse the file: a sentence with the value, the rule and what to do."""
        self.problems.add(place, message)

    def note(self, kind: NoteKind, place: str, text: str) -> None:
        """Add something the document will not hold."""
        self.notes.append(ImportNote(kind, place, text))

    def tell(self, message: str) -> None:
        """Add a sentence for the person who imports the file."""
        self.messages.append(message)

    def beside(self) -> "Journal":
        """Return a journal of the same file with notes of its own."""
        return Journal(self.problems)


def refused(place: str, message: str) -> ImportRefused:
    """Return the refusal for a single reason."""
    return ImportRefused((Problem(place, message),))


def shown(text: str) -> str:
    """Return the text in quotation marks as a message shows it: one line, cut where it is long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= SHOWN_LENGTH else line[:SHOWN_LENGTH] + '…'}”"
