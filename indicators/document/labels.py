"""The Chinese names of the fields of a document, as people see them in changes, messages and forms."""

TABLE = {
    "year": "预算年度",
    "department_code": "单位编码",
    "department_name": "单位名称",
    "project_code": "项目编码",
    "name": "项目名称",
    "category": "项目类别",
    "nature": "项目属性",
    "frame": "指标框架",
    "budget": "预算数",
    "fiscal_funding": "财政资金",
    "other_funding": "其他资金",
    "purpose": "资金用途",
    "goal": "绩效目标",
    "beneficiaries": "有无服务对象",
    "preparer": "填报人",
    "preparer_phone": "联系电话",
    "prepared_on": "填报日期",
}
INDICATOR = {
    "first_tier": "一级指标",
    "second_tier": "二级指标",
    "name": "三级指标",
    "description": "绩效指标描述",
    "value": "指标值",
    "basis": "指标值确定依据",
    "weight": "权重",
}
SUB_GOAL = {
    "title": "标题",
    "goal": "绩效目标",
    "indicators": "绩效指标",
    "project_codes": "对应项目",
}
MONEY_FIELDS = frozenset({"budget", "fiscal_funding", "other_funding"})
BENEFICIARIES = {"yes": "有", "no": "无", "undecided": "未定"}
