"""Pages of the courses. A person's place is always found by who asks: no address names an enrolment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from assessments.errata_views import Origin, report_page
from assessments.models import QuestionVersion
from assessments.presenting import posted_response
from competencies.framework import leaf_titles
from core.errors import Refusal
from courses import enrolments, media, progress, queries
from courses.checks import field_name
from courses.lessons import (
    lesson_with,
    newest_outline,
    newest_version,
    open_checks,
    self_checks,
    shown_blocks,
)
from courses.models import CourseVersion, Enrolment
from courses.timeline import lesson_steps
from people.accounts import current_person


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The shelf, with one's own progress on it."""
    person = current_person(request)
    mine = {one.course_key: one for one in queries.progress_of([person]).get(person.pk, ())}
    shelf = [(card, mine.get(card.key)) for card in queries.catalogue()]
    return render(request, "courses/index.html", {"shelf": shelf})


@login_required
@require_safe
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """One course: its lessons, where one is, and what it counts for."""
    version = newest_outline(slug)
    if version is None:
        raise Http404
    enrolment = _enrolment(request, slug)
    outline = version.outline
    steps, standing = lesson_steps(outline, enrolment)
    titles = leaf_titles()
    context = {
        "course": outline,
        "version": version,
        "enrolment": enrolment,
        "steps": steps,
        "standing": standing,
        "percent": 100 * standing.done // standing.total if standing else 0,
        "leaves": [titles[leaf] for leaf in titles if leaf in outline["leaves"]],
        "last_slug": outline["lessons"][-1]["slug"],
    }
    return render(request, "courses/course.html", context)


@login_required
@require_POST
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """Join, and begin with the first lesson (or go on where one was)."""
    person = current_person(request)
    try:
        enrolments.enrol(person=person, course_key=slug, now=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    mine = {one.course_key: one for one in queries.progress_of([person])[person.pk]}
    following = mine[slug].next_lesson
    return redirect(following.url if following else mine[slug].url)


@login_required
@require_safe
def lesson(request: HttpRequest, slug: str, lesson_slug: str) -> HttpResponse:
    """A lesson of the newest version, for whoever takes the course."""
    version, found = _lesson_or_404(slug, lesson_slug)
    enrolment = _enrolment(request, slug)
    if enrolment is None:
        messages.info(request, _("Join the course first; it takes one click."))
        return redirect("courses:course", slug)
    if enrolment.last_lesson != found["id"]:
        progress.open_lesson(enrolment=enrolment, lesson_id=found["id"], now=timezone.now(), version=version)
    return _lesson_page(request, version, found, enrolment)


@login_required
@require_POST
def check(request: HttpRequest, slug: str, lesson_slug: str, block_id: str) -> HttpResponse:
    """An answer to a self-check. Only the answer's own fields are read."""
    version, found, enrolment = _place_or_404(request, slug, lesson_slug)
    raw = posted_response(request.POST, field_name(block_id))
    try:
        progress.answer_check(
            enrolment=enrolment, lesson_id=found["id"], block_id=block_id, raw=raw, now=timezone.now()
        )
    except progress.NotInCourse as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        return _lesson_page(request, version, found, enrolment, refused={block_id: str(refusal)})
    return redirect(_anchor(slug, lesson_slug, block_id))


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, slug: str, lesson_slug: str, block_id: str) -> HttpResponse:
    """What is wrong with the question of a self-check, for whoever takes the course."""
    _version, found, _enrolment = _place_or_404(request, slug, lesson_slug)
    asked = QuestionVersion.objects.shown().without_key().select_related("question")
    version = asked.filter(question__key=self_checks(found).get(block_id)).first()
    if version is None:
        raise Http404
    origin = Origin(found["title"], _anchor(slug, lesson_slug, block_id))
    return report_page(request, version=version, origin=origin)


