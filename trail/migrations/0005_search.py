from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trail", "0004_security_log_append_only")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["department_code", "sequence"], name="trail_entry_department"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["action", "sequence"], name="trail_entry_action"),
        ),
    ]
