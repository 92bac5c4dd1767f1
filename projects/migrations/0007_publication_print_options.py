from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0006_round_set_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="print_options",
            field=models.JSONField(default=dict, verbose_name="版式"),
        ),
    ]
