"""The pages of 智能审核: notes beside a document, fixes, 情况说明, opinions, the list, the rules."""

import io
import re
from dataclasses import replace
from urllib.parse import urlencode

import openpyxl
import pytest
from django.urls import reverse

from indicators.checks import PARAMETERS, RULES, Severity
from indicators.document import new_uid
from indicators.finding_lists import Standing
from indicators.findings import findings_of
from indicators.forms.rules import ParameterField, RulesForm, typed_text
from indicators.models import CheckRun, Explanation, Finding, Pending
from indicators.policy import policy_of
from indicators.rows import load_table
from indicators.services import explain, judge_explanation, refresh_department_findings, save_table
from indicators.views.marking import MarkedPaper
from projects.models import Declaration
from trail.models import Entry
from workflow.models import Status

REASON = "活动集中在年底结算，协议约定十一月付款。"
PLAN = "R13"  # 支出计划落后: found in the first table only
UNIT = "R25"  # 百分比: found in both tables, with a fix


@pytest.fixture
def get(signed_in):
    """Return a function that opens a page as a user: get(user, name, *args, **query) -> response."""
    return lambda user, name, *args, **query: signed_in(user).get(reverse(name, args=args), query)


@pytest.fixture
def post(signed_in):
    """Return a function that sends a form as a user: post(user, name, *args, **typed) -> response."""
    return lambda user, name, *args, **typed: signed_in(user).post(reverse(name, args=args), typed)


@pytest.fixture
def second(department_year):
    return department_year.declarations.last()


@pytest.fixture
def explained(declaration, preparer) -> Explanation:
    return explain(rule=PLAN, declarations=[declaration], text=REASON, actor=preparer)[0]


def note(page, code):
    """Return the note of a rule in the margin of a page, '' where there is none."""
    found = re.search(rf'<li class="remark [a-z]+" id="note-{code}".*?\n</li>', page.text, re.DOTALL)
    return found.group() if found else ""


