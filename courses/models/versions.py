"""What learners act on."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef

from core.appendonly import AppendOnlyModel, AppendOnlyQuerySet
from core.constraints import within
from people.models import Person

SCHEMA = 1


class CourseVersionQuerySet(AppendOnlyQuerySet):
    """Versions, newest per course."""

    def newest(self) -> CourseVersionQuerySet:
        """The highest number of every key."""
        later = self.model._default_manager.filter(key=OuterRef("key"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later))

    def outlined(self) -> CourseVersionQuerySet:
        """Without the text of the lessons: for lists."""
        return self.defer("content")


class CourseVersion(AppendOnlyModel):
    """A released course: compiled once, never changed.

    `content` is the whole course with its lessons and blocks. `outline` is derived from it at release: the same
    without the blocks, so that lists need not read the text ({..., lessons: [{id, slug, title, summary, minutes}]}).
    `page_uuid` names the draft by its translation key, not by a foreign key: drafts come and go.
    """

    key = models.CharField(max_length=80)
    page_uuid = models.UUIDField()
    number = models.PositiveIntegerField()
    schema = models.PositiveSmallIntegerField(default=SCHEMA)
    outline = models.JSONField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CourseVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "number"], name="%(app_label)s_%(class)s_number_once"),
            within("number", 1, 1_000_000),
        ]
        indexes = [models.Index(fields=["page_uuid"])]
