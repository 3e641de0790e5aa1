"""Lots that an amendment withdraws, the yearly pipeline, a re-opening's round; and what not even an amendment changes."""

import uuid

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from placewell.storage.row_security import COUNCIL, PUBLIC, protect

GUARD = """
create or replace function tenders_procurement_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform tenders_refuse('PW004', 'a procurement is cancelled, never deleted');
    end if;
    if old.state = 'planned' then
        return new;
    end if;
    if new.state = 'planned' then
        perform tenders_refuse('PW003', 'what is published stays published');
    end if;
    -- What the purchase is, and under whose authority, is the tender itself: another is published anew.
    if (old.procedure, old.legal_regime, old.ground, old.decision_id, old.reopens_id)
       is distinct from (new.procedure, new.legal_regime, new.ground, new.decision_id, new.reopens_id) then
        perform tenders_refuse('PW003', 'the procedure, law and decision of a published tender never change');
    end if;
    if (old.start_on, old.end_on, old.planned_value,
        old.formula, old.weight_quality, old.weight_price, old.quality_min, old.lots_per_bidder, old.tie_order,
        old.standstill_days, old.questions_by_at, old.tenders_by_at)
       is distinct from
       (new.start_on, new.end_on, new.planned_value,
        new.formula, new.weight_quality, new.weight_price, new.quality_min, new.lots_per_bidder, new.tie_order,
        new.standstill_days, new.questions_by_at, new.tenders_by_at)
       and not tenders_is_amended_now(old.id) then
        perform tenders_refuse('PW003', 'the method is published: it changes by a published amendment only');
    end if;
    if new.tenders_by_at is distinct from old.tenders_by_at
       and (new.tenders_by_at is null or new.tenders_by_at < old.tenders_by_at or tenders_clock() >= old.tenders_by_at) then
        perform tenders_refuse('PW003', 'a deadline only moves later, and only before it has passed');
    end if;
    if new.state = 'opened' and old.state <> 'opened'
       and (select count(distinct holder_id) from tenders_opening where procurement_id = old.id) < 2 then
        perform tenders_refuse('PW002', 'two key holders open the bids');
    end if;
    return new;
end $$;
"""
BEFORE = """
create or replace function tenders_procurement_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform tenders_refuse('PW004', 'a procurement is cancelled, never deleted');
    end if;
    if old.state = 'planned' then
        return new;
    end if;
    if new.state = 'planned' then
        perform tenders_refuse('PW003', 'what is published stays published');
    end if;
    if (old.procedure, old.legal_regime, old.ground, old.decision_id, old.start_on, old.end_on, old.planned_value,
        old.formula, old.weight_quality, old.weight_price, old.quality_min, old.lots_per_bidder, old.tie_order,
        old.standstill_days, old.questions_by_at, old.tenders_by_at)
       is distinct from
       (new.procedure, new.legal_regime, new.ground, new.decision_id, new.start_on, new.end_on, new.planned_value,
        new.formula, new.weight_quality, new.weight_price, new.quality_min, new.lots_per_bidder, new.tie_order,
        new.standstill_days, new.questions_by_at, new.tenders_by_at)
       and not tenders_is_amended_now(old.id) then
        perform tenders_refuse('PW003', 'the method is published: it changes by a published amendment only');
    end if;
    if new.tenders_by_at is distinct from old.tenders_by_at
       and (new.tenders_by_at is null or new.tenders_by_at < old.tenders_by_at or tenders_clock() >= old.tenders_by_at) then
        perform tenders_refuse('PW003', 'a deadline only moves later, and only before it has passed');
    end if;
    if new.state = 'opened' and old.state <> 'opened'
       and (select count(distinct holder_id) from tenders_opening where procurement_id = old.id) < 2 then
        perform tenders_refuse('PW002', 'two key holders open the bids');
    end if;
    return new;
end $$;
"""
BIDDER = "current_setting('placewell.scope', true) = 'provider'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("contracts", "0006_block_places_files_and_exemptions"),
        ("tenders", "0007_tendering_row_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="lot",
            name="is_withdrawn",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="procurement",
            name="round",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.reopeninground"
            ),
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField()),
                ("text", models.TextField()),
                ("published_at", models.DateTimeField()),
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
            ],
            options={
                "ordering": ["-year"],
            },
        ),
        migrations.AddField(
            model_name="notice",
            name="pipeline",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="tenders.pipeline"
            ),
        ),
        migrations.AddConstraint(
            model_name="pipeline",
            constraint=models.UniqueConstraint(fields=("council", "year"), name="pipeline_once_a_year"),
        ),
        migrations.RunSQL(GUARD, BEFORE),
        protect("tenders_pipeline", council=COUNCIL, read_only={"everybody": f"{PUBLIC} or {BIDDER}"}),
    ]
