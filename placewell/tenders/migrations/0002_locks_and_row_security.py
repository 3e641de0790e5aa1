"""The database's own guards: its clock, the locked method, sealed pieces, the two acts of opening; and who sees what."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, PROVIDER, PUBLIC, protect, through

BIDDER = "current_setting('placewell.scope', true) = 'provider'"
INVITED = "(procedure <> 'mini_competition' or exists (select 1 from tenders_invitee i where i.procurement_id = tenders_procurement.id))"
SEEN = through("tenders_procurement", "procurement_id")
AFTER_DEADLINE = (
    "current_setting('placewell.scope', true) = 'council' and exists (select 1 from tenders_procurement p "
    "where p.id = procurement_id and tenders_clock() >= p.tenders_by_at)"
)

GUARDS = """
-- The one clock of tenders: the database's own, whatever any server thinks.
create function tenders_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$;

create function tenders_refuse(code text, words text) returns void language plpgsql as $$
begin
    raise exception '%', words using errcode = code;
end $$;

-- A notice carries the number of its transaction, which nobody can give it from outside.
create function tenders_notice_guard() returns trigger language plpgsql as $$
declare p tenders_procurement;
begin
    if tg_op <> 'INSERT' then
        perform tenders_refuse('PW004', 'a notice is never changed');
    end if;
    select * into p from tenders_procurement where id = new.procurement_id;
    if new.kind = 'amendment' and (p.state <> 'published' or tenders_clock() >= p.tenders_by_at) then
        perform tenders_refuse('PW003', 'a tender is amended between its notice and its deadline');
    end if;
    new.made_in := pg_current_xact_id()::text::bigint;
    return new;
end $$;
create trigger guard before insert or update or delete on tenders_notice
for each row execute function tenders_notice_guard();

create function tenders_is_amended_now(p uuid) returns boolean language sql volatile as $$
    select exists (select 1 from tenders_notice where procurement_id = p and kind = 'amendment'
        and made_in = pg_current_xact_id()::text::bigint)
$$;

-- The rows of a published method change only in the transaction of a published amendment.
create function tenders_method_guard() returns trigger language plpgsql as $$
declare p uuid := coalesce(new.procurement_id, old.procurement_id);
begin
    if not exists (select 1 from tenders_procurement where id = p and state = 'planned')
        and not tenders_is_amended_now(p) then
        perform tenders_refuse('PW003', 'the method is published: it changes by a published amendment only');
    end if;
    return coalesce(new, old);
end $$;
create trigger guard before insert or update or delete on tenders_lot
for each row execute function tenders_method_guard();
create trigger guard before insert or update or delete on tenders_priceline
for each row execute function tenders_method_guard();
create trigger guard before insert or update or delete on tenders_mark
for each row execute function tenders_method_guard();
create trigger guard before insert or update or delete on tenders_question
for each row execute function tenders_method_guard();

create function tenders_procurement_guard() returns trigger language plpgsql as $$
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
create trigger guard before update or delete on tenders_procurement
for each row execute function tenders_procurement_guard();

-- Keys are settled before the notice: a key that is swapped later would open what was not meant for it.
create function tenders_holder_guard() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from tenders_procurement where id = coalesce(new.procurement_id, old.procurement_id)
                   and state = 'planned') then
        perform tenders_refuse('PW003', 'the keys are settled before the tender is published');
    end if;
    return coalesce(new, old);
end $$;
create trigger guard before insert or update or delete on tenders_keyholder
for each row execute function tenders_holder_guard();

-- Writers of pieces share a lock that an opening takes alone: it waits for what came in time, and then nothing more comes.
create function tenders_piece_guard() returns trigger language plpgsql as $$
declare p tenders_procurement;
begin
    if tg_op = 'DELETE' then
        perform tenders_refuse('PW004', 'a piece is never deleted');
    end if;
    perform pg_advisory_xact_lock_shared(hashtextextended(new.procurement_id::text, 7062));
    select * into p from tenders_procurement where id = new.procurement_id;
    if p.id is null or p.state <> 'published' then
        perform tenders_refuse('PW003', 'this tender takes no bids');
    end if;
    if tenders_clock() >= p.tenders_by_at then
        perform tenders_refuse('PW001', 'the deadline has passed');
    end if;
    return new;
end $$;
create trigger guard before insert or update or delete on tenders_piece
for each row execute function tenders_piece_guard();
alter table tenders_piece add constraint piece_one_size check (octet_length(body) = 65536);
alter table tenders_piece alter column body set storage external;

