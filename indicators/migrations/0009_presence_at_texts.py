import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the heartbeats anew: they hold for a minute, none is worth keeping."""

    dependencies = [
        ("indicators", "0008_review"),
        ("projects", "0008_adjustments_of_texts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="Presence"),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="开始时间")),
                ("seen_at", models.DateTimeField(verbose_name="最近一次")),
                (
                    "declaration",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="projects.declaration",
                    ),
                ),
                (
                    "department_year",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="projects.departmentyear",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "正在填报",
                "verbose_name_plural": "正在填报",
                "constraints": [
                    models.UniqueConstraint(fields=("declaration", "user"), name="presence_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("declaration", None)),
                        fields=("department_year", "user"),
                        name="presence_at_text_once",
                    ),
                ],
            },
        ),
    ]
