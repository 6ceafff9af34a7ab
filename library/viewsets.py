"""The library in the Wagtail admin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from library.models import PolicyChain, PolicyClause


class PolicyClauseViewSet(SnippetViewSet):
    """Clauses, found by level and by the date they must be looked at again."""

    model = PolicyClause
    icon = "clipboard-list"
    list_display = ["title", "level", "citation", "verified", "review_by"]
    list_filter = ["level", "verified"]
    ordering = ["key"]
    copy_view_enabled = False


class PolicyChainViewSet(SnippetViewSet):
    """Chains of clauses."""

    model = PolicyChain
    icon = "link"
    list_display = ["title", "key"]
    ordering = ["key"]
    copy_view_enabled = False


class LibraryViewSetGroup(SnippetViewSetGroup):
    """One menu entry for what lessons cite."""

    items = (PolicyClauseViewSet, PolicyChainViewSet)
    menu_label = _("Policies")
    menu_icon = "clipboard-list"
    menu_order = 250
