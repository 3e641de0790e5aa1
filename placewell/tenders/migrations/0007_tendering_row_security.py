"""Who sees what providers register, and plans that are announced; a child's own choice is shown to nobody outside."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, PUBLIC, STAFF, protect, through

BIDDER = "current_setting('placewell.scope', true) = 'provider'"
INVITED = "(procedure <> 'mini_competition' or exists (select 1 from tenders_invitee i where i.procurement_id = tenders_procurement.id))"
SEEN = through("tenders_procurement", "procurement_id")
# A notice of a plan tells nothing of the method, so it may be read while the procurement itself may not.
PLANS = "kind in ('pipeline', 'engagement', 'planned', 'intention')"
NOT_ONE_CHILDS = "not (procedure = 'direct_award' and ground = 'user_choice')"


def policies(bidder: str, everybody: str, notices: str) -> str:
    """Return the statements that let outsiders see procurements and notices under these conditions."""
    return f"""
drop policy bidder on tenders_procurement;
drop policy everybody on tenders_procurement;
drop policy published on tenders_notice;
create policy bidder on tenders_procurement for select using ({BIDDER} and state <> 'planned' and {INVITED} and {bidder});
create policy everybody on tenders_procurement for select
    using ({PUBLIC} and state <> 'planned' and procedure <> 'mini_competition' and {everybody});
create policy published on tenders_notice for select using ({notices});
"""


class Migration(migrations.Migration):
    dependencies = [("tenders", "0006_tendering")]
    operations = [
        migrations.RunSQL(
            policies(NOT_ONE_CHILDS, NOT_ONE_CHILDS, f"{PLANS} or {SEEN}"), policies("true", "true", SEEN)
        ),
        migrations.RunSQL(
            "create trigger guard before insert or update or delete on tenders_step "
            "for each row execute function tenders_method_guard()",
            "drop trigger guard on tenders_step",
        ),
        protect("tenders_step", council=COUNCIL, read_only={"published": SEEN}),
        protect("tenders_engagement", council=COUNCIL),
        protect("tenders_sending", council=COUNCIL),
        *(
            protect(f"tenders_{table}", provider=PROVIDER, read_only={"councils": STAFF})
            for table in ("profile", "connected", "paper")
        ),
    ]
