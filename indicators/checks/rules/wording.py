"""Vague numbers in goals, empty bases, citations, personal data, amounts told twice (R33, R57–R60)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from indicators.checks.disclosure import number_hits
from indicators.checks.facts import BookletFacts, TableFacts, Text
from indicators.checks.model import Hit, Quality, Scope, Severity
from indicators.checks.personal_numbers import may_hold_a_number
from indicators.checks.registry import parameter, rule
from indicators.document import SubGoal, TargetTable
from perfbudget.lib.money import format_wan

_EVERYWHERE = (Scope.TABLE, Scope.NARRATIVE)
_TITLE = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")


def _goals(facts: TableFacts | BookletFacts) -> Iterator[Text]:
    """Yield the texts that set goals: the table's goal; overall goals, sub-goals and their indicators."""
    if isinstance(facts, TableFacts):
        if facts.table.goal:
            yield Text("goal", "绩效目标", facts.table.goal)
        return
    for text in facts.texts:
        if text.path.startswith(("overall_goals/", "sub_goals/")) and not text.path.endswith("/title"):
            yield text


# R33: vague numbers

_COUNTED = (
    "人次|场次|批次|班次|期|次|场|项(?![目下])|名|人|家|份|篇|批|处|套|件|条|所|户|册|轮|亩|公顷|吨|公里|平方米|米"
    "|个(?!月|工作日|小时|学时|季度|百分|学期|自然|周|年)"
)
_NUMERAL = "[一二三四五六七八九十两]"
_RANGE = re.compile(
    r"(?<![\d第.\-－–—~～〔\[/A-Za-z从由])(?P<low>\d{1,6})[期次场个项名人家]?\s*(?:[-－–—~～]{1,2}|至|到)\s*"
    rf"(?P<high>\d{{1,6}})(?:{_COUNTED})(?!工程|标段|年级|分钟|制|号)"
)
_SPOKEN_RANGE = re.compile(
    rf"(?<![第从由十百千万一二三四五六七八九两])(?:{_NUMERAL}(?:至|到|—|-){_NUMERAL}"
    r"|一两|两三|三四|三五|四五|五六|六七|七八|八九)(?:期(?!间|工程)|次|场|名|家|个(?!月|百分|工作|小时|季度))"
)
_ABOUT = re.compile(
    r"(?<![节合契条预签违特制公誓守履毁集简俭续邀要隐绰婉爽缔租立相规])大?约(?:为|有|计)?\s*"
    r"(?:\d[\d.,]*|[一二三四五六七八九十百千两几]+(?=[万亿百千余多个次期场人名家项亩公吨元户]))(?:平方米|[^\s，。；、,;的]{0,2})"
)
_OR_SO = re.compile(r"(?:\d[\d.,]*|[十百千万亿])[^\s\d，。；、,;：:左]{0,6}左右(?![两岸侧手翼各对])")
_SOME = re.compile(
    r"若干(?!措施|意见|规定|政策|问题|办法|条款|准则|决定|举措|事项|要求|重大|重要|配套"
    r"|条[^\s，。；、,;]{0,3}(?:措施|政策|意见|规定|举措|办法|准则)|条[”」）)])[^\s，。；、,;]{0,4}"
)
# 落实省促消费若干条 cites a document by its short name.
_CITING = re.compile("出台|落实|兑现|贯彻|印发|执行|政策|惠企")
# 增长7%左右 is how the annual targets of the economy are officially set.
_OFFICIAL_TARGET = re.compile("生产总值|GDP|经济增|CPI|物价|价格|失业率")
# 每班30-40人 and 宽4-6米 design a thing; they do not count what will be done.
_DESIGN = re.compile("每(?:班|组|队|桌|车|间|台|村|校|人|户|家|所|个班|个组)$|[宽高深厚径距坡][度为约：]?$")
_BEFORE = 16


def _vague_numbers(text: str) -> Iterator[str]:
    """Yield what is no exact number in a goal: 1-2期, 约500人, 10场左右, 若干."""
    for found in _RANGE.finditer(text):
        if int(found["low"]) < int(found["high"]) and not _DESIGN.search(text[: found.start()][-4:]):
            yield found[0]
    if found := _SPOKEN_RANGE.search(text):
        yield found[0]
    if "约" in text:
        for found in _ABOUT.finditer(text):
            yield found[0]
    if "左右" in text:
        for found in _OR_SO.finditer(text):
            if not _OFFICIAL_TARGET.search(text[max(0, found.start() - _BEFORE) : found.start()]):
                yield found[0]
    if "若干" in text:
        for found in _SOME.finditer(text):
            before = text[max(0, found.start() - _BEFORE) : found.start()]
            if not (found[0].startswith("若干条") and _CITING.search(before)):
                yield found[0]


