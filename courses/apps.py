from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        from assessments.bank.usage import register_lessons
        from courses.questions import lessons_asking

        register_lessons(lessons_asking)
