"""What is no 情况说明: too short, or nothing but 无 and 已核实."""

import re

from indicators.checks.model import Policy
from indicators.checks.registry import parameter
from indicators.checks.texts import shown

SHORTEST = parameter("explanation_shortest", 5, "情况说明最少的字数（不计标点和空格）")
EMPTY_WORDS = parameter(
    "explanation_empty_words",
    (
        *(
            "无",
            "没有",
            "暂无",
            "略",
            "同上",
            "同意",
            "属实",
            "情况属实",
            "无误",
            "正确",
            "确认无误",
            "核实无误",
        ),
        *(
            "已核实",
            "经核实",
            "已核对",
            "已确认",
            "已知悉",
            "已阅",
            "已说明",
            "没有问题",
            "无问题",
            "不存在问题",
        ),
        *("无需说明", "不需要说明", "按要求填报", "如实填报", "请通过", "请予通过"),
    ),
    "单独写出不算情况说明的话",
)
_BLANKS = re.compile(r"[\W_]+")


def reason_problem(text: str, policy: Policy) -> str:
    """Return in Chinese why a text cannot stand as a 情况说明, '' where it can."""
    bare = _BLANKS.sub("", text)
    shortest = policy.value(SHORTEST)
    if len(bare) < shortest:
        return f"情况说明{shown(text)}太短，至少写{shortest}个字，说明为什么这样填。"
    empty_words = sorted(policy.value(EMPTY_WORDS), key=len, reverse=True)
    left = re.sub("|".join(map(re.escape, empty_words)), "", bare) if empty_words else bare
    if not left or len(set(bare)) == 1:
        return f"情况说明{shown(text)}没有说明理由，请写明具体原因或依据。"
    return ""
