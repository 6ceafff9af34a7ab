"""A column more, filled by the database, in each table that a save reads or writes: whoever does not know of it goes on
writing. SQLite copies such a table; PostgreSQL locks it for a moment."""

from django.db import migrations, models

HOT = ("Attempt", "Answer", "AnswerEntry")


def change_each(change):
    def run(apps, schema_editor):
        for name in HOT:
            model, column = apps.get_model("assessments", name), models.IntegerField(db_default=54)
            column.set_attributes_from_name("upgraded")
            column.model = model
            getattr(schema_editor, change)(model, column)

    return run


class Migration(migrations.Migration):
    dependencies = [("assessments", "__latest__")]
    operations = [migrations.RunPython(change_each("add_field"), change_each("remove_field"))]
