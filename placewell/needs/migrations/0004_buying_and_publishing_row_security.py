"""What is worked out is the council's own; what is published anybody may read, until it is withdrawn; words stay as written."""

from django.db import migrations

from placewell.storage.row_security import COUNCIL, protect

ANYBODY = "current_setting('placewell.scope', true) in ('public', 'provider') and state = 'published'"


class Migration(migrations.Migration):
    dependencies = [("needs", "0003_buying_and_publishing"), ("storage", "0001_roles_and_grants")]
    operations = [
        protect("needs_options", council=COUNCIL),
        protect("needs_capacityrun", council=COUNCIL),
        protect("needs_statement", council=COUNCIL),
        protect("needs_sectiontext", council=COUNCIL),
        protect("needs_publication", council=COUNCIL, read_only={"published": ANYBODY}),
        migrations.RunSQL(
            "create trigger stays_as_written before update or delete on needs_sectiontext "
            "for each row execute function storage_refuse_change();"
            "create trigger stays_as_published before update on needs_publication for each row "
            "when (old.content is distinct from new.content or old.written_by_id is distinct from new.written_by_id "
            "or old.published_by_id is distinct from new.published_by_id) execute function storage_refuse_change();"
            "create trigger stays before delete on needs_publication "
            "for each row execute function storage_refuse_change();",
            "drop trigger stays_as_written on needs_sectiontext;"
            "drop trigger stays_as_published on needs_publication; drop trigger stays on needs_publication",
        ),
    ]