@rule(
    "R33",
    "绩效目标中的数不确定",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="财预〔2021〕101号：量化易评；目标应当清晰、可以衡量",
    advice="写成确定的数，或写明下限，例如“举办入党积极分子培训班不少于（ ）期”。",
    example="举办1-2期入党积极分子培训班",
    scopes=_EVERYWHERE,
)
def vague_number(facts: TableFacts | BookletFacts) -> Iterator[Hit]:
    """R33: only in goals, as a range is a good value; cited titles do not count (domain.md §4.4)."""
    for text in _goals(facts):
        plain = _TITLE.sub("", text.text) if "《" in text.text else text.text
        for words in _vague_numbers(plain):
            yield Hit(text.path, f"{text.place}中的“{words}”不是确定的数。", words, text.row)


# R57: empty bases

EMPTY_BASES = parameter(
    "empty_bases",
    (
        *(
            "预算编制",
            "工作要求",
            "实际情况",
            "工作需要",
            "实际需要",
            "实际工作",
            "年度预算",
            "预算",
            "项目预算",
        ),
        *(
            "预算安排",
            "部门预算",
            "上级要求",
            "相关要求",
            "有关要求",
            "相关规定",
            "有关规定",
            "业务需要",
            "经验",
        ),
        *("工作实际", "单位实际", "本单位实际", "估算", "自定", "自拟", "无", "其他", "略", "暂无"),
    ),
    "没有说明依据的空话（R57）",
)
_BASIS_PARTS = re.compile(r"[、，,；;。/\s]+|[和及与](?=.{3})")
_BASIS_FRAME = re.compile("^(?:(?:根据|按照|依据|结合|按|依)的?)|(?:等|来?确定|制定|设定|测算|填报)+$")


@lru_cache(maxsize=4096)
def _is_empty_basis(basis: str, words: tuple[str, ...]) -> bool:
    """Whether nothing but empty words is given; 计划标准 and the other class words are not empty."""
    parts = [part for part in _BASIS_PARTS.split(basis) if part]
    return all(part in words or _BASIS_FRAME.sub("", part) in words for part in parts)


@rule(
    "R57",
    "指标值没有确定依据",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="财预〔2021〕101号：指标值设定依据分为计划、行业、历史、预算支出和其他标准",
    advice="写明标准类别和具体出处，例如“计划标准：《某某工作计划》”“历史标准：上年实际完成数”。",
    example="全表的指标值确定依据都是“预算编制”",
)
def empty_basis(facts: TableFacts) -> Iterator[Hit]:
    """R57: blank or empty words; one finding where all rows say the same (domain.md §4.7)."""
    words = tuple(facts.policy.value(EMPTY_BASES))
    empty = [row for row in facts.rows if _is_empty_basis(row.indicator.basis.strip(), words)]
    if not empty:
        return
    said = {row.indicator.basis.strip() for row in empty}
    if len(said) == 1 and len(empty) == len(facts.rows) > 1:
        basis = said.pop()
        content = f"都是“{basis}”" if basis else "都是空白"
        message = f"全部{len(empty)}项指标的指标值确定依据{content}，没有说明数值从何而来。"
        yield Hit("indicators", message, basis)
        return
    for row in empty:
        basis = row.indicator.basis.strip()
        content = f"“{basis}”没有说明数值从何而来" if basis else "为空"
        yield row.hit("basis", f"“{row.indicator.name}”的指标值确定依据{content}。", basis)


# R58: citations

_NESTED = re.compile("[<〈《][^<>〈〉《》]*[>〉》]")
_BRACKETS = re.compile(r"[\s<>〈〉《》（）()\[\]“”\"]")
_ISSUER = re.compile(
    "^(?:中共)?(?:中央|国家|省委|市委|区委|县委|省|市|区|县)+(?:人民政府|政府|办公厅|办公室|办)?"
)
_CITING = re.compile("根据|按照|依据|依照|贯彻|落实|执行")
_SENTENCE = re.compile(r"[^。；;\n]+")
_NAMELESS = re.compile(
    r"(?:根据|按照|依据|依照|按)(?:了)?(?:上级|有关|相关|中央|国家|部门|省|市|区|县)[^，。；;、《〔\[\n]{0,8}(?:文件|通知)(?:的?(?:精神|要求|规定))?"
    r"(?![^，。；;\n]{0,6}[《〔\[])"
)
_BLANK_TITLE = re.compile(r"《[\s.…·*＊xX×○〇_]*》")
_MARKS_OF_CITING = ("《", "》", "文件", "通知")
_SHORTEST_TITLE = 2


@lru_cache(maxsize=2048)
def _title_key(title: str) -> tuple[str, str]:
    """Return a title without issuer and marks, its inner title taken out, and that inner title."""
    inside = title[1:-1]
    inner = _NESTED.search(inside)
    frame = _NESTED.sub("", inside) if inner else inside
    bare = _BRACKETS.sub("", frame)
    return _ISSUER.sub("", bare) or bare, _BRACKETS.sub("", inner[0]) if inner else ""


