"""The two official frames of tiers (财预〔2015〕88号; 财预〔2021〕101号), for modules that know no database.

Migration 0002 keeps its own copy, as migrations do not change; a test holds both together.
"""

#: Code → first tier → second tiers, in the order of the form.
FRAMES = {
    "2015": {
        "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
        "满意度指标": ("服务对象满意度指标",),
    },
    "2021": {
        "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
        "产出指标": ("数量指标", "质量指标", "时效指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标"),
        "满意度指标": ("服务对象满意度指标",),
    },
}