def proposed_fix(page, code=UNIT):
    """Return the first fix that the note of a rule offers, as its button would send it."""
    form = note(page, code).split("<form", 1)[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


# beside a table


def test_a_note_stands_for_a_rule_with_all_its_places(get, leader, declaration):
    page = get(leader, "table", declaration.pk)
    text = note(page, UNIT)
    assert "计量单位写法不规范" in text
    assert [f"第{row}行" in text for row in (2, 5, 6)] == [True] * 3
    assert RULES[UNIT].basis in text
    counts = dict(page.context["margin"].tally)
    stored = Finding.objects.found().filter(run__declaration=declaration)
    assert counts == {severity: stored.filter(severity=severity).count() for severity in Severity}
    assert counts[Severity.WARNING] >= 10


def test_a_long_note_folds_all_but_its_first_places(get, leader, preparer, declaration):
    table = load_table(declaration)
    rows = tuple(
        replace(row, uid=new_uid(), name=f"{row.name}{number}")
        for number in range(3)
        for row in table.indicators
    )
    save_table(declaration=declaration, table=replace(table, indicators=rows), revision=0, actor=preparer)
    text = note(get(leader, "table", declaration.pk), UNIT)
    assert "<summary>其余6处</summary>" in text
    assert [f"第{row}行" in text.split("其余6处")[0] for row in (2, 5, 6, 8)] == [True, True, True, False]


def test_every_place_leads_to_a_cell_that_is_marked(get, leader, declaration):
    page = get(leader, "table", declaration.pk)
    value = re.search(r'<td[^>]* id="(at-indicators-\w+-value)" data-mark="warning">≤1年</td>', page.text)
    assert f'<a href="#{value[1]}">第3行“按期完成率”' in note(page, "R26")
    links = re.findall(r'<ul class="places">.*?</ul>', page.text, re.DOTALL)
    targets = re.findall(r'href="#([^"]+)"', "".join(links))
    assert [target for target in targets if f' id="{target}"' not in page.text] == []


def test_a_covered_tier_is_marked_at_the_name_of_its_row():
    html = '<td data-path="indicators/a/first_tier">产出</td><td data-path="indicators/b/name">次数</td>'
    paper = MarkedPaper(html)
    assert paper.anchor_of("indicators/b/first_tier") == "at-indicators-b-name"
    assert paper.anchor_of("indicators") == "at-indicators-a-first_tier"
    assert (paper.anchor_of(""), paper.anchor_of("goal")) == ("", "")
    assert 'data-mark="error">次数' in paper.marked({"indicators/b/first_tier": Severity.ERROR})


def test_the_ledger_shows_what_passed_and_why_others_did_not_run(get, leader, declaration):
    margin = get(leader, "table", declaration.pk).context["margin"]
    assert {item.rule.code for item in margin.passed} >= {"R02", "R04", "R12"}
    assert {item.rule.code: item.reason for item in margin.not_run}["R15"].startswith("本单位只有2个项目")
    assert not margin.is_pending
    page = get(leader, "table", declaration.pk).text
    assert f"通过 {len(margin.passed)}，未运行 {len(margin.not_run)}" in page


def test_what_is_pending_is_computed_when_a_page_is_opened(get, leader, preparer, declaration, second):
    table = replace(load_table(declaration), goal="一年内办成两件事。")
    save_table(declaration=declaration, table=table, revision=0, actor=preparer)
    waiting = CheckRun.objects.exclude(pending=Pending.NOTHING)
    assert waiting.exists()
    assert "待重算" in get(leader, "findings").text

    assert "待重算" not in get(leader, "table", second.pk).text
    assert not waiting.exists()


def test_only_who_may_act_is_offered_to(get, preparer, leader, auditor, declaration, explained):
    pages = {user.username: get(user, "table", declaration.pk).text for user in (preparer, leader, auditor)}
    offers = ('class="fix"', "提交说明", "不采纳</button>")
    assert {name: [offer in text for offer in offers] for name, text in pages.items()} == {
        "preparer": [True, True, False],
        "leader": [False, False, True],
        "auditor": [False, False, False],
    }


def test_an_approved_table_is_not_offered_for_change(get, preparer, declaration):
    declaration.status = Status.APPROVED
    declaration.save()
    text = get(preparer, "table", declaration.pk).text
    assert [word in text for word in ('class="fix"', "提交说明")] == [False, False]


# fixes


def test_a_fix_shows_both_texts_and_is_taken_with_one_click(get, post, preparer, declaration):
    page = get(preparer, "table", declaration.pk)
    assert "<del>≥95百分比</del>" in note(page, UNIT)
    assert "<ins>≥95%</ins>" in note(page, UNIT)

    response = post(preparer, "apply-fix", declaration.pk, **proposed_fix(page))

    assert response.url == f"{reverse('table', args=(declaration.pk,))}#note-{UNIT}"
    assert [row.value for row in load_table(declaration).indicators][1] == "≥95%"
    assert "第2行" not in note(get(preparer, "table", declaration.pk), UNIT)
    assert Entry.objects.last().actor == preparer


def test_a_fix_that_nobody_proposed_changes_nothing(get, post, preparer, declaration):
    fix = proposed_fix(get(preparer, "table", declaration.pk))
    entries = Entry.objects.count()
    post(preparer, "apply-fix", declaration.pk, **{**fix, "after": "≥100%"})
    post(preparer, "apply-fix", declaration.pk, **{**fix, "path": "budget"})
    post(preparer, "apply-fix", declaration.pk, path="")
    assert load_table(declaration).indicators[1].value == "≥95百分比"
    assert Entry.objects.count() == entries


# 情况说明


def test_an_explanation_stands_beside_its_finding(get, leader, declaration, explained):
    text = note(get(leader, "table", declaration.pk), PLAN)
    assert REASON in text
    assert explained.author.full_name in text
    assert Standing.GIVEN.label in text


def test_one_reason_answers_several_tables(get, post, preparer, department_year, declaration, second):
    address = (2024, "286001", UNIT)
    page = get(preparer, "explain", *address)
    assert [document.declaration for document, is_ticked in page.context["form"].rows() if is_ticked] == [
        declaration,
        second,
    ]
    back = reverse("findings") + "?rule=R25"
    typed = {"document": [declaration.pk, second.pk], "text": REASON, "next": back}

    assert post(preparer, "explain", *address, **typed).url == back
    answers = Explanation.objects.filter(rule=UNIT)
    assert {(answer.declaration, answer.text) for answer in answers} == {
        (declaration, REASON),
        (second, REASON),
    }


def test_the_narrative_is_explained_in_the_same_way(get, post, preparer, department_year):
    assert "R53" in note(get(preparer, "department-year", 2024, "286001"), "R53")
    post(preparer, "explain", 2024, "286001", "R53", document="narrative", text=REASON)
    assert REASON in note(get(preparer, "department-year", 2024, "286001"), "R53")


def test_a_refused_reason_comes_back_as_typed(post, preparer, declaration, second):
    page = post(preparer, "explain", 2024, "286001", UNIT, document=[second.pk], text="无")
    assert page.status_code == 422
    assert "太短" in page.text
    assert ">\n无</textarea>" in page.text
    ticked = [document.declaration for document, is_ticked in page.context["form"].rows() if is_ticked]
    assert ticked == [second]
    assert not Explanation.objects.exists()


def test_all_errors_of_a_reason_are_said_at_once(post, preparer, department_year):
    page = post(preparer, "explain", 2024, "286001", UNIT)
    assert [problem.message for problem in page.context["problems"]] == [
        "勾选这条说明适用的项目。",
        "填写情况说明。",
    ]


def test_a_reason_for_another_unit_is_refused(post, preparer, outsider, other_department_year):
    library = other_department_year.declarations.get()
    page = post(preparer, "explain", 2024, "286001", UNIT, document=[library.pk], text=REASON)
    assert page.status_code == 422
    assert not Explanation.objects.exists()


def test_an_unknown_rule_is_not_there(get, preparer, department_year):
    assert get(preparer, "explain", 2024, "286001", "R99").status_code == 404


def test_a_way_back_to_another_site_is_not_taken(post, preparer, declaration):
    typed = {"document": declaration.pk, "text": REASON, "next": "https://example.invalid/"}
    response = post(preparer, "explain", 2024, "286001", PLAN, **typed)
    assert response.url == reverse("department-year", args=(2024, "286001"))


def test_a_table_whose_explanation_lapsed_is_ticked_again(get, preparer, declaration, second, explained):
    assert ticked_for(get(preparer, "explain", 2024, "286001", PLAN)) == []
    table = load_table(declaration)
    plan = tuple(
        replace(node, percent=node.percent - 5) if node.month == 10 else node for node in table.milestones
    )
    save_table(declaration=declaration, table=replace(table, milestones=plan), revision=0, actor=preparer)
    assert ticked_for(get(preparer, "explain", 2024, "286001", PLAN)) == [declaration]


def test_only_what_can_still_be_changed_is_offered_for_a_reason(get, preparer, declaration, second):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.SUBMITTED)
    page = get(preparer, "explain", 2024, "286001", UNIT)
    assert [document.declaration for document, _ in page.context["form"].rows()] == [second]


