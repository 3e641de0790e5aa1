"""Who the child is, for named people of one provider; what stood behind a choice is the council's alone."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, NAMED, protect

TABLES = ("placements_offer", "placements_acceptance")
MOVE_FACTS = ";".join(
    [
        *(f"alter table {table} no force row level security" for table in TABLES),
        "update placements_acceptance a set facts = o.facts from placements_offer o where o.id = a.offer_id",
        *(f"alter table {table} force row level security" for table in TABLES),
    ]
)
# Only while the agreement stands.
TELLING = "exists (select 1 from placements_agreement a where a.id = agreement_id and a.state in ('council_signed', 'in_force'))"
READ_ONCE_WRITTEN = ";".join(
    [
        f"create policy own_reads on placements_disclosure for select using ({NAMED})",
        "revoke update, delete on placements_disclosure from placewell_app",
    ]
)
UNDO = "drop policy own_reads on placements_disclosure; grant update, delete on placements_disclosure to placewell_app"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0003_stated_in"),
        ("market", "0003_register_closures"),
        ("placements", "0002_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="disclosure",
            name="invitation",
        ),
        migrations.AddField(
            model_name="acceptance",
            name="facts",
            field=models.JSONField(default=dict),
        ),
        migrations.RunSQL(MOVE_FACTS, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="offer",
            name="facts",
        ),
        migrations.AlterField(
            model_name="disclosure",
            name="provider",
            field=models.ForeignKey(
                default="00000000-0000-0000-0000-000000000000",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="market.provider",
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="ReleasedDetail",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=201)),
                ("born_on", models.DateField()),
                ("must_know", models.TextField()),
                ("released_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="released", to="placements.agreement"
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="children.child"
                    ),
                ),
                (
                    "council",
                    models.ForeignKey(
                        db_default=django.db.models.functions.comparison.Cast(
                            models.Func(
                                models.Func(
                                    models.Value("placewell.council"), models.Value(True), function="current_setting"
                                ),
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
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="market.provider"
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("agreement", "to"), name="released_once"
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="disclosure",
            name="released",
            field=models.ForeignKey(
                default="00000000-0000-0000-0000-000000000000",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reads",
                to="placements.releaseddetail",
            ),
            preserve_default=False,
        ),
        protect(
            "placements_releaseddetail",
            council=COUNCIL,
            read_only={"named": f"{NAMED} and ended_at is null and {TELLING}"},
        ),
        migrations.RunSQL(READ_ONCE_WRITTEN, UNDO),
    ]
