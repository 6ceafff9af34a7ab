"""The people one may see: a list for administrators, a record for whoever is in scope."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from certificates.names import ask_again, ask_anew, complaint_of
from certificates.queries import disputes_of
from cms.records import record_of
from core.errors import Refusal
from people.accounts import correct_name, current_person
from people.models import Account, Membership, Person, Role
from people.naming import look_alikes
from people.roles import has_role
from people.scope import get_visible_or_404, people_overseen_by, people_visible_to

PER_PAGE = 50


@login_required
def index(request: HttpRequest) -> HttpResponse:
    """Everyone in the administrator's part of the tree, searchable by name or staff number."""
    viewer, now = current_person(request), timezone.now()
    today = timezone.localdate(now)
    if not has_role(viewer, Role.ADMINISTRATOR, Role.ISSUER, on=today):
        raise PermissionDenied
    wanted = request.GET.get("q", "").strip()
    accounts = Account.objects.filter(person__in=people_visible_to(viewer, at=now)).order_by("staff_number")
    if wanted:
        accounts = accounts.filter(Q(name__icontains=wanted) | Q(staff_number__icontains=wanted))
    page = Paginator(accounts, PER_PAGE).get_page(request.GET.get("page"))
    memberships = (
        Membership.objects.active(on=today)
        .filter(person__in=[account.person_id for account in page])
        .select_related("organisation")
    )
    work = {membership.person_id: membership for membership in memberships}
    rows = [(account, work.get(account.person_id)) for account in page]
    return render(request, "people/index.html", {"page": page, "rows": rows, "wanted": wanted})


@login_required
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody's record, for those in whose scope they are; 404 for everybody else."""
    viewer, now = current_person(request), timezone.now()
    if person_id == viewer.pk:
        return redirect("me")
    person = get_visible_or_404(viewer, person_id, at=now)
    may_correct = people_overseen_by(viewer, roles=[Role.ADMINISTRATOR], at=now).filter(pk=person.pk).exists()
    context = {"record": record_of(person, at=now, own=False), "own": False, "may_correct": may_correct}
    return render(request, "people/record.html", context)


class NameForm(forms.Form):
    """The name as its bearer writes it."""

    name = forms.CharField(label=_("Full name"), max_length=80)


@login_required
def name(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Correct a name; certificates ask their holders with the new spelling."""
    viewer, now = current_person(request), timezone.now()
    person = _administered(viewer, person_id)
    account = Account.objects.get(person=person)
    form = NameForm(request.POST or None, initial={"name": account.name})
    if request.method == "POST" and form.is_valid():
        try:
            account = correct_name(account=account, name=form.cleaned_data["name"], by=viewer, now=now)
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            asked = ask_again(person=person, by=viewer, now=now)
            messages.success(
                request,
                _("The name is corrected, and its bearer was asked whether it is right now.")
                if asked
                else _("The name is corrected."),
            )
            doubtful = look_alikes(account.name)
            if doubtful:
                signs = _(", ").join(map(str, doubtful))
                messages.warning(request, _("Easily mistaken in the new name: %(signs)s") % {"signs": signs})
            return redirect("people:record", person_id=person.pk)
    status = 422 if form.errors else 200
    disputes = [(asked, complaint_of(asked)) for asked in disputes_of(person)]
    context = {"form": form, "account": account, "disputes": disputes}
    return render(request, "people/name.html", context, status=status)


@login_required
@require_POST
def ask(request: HttpRequest, person_id: UUID, pk: int) -> HttpResponse:
    """What the person found wrong was put right: ask them once more."""
    viewer = current_person(request)
    person = _administered(viewer, person_id)
    confirmation = next((asked for asked in disputes_of(person) if asked.pk == pk), None)
    if confirmation:
        ask_anew(confirmation=confirmation, by=viewer, now=timezone.now())
        messages.success(request, _("The person was asked again."))
    return redirect("people:name", person_id=person_id)


def _administered(viewer: Person, person_id: UUID) -> Person:
    """Somebody whose account the viewer may change; 404 for everybody else."""
    overseen = people_overseen_by(viewer, roles=[Role.ADMINISTRATOR], at=timezone.now())
    return get_object_or_404(overseen, pk=person_id)
