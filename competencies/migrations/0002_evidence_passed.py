from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competencies", "0001_initial")]

    operations = [
        migrations.AddField(model_name="evidence", name="passed", field=models.BooleanField(null=True)),
    ]