create function tenders_opening_guard() returns trigger language plpgsql as $$
declare p tenders_procurement;
begin
    if tg_op <> 'INSERT' then
        perform tenders_refuse('PW004', 'an act of opening is never changed');
    end if;
    perform pg_advisory_xact_lock(hashtextextended(new.procurement_id::text, 7062));
    select * into p from tenders_procurement where id = new.procurement_id;
    if p.id is null or p.state <> 'published' or p.tenders_by_at is null or tenders_clock() < p.tenders_by_at then
        perform tenders_refuse('PW002', 'bids are opened after the deadline');
    end if;
    if not exists (select 1 from tenders_keyholder where procurement_id = p.id and holder_id = new.holder_id and is_confirmed) then
        perform tenders_refuse('PW002', 'only a key holder opens bids');
    end if;
    new.at := tenders_clock();
    return new;
end $$;
create trigger guard before insert or update or delete on tenders_opening
for each row execute function tenders_opening_guard();

create function tenders_bid_guard() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform tenders_refuse('PW004', 'an opened bid is never deleted');
    end if;
    if (select count(distinct holder_id) from tenders_opening where procurement_id = new.procurement_id) < 2 then
        perform tenders_refuse('PW002', 'two key holders open the bids');
    end if;
    return new;
end $$;
create trigger guard before insert or update or delete on tenders_bid
for each row execute function tenders_bid_guard();

create function tenders_attempt_guard() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        perform tenders_refuse('PW004', 'an attempt to open is never changed');
    end if;
    new.at := tenders_clock();
    return new;
end $$;
create trigger guard before insert or update or delete on tenders_openingattempt
for each row execute function tenders_attempt_guard();
"""
FUNCTIONS = {
    "tenders_notice": "tenders_notice_guard",
    "tenders_procurement": "tenders_procurement_guard",
    "tenders_keyholder": "tenders_holder_guard",
    "tenders_piece": "tenders_piece_guard",
    "tenders_opening": "tenders_opening_guard",
    "tenders_bid": "tenders_bid_guard",
    "tenders_openingattempt": "tenders_attempt_guard",
}
METHOD = ("tenders_lot", "tenders_priceline", "tenders_mark", "tenders_question")
UNDO = ";\n".join(
    [f"drop trigger guard on {table}" for table in (*FUNCTIONS, *METHOD)]
    + ["alter table tenders_piece drop constraint piece_one_size"]
    + [f"drop function {name}()" for name in (*FUNCTIONS.values(), "tenders_method_guard")]
    + ["drop function tenders_is_amended_now(uuid)", "drop function tenders_refuse(text, text)"]
    + ["drop function tenders_clock()"]
)


class Migration(migrations.Migration):
    dependencies = [("tenders", "0001_initial"), ("storage", "0001_roles_and_grants")]
    operations = [
        migrations.RunSQL(GUARDS, UNDO),
        protect("tenders_invitee", council=COUNCIL, read_only={"provider": PROVIDER}),
        protect(
            "tenders_procurement",
            council=COUNCIL,
            read_only={
                "bidder": f"{BIDDER} and state <> 'planned' and {INVITED}",
                "everybody": f"{PUBLIC} and state <> 'planned' and procedure <> 'mini_competition'",
            },
        ),
        *(
            protect(f"tenders_{table}", council=COUNCIL, read_only={"published": SEEN})
            for table in ("lot", "priceline", "mark", "question", "notice", "document")
        ),
        protect(
            "tenders_clarification",
            council=COUNCIL,
            read_only={"answered": f"answered_at is not null and {SEEN}"},
        ),
        # Who follows a tender is nobody's business but the provider's.
        protect("tenders_interest", provider=PROVIDER),
        protect("tenders_keyholder", council=COUNCIL, read_only={"bidder": f"{BIDDER} and {SEEN}"}),
        # Before the deadline no transaction of the council's reads a piece at all; it may lay down empty ones.
        protect(
            "tenders_piece",
            bidder=f"{BIDDER} and {SEEN}",
            read_only={"council_after_deadline": AFTER_DEADLINE},
            write_only={"council_decoys": f"current_setting('placewell.scope', true) = 'council' and {SEEN}"},
        ),
        protect("tenders_opening", council=COUNCIL),
        protect("tenders_openingattempt", council=COUNCIL),
        protect("tenders_bid", council=COUNCIL, read_only={"provider": PROVIDER}),
        *(
            protect(f"tenders_{table}", council=COUNCIL, read_only={"own": through("tenders_bid", "bid_id")})
            for table in ("bidanswer", "bidprice", "bidfile")
        ),
    ]
