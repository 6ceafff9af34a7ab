"""Any history of steps: what ended is never valid again, and log, ledger and audit trail say what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import TestCase
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from certificates.consistency import findings
from certificates.life import LIFE
from certificates.models import Certificate, EventKind, Reason, Succession
from certificates.revoking import revoke_certificate
from certificates.standing import Standing, standing_of
from certificates.suspending import restore_certificate, suspend_certificate
from core.errors import Refusal
from core.models import AuditEntry
from people.models import Person
from tests.certificates.life.making import LATER, correct
from tests.certificates.making import make_certificate, someone_else
from tests.certificates.test_renewing import renew

some = st.integers(0, 5)
OVER = {Standing.REVOKED, Standing.SUPERSEDED}


class LifeMachine(RuleBasedStateMachine):
    """One holder and one scheme; every certificate that comes into being may be chosen, and time moves on.

    `over` are certificates that ended for good, by serial; `privileged` counts the steps that people took.
    """

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def first(self) -> None:
        self.now = LATER
        certificate = make_certificate()
        self.by: Person = someone_else(certificate)
        self.holder = certificate.person
        self.over: dict[str, Standing] = {}
        self.steps = 0

    @rule(which=some, reason=st.sampled_from([Reason.UNDER_REVIEW, Reason.HOLDER_REQUEST]))
    def suspend(self, which: int, reason: Reason) -> None:
        self._take(which, EventKind.SUSPENDED, suspend_certificate, reason=reason)

    @rule(which=some)
    def restore(self, which: int) -> None:
        self._take(which, EventKind.RESTORED, restore_certificate, reason=Reason.QUESTION_SETTLED)

    @rule(which=some)
    def revoke(self, which: int) -> None:
        self._take(which, EventKind.REVOKED, revoke_certificate, reason=Reason.ISSUED_IN_ERROR)

    @rule(which=some)
    def replace(self, which: int) -> None:
        certificate = self._chosen(which)
        allowed = EventKind.SUPERSEDED in LIFE[self._standing(certificate)]
        before = self._count()
        try:
            with transaction.atomic():
                correct(certificate, now=self.now)
        except (Refusal, Certificate.DoesNotExist):
            assert self._count() == before  # a newer one may stand in the way
        else:
            assert allowed
            assert self._standing(certificate) == Standing.SUPERSEDED
            self.steps += 1

    @rule(which=some)
    def extend(self, which: int) -> None:
        certificate = self._chosen(which)
        try:
            with transaction.atomic():
                new = renew(certificate, self.now)
        except (Refusal, Certificate.DoesNotExist):
            return
        assert new.follows_as == Succession.RENEWAL
        assert new.issued_at == self.now

    @rule(days=st.sampled_from([1, 60, 400, 1040]))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def what_ended_stays_ended(self) -> None:
        for certificate in self._all():
            standing = self._standing(certificate)
            assert self.over.get(certificate.serial, standing) == standing
            if standing in OVER:
                self.over[certificate.serial] = standing

    @invariant()
    def at_most_one_is_in_force(self) -> None:
        valid = [one for one in self._all() if self._standing(one) == Standing.VALID]
        assert len(valid) <= 1

    @invariant()
    def log_ledger_and_files_agree(self) -> None:
        found = [each for each in findings(now=self.now) if each.kind != "row_stuck"]
        assert found == []

    @invariant()
    def every_step_has_one_audit_entry(self) -> None:
        names = ("suspended", "restored", "revoked", "superseded")
        entries = AuditEntry.objects.filter(action__in=[f"certificate.{name}" for name in names])
        assert entries.count() == self.steps

    def _take(self, which: int, kind: EventKind, operation: Any, **said: Any) -> None:
        certificate = self._chosen(which)
        standing, before = self._standing(certificate), certificate.events.count()
        try:
            operation(certificate=certificate, note="", by=self.by, now=self.now, **said)
        except Refusal:
            assert kind not in LIFE[standing]
        new = certificate.events.count() - before
        assert new == (kind in LIFE[standing])
        self.steps += new
        self.now += timedelta(minutes=1)

    def _all(self) -> list[Certificate]:
        return list(Certificate.objects.filter(person=self.holder).order_by("pk"))

    def _count(self) -> int:
        return len(self._all())

    def _chosen(self, which: int) -> Certificate:
        return self._all()[which % self._count()]

    def _standing(self, certificate: Certificate) -> Standing:
        return standing_of(certificate, certificate.events.all(), on=self.now.date())


class TestLife(LifeMachine.TestCase, TestCase):  # type: ignore[name-defined, misc]
    """Six lives of up to ten steps; each step that prints takes half a second."""

    settings = settings(
        max_examples=6,
        stateful_step_count=10,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking on a database takes minutes
        suppress_health_check=list(HealthCheck),
    )