@login_required
@require_POST
def reflect(request: HttpRequest, slug: str, lesson_slug: str, block_id: str) -> HttpResponse:
    """What a learner writes for themselves."""
    version, found, enrolment = _place_or_404(request, slug, lesson_slug)
    text = request.POST.get("text", "")
    try:
        progress.reflect(
            enrolment=enrolment, lesson_id=found["id"], block_id=block_id, text=text, now=timezone.now()
        )
    except progress.NotInCourse as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        return _lesson_page(request, version, found, enrolment, refused={block_id: str(refusal)})
    return redirect(_anchor(slug, lesson_slug, block_id))


@login_required
@require_POST
def seen(request: HttpRequest, slug: str, lesson_slug: str) -> HttpResponse:
    """The block last on the screen, told by a small script when the page is left."""
    _version, found, enrolment = _place_or_404(request, slug, lesson_slug)
    try:
        progress.mark_seen(
            enrolment=enrolment,
            lesson_id=found["id"],
            block_id=request.POST.get("block", ""),
            now=timezone.now(),
        )
    except progress.NotInCourse as refusal:
        raise Http404 from refusal
    return HttpResponse(status=204)


@login_required
@require_POST
def complete(request: HttpRequest, slug: str, lesson_slug: str) -> HttpResponse:
    """The lesson is done: on to the next, or back to the course when it was the last."""
    _version, found, enrolment = _place_or_404(request, slug, lesson_slug)
    try:
        enrolment = progress.complete_lesson(enrolment=enrolment, lesson_id=found["id"], now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("courses:lesson", slug, lesson_slug)
    if enrolment.completed_at:
        messages.success(request, _("Course completed. It stands in your record."))
        return redirect("courses:course", slug)
    messages.success(request, _("Lesson completed."))
    person = current_person(request)
    mine = {one.course_key: one for one in queries.progress_of([person])[person.pk]}
    following = mine[slug].next_lesson
    return redirect(following.url if following else mine[slug].url)


@login_required
@require_GET
def released_media(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """A picture, film or document of a released course."""
    return media.respond(sha256, name, request.headers.get("Range"))


def _lesson_page(
    request: HttpRequest,
    version: CourseVersion,
    found: dict[str, Any],
    enrolment: Enrolment,
    refused: dict[str, str] | None = None,
) -> HttpResponse:
    lessons = version.content["lessons"]
    place = lessons.index(found)
    blocks = shown_blocks(found, enrolment)
    completed = queries.completed_lessons([enrolment]).get(enrolment.pk, set())
    context = {
        "version": version,
        "course": version.content,
        "lesson": found,
        "blocks": blocks,
        "number": place + 1,
        "total": len(lessons),
        "done": len(completed & {each["id"] for each in lessons}),
        "completed": found["id"] in completed,
        "checks": sum(block.type == "self_check" for block in blocks),
        "open_checks": open_checks(blocks),
        "previous": lessons[place - 1] if place else None,
        "following": lessons[place + 1] if place + 1 < len(lessons) else None,
        "refused": refused or {},
    }
    return render(request, "courses/lesson.html", context, status=422 if refused else 200)


def _enrolment(request: HttpRequest, slug: str) -> Enrolment | None:
    return enrolments.enrolment_of(current_person(request), slug)


def _lesson_or_404(slug: str, lesson_slug: str) -> tuple[CourseVersion, dict[str, Any]]:
    version = newest_version(slug)
    found = lesson_with(version.content, slug=lesson_slug) if version else None
    if version is None or found is None:
        raise Http404
    return version, found


def _place_or_404(
    request: HttpRequest, slug: str, lesson_slug: str
) -> tuple[CourseVersion, dict[str, Any], Enrolment]:
    version, found = _lesson_or_404(slug, lesson_slug)
    enrolment = _enrolment(request, slug)
    if enrolment is None:
        raise Http404
    return version, found, enrolment


def _anchor(slug: str, lesson_slug: str, block_id: str) -> str:
    return f"{reverse('courses:lesson', args=[slug, lesson_slug])}#block-{block_id}"
