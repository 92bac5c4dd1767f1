"""The review page: what a reviewer sees, the acts and where they lead, comments, who only reads."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators.findings import open_obligations
from indicators.models import Explanation
from indicators.reviewed import filed_of
from indicators.rows import load_narrative, load_table
from indicators.services import explain, refresh_department_findings, save_narrative, save_table
from indicators.services.reviewing import move_narrative, move_tables, narrative_subject
from projects.models import Declaration, DepartmentYear, FiscalYear
from projects.services import open_department_year
from tests.test_escaping import MARK, is_clean
from trail.models import Entry
from workflow.models import Comment, Status, Version
from workflow.services import move as move_subjects
from workflow.services.comments import add_comment, answer_comment
from workflow.transitions import RETURN, SUBMIT

TEXT = "经与财政部门业务股室核对，按批复的口径填报，保留现有写法。"


def explain_all(declaration, actor):
    refresh_department_findings(department_year=declaration.department_year)
    for item in open_obligations(declaration):
        explain(rule=item.rule.code, declarations=[declaration], text=TEXT, actor=actor)


def move(declaration, act, actor, reason=""):
    declaration.refresh_from_db()
    move_tables(revisions={declaration.pk: declaration.revision}, act=act, actor=actor, reason=reason)
    declaration.refresh_from_db()


@pytest.fixture
def submitted(declaration, preparer) -> Declaration:
    """Return the first table, submitted with a 情况说明 for everything that asks for one."""
    explain_all(declaration, preparer)
    move(declaration, SUBMIT, preparer)
    return declaration


@pytest.fixture
def resubmitted(submitted, preparer, leader) -> Declaration:
    """Return it as it came back from a return: a changed goal, a changed value, a row less, a row more."""
    move(submitted, RETURN, leader, reason="目标过于笼统。")
    table = load_table(submitted)
    first, _, *rest = table.indicators
    added = replace(rest[-1], uid="added-row", name="职工参与率")
    table = replace(table, goal=f"全面{table.goal}", indicators=(replace(first, value="≥98%"), *rest, added))
    save_table(declaration=submitted, table=table, revision=submitted.revision, actor=preparer)
    explain_all(submitted, preparer)
    move(submitted, SUBMIT, preparer)
    return submitted


@pytest.fixture
def act(signed_in, leader):
    """Return a function that does an act to a table as the leader: act(declaration, "pass")."""
    client = signed_in(leader)

    def act(declaration, name, *, follow=False, **data):
        data = {"act": name, "revision": declaration.revision, **data}
        return client.post(reverse("review-table-act", args=(declaration.pk,)), data, follow=follow)

    return act


def page_of(client, declaration, query=""):
    return client.get(reverse("review-table", args=(declaration.pk,)) + query)


def remark(declaration, actor, **fields):
    fields = {"sort": Comment.Sort.RECTIFY, "text": "目标过于笼统", **fields}
    return add_comment(filed=filed_of(declaration), actor=actor, **fields)


# what it shows


def test_a_first_filing_shows_no_changes(submitted, signed_in, leader):
    page = page_of(signed_in(leader), submitted)
    assert (page.context["since"], page.context["changes"]) == (None, [])
    assert "首次送到本环节" in page.text
    assert "clean-copy" not in page.text


def test_changes_since_the_level_last_saw_it_stand_in_the_text(resubmitted, signed_in, leader):
    page = page_of(signed_in(leader), resubmitted)
    assert (page.context["since"].act, page.context["since"].actor) == ("return", leader)
    assert "<ins>全面</ins>" in page.text
    places = [line.place + line.what for line, _, _ in page.context["changes"]]
    assert places[:2] == ["绩效目标", "第1行 指标值"]
    assert {"绩效指标删除", "第6行新增"} <= {*places}
    assert page.text.count('class="paper clean-copy') == 1  # what is printed


def test_a_row_put_under_another_tier_is_marked_on_the_paper(submitted, signed_in, leader, preparer):
    move(submitted, RETURN, leader, reason="类别不对。")
    table = load_table(submitted)
    first, second, *rest = table.indicators
    other = replace(second, second_tier=first.second_tier)
    save_table(
        declaration=submitted,
        table=replace(table, indicators=(first, other, *rest)),
        revision=submitted.revision,
        actor=preparer,
    )
    explain_all(submitted, preparer)
    move(submitted, SUBMIT, preparer)
    page = page_of(signed_in(leader), submitted)
    paper, _, side = page.text.partition("review-side")
    assert f'{second.name}<span class="moved-here"><del>{second.second_tier}</del>移来</span>' in paper
    assert f'<a href="#at-indicators-{second.uid}-name">第2行 二级指标</a>' in side
    assert "moved-here" not in page_of(signed_in(leader), submitted, "?view=clean").text


def test_the_paper_is_shown_as_it_is_now_on_demand(resubmitted, signed_in, leader):
    page = page_of(signed_in(leader), resubmitted, "?view=clean")
    assert "<ins>全面</ins>" not in page.text.partition("review-side")[0]
    assert "clean-copy" not in page.text


def test_a_higher_level_that_never_saw_it_has_nothing_to_compare(resubmitted, act, signed_in, reviewer):
    assert act(resubmitted, "pass").status_code == 302
    assert page_of(signed_in(reviewer), resubmitted).context["since"] is None


def test_last_years_value_stands_in_the_cell(submitted, signed_in, leader, preparer):
    page = page_of(signed_in(leader), submitted)
    assert "last-year" not in page.text
    former = FiscalYear.objects.create(year=2023, milestone_months=[6, 12], frame="2015")
    filed = open_department_year(
        department=submitted.department_year.department, fiscal_year=former, actor=preparer
    )
    last = Declaration.objects.create(
        uid="last-year", project=submitted.project, department_year=filed, position=1, budget=15000
    )
    row = submitted.indicators.first()
    row.pk, row.declaration, row.uid, row.value = None, last, "last-row", "≥1次"
    row.save()
    page = page_of(signed_in(leader), submitted)
    assert "<b>2023年指标值</b> ≥1次" in page.text
    assert "1.50 万元，本年 +20%" in page.text
    assert page.text.count('<details class="last-year">') == 2


@pytest.mark.parametrize("persona", ["preparer", "auditor", "administrator", "reviewer"])
def test_who_cannot_act_now_reads(submitted, leader, signed_in, persona, request):
    remark(submitted, leader)
    page = page_of(signed_in(request.getfixturevalue(persona)), submitted)
    assert "目标过于笼统" in page.text
    assert 'name="act"' not in page.text
    writes = persona in ("preparer", "reviewer")
    assert ("提交答复" in page.text, "提交批注" in page.text) == (writes, writes)


def test_the_page_asks_the_database_the_same_whatever_was_said(submitted, signed_in, leader):
    client = signed_in(leader)
    remark(submitted, leader)
    page_of(client, submitted)

    def number_of_queries():
        with CaptureQueriesContext(connection) as queries:
            page_of(client, submitted)
        return len(queries)

    at_one = number_of_queries()
    row = load_table(submitted).indicators[0]
    for number in range(30):
        comment = remark(submitted, leader, text=f"意见{number}", path=f"indicators/{row.uid}/value")
        answer_comment(comment=comment, filed=filed_of(submitted), text="已改", actor=leader)
    assert number_of_queries() == at_one


# the acts


def test_a_table_that_changed_since_is_not_moved_and_the_reason_stays(submitted, act, leader):
    seen = Declaration.objects.get(pk=submitted.pk)
    Declaration.objects.filter(pk=submitted.pk).update(revision=submitted.revision + 1)
    response = act(seen, "return", reason="依据不足，补充测算。", phrases=["预算数与支出计划不符"])
    assert response.status_code == 409
    assert "打开之后内容或状态又有变动" in response.text
    assert "依据不足，补充测算。</textarea>" in response.text
    assert 'value="预算数与支出计划不符" checked' in response.text
    assert Declaration.objects.get(pk=submitted.pk).status == Status.SUBMITTED


def test_passing_leads_to_the_next_in_the_queue(submitted, department_year, act):
    other = department_year.declarations.last()
    Declaration.objects.filter(pk=other.pk).update(status=Status.SUBMITTED)
    page = act(submitted, "pass", follow=True)
    assert page.redirect_chain == [(reverse("review-table", args=(other.pk,)), 302)]
    assert "已通过，现在待财政审核。" in page.text
    submitted.refresh_from_db()
    assert submitted.status == Status.FINANCE_FIRST


def test_returning_a_text_leads_to_the_first_table_of_its_department(
    submitted, department_year, signed_in, leader
):
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    client, text = signed_in(leader), reverse("review-narrative", args=(2024, "286001"))
    assert "<b>1/2</b>" in client.get(text).text
    assert f'data-previous="{text}"' in page_of(client, submitted).text
    department_year.refresh_from_db()
    response = client.post(
        f"{text}act/", {"act": "return", "revision": department_year.revision, "reason": "补充。"}
    )
    assert response.url == reverse("review-table", args=(submitted.pk,))


def test_the_last_of_the_queue_leads_to_the_list(submitted, act):
    assert act(submitted, "pass").url == reverse("queue", args=("todo",))


def test_a_return_takes_the_reason_and_what_was_ticked(submitted, act):
    response = act(
        submitted, "return", reason="重新核对。", phrases=["第1行没有依据", "预算数与支出计划不符"]
    )
    assert response.status_code == 302
    assert Version.objects.latest("pk").reason == "重新核对。\n第1行没有依据\n预算数与支出计划不符"


def test_a_return_without_a_reason_is_refused_and_changes_nothing(submitted, act):
    entries, revision = Entry.objects.count(), submitted.revision
    response = act(submitted, "return", reason="  ")
    assert response.status_code == 422
    assert "写明退回的原因" in response.text
    submitted.refresh_from_db()
    assert (submitted.status, submitted.revision) == (Status.SUBMITTED, revision)
    assert Entry.objects.count() == entries


def test_what_waits_for_approval_leads_to_the_page_of_the_approval(submitted, signed_in, reviewer, auditor):
    Declaration.objects.filter(pk=submitted.pk).update(status=Status.TO_APPROVE)
    link = f'href="{reverse("approve-year", args=(2024, "286001"))}"'
    assert link in page_of(signed_in(reviewer), submitted).text
    assert link in signed_in(reviewer).get(reverse("queue", args=("todo",))).text
    assert link not in page_of(signed_in(auditor), submitted).text


def test_a_refused_return_offers_the_same_phrases_again(submitted, act, signed_in, leader):
    remark(submitted, leader, place="绩效目标")
    offered = 'name="phrases" value="绩效目标：目标过于笼统"'
    assert offered in page_of(signed_in(leader), submitted).text
    assert offered in act(submitted, "return", reason="").text


def test_what_keeps_a_table_back_is_said_and_the_button_is_off(submitted, act, signed_in, leader):
    remark(submitted, leader, place="绩效目标")
    page = page_of(signed_in(leader), submitted)
    assert "须整改的批注没有销号：“绩效目标”目标过于笼统" in page.text
    assert 'disabled aria-describedby="why"' in page.text
    assert 'value="pass"' not in page.text
    response = act(submitted, "pass")
    assert response.status_code == 409
    assert "须整改的批注没有销号" in response.text
    submitted.refresh_from_db()
    assert submitted.status == Status.SUBMITTED


def test_the_second_of_two_reviewers_is_told_and_changes_nothing(submitted, act):
    seen = Declaration.objects.get(pk=submitted.pk)
    assert act(submitted, "pass").status_code == 302
    entries = Entry.objects.count()
    response = act(seen, "return", reason="依据不足。")
    assert response.status_code == 409
    assert "没有办理" in response.text
    assert Entry.objects.count() == entries


def test_a_pass_can_be_taken_back_until_the_next_level_acted(submitted, act, signed_in, leader):
    act(submitted, "pass")
    submitted.refresh_from_db()
    assert 'value="recall"' in page_of(signed_in(leader), submitted).text
    assert act(submitted, "recall").url == reverse("review-table", args=(submitted.pk,))
    submitted.refresh_from_db()
    assert submitted.status == Status.SUBMITTED


def test_an_explanation_is_judged_without_losing_the_place(submitted, signed_in, leader):
    client, address = signed_in(leader), reverse("review-table", args=(submitted.pk,))
    explanation = Explanation.objects.filter(declaration=submitted).first()
    back = f"{address}#note-{explanation.rule}"
    assert f'name="next" value="{back}"' in page_of(client, submitted).text
    judged = client.post(
        reverse("judge-explanation", args=(explanation.pk,)), {"next": back, "verdict": "accepted"}
    )
    assert judged.url == back
    explanation.refresh_from_db()
    assert explanation.verdict == Explanation.Verdict.ACCEPTED


def test_a_refused_act_leaves_the_way_back_to_the_page_itself(submitted, act):
    assert "/review/act/#note-" not in act(submitted, "return").text


def test_the_finance_bureau_fills_in_its_review_sheet_here(submitted, act, signed_in, reviewer):
    act(submitted, "pass")
    page = page_of(signed_in(reviewer), submitted)
    assert reverse("save-opinion", args=(submitted.pk,)) in page.text
    assert f'name="next" value="{reverse("review-table", args=(submitted.pk,))}#opinion"' in page.text
    assert "没有填写绩效目标审核表。" in page.context["gate"].obstacles


# comments


def test_a_comment_keeps_its_cell_and_what_it_said(submitted, signed_in, leader):
    row = load_table(submitted).indicators[1]
    path = f"indicators/{row.uid}/value"
    response = signed_in(leader).post(
        reverse("review-table-comments", args=(submitted.pk,)),
        {"path": path, "sort": "rectify", "text": "说明口径"},
    )
    comment = Comment.objects.get()
    assert response.url == f"{reverse('review-table', args=(submitted.pk,))}#comment-{comment.pk}"
    assert (comment.path, comment.place, comment.quote) == (path, "第2行 指标值", row.value)
    assert f'href="#comment-{comment.pk}"' in page_of(signed_in(leader), submitted).text


def test_a_refused_comment_comes_back_as_typed(submitted, signed_in, leader):
    response = signed_in(leader).post(
        reverse("review-table-comments", args=(submitted.pk,)),
        {"path": "indicators/gone/value", "sort": "rectify", "text": "说明口径"},
    )
    assert response.status_code == 422
    assert "所选的位置已不在表中" in response.text
    assert "说明口径" in response.text
    assert not Comment.objects.exists()


def test_a_comment_says_what_became_of_its_text(submitted, signed_in, leader, preparer):
    first, second, *_ = load_table(submitted).indicators
    for row, quote in ((first, "原来的值"), (second, second.value)):
        path = f"indicators/{row.uid}/value"
        remark(submitted, leader, path=path, place="指标值", quote=quote)
    remark(submitted, leader, path="indicators/gone/value", place="第9行 指标值", quote="删去的原文")
    standings = [each.standing for each in page_of(signed_in(leader), submitted).context["remarks"].threads]
    assert standings == ["原文已修改", "", "该行已删除"]
    assert "删去的原文" in page_of(signed_in(leader), submitted).text


def test_the_preparer_meets_comments_in_the_margin_and_in_the_editor(submitted, signed_in, leader, preparer):
    comment = remark(submitted, leader, path="goal", place="绩效目标")
    move(submitted, RETURN, leader, reason="见批注。")
    client = signed_in(preparer)
    for name in ("table", "edit-table", "table-margin"):
        page = client.get(reverse(name, args=(submitted.pk,)))
        assert "目标过于笼统" in page.text, name
        assert reverse("answer-comment", args=(comment.pk,)) in page.text, name
        assert reverse("resolve-comment", args=(comment.pk,)) not in page.text, name
    client.post(reverse("answer-comment", args=(comment.pk,)), {"text": "已改"})
    assert comment.answers.get().text == "已改"


def test_comments_are_text_alone(submitted, signed_in, leader, preparer):
    comment = remark(submitted, leader, text=MARK, place=MARK, path="goal", quote=MARK)
    answer_comment(comment=comment, filed=filed_of(submitted), text=MARK, actor=preparer)
    assert is_clean(page_of(signed_in(leader), submitted))
    for name in ("table", "review-table"):
        assert is_clean(signed_in(preparer).get(reverse(name, args=(submitted.pk,))))


# the department's own text


@pytest.fixture
def narrative(department_year, preparer) -> DepartmentYear:
    """Return the department's year with its text under review."""
    DepartmentYear.objects.filter(pk=department_year.pk).update(status=Status.SUBMITTED)
    department_year.refresh_from_db()
    return department_year


