"""Writing a question: choose its type, fill in the form, look at it as a candidate would, store it as a new version.

Everything here is for authors, asked of the dated roles. Right answers travel in these pages and nowhere else.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.admin.authors import AuthorsView
from assessments.admin.filling import Draft, addresses_of, keep_file, mark_of, number_of, plain, tell
from assessments.admin.forms import CatalogueForm, initial_of
from assessments.admin.sheets import (
    drawn,
    new_values,
    posted_values,
    whole_sheet,
    with_command,
)
from assessments.bank.cataloguing import filing_of
from assessments.bank.revising import Overtaken, revise_question
from assessments.bank.storing import free_key
from assessments.items import ITEM_TYPES, ItemInvalid, ItemType, item_type
from assessments.items.authoring import Written, written
from assessments.items.problems import ProblemsFound
from assessments.models import Question, QuestionVersion
from assessments.presenting import present_item
from assessments.results.report_lines import KeyLines, key_lines_of
from assessments.wording import in_words
from core.errors import Refusal
from people.accounts import current_person


class WritingView(AuthorsView, ABC):
    """The form, for a new question and for the next version of one."""

    template_name = "assessments/admin/edit.html"
    header_icon = "help"
    is_new = False

    @property
    @abstractmethod
    def kind(self) -> ItemType:
        """The type that is written."""

    @abstractmethod
    def opened(self) -> Draft:
        """The form as it is first shown."""

    def author(self) -> Any:
        return None

    def before(self, number: int) -> tuple[Any, Any] | None:
        """The question that the form was filled with, body and key."""
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.opened())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = self.posted(request)
        command = request.POST.get("do", "preview")
        if request.FILES or command not in ("preview", "store"):
            self.keep_files(draft)
            draft.values = with_command(draft.values, command)
            return self.unchecked(draft)
        made = self.check(draft)
        if command == "store" and not draft.has_troubles() and (version := self.store(draft, made)):
            return self.stored(version, draft)
        return self.page(draft, made)

    def posted(self, request: HttpRequest) -> Draft:
        data = request.POST
        catalogue = CatalogueForm(data, is_new=self.is_new, author=self.author())
        values = posted_values(data, whole_sheet(self.kind.code))
        return Draft(values, catalogue, number_of(data, "base"), number_of(data, "filled"), bound=True)

    def keep_files(self, draft: Draft) -> None:
        """Pictures and sounds are kept at once, so that nothing has to be chosen again after a mistake elsewhere."""
        for rows in whole_sheet(self.kind.code):
            for upload in self.request.FILES.getlist(f"upload-{rows.name}"):
                try:
                    keep_file(draft, rows, upload, by=current_person(self.request), now=timezone.now())
                except Refusal as refusal:
                    draft.errors[rows.name].append(f"{upload.name}：{refusal}")

    def unchecked(self, draft: Draft) -> HttpResponse:
        """The form with what was typed, nobody having asked yet whether it is right."""
        initial = plain(self.request.POST)
        draft.catalogue = CatalogueForm(initial=initial, is_new=self.is_new, author=self.author())
        draft.bound = False
        return self.page(draft)

    def check(self, draft: Draft) -> Written:
        """What the form says as a question; what is wrong with it is put to its fields."""
        made = self.kind.read(draft.values, self.before(draft.filled_from))
        for place, message in made.problems:
            draft.errors[place].append(in_words(message))
        try:
            self.kind.validate(made.body, made.key)
        except ItemInvalid as invalid:
            tell(draft, made, invalid, but=[place for place, _message in made.problems])
        return made

    def store(self, draft: Draft, made: Written) -> QuestionVersion | None:
        key = self.key_of(draft)
        item = {
            "key": key,
            "type": self.kind.code,
            "body": made.body,
            "answer": made.key,
            **draft.catalogue.said(),
        }
        try:
            return revise_question(
                item=item,
                filing=draft.catalogue.filing(),
                base_number=draft.base_number,
                by=current_person(self.request),
                now=timezone.now(),
            )
        except Overtaken as overtaken:
            self.overtaken(draft, overtaken)
        except Refusal as refusal:
            if isinstance(cause := refusal.__cause__, ProblemsFound):
                tell(draft, made, cause)
            else:
                draft.refusal = str(refusal)
        return None

    @abstractmethod
    def key_of(self, draft: Draft) -> str:
        """The stable key of the question."""

    @abstractmethod
    def overtaken(self, draft: Draft, overtaken: Overtaken) -> None:
        """Tell whoever writes that somebody else was faster; nothing typed is lost."""

    def stored(self, version: QuestionVersion, draft: Draft) -> HttpResponse:
        told = _(
            "%(key)s is stored as version %(number)s, a draft. Next: it is reviewed, then taken into use."
        )
        if version.number == draft.base_number:
            told = _(
                "%(key)s says what it said before: version %(number)s stays. Its filing is as you wrote it."
            )
        messages.success(self.request, told % {"key": version.question.key, "number": version.number})
        return redirect(
            f"{reverse('bank:inspect', args=[version.question_id])}?{urlencode({'stored': mark_of(self.request)})}"
        )

    def page(self, draft: Draft, made: Written | None = None) -> HttpResponse:
        """The form as it stands; a question without faults is shown above it when it was checked."""
        shown = self.preview(draft, made) if made and not draft.errors else None
        sheet = whole_sheet(self.kind.code)
        fields = drawn(sheet, draft.values, draft.errors)
        context = self.get_context_data(
            draft=draft,
            form=draft.catalogue,
            kind=self.kind,
            stem=fields.pop("stem"),
            media=fields.pop("media"),
            addresses=addresses_of([*draft.values["media"], *draft.values.get("image", ())]),
            fields=list(fields.values()),
            preview=shown,
            troubles=draft.troubles(sheet),
            mark=mark_of(self.request) or get_random_string(16),
            is_new=self.is_new,
        )
        status = 422 if draft.refusal or draft.has_troubles() else 200
        response: HttpResponse = self.render_to_response(context, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def preview(self, draft: Draft, made: Written) -> dict[str, Any]:
        """The question as a page of its own inside this one, how marks are given, and what is right."""
        version = QuestionVersion(type=self.kind.code, body=made.body, answer=made.key)
        order = self.kind.option_order(made.body, "preview")
        item = present_item(version, order=order, name="preview")
        note = in_words(self.kind.rule_note(made.key))
        page = render_to_string(
            "assessments/admin/edit_preview.html", {"item": item, "note": note}, self.request
        )
        version.explanation = ""
        key: KeyLines = key_lines_of(version, order=order)
        return {"page": page, "right": key.right, "note": note}


class NewQuestionView(WritingView):
    """First the type, then the form."""

    is_new = True
    page_title = gettext_lazy("New question")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "type" not in request.GET:
            types = [(code, _(kind.title)) for code, kind in ITEM_TYPES.items() if kind.sheet()]
            return self.render_to_response(self.get_context_data(types=types))
        return super().get(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return _(self.kind.title) if "type" in self.request.GET else ""

    def get_template_names(self) -> list[str]:
        return [
            "assessments/admin/edit.html"
            if "type" in self.request.GET
            else "assessments/admin/edit_type.html"
        ]

    @cached_property
    def kind(self) -> ItemType:
        kind = ITEM_TYPES.get(self.request.GET.get("type", ""))
        if kind is None or not kind.sheet():
            raise Http404
        return kind

    def opened(self) -> Draft:
        initial = {
            "key": free_key(on=timezone.localdate()),
            "points": 1,
            "difficulty": 2,
            "minutes": 1,
            "author": str(current_person(self.request).pk),
        }
        catalogue = CatalogueForm(initial=initial, is_new=True, author=None)
        return Draft({**written(new_values(self.kind.code), {})}, catalogue, 0, 0)

    def key_of(self, draft: Draft) -> str:
        return str(draft.catalogue.cleaned_data["key"])

    def overtaken(self, draft: Draft, overtaken: Overtaken) -> None:
        draft.catalogue.add_error("key", str(overtaken))


class NextVersionView(WritingView):
    """The next version of a question, begun with the newest one or with the one that `?from=` names."""

    page_title = gettext_lazy("Edit question")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.pk = kwargs["pk"]

    @cached_property
    def question(self) -> Question:
        return get_object_or_404(Question.objects.select_related("author"), pk=self.pk)

    @cached_property
    def newest(self) -> QuestionVersion:
        newest: QuestionVersion = self.question.versions.order_by("-number")[0]
        return newest

    def get_page_subtitle(self) -> str:
        return f"{self.question.key} · {_(self.kind.title)}"

    @cached_property
    def kind(self) -> ItemType:
        kind = item_type(self.source.type)
        if not kind.sheet():
            raise Http404
        return kind

    @cached_property
    def source(self) -> QuestionVersion:
        """The version that the form was, or is to be, filled with."""
        given = self.request.POST.get("filled") or self.request.GET.get("from")
        return self.version(int(given)) if given and given.isdecimal() else self.newest

    def version(self, number: int) -> QuestionVersion:
        return (
            self.newest
            if number == self.newest.number
            else get_object_or_404(self.question.versions, number=number)
        )

    def author(self) -> Any:
        return self.question.author

    def opened(self) -> Draft:
        source, filing = self.source, filing_of(self.question)
        initial = initial_of(self.question, source, filing)
        catalogue = CatalogueForm(initial=initial, is_new=False, author=self.author())
        values = written(self.kind.fill(source.body, source.answer), source.body)
        return Draft(values, catalogue, self.newest.number, source.number)

    def before(self, number: int) -> tuple[Any, Any] | None:
        return self.source.body, self.source.answer

    def key_of(self, draft: Draft) -> str:
        return str(self.question.key)

    def overtaken(self, draft: Draft, overtaken: Overtaken) -> None:
        """Told once, with the way to what changed; storing again puts this text behind the newer version."""
        number = overtaken.newest.number
        draft.refusal = _(
            "Meanwhile version %(number)s of this question was stored. Nothing you wrote is lost. Look at what changed "
            "there; if you store again, yours becomes the version after it."
        ) % {"number": number}
        draft.diff = f"{reverse('bank:versions', args=[self.pk])}?old={draft.base_number}&new={number}"
        draft.base_number = number

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        older = self.source.number if self.source.number != self.newest.number else 0
        return super().get_context_data(question=self.question, older=older, **kwargs)
