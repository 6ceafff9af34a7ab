"""Pairings in the Wagtail admin: a list to look into, for administrators, each within their own part of the tree."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.permission_policies.base import BasePermissionPolicy

from core.viewsets import LookingViewSet
from mentoring.models import Pairing
from mentoring.oversight import SIGNING_ROLES, pairings_overseen_by
from people.models import Account, Person, RoleAssignment
from people.roles import has_role


class PairingPolicy(BasePermissionPolicy):
    """Administrators look at the pairings of their own subtree; nobody writes here (pairings.py does)."""

    def user_has_permission(self, user: Account, action: str) -> bool:
        """Whether the user may look at pairings at all."""
        if action != "view" or not user.is_authenticated or user.person_id is None:
            return False
        return has_role(Person(pk=user.person_id), *SIGNING_ROLES, on=timezone.localdate())

    def user_has_permission_for_instance(self, user: Account, action: str, instance: Pairing) -> bool:
        """Whether this pairing lies in the user's subtree."""
        return self.instances_user_has_any_permission_for(user, [action]).filter(pk=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Account, actions: list[str]) -> QuerySet[Pairing]:
        """The pairings of the user's subtree."""
        if not self.user_has_any_permission(user, actions):
            return Pairing.objects.none()
        return pairings_overseen_by(Person(pk=user.person_id), at=timezone.now())

    def users_with_any_permission(self, actions: list[str]) -> QuerySet[Account]:
        """Accounts that hold the role now."""
        if "view" not in actions:
            return Account.objects.none()
        held = RoleAssignment.objects.active(on=timezone.localdate()).filter(role__in=SIGNING_ROLES)
        return Account.objects.filter(person__in=held.values("person"))


class PairingIndexView(generic.IndexView):
    """The list, cut to the viewer's scope."""

    page_title = _("Pairings")

    def get_base_queryset(self) -> QuerySet[Pairing]:
        seen = self.permission_policy.instances_user_has_permission_for(self.request.user, "view")
        return seen.select_related("mentor__account", "mentee__account")


class PairingInspectView(generic.InspectView):
    """One pairing; a foreign one does not exist."""

    def get_object(self, queryset: Any = None) -> Pairing:
        seen = self.permission_policy.instances_user_has_permission_for(self.request.user, "view")
        return get_object_or_404(seen.select_related("mentor__account", "mentee__account"), pk=self.pk)

    def get_mentor_display_value(self) -> str:
        """The mentor by name."""
        return _name(self.object.mentor)

    def get_mentee_display_value(self) -> str:
        """The mentee by name."""
        return _name(self.object.mentee)


class PairingViewSet(LookingViewSet):
    """List and inspect; the addresses for adding, editing and deleting do not exist."""

    model = Pairing
    name = "pairings"
    icon = "ql-pair"
    add_to_reference_index = False
    index_view_class = PairingIndexView
    inspect_view_class = PairingInspectView
    inspect_view_enabled = True
    copy_view_enabled = False
    form_fields: tuple[str, ...] = ()
    list_display = (
        "agreement_no",
        Column("mentor", label=_("mentor"), accessor=lambda pairing: _name(pairing.mentor)),
        Column("mentee", label=_("mentee"), accessor=lambda pairing: _name(pairing.mentee)),
        "since_on",
        Column("status", label=_("state"), accessor="get_status_display"),
    )
    ordering = ("-since_on", "agreement_no")
    inspect_view_fields = (
        "agreement_no",
        "kind",
        "area",
        "mentor",
        "mentor_tier",
        "mentee",
        "mentee_tier",
        "since_on",
        "until_on",
        "mentor_signed_on",
        "mentee_signed_on",
        "unit_signed_on",
        "status",
        "result",
        "ended_at",
    )

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("inspect/<int:pk>/", self.inspect_view, name="inspect"),
        ]


def _name(person: Person) -> str:
    return person.account.name if hasattr(person, "account") else ""
