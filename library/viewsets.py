"""The library in the Wagtail admin."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from library.models import ListEntry, PolicyChain, PolicyClause


def _comparison(clause: PolicyClause) -> str:
    if clause.repealed_on:
        return gettext("Repealed on %(day)s") % {"day": date_format(clause.repealed_on, "SHORT_DATE_FORMAT")}
    return gettext("Compared already") if clause.verified else gettext("Not compared yet")


class PolicyClauseViewSet(SnippetViewSet):
    """Clauses, found by level and by the date they must be looked at again."""

    model = PolicyClause
    icon = "clipboard-list"
    list_display = [
        "title",
        "level",
        "citation",
        Column("verified", label=_("compared with the full text"), accessor=_comparison, sort_key="verified"),
        "review_by",
    ]
    list_filter = {"level": ["exact"], "verified": ["exact"], "repealed_on": ["isnull"]}
    ordering = ["key"]
    copy_view_enabled = False


class PolicyChainViewSet(SnippetViewSet):
    """Chains of clauses."""

    model = PolicyChain
    icon = "link"
    list_display = ["title", "key"]
    ordering = ["key"]
    copy_view_enabled = False


class ListEntryViewSet(SnippetViewSet):
    """Entries of the four lists, found by list and by the date they must be looked at again."""

    model = ListEntry
    icon = "list-ul"
    list_display = ["title", "kind", "source", "as_of", "review_by"]
    list_filter = {"kind": ["exact"], "withdrawn_on": ["isnull"]}
    ordering = ["key"]
    copy_view_enabled = False


class LibraryViewSetGroup(SnippetViewSetGroup):
    """What lessons and scenarios cite. The menu of the admin is built in cms/admin."""

    items = (PolicyClauseViewSet, PolicyChainViewSet, ListEntryViewSet)
    add_to_admin_menu = False