def ticked_for(page) -> list:
    return [document.declaration for document, is_ticked in page.context["form"].rows() if is_ticked]


def test_phrases_of_the_unit_are_offered_again(get, preparer, declaration, explained):
    text = note(get(preparer, "table", declaration.pk), UNIT)
    assert f"<option>{REASON}</option>" in text


def test_an_explanation_lapses_with_the_field(get, preparer, declaration, explained):
    table = load_table(declaration)
    plan = tuple(
        replace(node, percent=node.percent - 5) if node.month == 10 else node for node in table.milestones
    )
    save_table(declaration=declaration, table=replace(table, milestones=plan), revision=0, actor=preparer)
    text = note(get(preparer, "table", declaration.pk), PLAN)
    assert Standing.LAPSED.label in text
    assert "须重新说明" in text


def test_a_reviewer_takes_an_explanation(get, post, leader, declaration, explained):
    address = reverse("table", args=(declaration.pk,)) + f"#note-{PLAN}"
    response = post(leader, "judge-explanation", explained.pk, verdict="accepted", next=address)
    assert response.url == address
    text = note(get(leader, "table", declaration.pk), PLAN)
    assert "采纳" in text
    assert leader.full_name in text


def test_not_taking_an_explanation_needs_a_remark(post, leader, explained):
    post(leader, "judge-explanation", explained.pk, verdict="rejected")
    explained.refresh_from_db()
    assert explained.verdict == Explanation.Verdict.OPEN

    post(leader, "judge-explanation", explained.pk, verdict="rejected", remark="没有附协议。")
    explained.refresh_from_db()
    assert (explained.verdict, explained.remark) == (Explanation.Verdict.REJECTED, "没有附协议。")


