"""How long a project list of 500 projects takes: reading, comparing, importing, and importing new amounts.

python bench/project_list.py [--projects 500]
"""

import argparse
from decimal import Decimal

from measuring import make_database, print_load, seconds, set_up

_UNIT = ("286001", "曹妃甸区直机关工委")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=500)
    number = parser.parse_args().projects
    set_up()
    make_database()
    from departments.models import Role
    from departments.services import create_user, grant_role
    from projects.models import FiscalYear

    _make_unit()
    FiscalYear.objects.create(year=2024, milestone_months=[3, 6, 10, 12], frame="2021")
    user = create_user(username="bench", full_name="测速", password="一个够长的密码", actor=None)
    grant_role(user=user, role=Role.FINANCE, department=None, actor=None)
    print_load()
    for label, budget in (("new", 1000), ("amounts changed", 2000), ("unchanged", 2000)):
        _measure(label, number, budget, user)


def _make_unit():
    from departments.models import Department

    Department.objects.create(code=_UNIT[0], name=_UNIT[1])


def _measure(label, number, budget, user):
    from indicators.importers.project_list import guess_layout, read_project_list
    from indicators.importers.sheets import read_sheets
    from indicators.project_list_changes import Group
    from indicators.project_lists import compare_list
    from indicators.services.project_lists import KIND, import_project_list, keep_upload, read_pending

    data = _workbook(number, budget)
    (sheet,) = read_sheets(data)
    layout = guess_layout(sheet)
    payload = {"year": 2024, "sheets": [sheet.plain()], "layout": layout.plain()}
    pending = keep_upload(kind=KIND, file_name="list.xlsx", payload=payload, actor=user)
    fiscal_year, listed = read_pending(pending)
    fingerprint = compare_list(listed, fiscal_year, user).fingerprint()
    times = {
        "read file": seconds(lambda: read_sheets(data)),
        "read rows": seconds(lambda: read_project_list(sheet, layout)),
        "compare": seconds(lambda: compare_list(listed, fiscal_year, user)),
        "import": seconds(
            lambda: import_project_list(
                pending=pending, groups=tuple(Group), fingerprint=fingerprint, actor=user
            )
        ),
    }
    print(f"{number} projects, {label}: " + ", ".join(f"{name} {time:.2f} s" for name, time in times.items()))


def _workbook(number, budget) -> bytes:
    import io

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["项目清单（单位：元）"])
    sheet.append(["单位编码", "单位名称", "项目编码", "项目名称", "项目类别", "预算数", "财政资金", "控制数"])
    for place in range(number):
        amount = Decimal(budget * (place + 1))
        code = f"13020924P{place:06}10001A"
        sheet.append([*_UNIT, code, f"第{place}个项目", "特定目标类", amount, amount, amount])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


if __name__ == "__main__":
    main()
