"""The referral's fields that were hints: strengths and difficulties, special needs, papers, authorisation, and who is a risk."""

import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_row_security"),
        ("children", "0004_stated_rows"),
        ("placements", "0019_told_more_and_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="authorised_by",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="referral",
            name="authorised_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="disabilities",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="documents",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="emotional",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="family_first",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="pep_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="preferred_districts",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="referral",
            name="sdq_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="sdq_score",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="sen_need",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="referral",
            name="sen_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="referral",
            name="sen_status",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "No special educational needs"),
                    ("support", "Special educational needs support at school"),
                    ("assessing", "Being assessed for an education, health and care plan"),
                    ("plan", "An education, health and care plan"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="referral",
            name="unsafe_people",
            field=models.TextField(blank=True),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("sdq_score", None), ("sdq_score__lte", 40), _connector="OR"),
                name="referral_sdq_at_most_40",
            ),
        ),
    ]
