"""The rule list: every rule of the domain is declared once and told in full, and docs/rules.md is current."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from indicators.checks import RULES, State, check_table
from indicators.checks.rule_book import rule_book, shown_default
from tests.sample_documents import team_table

BOOK = Path(__file__).parent.parent / "docs" / "rules.md"


def test_every_rule_of_the_list_is_declared():
    numbered = [code for code in RULES if re.fullmatch(r"R\d\d", code)]
    assert sorted(numbered) == [f"R{number:02}" for number in range(1, 63)]


def test_another_entry_is_a_part_of_a_declared_rule():
    parts = [code for code in RULES if not re.fullmatch(r"R\d\d", code)]
    assert [code for code in parts if not re.fullmatch(r"R\d\d[b-z]", code) or code[:3] not in RULES] == []


def test_every_rule_is_filed_under_its_own_code():
    assert [code for code, rule in RULES.items() if rule.code != code] == []


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_tells_its_title_basis_advice_and_example(code):
    rule = RULES[code]
    assert [name for name in ("title", "basis", "advice", "example") if not getattr(rule, name).strip()] == []
    assert rule.scopes


@pytest.mark.parametrize("category", ["人员类", "公用经费"])
def test_no_rule_runs_on_a_project_that_files_no_table(category):
    exempt = replace(team_table(), category=category, purpose="", goal="", indicators=())
    outcomes = check_table(exempt)
    assert {outcome.state for outcome in outcomes} == {State.NOT_RUN}
    assert {outcome.reason for outcome in outcomes} == {f"{category}项目不填报绩效目标表。"}
    filled_in = check_table(replace(exempt, goal="做好工作。"))
    assert State.FOUND in {outcome.state for outcome in filled_in}


def test_no_two_rules_have_one_title():
    titles = [rule.title for rule in RULES.values()]
    assert sorted(set(titles)) == sorted(titles)


def test_the_rule_book_is_current():
    assert BOOK.read_text(encoding="utf-8") == rule_book(), "run manage.py document_rules"


def test_the_rule_book_has_a_heading_for_every_rule():
    headings = re.findall(r"^### (\S+) ", rule_book(), re.MULTILINE)
    assert headings == sorted(RULES)


def test_the_command_says_that_the_book_is_current(capsys):
    call_command("document_rules", check=True)
    assert capsys.readouterr().out == "docs/rules.md 与规则一致。\n"


def test_the_command_refuses_an_outdated_book_and_writes_it_anew(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    book = tmp_path / "docs" / "rules.md"
    book.parent.mkdir()
    book.write_text("旧的", encoding="utf-8")
    with pytest.raises(CommandError, match="与规则不一致"):
        call_command("document_rules", check=True)
    assert book.read_text(encoding="utf-8") == "旧的"
    call_command("document_rules")
    assert book.read_text(encoding="utf-8") == rule_book()


@pytest.mark.parametrize(
    ("default", "shown"),
    [
        (80, "80"),
        (True, "是"),
        (Decimal("0.80"), "0.80"),
        ((), "（无）"),
        (("乙", "甲"), "乙、甲"),
        (frozenset({"万元", "万", "%"}), "%、万、万元"),
        ({"产出": 40, "效益": 20}, "产出＝40、效益＝20"),
    ],
)
def test_defaults_are_shown_the_same_way_every_time(default, shown):
    assert shown_default(default) == shown
