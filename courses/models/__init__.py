"""Drafts for authors (`pages`), what learners read (`versions`), and how far they are (`learning`)."""

from courses.models.learning import CheckAnswer, Enrolment, LessonProgress, Reflection
from courses.models.pages import CourseIndexPage, CourseLeaf, CoursePage, LessonPage
from courses.models.versions import CourseVersion

__all__ = [
    "CheckAnswer",
    "CourseIndexPage",
    "CourseLeaf",
    "CoursePage",
    "CourseVersion",
    "Enrolment",
    "LessonPage",
    "LessonProgress",
    "Reflection",
]
