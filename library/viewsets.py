"""The library in the Wagtail admin."""

from __future__ import annotations

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
    """What lessons cite. The menu of the admin is built in cms/admin."""

    items = (PolicyClauseViewSet, PolicyChainViewSet)
    add_to_admin_menu = False
