"""A provider's staff follow their own records, unseen by the council; and the step that tells both sides."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import Q

from placewell.storage.row_security import COUNCIL, PERSON, TELLING

OF_PROVIDERS = (
    "market.home",
    "market.provider",
    "placements.agreement",
    "placements.invitation",
    "tenders.procurement",
)
SEEN = """
create function notifications_bookmark_seen() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
    is_seen boolean;
begin
    -- As whoever writes: what row security hides from them is not there to be opened or followed.
    if new.provider_id is not null and (tg_op = 'INSERT' or new.record <> old.record or new.record_id <> old.record_id
            or new.provider_id is distinct from old.provider_id
            or (new.followed_at is not null and new.followed_at is distinct from old.followed_at)) then
        execute format('select exists (select 1 from %I where %I = $1)', replace(new.record, '.', '_'),
            case new.record when 'market.provider' then 'organisation_id' else 'id' end)  -- a provider is its organisation
            into is_seen using new.record_id;
        if not is_seen then
            raise insufficient_privilege using message = 'a provider follows only what it may see';
        end if;
    end if;
    return new;
end $$;
create trigger seen before insert or update on notifications_bookmark
for each row execute function notifications_bookmark_seen();
"""
# That a bidder follows a tender is nobody's business but the bidder's, also where it is told of one.
OURS = f"{COUNCIL} and (provider_id is null or record <> 'tenders.procurement')"
POLICIES = f"""
alter policy council on notifications_notification using ({OURS}) with check ({OURS});
create policy telling on notifications_notification using ({TELLING}) with check ({TELLING});
create policy person on notifications_bookmark using ({PERSON}) with check ({PERSON});
create policy telling on notifications_bookmark for select using ({TELLING});
"""
UNDO_POLICIES = f"""
alter policy council on notifications_notification using ({COUNCIL}) with check ({COUNCIL});
drop policy telling on notifications_notification;
drop policy person on notifications_bookmark;
drop policy telling on notifications_bookmark;
"""
UNDO = "drop trigger seen on notifications_bookmark; drop function notifications_bookmark_seen();"


def _owner(setting: str) -> models.ForeignKey:
    current = models.Func(models.Value(f"placewell.{setting}"), models.Value(True), function="current_setting")
    return models.ForeignKey(
        db_default=django.db.models.functions.comparison.Cast(
            models.Func(current, models.Value(""), function="nullif"), models.UUIDField()
        ),
        editable=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="accounts.organisation",
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        migrations.AlterField("notification", "council", _owner("council")),
        migrations.AlterField("bookmark", "council", _owner("council")),
        migrations.AddField("bookmark", "provider", _owner("provider")),
        migrations.AddConstraint(
            "notification",
            models.CheckConstraint(
                condition=Q(council__isnull=False) | Q(provider__isnull=False), name="notification_of_a_side"
            ),
        ),
        migrations.AddConstraint(
            "bookmark",
            models.CheckConstraint(
                condition=Q(council=None, provider__isnull=False) | Q(council__isnull=False, provider=None),
                name="bookmark_of_one_side",
            ),
        ),
        migrations.AddConstraint(
            "bookmark",
            models.CheckConstraint(
                condition=Q(provider=None) | Q(record__in=OF_PROVIDERS), name="bookmark_of_what_providers_may"
            ),
        ),
        migrations.RunSQL(SEEN, UNDO),
        migrations.RunSQL(POLICIES, UNDO_POLICIES),
    ]
