import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import trail.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField(default=0, verbose_name="末条序号")),
                (
                    "hash",
                    models.CharField(
                        default="0000000000000000000000000000000000000000000000000000000000000000",
                        max_length=64,
                        verbose_name="末条校验值",
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志末条登记",
                "verbose_name_plural": "操作日志末条登记",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)),
                        name="trail_head_only_one",
                        violation_error_message="末条登记只有一行。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "sequence",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="序号"),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor_name", models.TextField(verbose_name="操作人姓名")),
                ("action", models.CharField(max_length=40, verbose_name="操作")),
                ("kind", models.CharField(max_length=40, verbose_name="对象类别")),
                ("object_id", models.CharField(max_length=64, verbose_name="对象标识")),
                ("label", models.TextField(verbose_name="对象")),
                ("department_code", models.CharField(blank=True, max_length=20, verbose_name="部门编码")),
                (
                    "changes",
                    models.JSONField(
                        default=list, encoder=trail.models.ReadableJSON, verbose_name="变更内容"
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="原因")),
                ("batch", models.CharField(blank=True, max_length=32, verbose_name="批次")),
                ("address", models.CharField(blank=True, max_length=64, verbose_name="网络地址")),
                ("previous_hash", models.CharField(max_length=64, verbose_name="前一条校验值")),
                ("hash", models.CharField(max_length=64, verbose_name="校验值")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
            ],
            options={
                "verbose_name": "操作日志",
                "verbose_name_plural": "操作日志",
                "indexes": [models.Index(fields=["kind", "object_id"], name="trail_entry_object")],
            },
        ),
    ]
