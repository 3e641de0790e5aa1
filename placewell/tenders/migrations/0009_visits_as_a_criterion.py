"""A criterion that is computed: what visiting children in a bid's homes costs, frozen as quality is locked."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, protect

GUARD = """
create trigger guard before insert or update or delete on tenders_visited
for each row execute function tenders_score_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("tenders", "0008_amendments_pipeline_and_rounds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Visited",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("homes", models.JSONField()),
            ],
        ),
        migrations.AddField(
            model_name="question",
            name="visits",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="question",
            name="kind",
            field=models.CharField(
                choices=[("text", "Text"), ("yes_no", "Yes no"), ("file", "File"), ("homes", "Homes")],
                default="text",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "homes"), ("part", "quality"), ("pass_mark", None), ("visits__isnull", False)),
                    models.Q(models.Q(("kind", "homes"), _negated=True), ("visits__isnull", True)),
                    _connector="OR",
                ),
                name="tenderquestion_homes_are_computed",
            ),
        ),
        migrations.AddField(
            model_name="visited",
            name="bid",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="visited", to="tenders.bid"
            ),
        ),
        migrations.AddField(
            model_name="visited",
            name="council",
            field=models.ForeignKey(
                db_default=django.db.models.functions.comparison.Cast(
                    models.Func(
                        models.Func(models.Value("placewell.council"), models.Value(True), function="current_setting"),
                        models.Value(""),
                        function="nullif",
                    ),
                    models.UUIDField(),
                ),
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="visited",
            name="procurement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenders.procurement"
            ),
        ),
        migrations.AddField(
            model_name="visited",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenders.question"
            ),
        ),
        migrations.AddConstraint(
            model_name="visited",
            constraint=models.UniqueConstraint(fields=("bid", "question"), name="visited_once"),
        ),
        migrations.RunSQL(GUARD, "drop trigger guard on tenders_visited"),
        protect("tenders_visited", council=COUNCIL),
    ]
