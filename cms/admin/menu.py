"""The side menu of the editor's admin: what each role does there, and nothing that would turn it away.

The whole menu is ours. Wagtail's own entries would ask the database about every section on every page, and show what
this site does not use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem, settings_menu

from cms.navigation import duties_in
from people.models import Role


@dataclass(frozen=True)
class Entry:
    """A link: its label, the name of its address and an icon."""

    label: str | Promise
    view: str
    icon: str

    def item(self, order: int) -> MenuItem:
        """As Wagtail draws it."""
        name = self.view.replace(":", "-")
        return MenuItem(self.label, reverse(self.view), name=name, icon_name=self.icon, order=order)


@dataclass(frozen=True)
class Group:
    """Links under one heading."""

    label: str | Promise
    name: str
    icon: str
    entries: tuple[Entry, ...]

    def item(self, order: int) -> MenuItem:
        """As Wagtail draws it: a heading that opens."""
        inside = Menu(items=[entry.item(place) for place, entry in enumerate(self.entries)])
        return SubmenuMenuItem(self.label, inside, name=self.name, icon_name=self.icon, order=order)


WORKBENCH = Entry(_("Workbench"), "wagtailadmin_home", "home")
COURSES = Entry(_("Courses"), "course_list:index", "ql-book")
PAGES = Entry(_("All pages"), "wagtailadmin_explore_root", "folder-open-inverse")
BANK = Entry(_("Question bank"), "bank:index", "help")
EXAM_DRAFTS = Entry(_("Exam drafts"), "exam_drafts:index", "doc-full")
REGRADES = Entry(_("Regrades"), "regrades:index", "rotate")
STATISTICS = Entry(_("Exam statistics"), "exam_statistics", "view")
ANGOFF = Entry(_("Angoff"), "exam_angoffs", "list-ol")
SCHEMES = Entry(_("1+N schemes"), "schemes:index", "ql-seal")
RECOGNITIONS = Entry(_("Practice and prior certificates"), "recognitions", "clipboard-list")
ERRATA = Entry(_("Reported questions"), "errata:index", "comment")
REHEARSALS = Entry(_("Rehearsals"), "scenarios:index", "order")
HOMEWORK = Entry(_("Homework for the four lists"), "scenarios:homework", "edit")
CLAUSES = Entry(_("policy clauses"), "wagtailsnippets_library_policyclause:list", "clipboard-list")
CHAINS = Entry(_("policy chains"), "wagtailsnippets_library_policychain:list", "link")
LISTS = Entry(_("Four lists"), "wagtailsnippets_library_listentry:list", "list-ul")
IMAGES = Entry(_("Images"), "wagtailimages:index", "image")
DOCUMENTS = Entry(_("Documents"), "wagtaildocs:index", "doc-full-inverse")
SESSIONS = Entry(_("Exam sessions"), "exam_sessions:index", "date")
PEOPLE = Entry(_("People"), "people:index", "group")
PAIRINGS = Entry(_("Pairings"), "pairings:index", "ql-pair")
CERTIFICATES = Entry(_("Certificate batches"), "certificates:batches", "ql-seal")
MARKING = Entry(_("Marking"), "assessments:marking", "edit")
MARKING_BOARDS = Entry(_("How marking goes"), "assessments:marking_boards", "edit")
MARKS = Entry(_("Marks from files"), "mark_sheets", "upload")
SITE = Entry(_("Back to the site"), "home", "globe")

REPORTS = Group(
    _("Changes and reports"),
    "reports",
    "history",
    (
        Entry(_("What was changed"), "wagtailadmin_reports:site_history", "history"),
        Entry(_("Not touched for long"), "wagtailadmin_reports:aging_pages", "time"),
    ),
)
FILES = Group(_("Pictures and files"), "files", "image", (IMAGES, DOCUMENTS))
AUTHORING: tuple[Entry | Group, ...] = (
    Group(_("Courses and pages"), "content", "ql-book", (COURSES, PAGES)),
    BANK,
    EXAM_DRAFTS,
    STATISTICS,
    ERRATA,
    REGRADES,
    SCHEMES,
    REHEARSALS,
    Group(_("Policies"), "policies", "clipboard-list", (CLAUSES, CHAINS, LISTS, HOMEWORK)),
    FILES,
)
CONTENT = Group(
    _("Teaching content"),
    "content",
    "ql-book",
    (COURSES, PAGES, BANK, EXAM_DRAFTS, REHEARSALS, HOMEWORK, CLAUSES, CHAINS, LISTS, IMAGES, DOCUMENTS),
)


def menu_for(roles: frozenset[str], *, is_superuser: bool = False) -> tuple[Entry | Group, ...]:
    """What somebody with these roles finds at the side, from the top down."""
    return tuple(_menu(roles, is_superuser))


def _menu(roles: frozenset[str], is_superuser: bool) -> Iterator[Entry | Group]:
    yield WORKBENCH
    if roles & {Role.ADMINISTRATOR, Role.ISSUER}:
        yield PEOPLE
        if Role.ADMINISTRATOR in roles:
            yield PAIRINGS
            yield SESSIONS
            yield STATISTICS
            yield REGRADES
            yield SCHEMES
            yield RECOGNITIONS
        yield CERTIFICATES
    if Role.EXAMINER in roles:
        yield MARKING
    elif Role.ADMINISTRATOR in roles:
        yield MARKING_BOARDS
    if roles & {Role.EXAMINER, Role.ADMINISTRATOR}:
        yield MARKS
        yield ANGOFF
    if Role.ADMINISTRATOR in roles:
        yield CONTENT
        if Role.AUTHOR in roles:
            yield ERRATA
    elif Role.AUTHOR in roles:
        yield from AUTHORING
    elif is_superuser:
        yield PAGES
        yield Group(_("Policies"), "policies", "clipboard-list", (CLAUSES, CHAINS, LISTS))
        yield FILES
    if roles & {Role.ADMINISTRATOR, Role.AUTHOR} or is_superuser:
        yield REPORTS
    yield SITE


def items_for(request: HttpRequest) -> list[MenuItem]:
    """The menu of whoever asks; those who run the installation find Wagtail's own settings below."""
    is_superuser = request.user.is_superuser
    entries = menu_for(duties_in(request).roles, is_superuser=is_superuser)
    items = [entry.item(order) for order, entry in enumerate(entries)]
    if is_superuser:
        items.append(
            SubmenuMenuItem(_("Settings"), settings_menu, name="settings", icon_name="cogs", order=99)
        )
    return items
