"""What made-up tables are drawn from: kinds of projects, written as small tables of words with slots."""

from typing import NamedTuple


class Spend(NamedTuple):
    """What money is spent on, ``{n}`` being how much of it: quantity and price (元 a unit) from … to."""

    item: str
    task: str
    counted: str
    unit: str
    quantity: tuple[int, int]
    price: tuple[int, int]


class Row(NamedTuple):
    """An indicator that is no count and no cost, under the short name of its second tier (质量, 社会 …)."""

    tier: str
    name: str
    description: str
    value: str


class Kind(NamedTuple):
    """A kind of project. All texts may hold slots (see drawing.py).

    ``theme`` is what its 分项绩效目标 is called, ``parts`` the words a large project is divided by,
    ``standard`` the published standard its quality is held against, ``evidence`` what its counts come from.
    """

    theme: str
    names: tuple[str, ...]
    aim: str
    spends: tuple[Spend, ...]
    rows: tuple[Row, ...]
    evidence: str
    parts: str
    standard: str
    category: str


def kind(
    theme: str,
    *,
    names: str,
    aim: str,
    spends: str,
    rows: str,
    evidence: str,
    parts: str = "village",
    standard: str = "",
    category: str = "特定目标类",
) -> Kind:
    """Read a kind from its tables: blanks between the columns, a line for each spend and each row."""
    return Kind(
        theme,
        tuple(names.split()),
        aim,
        tuple(_spend(line) for line in spends.strip().splitlines()),
        read_rows(rows),
        evidence,
        parts,
        standard,
        category,
    )


def read_rows(text: str) -> tuple[Row, ...]:
    """Read indicators from their table: tier, name, description, value."""
    return tuple(Row(*line.split()) for line in text.strip().splitlines())


def _spend(line: str) -> Spend:
    item, task, counted, unit, quantity, price = line.split()
    return Spend(item, task, counted, unit, _span(quantity), _span(price))


def _span(text: str) -> tuple[int, int]:
    least, _, most = text.partition("-")
    return int(least), int(most or least)
