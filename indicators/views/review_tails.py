"""What stands in a cell behind its text on the review page: a former tier, last year's value, a 批注."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from indicators.layout.tracked import first_within
from indicators.review_papers import LastYear
from perfbudget.lib.money import format_wan
from perfbudget.lib.ratios import format_percent
from workflow.models import Comment

_MOVED = '<span class="moved-here"><del>{}</del>移来</span>'


def tails_of(
    texts: Mapping[str, str],
    comments: Iterable[Comment],
    last_year: LastYear | None,
    moved: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, SafeString]:
    """Return the HTML behind the text of each cell, by path; ``comments`` are the open ones.

    ``moved`` is where rows stood before, by the path of their names.
    """
    tails = {path: [format_html(_MOVED, tier)] for path, tier in moved.items()}
    for path, found in _by_cell(texts, comments).items():
        tails.setdefault(path, []).append(_mark(found))
    if last_year:
        beside = format_html("<br>本项目预算数 {}", _budget(last_year))
        for path, value in last_year.values.items():
            tails.setdefault(path, []).append(_last_year("指标值", value or "未填", last_year, beside))
        tails.setdefault("budget", []).append(_last_year("预算数", _budget(last_year), last_year))
    return {path: format_html_join("", "{}", ((html,) for html in found)) for path, found in tails.items()}


def _by_cell(texts: Mapping[str, str], comments: Iterable[Comment]) -> dict[str, list[Comment]]:
    """Return the comments by the cell that shows their place; of a row it is its first."""
    found: dict[str, list[Comment]] = {}
    for comment in comments:
        if cell := first_within(texts, comment.path):
            found.setdefault(cell, []).append(comment)
    return found


def _mark(comments: list[Comment]) -> SafeString:
    demands = any(comment.sort == Comment.Sort.RECTIFY for comment in comments)
    return format_html(
        '<a class="remark-mark{}" href="#comment-{}" aria-label="批注{}条">批{}</a>',
        " rectify" if demands else "",
        comments[0].pk,
        len(comments),
        len(comments),
    )


def _last_year(label: str, value: str, last_year: LastYear, beside: str = "") -> SafeString:
    return format_html(
        '<details class="last-year"><summary>上年</summary><span class="was">'
        "<b>{}年{}</b> {}{}"
        '<br><a href="{}" target="_blank">打开{}年的表</a></span></details>',
        last_year.year,
        label,
        value,
        beside,
        reverse("table", args=(last_year.declaration.pk,)),
        last_year.year,
    )


def _budget(last_year: LastYear) -> str:
    amount = f"{format_wan(last_year.budget) or '未填'} 万元"
    if last_year.growth is None:
        return amount
    sign = "+" if last_year.growth > 0 else ""
    return f"{amount}，本年 {sign}{format_percent(last_year.growth)}"
