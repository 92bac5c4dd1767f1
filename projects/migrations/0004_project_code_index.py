from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("departments", "0001_initial"), ("projects", "0003_column_mapping_amount_unit")]

    operations = [migrations.AddIndex("project", models.Index(fields=["code"], name="project_code"))]
