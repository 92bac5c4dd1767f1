from django.db import migrations

from trail.triggers import drop_triggers, install_triggers
from workflow.triggers import VERSIONS


def install(apps, schema_editor):
    install_triggers(schema_editor.connection, VERSIONS)


def drop(apps, schema_editor):
    drop_triggers(schema_editor.connection, VERSIONS)


class Migration(migrations.Migration):
    dependencies = [("workflow", "0001_initial"), ("trail", "0004_security_log_append_only")]

    operations = [migrations.RunPython(install, drop)]
