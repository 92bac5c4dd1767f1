"""项目编码 and 项目名称 (R04–R06)."""

import re
import unicodedata
from collections.abc import Iterator

from indicators.checks.facts import TableFacts
from indicators.checks.model import Fix, Hit, Quality, Scope, Severity
from indicators.checks.registry import parameter, rule
from indicators.checks.texts import listed, shown
from indicators.checks.tidiness import unpaired_brackets
from indicators.document import NoteKind
from projects.codes import PROJECT_CODE_LENGTH, check_character, is_project_code, library_year, region_of

# R04: the code

CHECKED_REGIONS = parameter("checked_regions", ("12", "13"), "核对项目编码校验位的地区（行政区划开头的数字）")


@rule(
    "R04",
    "项目编码有误或重复",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis="本系统规则：项目编码为21位（行政区划6位、入库年份2位、类别1位、顺序号11位、校验位1位）",
    advice="与预算项目库核对编码；上级转移支付项目可用上级地区的编码。",
    example="13020924P0007721000",
    scopes=(Scope.TABLE, Scope.ACROSS),
    blocked=lambda facts: "" if facts.table.project_code.strip() else "没有填写项目编码。",
)
def project_code(facts: TableFacts) -> Iterator[Hit]:
    """Shape and doubles in the unit are errors; region, year, check character, use elsewhere warnings."""
    code = facts.table.project_code
    yield from _uses_of_code(facts, code)
    if not is_project_code(code):
        plain = "".join(unicodedata.normalize("NFKC", code).split()).upper()
        fix = Fix("project_code", code, plain) if is_project_code(plain) else None
        yield Hit("project_code", _misshapen(code), code[:40], fix=fix)
        return
    for message, evidence in _doubts(facts, code):
        yield Hit("project_code", message, evidence, severity=Severity.WARNING)


def _misshapen(code: str) -> str:
    if len(code) != PROJECT_CODE_LENGTH:
        return f"项目编码{shown(code)}有{len(code)}个字符，应为{PROJECT_CODE_LENGTH}位。"
    return f"项目编码{shown(code)}不是由行政区划、年份、类别字母和顺序号组成的数字和大写字母，请核对。"


def _uses_of_code(facts: TableFacts, code: str) -> Iterator[Hit]:
    table, context = facts.table, facts.context
    for other in context.siblings:
        if other.project_code == code and other.uid != table.uid:
            yield Hit("project_code", f"项目编码“{code}”与本单位项目{shown(other.name)}的编码重复。", code)
            break
    if units := context.codes_elsewhere.get(code):
        named = "、".join(units)
        message = f"项目编码“{code}”也用于其他单位（{named}），请核对是否录错。"
        yield Hit("project_code", message, code, severity=Severity.WARNING)


def _doubts(facts: TableFacts, code: str) -> Iterator[tuple[str, str]]:
    region, own = region_of(code), facts.context.region_code
    if own and not region.startswith(own) and region not in _upper_regions(own):
        yield f"项目编码开头的行政区划“{region}”不是本地区“{own}”，也不是其上级，请核对是否录错。", region
    if library_year(code) > facts.table.year:
        year = f"{library_year(code)}年入库，晚于预算年度{facts.table.year}年"
        yield f"项目编码第7、8位“{code[6:8]}”表示{year}，请核对是否录错。", code[6:8]
    if region.startswith(tuple(facts.policy.value(CHECKED_REGIONS))):
        expected = check_character(code)
        if expected and expected != code[-1]:
            yield f"项目编码“{code}”末位“{code[-1]}”与编码校验位不符，请核对是否录错。", code[-1]


def _upper_regions(region: str) -> tuple[str, ...]:
    return f"{region[:4]}00", f"{region[:2]}0000", "100000", "000000"


# R05 and R06: the name

# Leading # (#1机组) and trailing # + % (1#, 互联网+) are legal.
_EITHER_END = " \t\n\xa0\u3000、，。；：·,;:*^~`|\\/_-—=&$@★☆●○■□▲△◆◇※"
_BEFORE_NAMES = _EITHER_END + "！？.!?+%"
_STOP_AFTER_HAN = re.compile(r"(?<=[\u4e00-\u9fff）》”])\.\Z")
_BROKEN = re.compile("[\ufffd\ue000-\uf8ff]|[?？]{2,}")
_NAMELESS = "没有填写项目名称。"
_MENDED_IN_LIST = "名称来自项目清单：请在一体化系统中改正后重新导入清单，或写明情况说明。"


