"""The chain over the trail, made by the database when a transaction commits; and the guards of both."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, append_only, protect

CHAIN = """
create function audit_digest(previous bytea, seq bigint, e audit_event) returns bytea
language sql stable set search_path = pg_catalog, public as $$
    select sha256(previous || convert_to(
        string_agg(coalesce(length(field)::text || ':' || field, '-:'), '' order by place), 'UTF8'))
    from unnest(array[seq::text, e.id::text, e.council_id::text, e.provider_id::text,
        (extract(epoch from e.at) * 1000000)::bigint::text, e.what, e.subject, e.actor, e.office,
        e.before::text, e.after::text, e.reason, e.told]) with ordinality as f(field, place)
$$;

create function audit_append() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $$
declare
    last_seq bigint;
    last_hash bytea;
begin
    -- One writer at a time, and only while committing: the chain is in the order of commits.
    perform pg_advisory_xact_lock(7061);
    select seq, hash into last_seq, last_hash from audit_link order by seq desc limit 1;
    last_seq := coalesce(last_seq, 0) + 1;
    last_hash := coalesce(last_hash, 'placewell'::bytea);
    insert into audit_link (seq, event_id, previous, hash)
    values (last_seq, new.id, last_hash, audit_digest(last_hash, last_seq, new));
    return null;
end $$;

create constraint trigger chain after insert on audit_event
deferrable initially deferred for each row execute function audit_append();

revoke all on audit_link from placewell_app;
grant select on audit_link to placewell_app;
"""
UNDO = """
drop trigger chain on audit_event;
drop function audit_append();
drop function audit_digest(bytea, bigint, audit_event);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        migrations.RunSQL(CHAIN, UNDO),
        append_only("audit_event"),
        append_only("audit_link"),
        append_only("audit_statuschange"),
        # Anybody's transaction may write an event; a council reads its own, the owner checks the whole chain.
        protect(
            "audit_event",
            read_only={"council": COUNCIL, "whole": "current_user = 'placewell_owner'"},
            write_only={"anybody": "true"},
        ),
        protect(
            "audit_statuschange",
            council=COUNCIL,
            read_only={"provider": PROVIDER},
            write_only={"by_provider": PROVIDER},
        ),
    ]
