"""Ranking by shared words, without and with a database (indicators/recommendation)."""

import csv
import dataclasses

import pytest

from indicators.checks.task_words import EMPTY_WORDS
from indicators.library_columns import COLUMNS
from indicators.models import LibraryIndicator
from indicators.recommendation import ProjectText, recommend_indicators, similar_tables, words_known
from indicators.recommendation.query import LONGEST_FIELD, runs_of, without_parts, words_in
from indicators.recommendation.ranking import TermIndex
from indicators.rows import frame_tiers, load_table
from indicators.segmentation import LIBRARY_DATA
from indicators.services import import_booklet, save_table
from indicators.services.library import load_starter, retire_indicator
from projects.models import Declaration
from tests.sample_documents import seed_booklet

TEXTS = ({"培训": 3.0, "党务": 1.0}, {"农田": 2.0, "培训": 1.0}, {"农田": 3.0, "灌溉": 2.0}, {})


@pytest.fixture
def starter(db):
    """Put the starter set into the library."""
    rows = []
    for path in sorted(LIBRARY_DATA.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows += [{column.field: row[column.title] for column in COLUMNS} for row in csv.DictReader(lines)]
    load_starter(rows=rows)


@pytest.fixture
def last_year(department_year):
    """Import the seed's booklet as that of 2023 too."""
    booklet = seed_booklet()
    tables = tuple(
        dataclasses.replace(
            table, year=2023, uid=f"of-2023-{number}", name=table.name.replace("2024", "2023")
        )
        for number, table in enumerate(booklet.tables)
    )
    import_booklet(booklet=dataclasses.replace(booklet, year=2023, sub_goals=(), tables=tables), actor=None)


def recommended(text, kept=None):
    groups = recommend_indicators(text, tiers=frame_tiers("2021"), kept=kept or {})
    return {group.second_tier: [row.indicator.name for row in group.rows] for group in groups}


# Ranking


def test_the_document_with_the_rarer_and_heavier_words_comes_first():
    scores, _ = TermIndex(TEXTS).scores({"农田": 1.0, "灌溉": 1.0})
    assert sorted(range(4), key=lambda number: -scores[number]) == [2, 1, 0, 3]
    assert scores[0] == scores[3] == 0


def test_the_shares_of_the_terms_make_up_the_whole():
    index = TermIndex(TEXTS)
    scores, used = index.scores({"农田": 2.0, "灌溉": 1.0, "培训": 1.0, "无人知晓": 9.0})
    match = index.match(2, scores[2], used)
    assert [term for term, _ in match.shares] == ["农田", "灌溉"]
    assert sum(share for _, share in match.shares) == pytest.approx(1)


def test_a_term_in_every_document_tells_less_than_one_in_a_few():
    index = TermIndex([{"共同": 1.0, "少见": 1.0}, {"共同": 1.0}, {"共同": 1.0}])
    assert index.rarity("少见") > index.rarity("共同") > 0


def test_an_empty_index_answers_with_nothing():
    assert TermIndex([]).scores({"培训": 1.0}) == ([], {})


def test_words_are_found_where_they_stand_and_empty_ones_are_left_out():
    known = {"高标准农田", "农田", "PM2.5", "pm2.5", EMPTY_WORDS.default[0]}
    text = f"新建高标准农田，监测PM2.5，{EMPTY_WORDS.default[0]}"
    assert words_in(text, known) == {"高标准农田", "农田", "pm2.5"}


def test_a_word_in_the_name_weighs_more_than_one_in_the_goal():
    weights = ProjectText("2024年度农田建设", goal="培训").words({"农田", "培训"})
    assert weights["农田"] > weights["培训"] > 0


def test_of_a_very_long_goal_the_beginning_is_read():
    text = ProjectText("", goal="。" * LONGEST_FIELD + "农田")
    assert text.words({"农田"}) == {}


def test_parts_of_a_shared_word_are_not_told_again():
    assert without_parts(["培训", "培训班", "农田", "班"]) == ["培训班", "农田"]


def test_stretches_of_three_letters_are_told_as_they_stand():
    assert runs_of("机关团工作经费", {"机关", "关团", "作经", "经费"}) == ["机关团", "作经费"]


# The library


def test_indicators_of_the_projects_subject_are_recommended_with_their_words(starter):
    groups = recommend_indicators(
        ProjectText("高标准农田建设项目", goal="新建高标准农田2万亩，配套机井，增产粮食"),
        tiers=frame_tiers("2021"),
        kept={},
    )
    rows = {group.second_tier: group.rows for group in groups}
    counted = {row.indicator.name: row.reasons for row in rows["数量指标"]}
    assert {"高标准农田新建面积", "机井配套眼数"} <= set(counted)
    assert "高标准农田" in [reason.word for reason in counted["高标准农田新建面积"]]
    assert all(0 < sum(reason.percent for reason in reasons) <= 102 for reasons in counted.values())
    assert rows["服务对象满意度指标"][0].indicator.name == "项目区农户满意度"


def test_tiers_the_table_lacks_come_first(starter):
    kept = {tier: ["某指标"] for tier in ("数量指标", "经济成本指标")}
    groups = recommend_indicators(ProjectText("高标准农田建设"), tiers=frame_tiers("2021"), kept=kept)
    missing = [group.is_missing for group in groups]
    assert missing == sorted(missing, reverse=True)
    assert {group.second_tier for group in groups if not group.is_missing} == set(kept)


def test_what_the_table_has_already_is_not_recommended(starter):
    text = ProjectText("高标准农田建设")
    assert "高标准农田新建面积" in recommended(text)["数量指标"]
    assert "高标准农田新建面积" not in recommended(text, {"数量指标": ["高标准农田新建面积"]})["数量指标"]


def test_costs_stand_under_the_tier_of_the_older_frame(starter):
    groups = recommend_indicators(ProjectText("高标准农田建设"), tiers=frame_tiers("2015"), kept={})
    costs = next(group for group in groups if group.second_tier == "成本指标")
    assert all(row.fit.second_tier == "成本指标" and row.fit.note for row in costs.rows)


def test_nothing_is_recommended_for_words_the_library_does_not_know(starter):
    assert recommended(ProjectText("甲乙丙丁戊己庚辛")) == {}
    assert recommended(ProjectText("")) == {}


def test_a_retired_indicator_is_no_longer_recommended(starter, reviewer):
    text = ProjectText("高标准农田建设")
    best = LibraryIndicator.objects.get(name="高标准农田新建面积")
    assert best.name in recommended(text)["数量指标"]
    retire_indicator(indicator=best, reason="口径已变", actor=reviewer)
    assert best.name not in recommended(text)["数量指标"]


def test_the_index_is_built_once_until_the_library_changes(starter, reviewer):
    first = words_known()
    assert words_known() is first
    retire_indicator(indicator=LibraryIndicator.objects.first(), reason="口径已变", actor=reviewer)
    assert words_known() is not first


def test_asking_takes_the_same_few_queries(starter, django_assert_num_queries):
    words_known()
    tiers = frame_tiers("2021")
    for text in (ProjectText("高标准农田建设"), ProjectText("党员教育培训、购置图书和电教设备")):
        with django_assert_num_queries(3):
            recommend_indicators(text, tiers=tiers, kept={})


# Past tables


def test_last_years_table_of_the_same_project_is_the_most_alike(declaration, last_year, preparer, starter):
    found = similar_tables(declaration, preparer, known=words_known())
    assert found[0].declaration.name == declaration.name.replace("2024", "2023")
    assert found[0].percent == 100
    assert "知识竞赛" in found[0].words


def test_the_table_itself_and_other_departments_are_never_among_them(
    declaration, other_department_year, preparer, last_year
):
    found = [one.declaration for one in similar_tables(declaration, preparer, known=words_known())]
    assert declaration not in found
    assert {one.department_year.department.code for one in found} == {"286001"}


def test_who_sees_both_departments_finds_the_others_table_behind_the_earlier_years(
    declaration, other_department_year, reviewer, last_year
):
    found = [one.declaration for one in similar_tables(declaration, reviewer, known=words_known())]
    years = [one.department_year.fiscal_year.year for one in found]
    assert years == sorted(years)
    assert other_department_year.declarations.get() in found


def test_later_years_are_not_among_them(declaration, last_year, preparer):
    earlier = Declaration.objects.get(name=declaration.name.replace("2024", "2023"))
    found = similar_tables(earlier, preparer, known=words_known())
    assert {one.declaration.department_year.fiscal_year.year for one in found} <= {2023}


def test_a_saved_text_is_found_at_once(declaration, last_year, preparer):
    earlier = Declaration.objects.get(name=declaration.name.replace("2024", "2023"))
    assert similar_tables(declaration, preparer, known=words_known())[0].declaration == earlier
    changed = dataclasses.replace(load_table(earlier), name="河道清淤", goal="清淤", purpose="清淤")
    save_table(declaration=earlier, table=changed, revision=earlier.revision, actor=preparer)
    found = [one.declaration for one in similar_tables(declaration, preparer, known=words_known())]
    assert earlier not in found


def test_finding_tables_takes_the_same_queries_once_the_years_are_read(
    declaration, last_year, preparer, django_assert_num_queries
):
    known = words_known()
    similar_tables(declaration, preparer, known=known)
    with django_assert_num_queries(2):
        similar_tables(declaration, preparer, known=known)
