from django.db import migrations
from django.db.models import OuterRef, Subquery


def put_stored_questions_into_use(apps, schema_editor):
    """Until now every stored question was taken by exams and lessons; so it stays for those that are there."""
    Question = apps.get_model("assessments", "Question")
    Version = apps.get_model("assessments", "QuestionVersion")
    versions = Version.objects.filter(question=OuterRef("pk"))
    newest = versions.order_by("-number").values("number")[:1]
    first = versions.order_by("number").values("stored_by")[:1]
    Question.objects.filter(versions__isnull=False).update(
        status="live",
        live_number=Subquery(newest),
        shown_number=Subquery(newest),
        author=Subquery(first),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0003_question_life'),
    ]

    operations = [
        migrations.RunPython(put_stored_questions_into_use, migrations.RunPython.noop),
    ]
