"""import_booklet on the real booklet and on bad input: what it prints, stores, refuses."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from departments.models import Department
from indicators.models import ImportNote, Indicator
from indicators.rows import load_booklet, load_table
from indicators.services import save_table
from projects.models import Declaration, DepartmentYear, FiscalYear, FundingMilestone
from trail.models import Entry

SEED = Path(__file__).parent.parent / "demo" / "286001_2024.txt"
pytestmark = pytest.mark.django_db


def run(capsys, *arguments):
    call_command("import_booklet", *map(str, arguments))
    return capsys.readouterr().out


def refuse(*arguments):
    """Run the command, which must refuse with exit code 2 and leave every table as it was."""
    before = _everything()
    with pytest.raises(CommandError) as refused:
        call_command("import_booklet", *map(str, arguments))
    assert refused.value.returncode == 2
    assert _everything() == before
    return str(refused.value)


def _everything():
    models = (Department, FiscalYear, DepartmentYear, Declaration, Indicator, FundingMilestone, Entry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def edit_goal(text):
    declaration = Declaration.objects.order_by("position").first()
    table = replace(load_table(declaration), goal=text)
    save_table(declaration=declaration, table=table, revision=declaration.revision, actor=None)


def test_the_json_line_counts_what_the_seed_holds(capsys):
    line = json.loads(run(capsys, SEED, "--json"))
    messages = line.pop("messages")
    assert line == {
        "department": "286001",
        "year": 2024,
        "overall_items": 13,
        "sub_goals": 2,
        "projects": 2,
        "milestones": 8,
        "indicators": 12,
        "budget_wan": "31.53",
        "changed": True,
    }
    assert any("缺少标题“第二部分”" in message for message in messages)


def test_the_seed_is_stored_to_the_character(capsys):
    run(capsys, SEED)
    year = DepartmentYear.objects.get()
    first, second = Declaration.objects.order_by("position")
    assert (year.department.code, year.name, year.fiscal_year.year) == ("286001", "曹妃甸区直机关工委", 2024)
    assert year.fiscal_year.frame == "2015"
    assert year.department.region_code == "130209"
    assert second.name == "]2024年度机关党组织活动经费"
    assert (second.budget, second.fiscal_funding, second.other_funding) == (
        Decimal("297300.00"),
        Decimal("297300.00"),
        None,
    )
    assert [(node.month, node.percent) for node in first.milestones.all()] == [
        (3, 25),
        (6, 60),
        (10, 75),
        (12, 100),
    ]
    row = second.indicators.first()
    assert (row.value, row.comparator, row.number, row.unit) == ("≥500人次", "≥", 500, "人次")
    assert row.category.name == "数量指标"
    assert [section.items.count() for section in year.safeguards.all()] == [3, 1, 4]
    linked = [[str(project) for project in goal.declarations.all()] for goal in year.sub_goals.all()]
    assert linked == [["]2024年度机关党组织活动经费"], ["2024年度机关团工作活动经费"]]
    assert "。                  。" in year.sub_goals.last().goal


def test_a_second_run_changes_nothing_and_says_so(capsys):
    run(capsys, SEED)
    before = _everything()
    assert "没有改动" in run(capsys, SEED)
    assert json.loads(run(capsys, SEED, "--json"))["changed"] is False
    assert json.loads(run(capsys, SEED, "--json", "--replace"))["changed"] is False
    assert _everything() == before


def test_rows_edited_since_are_shown_and_kept(capsys):
    run(capsys, SEED)
    edit_goal("改过的目标")
    before = _everything()
    printed = run(capsys, SEED)
    assert "绩效目标：“改过的目标” → “1、加强群团组织建设" in printed
    assert "--replace" in printed
    assert _everything() == before


def test_replace_takes_the_file(capsys):
    run(capsys, SEED)
    imported = load_booklet(DepartmentYear.objects.get())
    edit_goal("改过的目标")
    assert json.loads(run(capsys, SEED, "--replace", "--json"))["changed"] is True
    again = load_booklet(DepartmentYear.objects.get())
    assert again == imported
    assert [row.uid for row in again.tables[0].indicators] == [
        row.uid for row in imported.tables[0].indicators
    ]
    assert Declaration.objects.order_by("position").first().revision == 2


def test_a_dry_run_writes_nothing(capsys):
    before = _everything()
    assert "试运行" in run(capsys, SEED, "--dry-run")
    assert _everything() == before


def test_every_document_has_its_entry_in_the_trail(capsys, django_user_model):
    user = django_user_model.objects.create_user("lihua", full_name="李华")
    run(capsys, SEED, "--actor", "lihua")
    entries = list(Entry.objects.order_by("sequence"))
    assert [(entry.action, entry.kind) for entry in entries] == [
        ("create", "department"),
        ("create", "fiscalyear"),
        ("import", "department_year"),
        ("import", "declaration"),
        ("import", "declaration"),
    ]
    assert {entry.actor for entry in entries} == {user}
    assert len({entry.batch for entry in entries}) == 1


def test_what_was_dropped_is_kept_as_import_notes(capsys):
    run(capsys, SEED)
    second = Declaration.objects.order_by("position").last()
    assert [note.kind for note in second.import_notes.all()] == ["missing_heading"]
    assert ImportNote.objects.filter(declaration=None, kind="doubled_title").count() == 3


def test_an_unknown_actor_is_refused():
    assert "没有用户名为“nobody”的用户" in refuse(SEED, "--actor", "nobody")


def test_a_department_known_by_another_name_is_refused():
    Department.objects.create(code="286001", name="曹妃甸区教育局")
    message = refuse(SEED)
    assert "“曹妃甸区教育局”" in message
    assert "“曹妃甸区直机关工委”" in message


def test_a_unit_is_put_under_its_department(capsys):
    parent = Department.objects.create(code="286", name="区直机关工委")
    run(capsys, SEED)
    assert Department.objects.get(code="286001").parent == parent


def _changed(tmp_path, old, new, encoding="utf-8", count=1):
    text = SEED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "booklet.txt"
    path.write_bytes(text.replace(old, new, count).encode(encoding))
    return path


def test_gb18030_is_read(capsys, tmp_path):
    path = _changed(tmp_path, "机关", "机关", encoding="gb18030")
    assert json.loads(run(capsys, path, "--json"))["budget_wan"] == "31.53"


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("13020924P00077210002M", "13020924P0007721", "第49行第2格", "13020924P0007721"),
        ("286001曹妃甸", "28600曹妃甸", "第45行", "28600"),
        ("\t60%", "\t六成", "第", "六成"),
        ("\t1.80", "\t一块八", "第", "一块八"),
        ("单位：万元", "单位：元", "第46行", "万元"),
        ("13020924P00077110001C", "13020924P00077210002M", "第", "13020924P00077210002M"),
    ],
)
def test_bad_cells_are_refused_with_line_and_value(tmp_path, old, new, place, reason):
    message = refuse(_changed(tmp_path, old, new))
    assert place in message
    assert reason in message


def test_all_problems_are_told_at_once(tmp_path):
    text = SEED.read_text(encoding="utf-8").replace("\t25%", "\t两成五").replace("\t29.73", "\t很多")
    path = tmp_path / "booklet.txt"
    path.write_text(text, encoding="utf-8")
    message = refuse(path)
    assert message.count("两成五") == 2
    assert "很多" in message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空"),
        (b"\x00\x01\x02" * 400, "二进制"),
        (SEED.read_bytes().decode().encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", ""),
        ("一、总体绩效目标\n（一）甲".encode(), ""),
        (SEED.read_bytes()[:5200], ""),
        (SEED.read_bytes() * 2, ""),
    ],
    ids=["empty", "binary", "utf-16", "pdf", "no tables", "truncated", "twice"],
)
def test_damaged_files_are_refused(tmp_path, content, reason):
    path = tmp_path / "booklet.txt"
    path.write_bytes(content)
    assert reason in refuse(path)


def test_a_huge_file_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "booklet.txt"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert "MB" in refuse(path)


def test_a_missing_file_is_refused(tmp_path):
    assert "nowhere.txt" in refuse(tmp_path / "nowhere.txt")


def test_years_that_disagree_ask_for_year(capsys, tmp_path):
    path = _changed(tmp_path, "]2024年度机关党组织活动经费", "]2023年度机关党组织活动经费")
    assert "--year" in refuse(path)
    assert json.loads(run(capsys, path, "--json", "--year", "2024"))["year"] == 2024


def test_more_milestones_than_the_form_has_columns_are_refused(tmp_path):
    months = "".join(f"\t{month}月底\n" for month in range(1, 13))
    percents = "".join(f"\t{month}%\n" for month in range(1, 13))
    text = SEED.read_text(encoding="utf-8")
    text = text.replace("\t3月底\n\t6月底\n\t10月底\n\t12月底\n", months, 1)
    path = tmp_path / "booklet.txt"
    path.write_text(text.replace("\t25%\n\t60%\n\t75%\n\t100%\n", percents, 1), encoding="utf-8")
    assert "资金支出计划有12个节点，表格最多容纳10个" in refuse(path)


def test_a_file_of_tables_alone_leaves_the_narrative(capsys, tmp_path):
    run(capsys, SEED)
    before = load_booklet(DepartmentYear.objects.get())
    path = tmp_path / "table.xlsx"
    code = "13020924P00077210002M"
    export = ("--project", code, "--year", "2024", "--format", "xlsx", "--output", str(path))
    call_command("export_table", *export)
    printed = run(capsys, path, "--replace")
    assert "文件中没有部门整体绩效目标，系统中的保持不变。" in printed
    assert load_booklet(DepartmentYear.objects.get()) == before


def test_a_file_without_a_table_keeps_its_link(capsys, tmp_path):
    run(capsys, SEED)
    before = load_booklet(DepartmentYear.objects.get())
    path = tmp_path / "one.txt"
    path.write_text(
        "".join(SEED.read_text(encoding="utf-8").splitlines(keepends=True)[:128]), encoding="utf-8"
    )
    run(capsys, path, "--replace")
    assert load_booklet(DepartmentYear.objects.get()) == before


def test_a_code_in_small_letters_is_the_same_project(capsys, tmp_path):
    run(capsys, SEED)
    path = _changed(tmp_path, "13020924P00077210002M", "13020924p00077210002m")
    assert "项目编码：“13020924P00077210002M” → “13020924p00077210002m”" in run(capsys, path)
    assert Declaration.objects.count() == 2


def test_a_year_out_of_range_is_refused():
    assert "应在2000至2099之间" in refuse(SEED, "--year", "99999")


def test_replacing_says_what_it_replaced(capsys):
    run(capsys, SEED)
    edit_goal("改过的目标")
    assert "改动：2024年度机关团工作活动经费 绩效目标：“改过的目标” → " in run(capsys, SEED, "--replace")
