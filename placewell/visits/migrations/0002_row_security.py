"""Each council sees its own visits only; a visit that was recorded stays as it was, but for its signing off."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect

TABLES = (
    "arrangement standard visit visitaction request assessment base week away times plan plannedvisit outing"
).split()
KEEP = """
create function visits_keep_visit() returns trigger language plpgsql as $$
begin
    if (to_jsonb(new) - 'signed_off_by_id' - 'signed_off_at' - 'sign_off_note')
        is distinct from (to_jsonb(old) - 'signed_off_by_id' - 'signed_off_at' - 'sign_off_note')
        or old.signed_off_at is not null then
        raise exception 'a visit stays as it was recorded' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_visit before update on visits_visit for each row execute function visits_keep_visit();
create function visits_keep_visit_row() returns trigger language plpgsql as $$
begin
    raise exception 'a visit stays as it was recorded' using errcode = 'restrict_violation';
end $$;
create trigger keep_visit_row before delete on visits_visit for each row execute function visits_keep_visit_row();
"""
FORGET = """
drop trigger keep_visit on visits_visit; drop trigger keep_visit_row on visits_visit;
drop function visits_keep_visit(); drop function visits_keep_visit_row();
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]
    operations = [
        *(protect(f"visits_{table}", council=COUNCIL) for table in TABLES),
        migrations.RunSQL(KEEP, FORGET),
    ]
