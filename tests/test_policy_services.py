"""The rules of a year: what may be set, what a change records, what it would do before it is made."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Role
from departments.permissions import may_change_policy
from departments.services import grant_role
from indicators.checks import DEFAULT_POLICY, PARAMETERS, RulePolicy, Severity
from indicators.checks.rules.values import LOWEST, USUAL_RATIOS
from indicators.document import new_uid
from indicators.models import CheckRun, Finding, ParameterSetting, Pending, RuleSetting
from indicators.policy import fitted_value, plain_value, policy_hash, policy_of
from indicators.services import (
    PolicyError,
    change_policy,
    create_declaration,
    open_year,
    policy_with,
    refresh_department_findings,
    try_policy,
)
from projects.models import FiscalYear
from tests.sample_documents import long_table
from trail.models import Entry

pytestmark = pytest.mark.django_db
OFF = RulePolicy(enabled=False)


@pytest.fixture
def fiscal_year(department_year):
    return department_year.fiscal_year


def change(fiscal_year, actor, *, rules=None, parameters=None):
    return change_policy(fiscal_year=fiscal_year, rules=rules or {}, parameters=parameters or {}, actor=actor)


def settings_of(fiscal_year):
    return (
        list(RuleSetting.objects.filter(fiscal_year=fiscal_year).values_list("rule", "enabled", "severity")),
        dict(ParameterSetting.objects.filter(fiscal_year=fiscal_year).values_list("name", "value")),
    )


def test_a_year_begins_with_the_default_policy(fiscal_year):
    assert policy_of(fiscal_year) == DEFAULT_POLICY


def test_a_changed_policy_is_read_back_as_the_types_rules_expect(fiscal_year, reviewer):
    rules = {"R37": RulePolicy(True, Severity.HINT, False), "R25": OFF}
    change(fiscal_year, reviewer, rules=rules, parameters={LOWEST.name: 70, USUAL_RATIOS.name: [90, 95]})
    policy = policy_of(fiscal_year)
    assert policy.rules == rules
    assert (policy.value(LOWEST), policy.value(USUAL_RATIOS)) == (70, (90, 95))


def test_reading_a_policy_takes_two_queries(fiscal_year, reviewer):
    rules = {f"R{number}": OFF for number in (25, 26, 27, 33, 37, 38)}
    change(fiscal_year, reviewer, rules=rules, parameters={LOWEST.name: 70})
    with CaptureQueriesContext(connection) as captured:
        policy_of(fiscal_year)
    assert len(captured) == 2


def test_the_trail_holds_each_setting_before_and_after(fiscal_year, reviewer):
    rules = {"R37": RulePolicy(True, Severity.HINT, False)}
    change(fiscal_year, reviewer, rules=rules, parameters={USUAL_RATIOS.name: [90]})
    entry = Entry.objects.last()
    assert (entry.action, entry.kind, entry.object_id) == (
        "change_policy",
        "fiscal_year",
        str(fiscal_year.pk),
    )
    assert [(item["path"], item["before"], item["after"]) for item in entry.changes] == [
        ("rules/R37/severity", "按规则", "提示"),
        ("rules/R37/reason_required", "是", "否"),
        ("parameters/R32.values", "90、95、100", "90"),
    ]


def test_what_equals_the_default_is_not_stored(fiscal_year, reviewer):
    change(fiscal_year, reviewer, rules={"R37": OFF}, parameters={LOWEST.name: 70})
    change(fiscal_year, reviewer, rules={"R37": RulePolicy()}, parameters={LOWEST.name: LOWEST.default})
    assert settings_of(fiscal_year) == ([], {})
    assert policy_of(fiscal_year) == DEFAULT_POLICY


def test_settings_not_named_stay(fiscal_year, reviewer):
    change(fiscal_year, reviewer, rules={"R37": OFF}, parameters={LOWEST.name: 70})
    change(fiscal_year, reviewer, rules={"R38": OFF})
    assert settings_of(fiscal_year) == ([("R37", False, ""), ("R38", False, "")], {LOWEST.name: 70})


def test_setting_what_is_set_writes_nothing(fiscal_year, reviewer):
    change(fiscal_year, reviewer, rules={"R37": OFF})
    entries = Entry.objects.count()
    assert change(fiscal_year, reviewer, rules={"R37": OFF}) == ()
    assert Entry.objects.count() == entries


def test_another_year_keeps_its_rules(fiscal_year, next_year, reviewer):
    change(fiscal_year, reviewer, rules={"R37": OFF})
    assert policy_of(next_year) == DEFAULT_POLICY


def test_a_year_is_opened_with_the_rules_of_the_year_before(fiscal_year, reviewer):
    rules = {"R37": RulePolicy(True, Severity.HINT, False), "R25": OFF}
    change(fiscal_year, reviewer, rules=rules, parameters={LOWEST.name: 70, USUAL_RATIOS.name: [90]})

    opened, is_new = open_year(previous=fiscal_year, actor=reviewer)

    assert (opened.year, is_new) == (2025, True)
    assert policy_of(opened) == policy_of(fiscal_year)
    assert settings_of(opened) == settings_of(fiscal_year)
    entries = Entry.objects.filter(kind="fiscal_year", object_id=str(opened.pk)).order_by("sequence")
    assert [(entry.action, entry.actor, entry.reason) for entry in entries] == [
        ("open", reviewer, ""),
        ("change_policy", reviewer, "沿用2024年度规则设置"),
    ]
    assert [item["path"] for item in entries[1].changes] == [
        "rules/R25/enabled",
        "rules/R37/severity",
        "rules/R37/reason_required",
        "parameters/R31.lowest",
        "parameters/R32.values",
    ]


def test_a_year_opened_before_keeps_its_own_rules(fiscal_year, next_year, reviewer):
    change(fiscal_year, reviewer, rules={"R37": OFF})
    entries = Entry.objects.count()
    assert open_year(previous=fiscal_year, actor=reviewer) == (next_year, False)
    assert policy_of(next_year) == DEFAULT_POLICY
    assert Entry.objects.count() == entries


def test_settings_of_rules_that_are_no_more_stay_in_their_year(fiscal_year, reviewer):
    RuleSetting.objects.create(fiscal_year=fiscal_year, rule="R999", enabled=False)
    ParameterSetting.objects.create(fiscal_year=fiscal_year, name="no_more", value=1)
    opened, _ = open_year(previous=fiscal_year, actor=reviewer)
    assert settings_of(opened) == ([], {})
    assert FiscalYear.objects.count() == 2


def test_everything_wrong_is_said_at_once_and_nothing_is_written(fiscal_year, reviewer):
    entries = Entry.objects.count()
    with pytest.raises(PolicyError) as refused:
        change(
            fiscal_year,
            reviewer,
            rules={"R99": OFF, "R25": RulePolicy(severity="fatal"), "R26": OFF},
            parameters={"nothing": 1, LOWEST.name: "很低", USUAL_RATIOS.name: 90},
        )
    assert refused.value.messages == (
        "没有编号为“R99”的规则。",
        "R25的严重程度“fatal”应为须改正、须说明或提示。",
        "没有名为“nothing”的参数。",
        f"“{LOWEST.label}”应为整数，现为“很低”。",
        f"“{USUAL_RATIOS.label}”应为若干项，现为“90”。",
    )
    assert settings_of(fiscal_year) == ([], {})
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("persona", ["preparer", "leader", "auditor", "administrator"])
def test_only_the_finance_bureau_changes_rules(fiscal_year, persona, request):
    user = request.getfixturevalue(persona)
    with pytest.raises(PermissionDenied):
        change(fiscal_year, user, rules={"R37": OFF})
    assert settings_of(fiscal_year) == ([], {})


def test_a_reviewer_of_some_departments_changes_no_rules(department_year, preparer):
    grant_role(user=preparer, role=Role.FINANCE, department=department_year.department, actor=None)
    assert not may_change_policy(preparer)


def test_the_default_of_every_parameter_fits_itself_through_json():
    for name, parameter in PARAMETERS.items():
        fitted = fitted_value(name, plain_value(parameter.default))
        assert (fitted, type(fitted)) == (parameter.default, type(parameter.default)), name


@pytest.mark.parametrize("given", [True, None, "", "7.5", 7.5, -1, float("nan"), [70], "1e40"])
def test_a_threshold_is_a_whole_number(given):
    with pytest.raises(ValueError, match=LOWEST.label):
        fitted_value(LOWEST.name, given)


@pytest.mark.parametrize("given", ["培训", 3, {"培训": 1}, [1], ["培训", " "], [None]])
def test_a_word_list_is_a_list_of_words(given):
    with pytest.raises(ValueError, match="应为"):
        fitted_value("process_words", given)


def test_words_lose_blanks_around_them_and_repetitions():
    assert fitted_value("process_words", [" 完成", "完成", "开展"]) == ("完成", "开展")


def test_a_stored_value_that_no_longer_fits_gives_way_to_the_default(fiscal_year, caplog):
    ParameterSetting.objects.create(fiscal_year=fiscal_year, name=LOWEST.name, value="七十")
    ParameterSetting.objects.create(fiscal_year=fiscal_year, name="no_more", value=1)
    assert policy_of(fiscal_year).value(LOWEST) == LOWEST.default
    assert "没有名为“no_more”的参数" in caplog.text


def test_the_hash_is_that_of_what_differs_from_the_default():
    same = policy_with(DEFAULT_POLICY, rules={"R37": RulePolicy()}, parameters={LOWEST.name: LOWEST.default})
    other = policy_with(DEFAULT_POLICY, rules={}, parameters={LOWEST.name: 70})
    assert policy_hash(same) == policy_hash(DEFAULT_POLICY)
    assert policy_hash(other) != policy_hash(DEFAULT_POLICY)


def test_a_change_leaves_the_findings_of_the_year_waiting(department_year, fiscal_year, reviewer):
    refresh_department_findings(department_year=department_year)
    change(fiscal_year, reviewer, rules={"R37": OFF})
    assert set(CheckRun.objects.values_list("pending", flat=True)) == {Pending.ALL}
    assert refresh_department_findings(department_year=department_year) == 3
    assert not Finding.objects.filter(rule="R37").exists()


def test_a_trial_counts_what_would_change_and_writes_nothing(department_year, fiscal_year):
    refresh_department_findings(department_year=department_year)
    before = list(Finding.objects.values_list("pk", "rule", "severity"))
    trial = try_policy(
        fiscal_year=fiscal_year,
        policy=policy_with(DEFAULT_POLICY, rules={"R37": OFF, "R28": OFF}, parameters={}),
    )
    assert (trial.tables, trial.changed) == (2, 2)
    assert trial.by_rule["R37"] == 2
    assert policy_of(fiscal_year) == DEFAULT_POLICY
    assert list(Finding.objects.values_list("pk", "rule", "severity")) == before


def test_a_trial_of_a_parameter_runs_the_rules_that_read_it(department_year, fiscal_year):
    strict = policy_with(DEFAULT_POLICY, rules={}, parameters={LOWEST.name: 100})
    trial = try_policy(fiscal_year=fiscal_year, policy=strict)
    assert trial.by_rule == {"R31": 2}


def test_a_trial_of_the_policy_that_holds_changes_nothing(department_year, fiscal_year):
    trial = try_policy(fiscal_year=fiscal_year, policy=DEFAULT_POLICY)
    assert (trial.tables, trial.changed, trial.by_rule) == (2, 0, {})


def test_a_trial_takes_the_same_queries_for_two_tables_and_for_twelve(department_year, fiscal_year):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            try_policy(
                fiscal_year=fiscal_year, policy=policy_with(DEFAULT_POLICY, rules={"R37": OFF}, parameters={})
            )
        return len(captured)

    few = queries()
    for number in range(10):
        table = replace(long_table(indicators=4), project_code=f"{number:021}", uid=new_uid())
        create_declaration(department_year=department_year, table=table, actor=None)
    assert queries() == few
