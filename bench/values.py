"""parse_value() against the regular expression a newcomer would write. See README.md."""

import re
from collections import Counter

from measuring import median_seconds, print_load, seconds, set_up

NAIVE = re.compile(r"\s*(≥|≤|＞|＜|＝|>=|<=|>|<|=)?\s*([\d.]+)\s*(.*)")


def main() -> None:
    print_load()
    set_up()
    from indicators.demo_data import generate_booklets
    from indicators.values import parse_value

    texts = [
        row.value
        for booklet in generate_booklets(50, 40, seed=1)
        for table in booklet.tables
        for row in table.indicators
    ]
    distinct = list(dict.fromkeys(texts))
    print(f"{len(texts)} indicator values, {len(distinct)} different ones; values a second")
    first = seconds(lambda: list(map(parse_value, distinct)))
    _print("parse_value, each seen first", len(distinct), first)
    _print(
        "parse_value, texts known by then", len(texts), median_seconds(lambda: list(map(parse_value, texts)))
    )
    _print("naive expression", len(texts), median_seconds(lambda: list(map(NAIVE.match, texts))))
    kinds = Counter(str(parse_value(text).kind) for text in texts)
    missed = sum(1 for text in texts if not NAIVE.match(text) and parse_value(text).kind != "text")
    print(f"read as: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}")
    print(f"of these the naive expression does not match {missed}")


def _print(label: str, count: int, taken: float) -> None:
    print(f"  {label:34} {count / taken:12,.0f}")


if __name__ == "__main__":
    main()
