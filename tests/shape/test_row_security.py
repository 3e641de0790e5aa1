"""The database's own catalogue: every scoped table is under forced row security, and the two roles stay apart."""

import pytest
from django.db import connections

pytestmark = pytest.mark.django_db(databases=["default", "owner"])

SCOPED = ("council_id", "provider_id", "child_id", "home_id", "decision_id", "agreement_id", "referral_id")
# Tables of libraries that use one of these words for something else.
UNPROTECTED = {"socialaccount_socialapp"}  # its provider is a sign-in provider

SCOPED_TABLES = """
select distinct c.table_name from information_schema.columns c
join pg_class k on k.relname = c.table_name and k.relkind in ('r', 'p')
where c.table_schema = 'public' and c.column_name = any(%s)
"""
LOOSE = """
select c.relname from pg_class c where c.relname = any(%s) and not (
    c.relrowsecurity and c.relforcerowsecurity
    and exists (select 1 from pg_policy p where p.polrelid = c.oid))
"""


def ask(sql, *params, using="owner"):
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


def loose_tables():
    tables = sorted(set(ask(SCOPED_TABLES, list(SCOPED))) - UNPROTECTED)
    assert len(tables) > 20
    return ask(LOOSE, tables)


def test_every_scoped_table_has_forced_row_security():
    assert loose_tables() == []


def test_a_new_scoped_table_without_it_is_caught():
    with connections["owner"].cursor() as cursor:
        cursor.execute("create table attic (id int, council_id uuid)")
    assert loose_tables() == ["attic"]


def test_the_application_owns_nothing_and_may_not_bypass():
    assert ask("select relname from pg_class where relowner = 'placewell_app'::regrole") == []
    assert (
        ask(
            "select 1 from pg_roles where rolname = 'placewell_app' and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"
        )
        == []
    )
    assert ask("select current_user::text", using="default") == ["placewell_app"]


def test_functions_that_act_as_their_owner_are_the_known_ones():
    found = ask("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1")
    assert found == ["audit_append"]


def test_no_view_sees_past_row_security():
    found = ask(
        "select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace "
        "and not coalesce(reloptions::text, '') like '%%security_invoker=true%%'"
    )
    assert found == []