def _is_same_title(first: str, second: str) -> bool:
    """Whether one cites the other again, its inner title perhaps shortened (条例 for 工作条例)."""
    (frame, inner), (other_frame, other_inner) = _title_key(first), _title_key(second)
    if frame != other_frame or len(frame) < _SHORTEST_TITLE or bool(inner) != bool(other_inner):
        return False
    return inner.endswith(other_inner) or other_inner.endswith(inner)


def _cited_twice(text: str) -> str:
    """Return the title that one sentence cites twice as its basis, '' if there is none."""
    for sentence in _SENTENCE.findall(text) if text.count("《") > 1 else ():
        titles = _TITLE.findall(sentence)
        for place, title in enumerate(titles[:-1]) if _CITING.search(sentence) else ():
            if _is_same_title(title, titles[place + 1]):
                return title
    return ""


def _is_unbalanced(text: str) -> bool:
    """Whether a 《 is never closed or a 》 never opened; 《= and 》= are comparators."""
    depth = 0
    for place, mark in enumerate(text):
        if mark in "《》" and text[place + 1 : place + 2] not in ("=", "＝"):
            depth += 1 if mark == "《" else -1
            if depth < 0:
                return True
    return depth > 0


def _citation_faults(text: Text) -> Iterator[tuple[str, str]]:
    """Yield a message and its evidence for each fault of citing in one text."""
    if "《" in text.text or "》" in text.text:
        if _is_unbalanced(text.text):
            yield f"{text.place}中的书名号《》不成对。", "《》"
        if blank := _BLANK_TITLE.search(text.text):
            yield f"{text.place}中的“{blank[0]}”没有写文件名称。", blank[0]
        if title := _cited_twice(text.text):
            yield f"{text.place}中“{title}”在同一句里作为依据引用了两次。", title
    if ("文件" in text.text or "通知" in text.text) and (nameless := _NAMELESS.search(text.text)):
        yield f"{text.place}中的“{nameless[0]}”没有写文件名称和文号。", nameless[0]


@rule(
    "R58",
    "引用文件不规范",
    Severity.HINT,
    Quality.COMPLETENESS,
    basis="本系统规则：引用文件应写明名称和文号，便于核对",
    advice="写明文件全称和文号，例如“《某某通知》（某某〔20××〕×号）”，同一依据只写一次，书名号成对使用。",
    example="按照《市委关于贯彻<条例>的实施细则》要求，依据：市委《关于贯彻<工作条例>的实施细则》的通知",
    scopes=_EVERYWHERE,
)
def careless_citation(facts: TableFacts | BookletFacts) -> Iterator[Hit]:
    """R58: no name or number, cited twice in a sentence, broken 《》 (domain.md §4.7); the name is R05's."""
    written = "\n".join(text.text for text in facts.texts)
    if not any(mark in written for mark in _MARKS_OF_CITING):
        return
    for text in facts.texts:
        if not text.path.endswith(("name", "/value")):
            for message, evidence in _citation_faults(text):
                yield Hit(text.path, message, evidence, text.row)


# R59: what may not be published

SECRET_WORDS = parameter(
    "secret_words",
    (
        "涉密",
        "绝密",
        "机密",
        "国家秘密",
        "秘密级",
        "密级",
        "保密项目",
        "保密事项",
        "保密内容",
        "不得公开",
        "内部资料",
    ),
    "表示涉密、不宜公开的词（R59）",
)
# 保密培训经费 is legal, and so is what guards a secret without telling it.
_LEGAL_BEFORE = re.compile("(?:非|不|未|无|防|保守|泄露|严禁|禁止|不含|不涉及|没有|防止|窃取)$")
_LEGAL_AFTER = re.compile(
    "(?:文件|资料|信息|数据)*(?:人员|载体|计算机|电脑|设备|专用|打印|场所|网络?|系统|检查|培训|教育|宣传|管理|资质|测评"
    "|销毁|柜|室|性)"
)
_SECRET_CONTEXT = 4


@lru_cache(maxsize=64)
def _secret_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words if word) or "(?!)")


def _secret_words(text: str, words: tuple[str, ...]) -> Iterator[str]:
    for found in _secret_pattern(words).finditer(text):
        before = text[max(0, found.start() - _SECRET_CONTEXT) : found.start()]
        if not _LEGAL_BEFORE.search(before) and not _LEGAL_AFTER.match(text, found.end()):
            yield found[0]


