import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def fill_department_year(apps, schema_editor):
    """Give every adjustment the year of its table: until now there was none of a text."""
    declarations = apps.get_model("projects", "Declaration").objects.filter(pk=OuterRef("declaration"))
    adjustments = apps.get_model("projects", "Adjustment").objects
    adjustments.update(department_year=Subquery(declarations.values("department_year")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0007_publication_print_options"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="adjustment",
            name="department_year",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="adjustments",
                to="projects.departmentyear",
            ),
        ),
        migrations.RunPython(fill_department_year, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="adjustment",
            name="department_year",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="adjustments",
                to="projects.departmentyear",
            ),
        ),
        migrations.AlterField(
            model_name="adjustment",
            name="declaration",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="adjustments",
                to="projects.declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=Q(("declaration", None)),
                fields=("department_year", "version"),
                name="adjustment_of_text_version_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(
                condition=Q(("declaration", None), ("outcome", "open")),
                fields=("department_year",),
                name="adjustment_of_text_open_once",
                violation_error_message="部门整体绩效目标已有一项调整正在办理。",
            ),
        ),
    ]
