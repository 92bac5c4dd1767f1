"""Made-up booklets: the same for the same seed, believable, with the defects they say they have."""

import re
from dataclasses import asdict
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from departments.models import Department
from indicators import document
from indicators.demo_data import (
    DEFECTS,
    MOST_DEPARTMENTS,
    generate,
    generate_booklets,
    supervising_departments,
)
from indicators.demo_data.kinds import COMMON_ROWS, KINDS, OFFICE
from indicators.demo_data.project_codes import check_character, project_code
from indicators.demo_data.register import units
from indicators.demo_data.tables import FRAMES
from indicators.demo_data.words import WORDS
from indicators.document import booklet_from_json, canonical_json
from indicators.document.changes import booklet_changes
from indicators.models import Frame, Indicator
from indicators.rows import load_booklet
from projects.models import Declaration, DepartmentYear, FiscalYear
from trail.models import Entry
from trail.verification import verify

KNOWN_SLOTS = {"n", "year", "last_year"}


@pytest.fixture(scope="module")
def made():
    """Return 40 booklets of 25 tables: enough for shares to be told."""
    return list(generate(40, 25, seed=7))


@pytest.fixture(scope="module")
def tables(made):
    """Return every table with the defects planted in it."""
    return [pair for demo in made for pair in zip(demo.booklet.tables, demo.planted, strict=True)]


@pytest.fixture(scope="module")
def sound(tables):
    """Return the tables without a planted defect."""
    return [table for table, defects in tables if not defects]


def test_the_same_seed_gives_the_same_booklets():
    assert list(generate_booklets(3, 8, seed=5)) == list(generate_booklets(3, 8, seed=5))


def test_another_seed_or_year_gives_other_tables():
    first = next(generate_booklets(1, 4, seed=5))
    other_seed = next(generate_booklets(1, 4, seed=6))
    other_year = next(generate_booklets(1, 4, seed=5, year=2023))
    assert first.department_code == other_seed.department_code == other_year.department_code
    assert {table.goal for table in first.tables}.isdisjoint(table.goal for table in other_seed.tables)
    assert {table.goal for table in first.tables}.isdisjoint(table.goal for table in other_year.tables)


def test_more_departments_and_projects_keep_the_tables_there_were():
    few = list(generate_booklets(2, 5, seed=9))
    many = list(generate_booklets(4, 9, seed=9))
    assert [booklet.tables for booklet in few] == [booklet.tables[:5] for booklet in many[:2]]


def test_there_are_as_many_booklets_and_tables_as_asked_for(made):
    assert [len(demo.booklet.tables) for demo in made] == [25] * 40
    assert [len(demo.planted) for demo in made] == [25] * 40
    assert list(generate_booklets(0, 5, seed=1)) == []
    assert next(generate_booklets(1, 0, seed=1)).tables == ()


