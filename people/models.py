"""Who there is, where they work, what they may do, whom they may see."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from core.constraints import in_order, not_the_same, one_of


class Person(models.Model):
    """A human being to whom records point: a UUID and nothing else, so that records stay when a name must go."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return str(self.id)


class AccountManager(BaseUserManager["Account"]):
    """Accounts are found by staff number."""

    def create_user(self, staff_number: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account with its Person. Meant for tests and Django's own commands; see people.accounts."""
        if "person" not in fields:
            fields["person"] = Person.objects.create()
        account = self.model(staff_number=staff_number, **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, staff_number: str, password: str | None = None, **fields: Any) -> Account:
        """Django's `createsuperuser`."""
        return self.create_user(staff_number, password, is_superuser=True, **fields)


class Theme(models.TextChoices):
    """The reader's choice of light."""

    DEVICE = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class TextSize(models.TextChoices):
    """大字版 or not."""

    NORMAL = "", _("Normal")
    LARGE = "large", _("Large type")


class Account(AbstractBaseUser, PermissionsMixin):
    """The login and the erasable half of a person: name, numbers, reading preferences."""

    person = models.OneToOneField(Person, on_delete=models.SET_NULL, null=True, related_name="account")
    staff_number = models.CharField(_("staff number"), max_length=32, unique=True)
    name = models.CharField(_("full name"), max_length=80)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    theme = models.CharField(_("theme"), max_length=8, blank=True, choices=Theme, default=Theme.DEVICE)
    text_size = models.CharField(_("text size"), max_length=8, blank=True, choices=TextSize)
    is_active = models.BooleanField(_("may sign in"), default=True)

    USERNAME_FIELD = "staff_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = AccountManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [one_of("theme", Theme), one_of("text_size", TextSize)]

    def __str__(self) -> str:
        return self.name or self.staff_number

    @property
    def is_staff(self) -> bool:
        """Django asks this of users; the Wagtail admin has its own permission, so only a superuser is staff."""
        return self.is_superuser

    @property
    def first_name(self) -> str:
        """What Wagtail's side bar calls somebody; without it that is the staff number."""
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class IdentityNumber(models.Model):
    """An ID number, encrypted; shown masked everywhere. Erasable."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="identity")
    ciphertext = models.BinaryField()
    masked = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64, unique=True)


class Portrait(models.Model):
    """A passport picture of whoever holds the account: a JPEG in the private storage, 3 : 4, made new from what was
    sent in. Erased with the account."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="portrait")
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")


class OrganisationKind(models.TextChoices):
    """The three levels of the tree."""

    DISTRICT = "district", _("District")
    SUBDISTRICT = "subdistrict", _("Sub-district")
    COMMUNITY = "community", _("Community")


class Organisation(MP_Node):
    """District 区, sub-district 街道, community 社区: a tree, so that a scope is a path prefix."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name of the organisation"), max_length=80)
    kind = models.CharField(_("kind"), max_length=16, choices=OrganisationKind)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [one_of("kind", OrganisationKind)]

    def __str__(self) -> str:
        return self.name


class DatedQuerySet(models.QuerySet):
    """Rows that hold from `since_on` up to and including `until_on` (open end: NULL)."""

    def active(self, *, on: Any) -> DatedQuerySet:
        """Rows that hold on this date."""
        return self.filter(Q(until_on=None) | Q(until_on__gte=on), since_on__lte=on)


class Membership(models.Model):
    """Working somewhere, between two dates; a transfer ends one and begins another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    post = models.CharField(_("post"), max_length=40, blank=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("since_on", "until_on"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(until_on=None), name="%(app_label)s_%(class)s_one_open"
            ),
        ]


class Role(models.TextChoices):
    """What someone may do beyond learning. Being a mentor is not a role but a pairing."""

    ADMINISTRATOR = "administrator", _("Administrator")
    AUTHOR = "author", _("Author")
    EXAMINER = "examiner", _("Examiner")
    ISSUER = "issuer", _("Certificate issuer")
    INVIGILATOR = "invigilator", _("Invigilator")


class RoleAssignment(models.Model):
    """A role within one organisation's subtree, between two dates."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("role", Role),
            in_order("since_on", "until_on"),
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=Q(until_on=None),
                name="%(app_label)s_%(class)s_one_open",
            ),
        ]


class ScopeGrantQuerySet(models.QuerySet):
    """Grants in time."""

    def active(self, *, at: Any) -> ScopeGrantQuerySet:
        """Grants that hold at this moment; one that ends now no longer holds."""
        return self.filter(Q(until_at=None) | Q(until_at__gt=at), since_at__lte=at)


class ScopeGrant(models.Model):
    """`viewer` may see `subject` because of `kind` (a pairing …), until the moment it ends."""

    viewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants_held")
    subject = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants_given")
    kind = models.CharField(max_length=32)
    reason = models.CharField(max_length=64)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    objects = ScopeGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("since_at", "until_at"),
            not_the_same("viewer", "subject"),
            models.UniqueConstraint(
                fields=["viewer", "subject", "kind", "reason"],
                condition=Q(until_at=None),
                name="%(app_label)s_%(class)s_one_open",
            ),
        ]


class Notice(models.Model):
    """A line in somebody's inbox. Erasable free text."""

    recipient = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=200, blank=True)
    source_key = models.CharField(max_length=120, unique=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["recipient", "read_at"])]
