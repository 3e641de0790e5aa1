"""Row-level security as a migration operation: every scoped table names its policies when it is made.

Policies read the context that `storage.context.enter` sets. They are forced, so that the owner of the
tables is bound by them too.
"""

from django.db.migrations.operations import RunSQL

_SCOPE = "current_setting('placewell.scope', true)"
_COUNCIL_ID = "nullif(current_setting('placewell.council', true), '')::uuid"
_PROVIDER_ID = "nullif(current_setting('placewell.provider', true), '')::uuid"
_PERSON_ID = "nullif(current_setting('placewell.person', true), '')::uuid"

STAFF = f"{_SCOPE} = 'council'"
COUNCIL = f"{_SCOPE} = 'council' and council_id = {_COUNCIL_ID}"
PROVIDER = f"{_SCOPE} = 'provider' and provider_id = {_PROVIDER_ID}"
NAMED = f"{PROVIDER} and to_id = {_PERSON_ID}"
PUBLIC = f"{_SCOPE} = 'public'"
TELLING = f"{_SCOPE} = 'telling'"
PERSON = f"{PROVIDER} and user_id = {_PERSON_ID}"


def through(parent: str, column: str) -> str:
    """Return the policy "whoever may see the row of *parent* that *column* names may see this one"."""
    return f"exists (select 1 from {parent} parent where parent.id = {column})"  # noqa: S608 - names from migrations, never from people


def protect(
    table: str,
    *,
    read_only: dict[str, str] | None = None,
    write_only: dict[str, str] | None = None,
    **policies: str,
) -> RunSQL:
    """Return the operation that forces row security on *table*.

    *policies* are SQL conditions under which a row may be read and written; *read_only* those under which
    it may only be read, *write_only* those under which it may only be added.
    """
    read_only, write_only = read_only or {}, write_only or {}
    lines = [f"alter table {table} enable row level security", f"alter table {table} force row level security"]
    for name, condition in policies.items():
        lines.append(f"create policy {name} on {table} using ({condition}) with check ({condition})")
    for name, condition in read_only.items():
        lines.append(f"create policy {name} on {table} for select using ({condition})")
    for name, condition in write_only.items():
        lines.append(f"create policy {name} on {table} for insert with check ({condition})")
    undo = [f"drop policy {name} on {table}" for name in [*policies, *read_only, *write_only]]
    undo += [f"alter table {table} no force row level security", f"alter table {table} disable row level security"]
    return RunSQL(";\n".join(lines), ";\n".join(undo))


def append_only(table: str) -> RunSQL:
    """Return the operation that makes *table* refuse updates, deletions and truncation by anybody."""
    return RunSQL(
        f"create trigger append_only before update or delete on {table} "
        "for each row execute function storage_refuse_change();"
        f"create trigger append_only_whole before truncate on {table} "
        "for each statement execute function storage_refuse_change();"
        f"revoke update, delete, truncate on {table} from placewell_app",
        f"drop trigger append_only on {table}; drop trigger append_only_whole on {table};"
        f"grant update, delete on {table} to placewell_app",
    )