@rule(
    "R59",
    "含有不宜公开的内容",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="《中华人民共和国个人信息保护法》《中华人民共和国保守国家秘密法》；涉密项目不得录入本系统",
    advice="删去个人号码；项目涉密的，按保密规定另行报送，不得录入；并不涉密的，请说明。",
    example="联系人李某，手机号码写在资金用途中",
    scopes=_EVERYWHERE,
)
def not_for_publication(facts: TableFacts | BookletFacts) -> Iterator[Hit]:
    """R59: numbers are told by their check digit where they have one; 填报人 and 电话 are not read (§4.7)."""
    words = tuple(facts.policy.value(SECRET_WORDS))
    written = "\n".join(text.text for text in facts.texts)
    numbers, secrets = may_hold_a_number(written), any(word in written for word in words)
    for text in facts.texts if numbers or secrets else ():
        if numbers:
            yield from number_hits(text)
        for word in _secret_words(text.text, words) if secrets else ():
            yield Hit(text.path, f"{text.place}中有“{word}”，请确认项目不涉密。", word, text.row)


# R60: amounts told twice

_TOTAL_AMOUNT = re.compile(
    r"(?:安排预算|预算安排|预算总额|预算总?数|项目预算|年度预算|总预算|预算资金|预算金额|安排资金|资金总额|项目总?资金|安排经费)"
    r"(?:总?[额计]|共计?|合计|为|是|约|：|:)*(?P<number>\d{1,12}(?:,\d{3})*(?:\.\d{1,6})?)(?P<unit>亿元|万元|元)"
)
_OTHER_YEAR = re.compile("上年|去年|往年|下年|明年")
_YEAR = re.compile("(?:19|20)\\d\\d(?=年)")
# 29.7万元 is 29.73万元 told briefly, 30万元 is another amount.
_BRIEFLY = 200
_YUAN = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


def _linked_tables(facts: BookletFacts, part: SubGoal) -> list[TargetTable]:
    """Return the tables a sub-goal is linked to, none where one is missing or has no budget."""
    by_code = {table.project_code: table for table in facts.booklet.tables}
    tables = [by_code.get(code) for code in part.project_codes]
    return [] if any(table is None or not table.budget for table in tables) else tables


def _known_amounts(tables: list[TargetTable]) -> set[Decimal]:
    """Return what an amount in the text may be: a budget, a source of funds, or the sum of either."""
    columns = [
        [getattr(table, name) or Decimal(0) for table in tables]
        for name in ("budget", "fiscal_funding", "other_funding")
    ]
    return {amount for column in columns for amount in (*column, sum(column, Decimal(0)))}


def _agrees(typed: str, unit: str, known: set[Decimal]) -> bool:
    """Whether an amount is one of the known ones, or one rounded to the decimals that were typed."""
    number = Decimal(typed.replace(",", ""))
    yuan, last_place = number * _YUAN[unit], Decimal(1).scaleb(number.as_tuple().exponent) * _YUAN[unit]
    differences = ((abs(yuan - amount), amount) for amount in known)
    return any(
        not difference or (difference < last_place and difference * _BRIEFLY <= amount)
        for difference, amount in differences
    )


def _is_of_another_year(text: str, found: re.Match[str], year: int) -> bool:
    before = text[max(0, found.start() - _BEFORE) : found.start("number")]
    return bool(_OTHER_YEAR.search(before)) or any(int(other) != year for other in _YEAR.findall(before))


def _no_linked_project(facts: BookletFacts) -> str:
    if any(_linked_tables(facts, part) for part in facts.booklet.sub_goals):
        return ""
    return "分项绩效目标没有对应有预算数的项目，无法核对金额。"


@rule(
    "R60",
    "文字中的金额与绩效目标表不一致",
    Severity.WARNING,
    Quality.APPROPRIATENESS,
    basis="本系统规则：部门整体绩效目标与项目绩效目标表应当一致",
    advice="核对文字与绩效目标表的金额和计量单位，使二者一致。",
    example="分项绩效目标写“安排预算30万元”，项目绩效目标表的预算数为29.73万元",
    scopes=(Scope.NARRATIVE,),
    blocked=_no_linked_project,
)
def amount_differs(facts: BookletFacts) -> Iterator[Hit]:
    """R60: only the one total a sub-goal states, against all amounts of its projects (domain.md §4.7)."""
    for number, part in enumerate(facts.booklet.sub_goals, start=1):
        tables = _linked_tables(facts, part)
        stated = [
            (name, found)
            for name in ("goal", "indicators")
            for found in _TOTAL_AMOUNT.finditer(getattr(part, name))
            if not _is_of_another_year(getattr(part, name), found, facts.booklet.year)
        ]
        if not tables or len(stated) != 1:
            continue
        [(name, found)] = stated
        if not _agrees(found["number"], found["unit"], _known_amounts(tables)):
            total = format_wan(sum(table.budget for table in tables))
            message = f"第{number}项分项绩效目标写的是“{found[0]}”，而对应项目的预算数为{total}万元。"
            yield Hit(f"sub_goals/{part.uid}/{name}", message, found[0])
