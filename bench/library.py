"""How long a search of the indicator library takes: a page of results of 20 000 rows, as people type.

.venv/bin/python bench/library.py [--rows 20000]
"""

import argparse
import itertools
import random

import measuring

SUBJECTS = (
    "培训 会议 宣传 巡查 检测 绿化 道路 管网 校舍 图书 养老 救助 农田 "
    "森林 水库 接种 体检 执法 档案 机房 公园 文物 演出 赛事 招聘 信访"
)
ACTIONS = "完成 验收 发放 覆盖 维护 整治 建设 采购 更新 办结 到位 参与 合格 达标 使用 公开"
MEASURES = "数量 合格率 完成率 及时率 覆盖率 满意度 成本控制率 人次 天数 增长率 下降率 知晓率"
SEARCHES = ("", "培训", "培训合格率", "合格率 农田", "培训覆盖", "pxwc", "nt", "没有这样的指标", "率")
GOAL = 50  # milliseconds


def fill(rows: int) -> None:
    from indicators.library import library_tiers
    from indicators.models import LibraryIndicator
    from indicators.services.library import derive

    chance = random.Random(20)
    tiers = library_tiers()
    names = itertools.product(SUBJECTS.split(), ACTIONS.split(), MEASURES.split())
    made = []
    for number, parts in enumerate(itertools.islice(itertools.cycle(names), rows)):
        first, second = chance.choice(tiers)
        one = LibraryIndicator(
            sector=f"第{number % 20}领域",
            subsector=f"第{number % 97}类",
            funding_use=f"用途{number}",
            first_tier=first,
            second_tier=second,
            name="".join(parts),
            explanation=f"反映{''.join(parts)}的情况，按年度计划统计，以业务台账和验收资料为准。" * 2,
            formula="实际数÷计划数×100%",
            keywords="、".join(parts),
            plan_standard="年度工作计划",
            industry_standard="行业主管部门发布的标准，高于本标准的从其规定。",
            usage_count=chance.choice((0, 0, 0, 1, 5, 40)),
            standing="approved",
        )
        derive(one)
        made.append(one)
    LibraryIndicator.objects.bulk_create(made, batch_size=1000)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    rows = options.parse_args().rows
    measuring.set_up()
    measuring.make_database()
    from departments.models import Department
    from indicators.library import matching, most_used_first
    from indicators.models import LibraryIndicator, LibraryUse

    measuring.print_load()
    print(f"{rows} rows made in {measuring.seconds(lambda: fill(rows)):.1f} s")
    department = Department.objects.create(code="286001", name="单位")
    some = LibraryIndicator.objects.order_by("?")[:300]
    LibraryUse.objects.bulk_create(LibraryUse(indicator=one, department=department, count=3) for one in some)
    kept = LibraryIndicator.objects.filter(standing="approved")

    for text in SEARCHES:

        def search(text=text):
            found = matching(kept, text)
            return list(most_used_first(found, departments=[department], text=text)[:20])

        number = matching(kept, text).count()
        took = measuring.median_seconds(search, 9) * 1000
        verdict = "" if took < GOAL else f"  (goal {GOAL})"
        print(f"{text or '(nothing)':12} {number:6} found  {took:6.1f} ms{verdict}")


if __name__ == "__main__":
    main()