# a department's year


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.RETURNED, "送审前还须改正或说明 {} 项。"),
        (Status.AT_SUPERVISOR, "还有 {} 项没有改正或说明，处理之后才能通过。"),
        (Status.APPROVED, "已批复；还有 {} 项没有改正或说明，再次送审前处理。"),
        (Status.PUBLISHED, "已公开；还有 {} 项没有改正或说明，再次送审前处理。"),
    ],
)
def test_the_margin_says_before_what_its_notes_are_due(status, said, get, leader, declaration, explained):
    judge_explanation(explanation=explained, accepted=False, remark="写清结算方式。", actor=leader)
    Declaration.objects.filter(pk=declaration.pk).update(status=status)
    declaration.refresh_from_db()
    due = sum(item.blocks for item in findings_of(declaration))
    page = get(leader, "table", declaration.pk).text
    assert (due > 0, re.findall(r'<p class="obligations">(.*?)</p>', page)) == (True, [said.format(due)])


def test_the_list_of_projects_counts_findings(get, leader, department_year, declaration, second):
    page = get(leader, "department-year", 2024, "286001")
    listed = [line.declaration for line in page.context["lines"]]
    rows = {row.pk: (row.errors, row.warnings, row.hints) for row in listed}
    for table in (declaration, second):
        found = Finding.objects.found().filter(run__declaration=table)
        assert rows[table.pk] == tuple(found.filter(severity=severity).count() for severity in Severity)
    assert rows[second.pk][0] == 1


def test_the_list_says_where_all_that_asks_for_a_reason_has_one(
    get, preparer, department_year, declaration, second
):
    refresh_department_findings(department_year=department_year)
    waiting = [item.rule.code for item in findings_of(declaration) if item.blocks]
    for rule in waiting:
        explain(rule=rule, declarations=[declaration], text="已经核对过的理由，情况属实。", actor=preparer)
    page = get(preparer, "department-year", 2024, "286001")
    obstacles = {line.declaration.pk: line.declaration.obstacles for line in page.context["lines"]}
    assert obstacles[declaration.pk] == 0 < obstacles[second.pk]
    assert page.text.count("须说明，都已说明") == 1


def test_the_narrative_is_marked_where_it_is_found_wanting(get, leader, department_year):
    page = get(leader, "department-year", 2024, "286001")
    assert re.search(r'<p class="paragraph"[^>]* id="at-[^"]+" data-mark="warning">', page.text)
    assert {note.item.rule.code for note in page.context["margin"].notes} >= {"R33", "R53"}


# 审核提示清单


@pytest.fixture
def checked(get, auditor, department_year, other_department_year):
    """Let both departments be checked."""
    for code in ("286001", "387001"):
        get(auditor, "department-year", 2024, code)


def listed(page):
    return [
        (
            line.finding.run.department_year.department.code,
            str(line.finding.run.declaration_id),
            line.rule.code,
        )
        for line in page.context["lines"]
    ]


def test_the_list_holds_what_a_person_may_see(get, checked, preparer, outsider, auditor):
    totals = {user: get(user, "findings").context["total"] for user in (preparer, outsider, auditor)}
    assert totals[preparer] + totals[outsider] == totals[auditor] == Finding.objects.found().count()
    assert {code for code, _, _ in listed(get(outsider, "findings"))} == {"387001"}


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"department": "387001"}, lambda row: row.run.department_year.department.code == "387001"),
        ({"rule": "R26"}, lambda row: row.rule == "R26"),
        ({"severity": "error"}, lambda row: row.severity == "error"),
        ({"year": "2024"}, lambda row: True),
        ({"q": "按期完成率"}, lambda row: "按期完成率" in str(row.hits)),
        ({"q": "图书馆"}, lambda row: "图书馆" in row.run.department_year.name + str(row.hits)),
        ({"q": "计量单位写法"}, lambda row: row.rule == "R25"),
        (
            {"state": "given"},
            lambda row: row.rule == PLAN and row.run.department_year.name != "曹妃甸区图书馆",
        ),
    ],
)
def test_filters(query, fits, get, checked, auditor, explained):
    page = get(auditor, "findings", **query)
    expected = {row.pk for row in Finding.objects.found() if fits(row)}
    assert expected
    assert page.context["total"] == len(expected)
    assert {line.finding.pk for line in page.context["lines"]} <= expected
    assert sum(number for _, _, number in page.context["by_rule"]) == len(expected)
    assert sum(number for _, _, number in page.context["by_department"]) == len(expected)


