"""The word for a children's home is written with its apostrophe; nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0003_register_closures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="home",
            name="kind",
            field=models.CharField(
                choices=[
                    ("childrens_home", "Children's home"),
                    ("secure_home", "Secure home"),
                    ("fostering_agency", "Fostering agency"),
                    ("foster_home", "Foster home"),
                    ("supported_accommodation", "Supported accommodation"),
                    ("family_centre", "Family centre"),
                    ("special_school", "Special school"),
                    ("other", "Other"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="registration",
            name="kind",
            field=models.CharField(
                choices=[
                    ("childrens_home", "Children's home"),
                    ("secure_home", "Secure home"),
                    ("fostering_agency", "Fostering agency"),
                    ("foster_home", "Foster home"),
                    ("supported_accommodation", "Supported accommodation"),
                    ("family_centre", "Family centre"),
                    ("special_school", "Special school"),
                    ("other", "Other"),
                ],
                max_length=24,
            ),
        ),
    ]
