"""推演 · 文件: a scenario comes in as JSON or as a Word table, and goes out as JSON."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from core.errors import Refusal
from people.accounts import current_person
from simulations.admin.pages import RehearsalsView, check_author
from simulations.authoring.exporting import export_text, table_template
from simulations.authoring.importing import MOST_BYTES, decoded, import_document, import_table
from simulations.drafts import TITLE_LENGTH
from simulations.engine.worddocument import MOST_BYTES as MOST_WORD
from simulations.models import KEY_LENGTH, ScenarioDraft

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class UploadField(forms.FileField):
    """A file of at most `most` bytes, looked at before it is read."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file.size > self.most:
            limit = self.most // 2**20
            raise forms.ValidationError(_("The file is larger than %(most)s MB.") % {"most": limit})
        return file


class JsonForm(forms.Form):
    """A scenario as our JSON."""

    file = UploadField(label=gettext_lazy("JSON file"), most=MOST_BYTES)
    unfinished = forms.BooleanField(
        label=gettext_lazy("Take it in even if it is unfinished"),
        help_text=gettext_lazy("What is wrong in it then stands on the forms, to be put right there."),
        required=False,
    )


class WordForm(forms.Form):
    """A scenario as a two-column table in Word."""

    file = UploadField(label=gettext_lazy("Word file"), most=MOST_WORD)
    key = forms.SlugField(
        label=gettext_lazy("Stable key"),
        help_text=gettext_lazy("Latin letters, digits, - and _, such as night-market. It stays for ever."),
        max_length=KEY_LENGTH,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Where the table names none."),
        max_length=TITLE_LENGTH,
        required=False,
    )


class ImportPage(RehearsalsView):
    """A file becomes a draft, or the next saved version of the draft it is."""

    template_name = "simulations/admin/import.html"
    page_title = gettext_lazy("Import a scenario")
    header_icon = "upload"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"json_form": JsonForm(prefix="json"), "word_form": WordForm(prefix="word"), **kwargs}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        is_word = request.POST.get("kind") == "word"
        prefix = "word" if is_word else "json"
        form = (WordForm if is_word else JsonForm)(request.POST, request.FILES, prefix=prefix)
        problems: tuple[str, ...] = ()
        if form.is_valid():
            try:
                return self.taken(self._word(form) if is_word else self._json(form))
            except Refusal as refusal:
                problems = getattr(refusal, "problems", None) or (str(refusal),)
        return self.refused(**{f"{prefix}_form": form, "problems": problems})

    def _json(self, form: forms.Form) -> ScenarioDraft:
        return import_document(
            text=decoded(form.cleaned_data["file"].read()),
            unfinished=form.cleaned_data["unfinished"],
            by=current_person(self.request),
            now=timezone.now(),
        )

    def _word(self, form: forms.Form) -> ScenarioDraft:
        return import_table(
            content=form.cleaned_data["file"].read(),
            key=form.cleaned_data["key"],
            title=form.cleaned_data["title"],
            by=current_person(self.request),
            now=timezone.now(),
        )

    def taken(self, draft: ScenarioDraft) -> HttpResponse:
        said = _("%(title)s is saved as version %(number)s of the draft.")
        messages.success(self.request, said % {"title": draft.title, "number": draft.edition})
        return redirect("scenarios:inspect", draft.pk)


class TemplateFile(View):
    """The Word table to start from."""

    def get(self, request: HttpRequest) -> HttpResponse:
        check_author(request)
        return _download(table_template(), _("Scenario table") + ".docx", WORD)


class ExportFile(View):
    """The draft as JSON, as it comes in again."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        check_author(request)
        draft = get_object_or_404(ScenarioDraft, pk=pk)
        return _download(export_text(draft).encode(), f"{draft.key}.json", "application/json")


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
