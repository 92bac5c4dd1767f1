from django.db import migrations

from trail.triggers import SECURITY_LOG, drop_triggers, install_triggers


def install(apps, schema_editor):
    install_triggers(schema_editor.connection, SECURITY_LOG)


def drop(apps, schema_editor):
    drop_triggers(schema_editor.connection, SECURITY_LOG)


class Migration(migrations.Migration):
    dependencies = [("trail", "0003_review")]

    operations = [migrations.RunPython(install, drop)]
