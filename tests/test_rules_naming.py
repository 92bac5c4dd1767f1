"""R04–R06: 项目编码 and 项目名称."""

from dataclasses import replace

import pytest

from indicators.checks import Context, Severity, State, check_table
from indicators.document import ImportNote, NoteKind
from projects.codes import check_character
from tests.sample_documents import party_table, team_table

E, W = Severity.ERROR, Severity.WARNING
SOUND = replace(party_table(), name="2024年度机关党组织活动经费")


def outcome(code, table, **context):
    return next(found for found in check_table(table, Context(**context)) if found.rule.code == code)


def places(found):
    """Return path and severity of each hit."""
    return [(hit.path, hit.severity or found.rule.severity) for hit in found.hits]


# R04

T1_CODE, T2_CODE = "13020924P00077210002M", "13020924P00077110001C"


@pytest.mark.parametrize(
    ("code", "severity", "evidence"),
    [
        ("13020924P0007711000C", E, "13020924P0007711000C"),
        ("13020924P00077110001CC", E, "13020924P00077110001CC"),
        ("13020924-00077110001C", E, "13020924-00077110001C"),
        ("1302092AP00077110001C", E, "1302092AP00077110001C"),
        ("130209240000077110001", E, "130209240000077110001"),
        ("13020924P00077110001D", W, "D"),
        ("13020924P00077710001C", W, "C"),
        ("12000022P10000210006W", W, "120000"),
        ("13022924R000000019951", W, "130229"),
        ("13020925Y00077110001C", W, "25"),
    ],
)
def test_r04_finds_a_code_that_cannot_be_or_may_be_mistyped(code, severity, evidence):
    found = outcome("R04", replace(SOUND, project_code=code), region_code="130209")
    assert places(found) == [("project_code", severity)]
    assert found.hits[0].evidence == evidence
    assert found.severity == severity


@pytest.mark.parametrize(
    "typed", ["13020924p00077110001c", "13020924Ｐ00077110001C", " 13020924P 00077110001C"]
)
def test_r04_proposes_the_code_in_plain_capital_letters(typed):
    found = outcome("R04", replace(SOUND, project_code=typed))
    assert places(found) == [("project_code", E)]
    assert (found.hits[0].fix.before, found.hits[0].fix.after) == (typed, T2_CODE)


def test_r04_finds_a_code_used_twice():
    twice = outcome("R04", SOUND, siblings=(replace(team_table(), project_code=T2_CODE),))
    assert places(twice) == [("project_code", E)]
    assert "2024年度机关团工作活动经费" in twice.hits[0].message
    elsewhere = outcome("R04", SOUND, codes_elsewhere={T2_CODE: ("唐山市第一中学", "市图书馆")})
    assert places(elsewhere) == [("project_code", W)]
    assert "（唐山市第一中学、市图书馆）" in elsewhere.hits[0].message


def fitting(body):
    return body + check_character(body)


@pytest.mark.parametrize(
    ("code", "region"),
    [
        (T2_CODE, "130209"),
        (T2_CODE, ""),
        ("12000023P02DLNB10017K", ""),
        ("12000022P67371310001B", "120000"),
        # money handed down by the province or the city bears their region
        (fitting("13000023P00077110001"), "130209"),
        (fitting("13020024P00077110001"), "130209"),
        # no check character is known for these
        ("51000021R000000019951", "510000"),
        ("13020924Y00077110001X", "130209"),
        ("44010024P00077110001A", "440100"),
    ],
)
def test_r04_passes_codes_as_they_are_printed(code, region):
    table = replace(SOUND, project_code=code)
    assert outcome("R04", table, region_code=region, siblings=(team_table(),)).state == State.PASSED


def test_r04_does_not_take_the_table_for_its_own_double():
    assert outcome("R04", SOUND, siblings=(SOUND,)).state == State.PASSED


def test_r04_is_not_run_without_a_code():
    found = outcome("R04", replace(SOUND, project_code=" "))
    assert (found.state, found.reason) == (State.NOT_RUN, "没有填写项目编码。")


