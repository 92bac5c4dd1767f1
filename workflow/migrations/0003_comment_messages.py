from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0002_append_only"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="sort",
            field=models.CharField(
                choices=[
                    ("returned", "被退回"),
                    ("waiting", "待我办理"),
                    ("deadline", "临近截止"),
                    ("comment", "批注"),
                    ("reminder", "催办"),
                    ("finished", "任务完成"),
                    ("decided", "批复与公开"),
                ],
                max_length=10,
                verbose_name="类别",
            ),
        ),
    ]
