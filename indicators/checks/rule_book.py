"""docs/rules.md: what every rule is, taken from the registry, so that book and rules cannot differ."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from indicators.checks import rules as _rules  # noqa: F401 - importing it declares the rules
from indicators.checks.model import Rule, Scope
from indicators.checks.registry import PARAMETERS, RULES

_INTRODUCTION = """\
# 审核规则

本文件由 `manage.py document_rules` 从规则生成，有测试核对，请勿手工修改。

级别为默认值，财政部门可以按年度调整级别、参数和启用与否。**须改正**不改正不能提交，**须说明**要改正或者写明情况说明，
**提示**供参考。规则缺少所需数据（如上年目标、权重）时不运行，并说明原因，不算通过。"""
_SCOPES = {
    Scope.TABLE: "单张绩效目标表",
    Scope.ACROSS: "绩效目标表与其他表对照",
    Scope.NARRATIVE: "部门绩效文本",
}
# The sections of the rule list by the first rule of each.
_SECTIONS = {
    "R01": "完整性与格式",
    "R11": "资金支出计划",
    "R16": "指标框架",
    "R24": "指标值、单位与方向",
    "R36": "成本",
    "R41": "效益与满意度",
    "R47": "目标、资金、指标与部门文本的一致",
}


def rule_book() -> str:
    """Return the whole document as Markdown; the same rules give the same text."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules = [RULES[code] for code in sorted(RULES)]
    yield _INTRODUCTION
    yield ""
    yield "| 编号 | 规则 | 级别 | 四性 |"
    yield "|---|---|---|---|"
    for rule in rules:
        link = f"[{rule.code}](#{rule.code.lower()})"
        yield f"| {link} | {_line(rule.title)} | {rule.severity.label} | {rule.quality} |"
    for rule in rules:
        if section := _SECTIONS.get(rule.code):
            yield from ("", f"## {section}")
        yield from _rule(rule)
    yield from _parameters()


def _rule(rule: Rule) -> Iterator[str]:
    # An anchor of its own: those made from headings differ from reader to reader.
    yield from ("", f'<a id="{rule.code.lower()}"></a>', "", f"### {rule.code} {rule.title}", "")
    scopes = "，".join(_SCOPES[scope] for scope in rule.scopes)
    yield f"- 级别：{rule.severity.label}；四性：{rule.quality}；检查对象：{scopes}"
    for label, text in (("依据", rule.basis), ("建议", rule.advice), ("示例", rule.example)):
        yield f"- {label}：{_line(text)}"


def _parameters() -> Iterator[str]:
    yield from ("", "## 参数", "", "财政部门可以按年度调整；名称供程序使用。", "")
    yield "| 名称 | 含义 | 默认值 |"
    yield "|---|---|---|"
    for name in sorted(PARAMETERS):
        parameter = PARAMETERS[name]
        yield f"| `{name}` | {_line(parameter.label)} | {_line(shown_default(parameter.default))} |"


def shown_default(value: Any) -> str:
    """Return a default as people read it; sets in the order of their texts, so that it is always the same."""
    match value:
        case bool():
            return "是" if value else "否"
        case Decimal():
            return format(value, "f")
        case Mapping():
            return "、".join(f"{key}＝{shown_default(item)}" for key, item in value.items())
        case set() | frozenset():
            return "、".join(sorted(map(shown_default, value)))
        case tuple() | list():
            return "、".join(map(shown_default, value)) or "（无）"
    return str(value)


def _line(text: str) -> str:
    """Return a text on one line, with what Markdown would read as markup kept as it is."""
    joined = " ".join(text.split())
    for sign in "\\`*_<[]|":
        joined = joined.replace(sign, "\\" + sign)
    return joined