def test_every_standing_of_an_explanation_is_told_apart(get, checked, auditor, leader, preparer, explained):
    def standing():
        page = get(auditor, "findings", rule=PLAN, department="286001")
        return [(line.standing, line.finding.explained) for line in page.context["lines"]]

    assert standing() == [(Standing.GIVEN, REASON)]
    judge_explanation(explanation=explained, accepted=True, actor=leader)
    assert standing() == [(Standing.ACCEPTED, REASON)]
    judge_explanation(explanation=explained, accepted=False, remark="没有附协议。", actor=leader)
    assert standing() == [(Standing.REJECTED, REASON)]
    Explanation.objects.update(evidence_hash="0" * 64)
    assert standing() == [(Standing.LAPSED, REASON)]
    Explanation.objects.all().delete()
    assert standing() == [(Standing.NONE, None)]


def test_a_filter_that_makes_no_sense_lists_nothing(get, checked, auditor):
    page = get(auditor, "findings", rule="R99", department="000000")
    assert page.context["total"] == 0
    assert "没有规则“R99”" in page.text
    assert "没有可以查看的部门“000000”" in page.text
    assert "清除筛选" in page.text


def test_an_empty_list_says_what_it_is(get, auditor):
    assert "填报或导入绩效目标后" in get(auditor, "findings").text


def test_a_long_list_comes_in_pages(get, checked, auditor):
    page = get(auditor, "findings")
    assert page.context["total"] > 50
    assert len(page.context["lines"]) == 50
    rest = get(auditor, "findings", page=2)
    assert len(listed(page) + listed(rest)) == len({*listed(page), *listed(rest)})


@pytest.mark.parametrize("query", [{}, {"rule": "R25"}, {"q": "按期完成率", "severity": "warning"}])
def test_the_workbook_holds_exactly_the_list(query, get, checked, auditor):
    total = get(auditor, "findings", **query).context["total"]
    response = get(auditor, "findings-workbook", **query)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    header, *rows = book["审核提示"].iter_rows(values_only=True)
    code, unit, project = (header.index(title) for title in ("规则编码", "单位编码", "项目名称"))
    assert len({(row[code], row[unit], row[project]) for row in rows}) == total
    about = {row[1]: row[2] for row in book["说明"].iter_rows(values_only=True)}
    assert (about["提示"], about["位置"]) == (total, len(rows))
    assert "审核提示清单" in response["Content-Disposition"] or "%E5%AE%A1" in response["Content-Disposition"]


def test_a_workbook_of_a_filter_that_makes_no_sense_leads_back(get, auditor, checked):
    response = get(auditor, "findings-workbook", rule="R99")
    assert response.url == f"{reverse('findings')}?{urlencode({'rule': 'R99'})}"


# 规则


def typed_rules(fiscal_year, **changes):
    """Return what the page of the rules sends when a person changes these fields."""
    form = RulesForm(policy=policy_of(fiscal_year))
    typed = {field.html_name: field.value() for field in form if field.value() is not False}
    typed |= {name: typed_text(value) for name, value in typed.items() if name in PARAMETERS}
    return {name: value for name, value in {**typed, **changes}.items() if value is not None}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_is_read_as_it_is_shown(name):
    default = PARAMETERS[name].default
    assert ParameterField(PARAMETERS[name]).clean(typed_text(default)) == default


def test_trying_rules_counts_tables_and_writes_nothing(signed_in, reviewer, department_year):
    fiscal_year = department_year.fiscal_year
    typed = typed_rules(fiscal_year, **{"R26-severity": "error", "R13-enabled": None, "act": "try"})
    before = policy_of(fiscal_year)
    page = signed_in(reviewer).post(reverse("rules"), typed)
    assert "会改变 2 张表" in page.text
    assert [(rule.code, number) for rule, number in page.context["by_rule"]] == [("R13", 2), ("R26", 2)]
    assert page.context["form"]["R26-severity"].value() == "error"
    assert (policy_of(fiscal_year), Entry.objects.filter(action="change_policy").count()) == (before, 0)


