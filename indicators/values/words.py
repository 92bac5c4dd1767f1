"""Qualitative values (定性): words of state and degree, read only where the whole text is made of them."""

import re

_LONGEST = 20
# A short text that ends with one of these tells a state: 制度健全, 服务水平不断提高.
_ENDINGS = (
    "可控 健全 及时 完善 良好 显著 明显 有效 提升 提高 改善 增强 达标 合格 完成 按时 按期 准时 优化 优良 "
    "优秀 满意 到位 齐全 完备 完整 准确 合理 充分 正常 畅通 顺畅 降低 下降 减少 增长 增加 促进 加强 改进 "
    "好转 稳定 较好 较高"
)
# These tell a state only among their like, since they end nouns as well: 社会保障, 技术规范.
_STATES = f"{_ENDINGS} 长期 持续 可持续 安全 规范 保障 深化 科学 高效 平稳 有序 提前"
_DEGREES = (
    "定性 逐步 逐年 进一步 不断 稳步 日益 日趋 更加 较为 较 比较 基本 全面 大幅 大幅度 一定程度 一定 程度 "
    "十分 非常 全部 均 已 未 得到 得以 有所 有 实现 切实 能够 和 且 并 、 , /"
)
_GRADES = "优 良 好 定性 定性指标 定性评价 达成 部分达成 未达成"
_SUBJECTS = "国家 行业 地方 相关 有关 规定 制度 政策 文件 预期 既定 年度 绩效 设计 验收 质量 合同 计划 总体"


def _any(words: str) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True)) + ")"


_COMPOSED = re.compile(
    f"{_any(_GRADES)}|{_any(_DEGREES + ' ' + _STATES)}*{_any(_STATES)}|应.尽."
    f"|(?:达到|符合|满足|达成|实现|完成){_any(_SUBJECTS)}{{0,3}}(?:标准|要求|目标|指标|规定|效果|水平)"
)
_ENDED = re.compile(rf"[\u4e00-\u9fff]{{1,8}}{_any(_ENDINGS)}")
# A number, a span or a time in the text asks for a closer reading than its last word gives.
_NOT_PLAIN = re.compile("[两二三四五六七八九百千万亿年月日季旬天周]|十(?!分)|若干|是否|^待(?!遇)")
_DECLARED = re.compile(r"定性(?:指标)?[:,][^0-9]{1,50}")


def is_composed(text: str) -> bool:
    """Whether ``text`` is made of words of state and degree (有效提升) or is a set phrase (符合要求)."""
    return len(text) <= _LONGEST and bool(_COMPOSED.fullmatch(text))


def is_qualitative(text: str) -> bool:
    """Whether ``text`` is a qualitative value: composed, a short text that ends so, or declared by 定性：."""
    if is_composed(text) or _DECLARED.fullmatch(text):
        return True
    return bool(_ENDED.fullmatch(text)) and not _NOT_PLAIN.search(text)
