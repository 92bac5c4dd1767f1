import json

from django.db import migrations, models


def take_names_from_documents(apps, schema_editor):
    """A booklet says whose it is: the name is read from what was frozen, not from what it is called today."""
    publications = apps.get_model("projects", "Publication").objects
    for publication in publications.select_related("document").iterator(chunk_size=10):
        name = json.loads(publication.document.text)["department_name"]
        publications.filter(pk=publication.pk).update(department_name=name)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0009_deputies"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="department_name",
            field=models.CharField(default="", max_length=200, verbose_name="公开时的单位名称"),
        ),
        migrations.RunPython(take_names_from_documents, migrations.RunPython.noop, elidable=True),
    ]
