"""The kinds of projects by field; a unit files those of its field and those of every office."""

from indicators.demo_data.kinds.office import COMMON_ROWS, OFFICE
from indicators.demo_data.kinds.order import CULTURE, ECONOMY, MARKET, PARTY, SAFETY, SERVICE
from indicators.demo_data.kinds.people import EDUCATION, HEALTH, HOSPITAL, JOBS, SCHOOL, WELFARE
from indicators.demo_data.kinds.works import CITY, ENVIRONMENT, FARMING, TRANSPORT, VILLAGE, WATER
from indicators.demo_data.templates import Kind

#: Theme → kind.
_ALL: dict[str, Kind] = {
    kind.theme: kind
    for kinds in (
        *(OFFICE, EDUCATION, SCHOOL, HEALTH, HOSPITAL, WELFARE, JOBS, TRANSPORT, FARMING, WATER, CITY),
        *(ENVIRONMENT, VILLAGE, SAFETY, MARKET, SERVICE, ECONOMY, CULTURE, PARTY),
    )
    for kind in kinds
}


def _kinds(themes: str) -> tuple[Kind, ...]:
    return tuple(_ALL[theme] for theme in themes.split())


#: Field of a unit → what it files projects of.
KINDS: dict[str, tuple[Kind, ...]] = {
    "education": EDUCATION,
    "school": SCHOOL,
    "health": _kinds("公共卫生服务 疾病预防控制 医疗服务能力提升"),
    "hospital": _kinds("医疗设备购置 医疗服务能力提升 公共卫生服务"),
    "welfare": _kinds("养老服务 困难群众救助 基层治理"),
    "veterans": _kinds("优抚安置 就业培训"),
    "jobs": JOBS,
    "insurance": _kinds("社会保障经办 困难群众救助"),
    "transport": _kinds("农村公路 公路养护 公共交通 道路交通安全"),
    "farming": FARMING,
    "water": WATER,
    "city": CITY,
    "environment": ENVIRONMENT,
    "land": _kinds("国土与粮食 水土生态保护"),
    "town": _kinds("人居环境整治 基层治理 农村公路 农村饮水 环境卫生 养老服务 应急救援"),
    "police": _kinds("治安防控 道路交通安全"),
    "emergency": _kinds("应急救援 安全生产监管"),
    "justice": _kinds("公共法律服务 基层治理"),
    "market": MARKET,
    "service": _kinds("政务服务 信息系统建设"),
    "development": _kinds("产业扶持 国土与粮食 课题研究"),
    "industry": _kinds("产业扶持 信息系统建设"),
    "finance": _kinds("财经监督与评审 课题研究"),
    "culture": CULTURE,
    "party": PARTY,
}

__all__ = ["COMMON_ROWS", "KINDS", "OFFICE"]
