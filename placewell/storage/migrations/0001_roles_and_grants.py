"""The application's role may read and write rows, and nothing else: no schema, no truncation."""

from django.db import migrations

FORWARD = """
revoke create on schema public from public;
grant usage on schema public to placewell_app;
grant select, insert, update, delete on all tables in schema public to placewell_app;
grant usage, select on all sequences in schema public to placewell_app;
alter default privileges in schema public grant select, insert, update, delete on tables to placewell_app;
alter default privileges in schema public grant usage, select on sequences to placewell_app;
revoke insert, update, delete on django_migrations from placewell_app;

create function storage_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end $$;
"""
BACKWARD = """
drop function storage_refuse_change();
alter default privileges in schema public revoke all on tables from placewell_app;
alter default privileges in schema public revoke all on sequences from placewell_app;
revoke all on all tables in schema public from placewell_app;
"""


class Migration(migrations.Migration):
    initial = True
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
