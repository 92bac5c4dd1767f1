"""Adding, ordering and removing parts of the narrative, and the form they are drawn as. No database."""

import pytest

from indicators.document import Booklet, NarrativeItem, SafeguardSection, SubGoal
from indicators.document import narrative_parts as parts
from indicators.layout.narrative_form import Adder, Field, Links, Title, narrative_pieces

BOOKLET = Booklet(
    2024,
    "286001",
    "直机关工委",
    overall_goals=tuple(NarrativeItem(f"目标{uid}", uid=uid) for uid in "abc"),
    sub_goals=(SubGoal("分项", "目标", "指标", ("CODE1",), uid="s"),),
    safeguards=(
        SafeguardSection("制度", (NarrativeItem("一", uid="x"), NarrativeItem("二", uid="y")), uid="k"),
        SafeguardSection("监督", (), uid="l"),
    ),
)
MEASURES = "safeguards/k/items"


def uids(booklet, path="overall_goals"):
    return "".join(part.uid for part in parts.parts_at(booklet, path))


@pytest.mark.parametrize(("after", "order"), [("", "abcn"), ("a", "anbc"), ("c", "abcn"), ("gone", "abcn")])
def test_a_part_is_added_after_another_or_last(after, order):
    assert uids(parts.add_part(BOOKLET, "overall_goals", "n", after)) == order


@pytest.mark.parametrize("path", ["overall_goals", "sub_goals", "safeguards", MEASURES])
def test_what_is_added_is_blank_and_adding_it_again_changes_nothing(path):
    once = parts.add_part(BOOKLET, path, "n")
    assert uids(once, path).endswith("n")
    added = parts.parts_at(once, path)[-1]
    assert not any(getattr(added, name, "") for name in ("text", "title", "goal", "items"))
    assert parts.add_part(once, path, "n") == once


def test_a_removed_part_comes_back_where_and_as_it_was():
    removed = BOOKLET.safeguards[0]
    without = parts.remove_part(BOOKLET, "safeguards", "k")
    assert uids(without, "safeguards") == "l"
    assert parts.put_part(without, "safeguards", removed, 0) == BOOKLET


@pytest.mark.parametrize(
    ("uid", "before", "order"), [("a", "c", "bac"), ("a", "", "bca"), ("c", "a", "cab"), ("b", "b", "abc")]
)
def test_a_part_is_moved_before_another_or_last(uid, before, order):
    assert uids(parts.move_part(BOOKLET, "overall_goals", uid, before)) == order


def test_measures_move_within_their_block_alone():
    moved = parts.move_part(BOOKLET, MEASURES, "y", "x")
    assert uids(moved, MEASURES) == "yx"
    assert moved.safeguards[1] == BOOKLET.safeguards[1]


def test_projects_are_linked():
    linked = parts.link_projects(BOOKLET, "s", ["CODE2", "CODE1"])
    assert linked.sub_goals[0].project_codes == ("CODE1", "CODE2")
    assert parts.link_projects(linked, "s", ["CODE2"]).sub_goals[0].project_codes == ("CODE2",)


@pytest.mark.parametrize("path", ["", "tables", "safeguards/gone/items", "safeguards/k", "name/x"])
def test_a_list_that_is_not_there_is_refused(path):
    with pytest.raises(parts.NoSuchPartError):
        parts.add_part(BOOKLET, path, "n")


@pytest.mark.parametrize(
    "act",
    [
        lambda: parts.remove_part(BOOKLET, "overall_goals", "gone"),
        lambda: parts.move_part(BOOKLET, "overall_goals", "gone"),
        lambda: parts.link_projects(BOOKLET, "gone", []),
    ],
)
def test_a_part_that_is_gone_is_refused(act):
    with pytest.raises(parts.NoSuchPartError):
        act()


def test_a_list_does_not_grow_without_end():
    full = BOOKLET
    for number in range(parts.MOST_PARTS - 3):
        full = parts.add_part(full, "overall_goals", f"n{number}")
    with pytest.raises(parts.TooManyPartsError, match="最多200项"):
        parts.add_part(full, "overall_goals", "one more")


def test_the_form_is_the_paper_with_something_to_add_after_each_list():
    pieces = narrative_pieces(BOOKLET, [("CODE1", "甲"), ("CODE2", "乙"), ("", "无编码")])
    assert [piece.path for piece in pieces if isinstance(piece, Adder)] == [
        "overall_goals",
        "sub_goals",
        "safeguards/k/items",
        "safeguards/l/items",
        "safeguards",
    ]
    assert [piece.text for piece in pieces if isinstance(piece, Title)][1:] == [
        "一、总体绩效目标",
        "二、分项绩效目标",
        "三、工作保障措施",
    ]
    (links,) = (piece for piece in pieces if isinstance(piece, Links))
    assert [(tick.code, tick.is_linked) for tick in links.ticks] == [("CODE1", True), ("CODE2", False)]


def test_every_text_has_one_field_without_its_number():
    fields = [piece for piece in narrative_pieces(BOOKLET, []) if isinstance(piece, Field)]
    shown = [(field.lead, field.text, field.part) for field in fields]
    assert shown == [
        ("（一）", "目标a", "overall_goals/a"),
        ("（二）", "目标b", "overall_goals/b"),
        ("（三）", "目标c", "overall_goals/c"),
        ("（一）", "分项", "sub_goals/s"),
        ("绩效目标：", "目标", ""),
        ("绩效指标：", "指标", ""),
        ("（一）", "制度", "safeguards/k"),
        ("1、", "一", "safeguards/k/items/x"),
        ("2、", "二", "safeguards/k/items/y"),
        ("（二）", "监督", "safeguards/l"),
    ]
    assert [field.lead_width for field in fields[:1] + fields[4:5] + fields[7:8]] == [6, 10, 3]
    assert fields[0].label == "总体绩效目标（一）"
