"""What pasting would do, said before anything is done: new rows, and cells with what they hold now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from indicators.document import Change, Indicator
from indicators.document.changes import printed_value


class Act(StrEnum):
    """What is done with a proposal."""

    ADD = "add"  # as a new row
    REPLACE = "replace"  # write over what is there
    LEAVE = "leave"  # paste nothing


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row of the block, or one cell of it where single cells are filled.

    number    the row in the block, from 1; of cells the order
    added     the indicator it would be as a new row, with the uid it will have; None where it cannot be one
    changes   what writing over what is there would change; its paths are those of a document
    existing  the uid of the row it is taken for, '' where there is none
    remarks   what could not be read: column of the block → sentence
    """

    number: int
    added: Indicator | None = None
    changes: tuple[Change, ...] = ()
    existing: str = ""
    remarks: Mapping[int, str] = field(default_factory=dict)
    tiers: tuple[str, str] = ("", "")

    @property
    def acts(self) -> tuple[Act, ...]:
        """Return what may be chosen, what overwrites nothing first."""
        choices = []
        if self.added and not self.existing:
            choices.append(Act.ADD)
        choices.append(Act.LEAVE)
        if self.changes:
            choices.append(Act.REPLACE)
        if self.added and self.existing:
            choices.append(Act.ADD)
        return tuple(choices)

    def default(self, *, existing: Act = Act.LEAVE) -> Act:
        """Return what is chosen unless a person chooses: nothing that is there is written over unasked.

        ``existing`` is what they want done wherever something is there.
        """
        if self.changes and all(not change.before for change in self.changes) and not self.existing:
            return Act.REPLACE
        if (self.existing or self.changes) and existing in self.acts:
            return existing
        return self.acts[0]


@dataclass(frozen=True, slots=True)
class PastePreview:
    """All proposals of a block, and sentences about what was skipped or not understood."""

    proposals: tuple[Proposal, ...]
    messages: tuple[str, ...] = ()

    @property
    def meets_existing(self) -> bool:
        """Whether something is there already that a person may want to write over."""
        return any(len(proposal.acts) > 1 and proposal.default() is Act.LEAVE for proposal in self.proposals)


def numbered_lines(numbers: Iterable[int]) -> str:
    """Return 第1、2、5行."""
    return f"第{'、'.join(map(str, numbers))}行"


def row_text(indicator: Indicator, name: str) -> str:
    """Return a field of a row as it is printed and compared."""
    return printed_value(name, getattr(indicator, name))