def _no_name(facts: TableFacts) -> str:
    return "" if facts.table.name.strip() else _NAMELESS


@rule(
    "R05",
    "项目名称有多余或不成对的符号",
    Severity.ERROR,
    Quality.COMPLETENESS,
    basis="本系统规则：依据绩效目标审核表“规范完整性”；项目名称不得有多余字符",
    advice="删去多余的符号，或补上成对的另一半。",
    example="]2024年度机关党组织活动经费",
    blocked=_no_name,
)
def stray_symbols_in_name(facts: TableFacts) -> Iterator[Hit]:
    """Brackets without a partner, symbols at the ends that begin or end no name, broken characters.

    须说明 where the name came from the project list: its preparer cannot change it (domain.md §4.1).
    """
    name = facts.table.name
    places = _stray_places(name)
    if not places:
        return
    strays = list(dict.fromkeys(name[place] for place in sorted(places) if not name[place].isspace()))
    unpaired = unpaired_brackets(name)
    what = "不成对" if places == set(unpaired) else "是多余的符号" if not unpaired else "多余或不成对"
    after = _without_edges(name, places)
    message, evidence = f"项目名称{shown(name)}中的{listed(strays)}{what}。", "".join(strays)
    if any(note.kind == NoteKind.LISTED_NAME for note in facts.table.notes):
        yield Hit("name", message, evidence, advice=_MENDED_IN_LIST, severity=Severity.WARNING)
        return
    fix = Fix("name", name, after) if after and not _stray_places(after) else None
    yield Hit("name", message, evidence, fix=fix)


def _stray_places(name: str) -> set[int]:
    found = set(unpaired_brackets(name))
    found.update(range(len(name) - len(name.lstrip(_BEFORE_NAMES))))
    found.update(range(len(name.rstrip(_EITHER_END)), len(name)))
    if _STOP_AFTER_HAN.search(name):
        found.add(len(name) - 1)
    for broken in _BROKEN.finditer(name):
        found.update(range(*broken.span()))
    # Blanks alone are R09's.
    return found if any(not name[place].isspace() for place in found) else set()


def _without_edges(name: str, places: set[int]) -> str:
    """Return the name without the stray symbols at its beginning and end; those inside need a person."""
    start, end = 0, len(name)
    while start < end and (start in places or name[start].isspace()):
        start += 1
    while end > start and (end - 1 in places or name[end - 1].isspace()):
        end -= 1
    return name[start:end]


OTHER_YEAR_WORDS = parameter(
    "other_year_words",
    (
        *("结转", "结余", "提前下达", "提前批", "以前年度", "上年", "往年", "历年", "跨年", "尾款", "尾欠"),
        *("清算", "清欠", "欠款", "拖欠", "续建", "质保金", "补发", "兑现", "学年", "考核", "决算"),
    ),
    "项目名称中允许使用其他年份的词",
)
_LEADING_YEAR = re.compile(r"\W{0,4}(?P<year>20\d\d)\s?年度?")
_YEAR_RANGE = re.compile(r"\W{0,4}20\d\d\s?(?:年度?)?\s?[-—–－~～〜至到/、和及与]+\s?(?:20)?\d\d(?!\d)")
_DOCUMENT_NUMBER = re.compile(r"[〔\[［(（【]\s?20\d\d\s?[〕\]］)）】]\s?\d{1,4}\s?号")


@rule(
    "R06",
    "项目名称的年度与预算年度不一致",
    Severity.WARNING,
    Quality.COMPLETENESS,
    basis="本系统规则：项目名称开头的年度即预算年度，文号、结转、提前下达和跨年度的除外",
    advice="核对是否沿用了以前年度的名称；名称所写确为以前年度事项的，说明情况。",
    example="2023年度机关党组织活动经费（预算年度2024年）",
    blocked=_no_name,
)
def year_in_name(facts: TableFacts) -> Iterator[Hit]:
    name = facts.table.name
    found = _LEADING_YEAR.match(name)
    if not found or int(found["year"]) == facts.table.year:
        return
    if any(word in name for word in facts.policy.value(OTHER_YEAR_WORDS)):
        return
    if _YEAR_RANGE.match(name) or _DOCUMENT_NUMBER.search(name):
        return
    year = found[0].strip()
    yield Hit("name", f"项目名称以“{year}”开头，而预算年度是{facts.table.year}年。", year)
