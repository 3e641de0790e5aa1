"""The desk's mails become notifications: those that wait to be sent go along."""

from django.db import migrations

TABLES = (
    "placements_mail placements_invitation placements_staydocument placements_placement notifications_notification"
).split()
LOOSE = "".join(f"alter table {table} no force row level security;" for table in TABLES)
CHECKED = (
    "set constraints all immediate; set constraints all deferred;"  # no table changes while keys wait to be checked
)
FORCED = "".join(f"alter table {table} force row level security;" for table in TABLES)
COPY = """
insert into notifications_notification
    (id, council_id, provider_id, to_id, kind, record, record_id, path, what, at, mail_at, tries)
select m.id, m.council_id, m.provider_id, m.to_id, m.kind,
    case when m.kind in ('question', 'offer', 'withdrawn') then 'placements.referral' when m.kind = 'plan_reply' then 'children.child'
        when m.kind = 'plan' then 'placements.agreement'
        when m.kind = 'handed' then 'accounts.user' else 'placements.invitation' end,
    case when m.kind in ('question', 'offer', 'withdrawn') then i.referral_id when m.kind = 'plan_reply' then p.child_id
        when m.kind = 'plan' then p.agreement_id when m.kind = 'handed' then m.to_id else m.invitation_id end,
    m.path, '', m.written_at, m.written_at, m.tries
from placements_mail m
left join placements_invitation i on i.id = m.invitation_id
left join placements_staydocument d on m.invitation_id is null and d.id::text = substring(m.path from '[0-9a-f-]{36}')
left join placements_placement p on p.id = d.placement_id
where m.sent_at is null and (m.kind = 'handed' or coalesce(i.id, p.id) is not null);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0015_handed_over_and_taken_back"),
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(LOOSE + COPY + CHECKED + FORCED, migrations.RunSQL.noop),
        migrations.DeleteModel(name="Mail"),
    ]