# R05


@pytest.mark.parametrize(
    ("name", "evidence", "after"),
    [
        ("]2024年度机关党组织活动经费", "]", "2024年度机关党组织活动经费"),
        ("2024年农村公路养护）", "）", "2024年农村公路养护"),
        ("“2024年农村公路养护", "“", "2024年农村公路养护"),
        ("2024年农村公路养护（", "（", "2024年农村公路养护"),
        ("、2024年农村公路养护", "、", "2024年农村公路养护"),
        ("*2024年农村公路养护-", "*-", "2024年农村公路养护"),
        ("2024年农村公路养护。", "。", "2024年农村公路养护"),
        (")2024年农村公路养护（一期）", ")", "2024年农村公路养护（一期）"),
        ("2024年《条例宣传经费", "《", None),
        ("2024年“两优一先“评选", "““", None),
        ("冀财农〔2023]12号农村公路养护", "〔]", None),
        ("2024年农村?? 公路养护", "??", None),
    ],
)
def test_r05_finds_stray_symbols_in_the_name(name, evidence, after):
    found = outcome("R05", replace(SOUND, name=name))
    assert places(found) == [("name", E)]
    hit = found.hits[0]
    assert "".join(dict.fromkeys(evidence)) == hit.evidence
    assert (hit.fix and hit.fix.after) == after


def test_r05_asks_for_a_reason_where_the_name_is_the_lists():
    note = ImportNote(NoteKind.LISTED_NAME, "项目清单", "")
    found = outcome("R05", replace(SOUND, name="]2024年农村公路养护", notes=(note,)))
    assert places(found) == [("name", W)]
    assert found.hits[0].fix is None
    assert "重新导入清单" in found.hits[0].advice


@pytest.mark.parametrize(
    "name",
    [
        "2024年度机关党组织活动经费",
        "提前下达2024年中央农村公路养护补助资金（冀财建〔2023〕212号）",
        "冀财农[2023]12号农村厕所改造",
        "《中国共产党党和国家机关基层组织工作条例》宣传经费",
        "“两优一先”评选表彰",
        "（续建）曹妃甸区第三中学教学楼",
        "【以前年度】道路改造工程",
        "1#、2#锅炉房改造",
        "#1机组大修",
        "“互联网+”政务服务平台运维",
        "政务服务 12345 热线（2024-2026年)",
        "3×35吨锅炉除尘改造",
        "C-17/A地块收储",
    ],
)
def test_r05_passes_the_symbols_that_names_have(name):
    assert outcome("R05", replace(SOUND, name=name)).state == State.PASSED


# R06


@pytest.mark.parametrize(
    "name", ["2023年度机关党组织活动经费", "]2023年机关党组织活动经费", "2025 年公路养护"]
)
def test_r06_finds_another_year_at_the_beginning_of_the_name(name):
    found = outcome("R06", replace(SOUND, name=name))
    assert places(found) == [("name", W)]
    assert found.hits[0].fix is None
    assert found.hits[0].evidence in name


@pytest.mark.parametrize(
    "name",
    [
        "2024年度机关党组织活动经费",
        "机关党组织活动经费",
        "2023年高标准农田建设（结转）",
        "2023年提前下达农村公路养护补助资金",
        "冀财农〔2023〕12号2023年农村厕所改造",
        "2023年农村厕所改造（冀财农〔2023〕12号）",
        "2023-2025年公路养护",
        "2023年—2025年公路养护",
        "2023至2024学年学生资助",
        "2023年度绩效考核奖励",
        "建成于2019年的公路养护",
    ],
)
def test_r06_passes_years_that_are_not_the_budget_year(name):
    assert outcome("R06", replace(SOUND, name=name)).state == State.PASSED


@pytest.mark.parametrize("code", ["R05", "R06"])
def test_a_blank_name_is_not_judged(code):
    found = outcome(code, replace(SOUND, name=""))
    assert (found.state, found.reason) == (State.NOT_RUN, "没有填写项目名称。")
