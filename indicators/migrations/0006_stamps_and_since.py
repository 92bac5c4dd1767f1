import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_former_budget_notes")]

    operations = [
        migrations.AddField("checkrun", "stamp", models.CharField(blank=True, max_length=64)),
        migrations.AddField(
            "presence",
            "since",
            models.DateTimeField("开始时间", default=django.utils.timezone.now),
            preserve_default=False,
        ),
    ]
