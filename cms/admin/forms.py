"""Help on the fields of Wagtail's own forms: pictures and files."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

IMAGE_HELP: dict[str, str | Promise] = {
    "title": _("What editors find the picture by; learners do not see it."),
    "description": _("What can be seen, in one sentence, for those who cannot see it."),
    "collection": _("The folder it is kept in."),
    "tags": _("Words to find it by later, separated by commas."),
}
DOCUMENT_HELP: dict[str, str | Promise] = {
    "title": _("What editors find the file by; the words on the button are written in the lesson."),
    "file": _("To download: CSV, XLSX, DOCX or PDF. A film: MP4 or WebM."),
    "collection": _("The folder it is kept in."),
    "tags": _("Words to find it by later, separated by commas."),
}


class ImageForm(BaseImageForm):
    """A picture, each field explained."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _explain(self.fields, IMAGE_HELP)


class DocumentForm(BaseDocumentForm):
    """A file, each field explained."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _explain(self.fields, DOCUMENT_HELP)


def _explain(fields: Any, words: dict[str, str | Promise]) -> None:
    for name in fields.keys() & words.keys():
        fields[name].help_text = words[name]
