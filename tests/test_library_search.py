"""Finding indicators in the library (indicators/library.py, library_tiers.py, library_initials.py)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Department
from indicators.frames import FRAMES
from indicators.library import LibraryFilter, alike, find, library_tiers, most_used_first, under_tier
from indicators.library_columns import COLUMNS
from indicators.library_initials import initials_of
from indicators.library_tiers import Fit, fit_tier, kept_under
from indicators.models import LibraryIndicator, LibraryUse
from indicators.services.library import load_starter

TIERS = {
    code: [(first, second) for first in frame for second in frame[first]] for code, frame in FRAMES.items()
}
NAMES = {
    "培训人员合格率": ("质量指标", "培训、考核"),
    "培训完成率": ("质量指标", "培训"),
    "重大工程验收合格率": ("质量指标", "工程"),
    "群众满意度": ("服务对象满意度指标", "测评"),
    "人均培训成本": ("经济成本指标", "培训、成本"),
}


@pytest.fixture
def library(db):
    """Put five indicators into the library, one of them of the sector 教育."""
    tiers = {second: first for first, second in library_tiers()}
    load_starter(
        rows=[
            {
                "sector": "教育" if name == "培训完成率" else "",
                "first_tier": tiers[second],
                "second_tier": second,
                "name": name,
                "explanation": f"反映{name}。",
                "keywords": keywords,
            }
            for name, (second, keywords) in NAMES.items()
        ]
    )
    return LibraryIndicator.objects.all()


def found(library, text="", **wanted):
    return {one.name for one in find(library, LibraryFilter(text=text, **wanted))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合格", {"培训人员合格率", "重大工程验收合格率"}),
        ("培训合格率", {"培训人员合格率"}),
        ("合格率 工程", {"重大工程验收合格率"}),
        ("测评", {"群众满意度"}),
        ("教育", {"培训完成率"}),
        ("pxryhgl", {"培训人员合格率"}),
        ("pxryhgs", {"培训人员合格率"}),
        ("PXWC", {"培训完成率"}),
        ("zdgc", {"重大工程验收合格率"}),
        ("cdgc", {"重大工程验收合格率"}),
        ("kh", {"培训人员合格率"}),
        ("养老", set()),
        ("%", set()),
        ("_", set()),
        ("  ", set(NAMES)),
    ],
)
def test_search_finds_words_parts_and_initials(library, text, expected):
    assert found(library, text) == expected


def test_filters_narrow_by_tier_sector_and_standing(library):
    assert found(library, tier="质量指标") == {"培训人员合格率", "培训完成率", "重大工程验收合格率"}
    assert found(library, sector="教育") == {"培训完成率"}
    assert found(library, standing=LibraryIndicator.Standing.RETIRED) == set()


def test_most_used_here_comes_first_then_most_used_then_the_best_match(library):
    here = Department.objects.create(code="286001", name="区直机关工委")
    there = Department.objects.create(code="387001", name="图书馆")
    for name, total, department, count in (
        ("培训完成率", 9, there, 9),
        ("人均培训成本", 2, here, 2),
    ):
        LibraryIndicator.objects.filter(name=name).update(usage_count=total)
        LibraryUse.objects.create(
            indicator=LibraryIndicator.objects.get(name=name), department=department, count=count
        )
    listed = most_used_first(find(library, LibraryFilter(text="培训")), departments=[here], text="培训")
    assert [(one.name, one.used_here) for one in listed] == [
        ("人均培训成本", 2),
        ("培训完成率", 0),
        ("培训人员合格率", 0),
    ]


def test_the_same_name_matches_better_than_one_that_begins_with_it(library):
    load_starter(
        rows=[
            {
                "first_tier": "产出指标",
                "second_tier": "质量指标",
                "name": "合格率",
                "explanation": "合格的比例。",
            }
        ]
    )
    listed = most_used_first(library, departments=[], text="合格率")
    assert listed.first().name == "合格率"


@pytest.mark.parametrize(
    ("text", "initials"),
    [
        ("培训合格率", "pxhgl pxhgs"),
        ("行车", "xc hc xj"),
        ("PM2.5浓度", "pm2.5nd"),
        ("", ""),
        ("㎡、绿化", "lh"),
    ],
)
def test_initials_hold_both_readings(text, initials):
    assert initials_of(text) == initials


def test_initials_never_outgrow_their_column():
    assert len(initials_of("率" * 100 + "、" + "重" * 250)) <= 300


@pytest.mark.parametrize(
    ("frame", "second", "tier"),
    [
        ("2015", "质量指标", ("产出指标", "质量指标")),
        ("2015", "数量", ("产出指标", "数量指标")),
        ("2021", "经济成本指标", ("成本指标", "经济成本指标")),
    ],
)
def test_a_tier_that_a_frame_has_stands_in_its_place(frame, second, tier):
    assert fit_tier(second, TIERS[frame]) == Fit(*tier)


@pytest.mark.parametrize(
    ("frame", "second", "tier"),
    [
        ("2015", "生态环境成本指标", ("产出指标", "成本指标")),
        ("2021", "成本指标", ("成本指标", "经济成本指标")),
        ("2021", "可持续影响指标", ("效益指标", "社会效益指标")),
    ],
)
def test_a_tier_that_a_frame_lacks_stands_elsewhere_and_says_so(frame, second, tier):
    note = f"本年度的指标框架没有“{second}”，列入“{tier[0]}”下的“{tier[1]}”。"
    assert fit_tier(second, TIERS[frame]) == Fit(*tier, note)


@pytest.mark.parametrize("second", ["别的指标", ""])
def test_a_tier_that_no_frame_knows_stands_nowhere(second):
    assert fit_tier(second, TIERS["2021"]) is None


def test_every_tier_of_either_frame_stands_in_the_other():
    for frame, other in (("2015", "2021"), ("2021", "2015")):
        for _, second in TIERS[frame]:
            assert fit_tier(second, TIERS[other]) is not None


def test_the_tier_of_a_table_finds_what_the_library_keeps_under_another_name(library):
    assert kept_under("成本指标", TIERS["2015"]) == (
        "成本指标",
        "生态环境成本指标",
        "社会成本指标",
        "经济成本指标",
    )
    kept = under_tier(library, "成本指标", TIERS["2015"])
    assert [one.name for one in kept] == ["人均培训成本"]
    assert not under_tier(library, "生态效益指标", TIERS["2021"]).exists()


def test_near_duplicates_are_found_by_their_names(library, reviewer):
    assert [one.name for one in alike("参训人员合格率", reviewer)] == ["培训人员合格率"]
    assert [one.name for one in alike("培训完成率", reviewer)] == ["培训完成率"]
    assert alike("培训完成率", reviewer, besides=LibraryIndicator.objects.get(name="培训完成率").pk) == []
    assert alike("绿化面积", reviewer) == []


def test_proposals_of_other_departments_are_no_near_duplicates(library, preparer, outsider, department_year):
    proposal = LibraryIndicator.objects.get(name="培训完成率")
    proposal.standing, proposal.proposed_for = "proposed", department_year.department
    proposal.save()
    assert alike("培训完成率", preparer) == [proposal]
    assert alike("培训完成率", outsider) == []


def test_the_columns_are_those_of_the_model(db):
    for column in COLUMNS:
        field = LibraryIndicator._meta.get_field(column.field)
        assert (field.verbose_name, field.max_length) == (column.title, column.most)
        assert field.blank == (not column.required)
    titles = [column.title for column in COLUMNS]
    assert titles[:7] == ["行业领域", "行业类别", "资金用途", "一级指标", "二级指标", "三级指标", "指标解释"]
    assert titles[7:13] == ["计划标准", "历史标准", "行业标准", "预算支出标准", "其他标准", "关键词"]


def test_search_and_list_cost_the_same_queries_at_1_row_and_at_30(library, preparer, signed_in, declaration):
    client = signed_in(preparer)
    addresses = [
        reverse("library"),
        f"{reverse('library-search')}?q=培训&declaration={declaration.pk}",
        reverse("library-insert", args=(declaration.pk,)),
    ]

    def queries():
        numbers = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            numbers.append(len(captured))
        return numbers

    few = queries()
    load_starter(
        rows=[
            {
                "first_tier": "产出指标",
                "second_tier": "数量指标",
                "name": f"培训第{number}项",
                "explanation": "一项。",
            }
            for number in range(60)
        ]
    )
    assert [after - before for after, before in zip(queries(), few, strict=True)] == [0, 0, 0]
    assert max(few) <= 19