def test_a_narrative_is_reviewed_on_a_page_of_the_same_kind(narrative, signed_in, leader):
    client = signed_in(leader)
    address = reverse("review-narrative", args=(2024, "286001"))
    goal = load_narrative(narrative).overall_goals[0]
    written = client.post(
        reverse("review-narrative-comments", args=(2024, "286001")),
        {"path": f"overall_goals/{goal.uid}", "sort": "general", "text": "可以更具体"},
    )
    comment = Comment.objects.get()
    assert written.url == f"{address}#comment-{comment.pk}"
    assert (comment.kind, comment.place, comment.quote) == (
        "department_year",
        "总体绩效目标（一）",
        goal.text,
    )
    page = client.get(address)
    assert "可以更具体" in page.text
    assert 'value="return"' in page.text


def test_a_narrative_is_returned_with_a_reason(narrative, signed_in, leader):
    response = signed_in(leader).post(
        reverse("review-narrative-act", args=(2024, "286001")),
        {"act": "return", "revision": narrative.revision, "reason": "补充保障措施。"},
    )
    assert response.status_code == 302
    narrative.refresh_from_db()
    assert narrative.status == Status.RETURNED


def test_a_demand_keeps_a_narrative_back(narrative, leader, signed_in):
    remark(narrative, leader)
    client = signed_in(leader)
    page = client.get(reverse("review-narrative", args=(2024, "286001")))
    assert "须整改的批注没有销号" in page.text
    response = client.post(
        reverse("review-narrative-act", args=(2024, "286001")),
        {"act": "pass", "revision": narrative.revision},
    )
    assert response.status_code == 409
    narrative.refresh_from_db()
    assert narrative.status == Status.SUBMITTED


def test_changes_of_a_narrative_are_marked(department_year, preparer, leader, signed_in):
    move_subjects(subjects=[narrative_subject(department_year)], act=SUBMIT, actor=preparer)
    department_year.refresh_from_db()
    move_narrative(
        department_year=department_year,
        revision=department_year.revision,
        act=RETURN,
        actor=leader,
        reason="补充",
    )
    department_year.refresh_from_db()
    booklet = load_narrative(department_year)
    first, *rest = booklet.overall_goals
    booklet = replace(booklet, overall_goals=(replace(first, text=f"{first.text}并按季度报告。"), *rest))
    save_narrative(
        department_year=department_year, booklet=booklet, revision=department_year.revision, actor=preparer
    )
    page = signed_in(leader).get(reverse("review-narrative", args=(2024, "286001")))
    assert "并按季度报告。</ins>" in page.text
    assert [line.place for line, _, _ in page.context["changes"]] == ["总体绩效目标（一）"]
