from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("trail", "0005_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="entry", name="trail_entry_object"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=("kind", "object_id", "actor"), name="trail_entry_object"),
        ),
    ]
