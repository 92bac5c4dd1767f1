"""The starter set of the indicator library is good by our own rules (indicators/library_data)."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from indicators.checks import check_table
from indicators.document import Indicator, TargetTable
from indicators.library_columns import COLUMNS, IDENTITY, STANDARDS, problem_of, tidy
from indicators.values import ValueKind, parse_value

FILES = sorted((Path(__file__).parent.parent / "indicators" / "library_data").glob("*.csv"))
#: What a row by itself can be judged by: units, direction, effects, satisfaction, descriptions, quality.
RULES = {"R25", "R26", "R29", "R30", "R41", "R42", "R43", "R44", "R45", "R46", "R61", "R62"}
TIERS = {
    "成本指标": {"经济成本指标", "社会成本指标", "生态环境成本指标"},
    "产出指标": {"数量指标", "质量指标", "时效指标"},
    "效益指标": {"经济效益指标", "社会效益指标", "生态效益指标"},
    "满意度指标": {"服务对象满意度指标"},
}
PLACEHOLDERS = re.compile(r"[×xX＊*]{2,}|待定|待填|待补|示例|TODO|\?|？|某某|（\s*）")
RATIO = re.compile("(?:率|比例|占比|满意度)$")
PER = re.compile(r"/(?!10万|立方米$)|倍$")


def read(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [
            {column.field: row[column.title] for column in COLUMNS}
            for row in csv.DictReader(lines, strict=True)
        ]


ROWS = [row for path in FILES for row in read(path)]


def told(row):
    """Say which row it is, for a failing test."""
    return f"{row['sector']} {row['funding_use']} {row['second_tier']} {row['name']}"


def failing(holds):
    return [told(row) for row in ROWS if not holds(row)]


def plausible_value(row):
    if not row["direction"]:
        return "10月底前"
    if row["unit"] != "%":
        return f"{row['direction']}12{row['unit']}"
    return f"{row['direction']}{90 if row['direction'] == '≥' else 5}%"


def table_of(row):
    """Return a table whose only indicator is the row, with a value of its direction and unit."""
    indicator = Indicator(
        row["first_tier"], row["second_tier"], row["name"], row["explanation"], plausible_value(row)
    )
    return TargetTable(2024, "286001", "某单位", "", "某项目", frame="2021", indicators=(indicator,))


def test_the_set_is_large_and_wide():
    assert len(ROWS) >= 330
    assert len({row["sector"] for row in ROWS}) >= 12
    assert len({row["funding_use"] for row in ROWS}) >= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_have_the_official_columns_in_order(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        head = next(csv.reader(lines))
    assert head == [column.title for column in COLUMNS]


def test_every_second_tier_is_served_and_none_outweighs_the_others():
    tiers = Counter(row["second_tier"] for row in ROWS)
    assert set(tiers) == set().union(*TIERS.values())
    assert min(tiers.values()) >= 8
    assert max(tiers.values()) < len(ROWS) * 0.3


def test_tiers_are_those_of_the_2021_frame():
    assert failing(lambda row: row["second_tier"] in TIERS.get(row["first_tier"], ())) == []


def test_cells_hold_what_the_columns_allow():
    problems = [
        f"{told(row)}：{problem}"
        for row in ROWS
        for column in COLUMNS
        if (problem := problem_of(column, row[column.field]))
    ]
    assert problems == []
    assert (
        failing(lambda row: all(tidy(column, row[column.field]) == row[column.field] for column in COLUMNS))
        == []
    )


def test_sector_purpose_and_keywords_are_filled_in():
    assert failing(lambda row: row["sector"] and row["subsector"] and row["funding_use"]) == []
    assert failing(lambda row: len(row["keywords"].split("、")) >= 3) == []


def test_no_indicator_stands_twice():
    assert [
        key for key, n in Counter(tuple(row[name] for name in IDENTITY) for row in ROWS).items() if n > 1
    ] == []


def test_explanations_are_sentences_of_their_own():
    assert failing(lambda row: len(row["explanation"]) >= 12 and row["explanation"].endswith("。")) == []
    assert failing(lambda row: row["explanation"].rstrip("。") != row["name"]) == []
    explanations = Counter(row["explanation"] for row in ROWS)
    assert [text for text, n in explanations.items() if n > 1] == []


def test_nothing_is_a_placeholder():
    assert [told(row) for row in ROWS if PLACEHOLDERS.search("".join(row.values()))] == []


def test_no_document_or_amount_is_invented():
    standards = [row[column.field] for row in ROWS for column in STANDARDS]
    assert [text for text in standards if re.search(r"〔|《|第.{1,4}条|\d", text)] == []


def test_rates_and_unit_costs_have_a_formula():
    assert failing(lambda row: row["formula"] or not (RATIO.search(row["name"]) or row["unit"] == "%")) == []
    assert failing(lambda row: row["formula"] or not PER.search(row["unit"])) == []


def test_every_row_has_a_direction_and_a_unit_or_is_a_date():
    def is_date(row):
        return (
            row["second_tier"] == "时效指标"
            and row["name"].endswith("时间")
            and "月或日" in row["explanation"]
        )

    assert failing(lambda row: bool(row["direction"]) == bool(row["unit"])) == []
    assert failing(lambda row: bool(row["direction"]) != is_date(row)) == []


def test_every_row_names_a_standard_and_it_points_the_way_of_the_direction():
    assert failing(lambda row: any(row[column.field] for column in STANDARDS)) == []
    assert (
        failing(lambda row: row["direction"] not in ("≤", "＝") or "不低于" not in row["history_standard"])
        == []
    )
    assert failing(lambda row: row["direction"] != "≥" or "不高于" not in row["history_standard"]) == []


def test_a_value_of_the_direction_and_unit_is_read_as_a_number_or_a_date():
    kinds = {told(row): parse_value(plausible_value(row)).kind for row in ROWS}
    assert {name for name, kind in kinds.items() if kind not in (ValueKind.NUMBER, ValueKind.DATE)} == set()


def test_our_own_rules_find_nothing_in_any_row():
    found = [
        f"{told(row)} {outcome.rule.code} {hit.message}"
        for row in ROWS
        for outcome in check_table(table_of(row))
        if outcome.rule.code in RULES
        for hit in outcome.hits
    ]
    assert found == []
