"""Scores stand once quality is locked, and until then the council's transactions see no price."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, protect

BIDDER = "current_setting('placewell.scope', true) = 'provider'"
OWN = "exists (select 1 from tenders_bid b where b.id = bid_id)"
LOCKED = (
    "exists (select 1 from tenders_bid b join tenders_procurement p on p.id = b.procurement_id "
    "where b.id = bid_id and p.quality_locked_at is not null)"
)
GUARDS = f"""
create function tenders_score_guard() returns trigger language plpgsql as $$
begin
    if exists (select 1 from tenders_procurement where id = coalesce(new.procurement_id, old.procurement_id)
               and (quality_locked_at is not null or state <> 'opened')) then
        perform tenders_refuse('PW003', 'quality is locked: scores stand');
    end if;
    return coalesce(new, old);
end $$;
create trigger guard before insert or update or delete on tenders_score
for each row execute function tenders_score_guard();
create trigger guard before insert or update or delete on tenders_moderated
for each row execute function tenders_score_guard();

create function tenders_lock_guard() returns trigger language plpgsql as $$
begin
    if old.quality_locked_at is not null and new.quality_locked_at is distinct from old.quality_locked_at then
        perform tenders_refuse('PW003', 'quality stays locked');
    end if;
    if old.quality_locked_at is null and new.quality_locked_at is not null and new.state <> 'opened' then
        perform tenders_refuse('PW003', 'quality is locked after the bids were opened');
    end if;
    return new;
end $$;
create trigger quality before update on tenders_procurement
for each row execute function tenders_lock_guard();

drop policy council on tenders_bidprice;
drop policy own on tenders_bidprice;
create policy council_after_lock on tenders_bidprice for select using ({COUNCIL} and {LOCKED});
create policy council_opens on tenders_bidprice for insert with check ({COUNCIL} and {OWN});
create policy own on tenders_bidprice for select using ({BIDDER} and {OWN});
"""  # noqa: S608 - names of ours alone
UNDO = f"""
drop policy council_after_lock on tenders_bidprice;
drop policy council_opens on tenders_bidprice;
drop policy own on tenders_bidprice;
create policy council on tenders_bidprice using ({COUNCIL}) with check ({COUNCIL});
create policy own on tenders_bidprice for select using ({OWN});
drop trigger guard on tenders_score;
drop trigger guard on tenders_moderated;
drop trigger quality on tenders_procurement;
drop function tenders_score_guard();
drop function tenders_lock_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("tenders", "0003_evaluation_and_award")]
    operations = [
        migrations.RunSQL(GUARDS, UNDO),
        *(
            protect(f"tenders_{table}", council=COUNCIL)
            for table in (
                "assessor",
                "conditioncheck",
                "exclusion",
                "score",
                "moderated",
                "lowprice",
                "recommendation",
                "lotaward",
            )
        ),
        protect("tenders_winner", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect("tenders_summary", council=COUNCIL, read_only={"provider": PROVIDER}),
    ]
