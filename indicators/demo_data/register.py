"""The register of the made-up 滨河区: supervising departments (3 digits) and their units (6 digits)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from indicators.demo_data.drawing import Draw
from indicators.demo_data.words import AREA, STREETS, TOWNS
from perfbudget.lib.text import chinese_number


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that files a booklet: which field its projects are of, and who fills the tables in."""

    code: str
    name: str
    field: str
    preparer: str
    phone: str


# Department, field of the department itself and of its units, the units. A field is a key of kinds.KINDS.
_DEPARTMENTS = (
    (
        "教育局",
        "education",
        "school",
        "实验小学 第一中学 职业技术教育中心 教师发展中心 特殊教育学校 第一幼儿园",
    ),
    ("卫生健康局", "health", "hospital", "人民医院 中医医院 妇幼保健院 疾病预防控制中心 急救中心 卫生监督所"),
    (
        "交通运输局",
        "transport",
        "transport",
        "公路事业发展中心 交通运输综合执法大队 公共交通服务中心 地方道路管理站",
    ),
    (
        "农业农村局",
        "farming",
        "farming",
        "农业技术推广中心 动物疫病预防控制中心 农机服务中心 农产品质量检测中心",
    ),
    ("水利局", "water", "water", "水利工程建设中心 河道管理所 灌区事务中心 农村饮水安全中心"),
    ("住房和城乡建设局", "city", "city", "市政工程管理处 房屋管理中心 供热管理中心 建设工程质量监督站"),
    ("城市管理综合行政执法局", "city", "city", "环境卫生服务中心 园林绿化中心 路灯管理所 数字化城市管理中心"),
    ("生态环境分局", "environment", "environment", "环境监测站 生态环境综合执法大队 环境应急中心"),
    ("民政局", "welfare", "welfare", "社会福利院 救助管理站 养老服务指导中心 殡仪馆 低收入家庭认定指导中心"),
    (
        "人力资源和社会保障局",
        "jobs",
        "jobs",
        "公共就业服务中心 社会保险事业服务中心 劳动人事争议仲裁院 人才服务中心",
    ),
    ("文化广电和旅游局", "culture", "culture", "文化馆 图书馆 博物馆 文物管理所 体育中心 旅游服务中心"),
    ("公安分局", "police", "police", "交通警察大队 看守所 巡特警大队 公安科技信息中心"),
    ("应急管理局", "emergency", "emergency", "综合应急救援大队 防汛抗旱服务中心 森林草原防灭火中心"),
    ("司法局", "justice", "justice", "法律援助中心 社区矫正中心 公证处"),
    ("退役军人事务局", "veterans", "veterans", "退役军人服务中心 烈士陵园管理处 军队离休退休干部服务站"),
    ("医疗保障局", "insurance", "insurance", "医疗保障服务中心 医疗保障基金监管中心"),
    ("市场监督管理局", "market", "market", "食品药品检验中心 计量测试所 消费者权益保护中心 特种设备监察所"),
    ("发展和改革局", "development", "development", "价格认证中心 粮食和物资储备服务中心 重点项目服务中心"),
    ("科学技术和工业信息化局", "industry", "industry", "生产力促进中心 中小企业服务中心 大数据中心"),
    ("自然资源和规划分局", "land", "land", "不动产登记中心 国土整治中心 林业工作站 规划编制中心"),
    ("财政局", "finance", "finance", "国库集中支付中心 财政投资评审中心 预算绩效评价中心"),
    ("审计局", "finance", "finance", "审计服务中心"),
    ("统计局", "finance", "finance", "社情民意调查中心 普查中心"),
    ("数据和政务服务局", "service", "service", "政务服务中心 便民热线中心 公共资源交易中心"),
    ("残疾人联合会", "welfare", "welfare", "残疾人康复中心 残疾人就业服务所"),
    ("委组织部", "party", "party", "党员教育中心 老干部活动中心"),
    ("委宣传部", "culture", "party", "融媒体中心 新时代文明实践中心 网络舆情中心"),
    ("委党校", "party", "party", ""),
    ("档案馆", "party", "party", "地方志编纂服务中心"),
    ("总工会", "party", "party", "工人文化宫 困难职工帮扶中心"),
    ("妇女联合会", "party", "party", "妇女儿童活动中心"),
)
_TOWN_UNITS = "综合行政执法队 综合文化服务中心 农业综合服务中心 退役军人服务站 社会保障服务中心"
_MANY_SCHOOLS = 60
_MANY_CLINICS = 30


def supervising_departments() -> dict[str, str]:
    """Return code → name of all supervising departments."""
    return {code: name for code, name, _, _ in _supervisors()}


def units() -> Iterator[Unit]:
    """Yield the units, two of every department first, so that a few are of many fields."""
    rounds: list[list[tuple[str, str, str]]] = []
    for code, name, field, below in _supervisors():
        filed = [(name, field), *below]
        for number, (unit_name, unit_field) in enumerate(filed, start=1):
            place = (number - 1) // 2
            rounds += [[] for _ in range(place + 1 - len(rounds))]
            rounds[place].append((f"{code}{number:03}", unit_name, unit_field))
    for filed_in_round in rounds:
        yield from (_unit(*entry) for entry in filed_in_round)


def _supervisors() -> Iterator[tuple[str, str, str, list[tuple[str, str]]]]:
    """Yield code, name and field of a department, and name and field of each unit below it.

    The codes stay below 286, the department of the real booklet.
    """
    codes = map(str, count(101))
    for name, field, field_below, below in _DEPARTMENTS:
        names = [f"{AREA}{unit}" for unit in (*below.split(), *_further_units(name))]
        yield next(codes), f"{AREA}{name}", field, [(unit, field_below) for unit in names]
    for town in (*TOWNS, *STREETS):
        office = "人民政府" if town in TOWNS else "办事处"
        names = [f"{AREA}{town}{unit}" for unit in _TOWN_UNITS.split()]
        yield next(codes), f"{AREA}{town}{office}", "town", [(unit, "town") for unit in names]


def _further_units(department: str) -> Iterator[str]:
    if department == "教育局":
        yield from (f"第{chinese_number(number)}小学" for number in range(1, _MANY_SCHOOLS + 1))
        yield from (f"{town}中心幼儿园" for town in TOWNS)
    if department == "卫生健康局":
        yield from (f"{town}卫生院" for town in TOWNS)
        yield from (f"第{chinese_number(number)}社区卫生服务站" for number in range(1, _MANY_CLINICS + 1))


def _unit(code: str, name: str, field: str) -> Unit:
    draw = Draw(code)
    # No area of China has 0399.
    return Unit(code, name, field, draw.fill("{surname}{given_name}"), draw.fill("0399-{2100000..8999999}"))
