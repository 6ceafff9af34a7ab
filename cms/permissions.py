"""What each role may touch in the editor's admin: groups of the same name, with Wagtail's permissions."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from people.models import Role

EDITORS = (Role.AUTHOR, Role.ADMINISTRATOR)
# An invigilator works on the site's own pages and has nothing to do in the editor's admin.
OUTSIDE = (Role.INVIGILATOR,)
PAGE_RIGHTS = ("add_page", "change_page", "publish_page")
MEDIA_RIGHTS = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)
EDITORIAL_MODELS = (("library", "policyclause"), ("library", "policychain"), ("library", "listentry"))


def ensure_groups(root: Page) -> None:
    """Create the roles' groups and give them their rights below `root`. Running it again changes nothing."""
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for role in Role:
        group, _created = Group.objects.get_or_create(name=role.value)
        if role not in OUTSIDE:
            group.permissions.add(access)
        if role in EDITORS:
            group.permissions.add(*_editorial_permissions())
            _grant_pages(group, root)
            _grant_media(group)


def _editorial_permissions() -> list[Permission]:
    found: list[Permission] = []
    for app, model in EDITORIAL_MODELS:
        of_model = Permission.objects.filter(content_type__app_label=app, content_type__model=model)
        found += of_model.filter(codename__regex=r"^(add|change|view|publish)_")
    return found


def _grant_pages(group: Group, root: Page) -> None:
    for codename in PAGE_RIGHTS:
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _grant_media(group: Group) -> None:
    collection = Collection.get_first_root_node()
    for codename in MEDIA_RIGHTS:
        permission = Permission.objects.get(
            codename=codename, content_type__app_label__in=("wagtailimages", "wagtaildocs")
        )
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=permission
        )
