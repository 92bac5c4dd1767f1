"""年度日程 on its pages: the rounds and their states, the forms, and what locked pages say."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.models import Declaration, Extension, FiscalYear, Round
from projects.services import add_round, close_round, extend_round
from tests.queries import queries_of
from trail.models import Entry
from workflow.models import Status


def day(offset):
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def make_round(department_year, reviewer):
    def make(sort="first", first=-10, last=10, note=""):
        return add_round(
            fiscal_year=department_year.fiscal_year,
            sort=sort,
            opens_on=day(first),
            closes_on=day(last),
            note=note,
            actor=reviewer,
        )

    return make


CALENDAR = "/years/2024/calendar/"


def test_the_rounds_stand_with_their_states(make_round, reviewer, signed_in, department_year):
    make_round("first", -30, -10)
    second = make_round("second", -3, 5, "按控制数修改")
    make_round("adjustment", 20, 30)
    close_round(round=make_round("supplement", -3, 5), actor=reviewer)
    extend_round(
        round=second,
        department=department_year.department,
        closes_on=day(9),
        reason="机构<改革>",
        actor=reviewer,
    )
    page = signed_in(reviewer).get(CALENDAR).text
    for said in ("已截止", "还有5日", "未开始", "已关闭", "按控制数修改", "机构&lt;改革&gt;（赵丽华）"):
        assert said in page
    assert "286001 曹妃甸区直机关工委" in page


def test_extensions_of_others_are_not_shown(make_round, preparer, outsider, reviewer, signed_in):
    held = make_round()
    department = preparer.memberships.get().department
    extend_round(round=held, department=department, closes_on=day(20), reason="区划调整", actor=reviewer)
    assert "区划调整" in signed_in(preparer).get(CALENDAR).text
    page = signed_in(outsider).get(CALENDAR)
    assert page.status_code == 200
    assert "区划调整" not in page.text
    assert "新增轮次" not in page.text


def test_a_year_without_rounds_says_what_that_means(department_year, preparer, signed_in):
    assert "没有轮次的年度随时可以填报、送审和调整。" in signed_in(preparer).get(CALENDAR).text


def test_a_round_is_made_changed_closed_and_reopened(department_year, reviewer, signed_in):
    client = signed_in(reviewer)
    typed = {"sort": "first", "opens_on": str(day(0)), "closes_on": str(day(9)), "note": ""}
    assert client.post(reverse("new-round", args=(2024,)), typed).url == CALENDAR
    held = Round.objects.get()
    client.post(reverse("edit-round", args=(held.pk,)), {**typed, "closes_on": str(day(12))})
    held.refresh_from_db()
    assert held.closes_on == day(12)
    client.post(reverse("close-round", args=(held.pk,)))
    held.refresh_from_db()
    assert held.closed_by == reviewer
    page = client.post(reverse("close-round", args=(held.pk,)), follow=True)
    assert "不必再次关闭" in page.text
    client.post(reverse("reopen-round", args=(held.pk,)))
    held.refresh_from_db()
    assert held.closed_at is None
    assert [entry.action for entry in Entry.objects.filter(kind="round").order_by("sequence")] == [
        *("create", "edit", "close", "reopen")
    ]


def test_what_is_refused_stands_on_the_form_with_what_was_typed(make_round, reviewer, signed_in):
    make_round("first", 0, 9)
    entries = Entry.objects.count()
    typed = {"sort": "first", "opens_on": str(day(5)), "closes_on": str(day(20)), "note": "补报"}
    answer = signed_in(reviewer).post(reverse("new-round", args=(2024,)), typed)
    assert answer.status_code == 422
    assert "重叠" in answer.text
    assert f'value="{day(20)}"' in answer.text
    answer = signed_in(reviewer).post(reverse("new-round", args=(2024,)), {"sort": "x", "opens_on": "昨天"})
    assert "没有“x”这一轮次" in answer.text
    assert "开始日期应为年-月-日" in answer.text
    assert (Round.objects.count(), Entry.objects.count()) == (1, entries)


def test_a_department_is_extended_with_a_reason(make_round, reviewer, department_year, signed_in):
    held = make_round("first", -20, -1)
    client = signed_in(reviewer)
    address = reverse("extend-round", args=(held.pk,))
    department = department_year.department_id
    answer = client.post(address, {"department": department, "closes_on": str(day(3)), "reason": ""})
    assert answer.status_code == 422
    assert "没有填写延期原因" in answer.text
    assert not Extension.objects.exists()
    client.post(address, {"department": department, "closes_on": str(day(3)), "reason": "系统故障"})
    assert Extension.objects.get().closes_on == day(3)
    assert (Entry.objects.last().action, Entry.objects.last().department_code) == ("extend", "286001")


def test_the_settings_of_a_year_are_changed_and_refused_together(department_year, reviewer, signed_in):
    client, address = signed_in(reviewer), reverse("year-settings", args=(2024,))
    typed = {
        "milestone_months": "3、6、10、12",
        "frame": "2015",
        "publication_days": "15",
        "has_supervisor_step": "on",
        "first_step": "业务股室",
        "second_step": "绩效科",
        "third_step": "",
        "prints_foot_line": "on",
    }
    assert client.post(address, typed).url == CALENDAR
    year = FiscalYear.objects.get(year=2024)
    assert (year.finance_steps, year.publication_days) == (["业务股室", "绩效科"], 15)
    assert year.prints_foot_line
    entries = Entry.objects.count()
    answer = client.post(address, {**typed, "milestone_months": "3，六", "publication_days": "0"})
    assert answer.status_code == 422
    assert "“六”不是月份" in answer.text
    assert "公开期限至少1日" in answer.text
    answer = client.post(address, {**typed, "milestone_months": "6 12", "frame": "2021"})
    assert "已有2个项目申报，不能修改资金支出计划月份、指标框架" in answer.text
    assert Entry.objects.count() == entries


def test_the_page_takes_the_same_queries_for_one_round_and_for_ten(make_round, reviewer, signed_in):
    client = signed_in(reviewer)

    def queries():
        return queries_of(client, CALENDAR)

    make_round("first", 0, 1)
    few = queries()
    for number in range(1, 10):
        make_round("first", number * 2, number * 2 + 1)
    assert queries() == few


# What other pages say


def test_the_deadline_stands_on_home_and_on_the_departments_page(make_round, preparer, reviewer, signed_in):
    held = make_round("first", -3, 5)
    last = day(5)
    line = f"一上：{last.month}月{last.day}日截止，还有5日"
    client = signed_in(preparer)
    assert f'class="near">{line}<' in client.get("/").text
    page = reverse("department-year", args=(2024, "286001"))
    assert line in client.get(page).text
    department = preparer.memberships.get().department
    extend_round(round=held, department=department, closes_on=day(8), reason="补报", actor=reviewer)
    extended = client.get(page).text
    assert "还有8日" in extended
    assert 'class="near"' not in extended


def test_a_closed_round_is_told_on_home_and_on_the_departments_page(
    make_round, preparer, leader, reviewer, signed_in, department_year
):
    close_round(round=make_round("first", -3, 5), actor=reviewer)
    today = day(0)
    client, page = signed_in(preparer), reverse("department-year", args=(2024, "286001"))
    assert f"一上：{today.month}月{today.day}日已关闭" in client.get("/").text
    assert "草稿不能修改和送审" in client.get(page).text
    assert "草稿不能修改和送审" not in signed_in(leader).get(page).text
    department_year.declarations.update(status=Status.SUBMITTED)
    assert "草稿不能修改和送审" not in client.get(page).text


def test_what_is_approved_offers_an_adjustment_only_in_its_window(
    make_round, declaration, preparer, reviewer, signed_in
):
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.APPROVED)
    held, client = make_round("adjustment", -3, 5), signed_in(preparer)
    page, form = (reverse(name, args=(declaration.pk,)) for name in ("table", "open-adjustment"))
    assert form in client.get(page).text
    close_round(round=held, actor=reviewer)
    shown, refused = client.get(page), client.get(form)
    assert form not in shown.text
    assert "调整已由赵丽华于" in shown.text
    assert refused.status_code == 409
    assert "调整已由赵丽华于" in refused.text


@pytest.mark.parametrize("name", ["edit-table", "edit-project", "copy-table"])
def test_a_locked_page_says_why_since_when_by_whom_and_what_to_do(
    make_round, declaration, preparer, signed_in, name
):
    make_round("first", -20, -1)
    answer = signed_in(preparer).get(reverse(name, args=(declaration.pk,)))
    yesterday = day(-1)
    assert answer.status_code == 409
    assert (
        f"一上已于{yesterday.month}月{yesterday.day}日截止（赵丽华设定）；"
        "确需填报的，联系赵丽华（0315-8850112）申请延期。"
    ) in answer.text


@pytest.mark.parametrize("name", ["edit-narrative", "new-project", "copy-year"])
def test_a_locked_year_says_so_too(make_round, preparer, signed_in, name):
    make_round("first", -20, -1)
    answer = signed_in(preparer).get(reverse(name, args=(2024, "286001")))
    assert answer.status_code == 409
    assert "一上已于" in answer.text


def test_a_closed_window_offers_nothing_to_edit(make_round, declaration, preparer, signed_in):
    make_round("first", -20, -1)
    client = signed_in(preparer)
    table = client.get(reverse("table", args=(declaration.pk,))).text
    assert "不在填报时间，不能修改。" in table
    assert reverse("edit-table", args=(declaration.pk,)) not in table
    year = client.get(reverse("department-year", args=(2024, "286001"))).text
    assert reverse("edit-table", args=(declaration.pk,)) not in year
    assert reverse("new-project", args=(2024, "286001")) not in year


def test_a_field_is_not_saved_in_a_closed_window(make_round, declaration, preparer, signed_in):
    make_round("first", -20, -1)
    answer = signed_in(preparer).post(
        reverse("save-field", args=(declaration.pk,)),
        {"path": "goal", "base": declaration.goal, "value": "改了"},
    )
    assert answer.status_code == 409
    assert "一上已于" in answer.json()["locked"]
    assert Declaration.objects.get(pk=declaration.pk).goal == declaration.goal


def test_what_was_returned_is_edited_in_a_closed_window(make_round, declaration, preparer, signed_in):
    make_round("first", -20, -1)
    Declaration.objects.filter(pk=declaration.pk).update(status=Status.RETURNED)
    assert signed_in(preparer).get(reverse("edit-table", args=(declaration.pk,))).status_code == 200