def test_saving_rules_changes_what_is_found(signed_in, get, reviewer, declaration):
    fiscal_year = declaration.department_year.fiscal_year
    typed = typed_rules(fiscal_year, **{"R26-severity": "error", "behind_schedule": "40", "act": "save"})
    response = signed_in(reviewer).post(reverse("rules") + "?year=2024", typed)
    assert response.url == reverse("rules") + "?year=2024"
    policy = policy_of(fiscal_year)
    assert policy.rules["R26"].severity == Severity.ERROR
    assert policy.parameters["behind_schedule"] == 40
    assert Entry.objects.last().action == "change_policy"
    assert 'class="remark error" id="note-R26"' in get(reviewer, "table", declaration.pk).text
    assert "本年度已调整" in get(reviewer, "rules").text


def test_saving_what_is_shown_changes_nothing(signed_in, reviewer, department_year):
    typed = typed_rules(department_year.fiscal_year, act="save")
    entries = Entry.objects.count()
    signed_in(reviewer).post(reverse("rules"), typed)
    assert Entry.objects.count() == entries


def test_all_wrong_rules_are_said_at_once_and_kept(signed_in, reviewer, department_year):
    wrong = {"R26-severity": "worst", "behind_schedule": "十五", "R25.spellings": "百分比", "act": "save"}
    typed = typed_rules(department_year.fiscal_year, **wrong)
    page = signed_in(reviewer).post(reverse("rules"), typed)
    assert page.status_code == 422
    messages = " ".join(problem.message for problem in page.context["problems"])
    assert [word in messages for word in ("R26的程度", "十五", "名称＝取值")] == [True] * 3
    assert [page.context["form"][name].value() for name in ("behind_schedule", "R25.spellings")] == [
        "十五",
        "百分比",
    ]


def test_rules_changed_by_somebody_else_are_not_overwritten(signed_in, reviewer, department_year):
    fiscal_year = department_year.fiscal_year
    mine = typed_rules(fiscal_year, **{"R26-severity": "hint", "act": "save"})
    signed_in(reviewer).post(
        reverse("rules"), typed_rules(fiscal_year, **{"R25-enabled": None, "act": "save"})
    )
    page = signed_in(reviewer).post(reverse("rules"), mine)
    assert page.status_code == 422
    assert "已被他人修改" in page.text
    assert "R26" not in policy_of(fiscal_year).rules
    assert page.context["form"]["R26-severity"].value() == "hint"
    again = {**mine, "opened": page.context["form"]["opened"].value()}
    assert signed_in(reviewer).post(reverse("rules"), again).status_code == 302


def test_who_only_reads_the_rules_is_shown_no_buttons(get, auditor, department_year):
    page = get(auditor, "rules").text
    assert "试算" not in page
    assert '<fieldset class="plain-set" disabled>' in page


def test_a_year_that_is_not_there_is_not_found(get, auditor, department_year):
    assert get(auditor, "rules", year=1999).status_code == 404
    assert get(auditor, "rules", year="去年").status_code == 404


def test_rules_without_a_year_say_what_to_do(get, auditor):
    assert "还没有预算年度" in get(auditor, "rules").text


# the rail


def test_the_rail_shows_each_role_its_pages(get, preparer, leader, auditor, department_year):
    entries = {}
    for user in (preparer, leader, auditor):
        page = get(user, "findings").text
        rail = page[page.index('<nav class="rail"') :].split("</nav>")[0]
        entries[user.username] = re.findall(r"<li><a [^>]*>([^<]+)<", rail)
    assert entries == {
        "preparer": [
            *("我的部门", "被退回", "导入项目清单", "审核提示清单", "指标库", "回填导出", "消息"),
        ],
        "leader": ["待我审核", "我的部门", "进度"],
        "auditor": [
            *("我的部门", "进度", "查询", "操作日志", "核验", "审核提示清单", "指标库", "规则", "回填导出"),
        ],
    }
