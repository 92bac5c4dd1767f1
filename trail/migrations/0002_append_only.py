from django.db import migrations

from trail.triggers import drop_triggers, install_triggers


def make_head(apps, schema_editor):
    apps.get_model("trail", "Head").objects.create(pk=1)


def install(apps, schema_editor):
    install_triggers(schema_editor.connection)


def drop(apps, schema_editor):
    drop_triggers(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]

    operations = [
        migrations.RunPython(make_head, migrations.RunPython.noop),
        migrations.RunPython(install, drop),
    ]