@pytest.mark.parametrize(
    ("departments", "projects", "year", "named"),
    [
        (MOST_DEPARTMENTS + 1, 1, 2024, "单位数"),
        (-1, 1, 2024, "单位数"),
        (1, 1000, 2024, "项目数"),
        (1, 1, 1999, "预算年度"),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(departments, projects, year, named):
    with pytest.raises(ValueError, match=named):
        generate_booklets(departments, projects, 1, year)


def test_units_have_codes_below_their_department_and_names_of_their_own():
    register = list(units())
    assert all(re.fullmatch(r"\d{6}", unit.code) for unit in register)
    assert {unit.code[:3] for unit in register} == set(supervising_departments())
    assert len({unit.code for unit in register}) == len({unit.name for unit in register}) == MOST_DEPARTMENTS
    assert "286" not in supervising_departments()


@pytest.mark.parametrize("code", ["13020924P00077210002M", "12000023P02DLNB10017K", "12000022P67371310001B"])
def test_the_check_character_is_that_of_published_codes(code):
    assert check_character(code[:20]) == code[20]


def test_project_codes_are_well_formed_and_used_once(tables):
    codes = [table.project_code for table, _ in tables]
    assert len(set(codes)) == len(codes)
    for table, defects in tables:
        code = table.project_code
        assert re.fullmatch(r"130299(22|23|24)P\d{11}[0-9A-Z]", code)
        mistyped = any(defect.name == "mistyped_code" for defect in defects)
        assert (check_character(code[:20]) == code[20]) != mistyped
        assert table.nature == ("新增" if code[6:8] == "24" else "延续")


def test_a_code_is_made_of_region_year_and_serial():
    assert project_code("130299", 2024, 1001)[:20] == "13029924P00100110001"


def test_no_two_tables_of_a_unit_are_alike(made):
    for demo in made:
        names = [
            re.sub(r"^[]“《]|^20\d\d年度?|冀财预〔\d+〕\d+号", "", table.name)
            for table in demo.booklet.tables
        ]
        assert len(set(names)) == len(names)
        contents = {
            (table.purpose, table.goal, tuple(row.value for row in table.indicators))
            for table in demo.booklet.tables
        }
        assert len(contents) == len(demo.booklet.tables)


def test_about_a_quarter_of_the_tables_have_one_to_three_defects(tables):
    counts = [len(defects) for _, defects in tables]
    assert 0.2 <= sum(map(bool, counts)) / len(counts) <= 0.3
    assert set(counts) == {0, 1, 2, 3}


def test_every_defect_occurs(tables):
    assert {defect.name for _, defects in tables for defect in defects} == {defect.name for defect in DEFECTS}


def test_amounts_add_up_unless_that_is_the_defect(tables):
    for table, defects in tables:
        adds_up = table.budget == table.fiscal_funding + (table.other_funding or 0)
        assert adds_up != any(defect.rule == "R02" for defect in defects)


def test_sound_tables_have_a_plan_that_rises_to_100(sound):
    for table in sound:
        percents = [milestone.percent for milestone in table.milestones]
        assert [milestone.month for milestone in table.milestones] == [3, 6, 10, 12]
        assert all(before < after for before, after in pairwise(percents))
        assert percents[-1] == 100
        assert percents[2] > 75


def test_sound_tables_count_every_task_and_cost_less_than_the_budget(sound):
    for table in sound:
        counts = [row for row in table.indicators if row.second_tier == "数量指标"]
        numbers = [re.search(r"\d+", row.value)[0] for row in counts]
        assert counts
        assert all(number in table.goal for number in numbers)
        assert all(
            row.description not in ("", row.name) and row.value and row.basis for row in table.indicators
        )


def test_tables_are_of_many_lengths(tables):
    lengths = [len(table.indicators) for table, _ in tables]
    assert min(lengths) == 2
    assert max(lengths) >= 35
    usual = [length for length in lengths if 4 <= length <= 15]
    assert 0.93 <= len(usual) / len(lengths) <= 0.99
    assert max(len(table.goal) for table, _ in tables) > 1000


def test_values_are_spelt_as_people_spell_them(tables):
    values = {row.value for table, _ in tables for row in table.indicators}
    for spelling in ("≥", ">=", "不低于", "≧", "％", "百分比"):
        assert any(spelling in value for value in values)


def test_every_document_comes_back_from_its_json(made):
    for demo in made[:10]:
        assert booklet_from_json(canonical_json(demo.booklet)) == demo.booklet


def test_sub_goals_name_every_project_once(made):
    for demo in made:
        linked = [code for sub_goal in demo.booklet.sub_goals for code in sub_goal.project_codes]
        assert sorted(linked) == sorted(table.project_code for table in demo.booklet.tables)
        assert demo.booklet.overall_goals
        assert all(section.items for section in demo.booklet.safeguards)


def test_no_slot_is_left_unfilled(made):
    for demo in made:
        assert not [text for text in texts_of(asdict(demo.booklet)) if re.search(r"[{}|]|\.\.", text)]


def texts_of(value):
    """Yield every text inside dictionaries and lists."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_of(part)


def test_templates_use_words_that_exist():
    texts = [
        text
        for kind in (*OFFICE, *(kind for kinds in KINDS.values() for kind in kinds))
        for text in texts_of((kind, COMMON_ROWS))
    ]
    slots = {slot for text in texts for slot in re.findall(r"\{([^{}]+)\}", text)}
    words = {slot.rstrip("23") for slot in slots if ".." not in slot and "|" not in slot}
    assert words - KNOWN_SLOTS <= set(WORDS)


# The command


def make(**arguments) -> str:
    """Run the command and return what it says."""
    out = StringIO()
    call_command("make_demo_data", **arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_stores_what_the_generator_makes():
    out = make(departments=3, projects=4, seed=2)
    wanted = list(generate(3, 4, seed=2))
    defects = [defects for demo in wanted for defects in demo.planted if defects]
    assert out.startswith("共3个单位、12个项目、")
    assert f"{len(defects)}张表中有{sum(map(len, defects))}处填报缺陷。新写入3个单位。" in out
    for demo in wanted:
        year = DepartmentYear.objects.get(department__code=demo.booklet.department_code)
        assert (
            booklet_changes(load_booklet(year), document.adopt_booklet(load_booklet(year), demo.booklet))
            == ()
        )
    assert FiscalYear.objects.get().frame == "2015"
    assert not Indicator.objects.filter(category=None, first_tier="产出指标").exists()
    assert verify() == []


@pytest.mark.django_db
def test_the_command_makes_the_supervising_departments():
    make(departments=2, projects=1)
    units_of_one = Department.objects.filter(parent__code="101")
    assert [unit.code for unit in units_of_one] == ["101001", "101002"]
    assert Department.objects.get(code="101").name == "滨河区教育局"
    assert Entry.objects.filter(kind="department", label="101滨河区教育局", action="create").count() == 1


@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_says_so():
    make(departments=2, projects=3)
    entries = Entry.objects.count()
    assert "系统中已有这些内容，没有改动。" in make(departments=2, projects=3)
    assert Entry.objects.count() == entries
    assert "新写入1个单位。" in make(departments=3, projects=3)


@pytest.mark.django_db
def test_other_content_is_not_overwritten():
    make(departments=2, projects=3, seed=1)
    before = (Declaration.objects.count(), Entry.objects.count())
    with pytest.raises(CommandError, match="101001滨河区教育局2024年度在系统中已有不同的内容") as refused:
        make(departments=2, projects=3, seed=2)
    assert refused.value.returncode == 2
    assert (Declaration.objects.count(), Entry.objects.count()) == before


@pytest.mark.django_db
def test_more_than_there_is_is_refused_in_words():
    with pytest.raises(CommandError, match="单位数应在0至") as refused:
        make(departments=100_000)
    assert refused.value.returncode == 2
    assert not Department.objects.exists()


@pytest.mark.django_db
def test_later_years_are_filed_in_the_newer_frame():
    make(departments=1, projects=6, year=2025)
    assert FiscalYear.objects.get().frame == "2021"
    tiers = set(Indicator.objects.values_list("first_tier", flat=True))
    assert "成本指标" in tiers


@pytest.mark.django_db
def test_the_frames_are_those_of_the_database():
    for code, tiers in FRAMES.items():
        second_tiers = Frame.objects.get(code=code).first_tiers.values_list("name", "second_tiers__name")
        assert set(tiers.values()) <= set(second_tiers)
