"""The two official frames of first and second tiers (财预〔2015〕88号; 财预〔2021〕101号)."""

from django.db import migrations

FRAMES = {
    ("2015", "2015年框架（财预〔2015〕88号）"): {
        "产出指标": ("数量指标", "质量指标", "时效指标", "成本指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
        "满意度指标": ("服务对象满意度指标",),
    },
    ("2021", "2021年框架（财预〔2021〕101号）"): {
        "成本指标": ("经济成本指标", "社会成本指标", "生态环境成本指标"),
        "产出指标": ("数量指标", "质量指标", "时效指标"),
        "效益指标": ("经济效益指标", "社会效益指标", "生态效益指标"),
        "满意度指标": ("服务对象满意度指标",),
    },
}


def add_frames(apps, schema_editor):
    for (code, name), tiers in FRAMES.items():
        frame = apps.get_model("indicators", "Frame").objects.create(code=code, name=name)
        for position, (first_name, second_names) in enumerate(tiers.items(), start=1):
            first = frame.first_tiers.create(name=first_name, position=position)
            for place, second_name in enumerate(second_names, start=1):
                first.second_tiers.create(name=second_name, position=place)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [migrations.RunPython(add_frames, migrations.RunPython.noop)]
