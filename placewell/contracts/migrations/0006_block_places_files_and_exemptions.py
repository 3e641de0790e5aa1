"""Places in block that a child takes, files of documents, and exemptions of the register in place of words."""

import uuid

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import placewell.storage.models
from placewell.storage.row_security import COUNCIL, protect

# What was written is looked up in the register. A placement whose exemption is not there is not settled after all: it says so.
FOUND_IN_THE_REGISTER = """
alter table contracts_leavingstep no force row level security;
alter table governance_exemption no force row level security;
update contracts_leavingstep s set exemption_id = e.id from governance_exemption e
    where e.council_id = s.council_id and e.reference = s.exemption_said;
update contracts_leavingstep set done_on = null, reason = reason || ' (exemption as it was written: ' || exemption_said || ')'
    where exemption_said <> '' and exemption_id is null;
set constraints all immediate;
alter table governance_exemption force row level security;
alter table contracts_leavingstep force row level security
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0005_live_contract_row_security"),
        ("governance", "0005_forward_plan_row_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BlockPlace",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=100)),
                ("weekly_fee", placewell.storage.models.MoneyField(decimal_places=2, max_digits=12)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="leavingstep",
            name="leaving_spot_has_exemption",
        ),
        migrations.AddField(
            model_name="document",
            name="body",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="document",
            name="digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="document",
            name="name",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="document",
            name="size",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RenameField("leavingstep", "exemption", "exemption_said"),
        migrations.AddField(
            model_name="leavingstep",
            name="exemption",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="governance.exemption"
            ),
        ),
        migrations.RunSQL(FOUND_IN_THE_REGISTER, migrations.RunSQL.noop),
        migrations.RemoveField("leavingstep", "exemption_said"),
        migrations.AddConstraint(
            model_name="leavingstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what", "spot"), _negated=True),
                    ("done_on", None),
                    ("exemption__isnull", False),
                    _connector="OR",
                ),
                name="leaving_spot_has_exemption",
            ),
        ),
        migrations.AddField(
            model_name="blockplace",
            name="block",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="contracts.block"
            ),
        ),
        migrations.AddField(
            model_name="blockplace",
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
        migrations.AddConstraint(
            model_name="blockplace",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_on__gt", models.F("start_on")), ("weekly_fee__gt", 0)),
                name="blockplace_is_sound",
            ),
        ),
        migrations.AddConstraint(
            model_name="blockplace",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("council", "="),
                    ("source", "="),
                    (placewell.storage.models.DateRange("start_on", "end_on"), "&&"),
                ],
                name="blockplace_pays_a_night_once",
            ),
        ),
        protect("contracts_blockplace", council=COUNCIL),
    ]
