"""Goals reached are measured of providers too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0003_fairness"),
    ]

    operations = [
        migrations.AlterField(
            model_name="kpitarget",
            name="kpi",
            field=models.CharField(
                choices=[
                    ("referrals_answered", "Referrals answered"),
                    ("response_hours", "Response hours"),
                    ("referrals_offered", "Referrals offered"),
                    ("offers_kept", "Offers kept"),
                    ("vacancies_right", "Vacancies right"),
                    ("unplanned_endings", "Unplanned endings"),
                    ("goals_reached", "Goals reached"),
                    ("invoices_right", "Invoices right"),
                    ("actions_in_time", "Actions in time"),
                    ("returns_in_time", "Returns in time"),
                ],
                max_length=24,
            ),
        ),
    ]
