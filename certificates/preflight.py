"""Preflight: what stands between a person and a certificate, in words that say what to do about it.

The same checks run when a batch is proposed, when it is looked at, and once more for each row in the transaction
that takes its number. A finding sets one person aside; the rest of the batch goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.considering import Considered
from assessments.models import SchemeVersion
from assessments.schemes.releasing import definition_of
from certificates import names
from certificates.eligibility import consider_now, pairing_of_proof
from certificates.models import NameAnswer, NameConfirmation
from certificates.press import lettering
from certificates.queries import certificates_held, certificates_revoked
from certificates.wording import forbidden_word
from mentoring.terms import PairingStatus
from people import naming
from people.accounts import names_of
from people.models import Person

# In the order in which a batch page lists them.
CHECKS = ("eligible", "printable", "confirmed", "duplicate", "under_way", "separate", "pairing", "wording")


@dataclass(frozen=True)
class Finding:
    """One reason against issuing: `code` is one of CHECKS, `reason` what is wrong, `remedy` what to do.

    `ask` says that putting the name to the person would help, `waits` that they were asked and have yet to answer.
    """

    code: str
    reason: str
    remedy: str
    ask: bool = False
    waits: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Checked:
    """One person after preflight; `findings` empty: ready. `name` is "" for an erased account; `revoked` is the serial
    of an earlier certificate of the scheme that was taken back, or ""."""

    person_id: UUID
    name: str
    findings: tuple[Finding, ...]
    revoked: str = ""

    @property
    def met(self) -> bool:
        """Whether the scheme is met, whatever else may be in the way."""
        return all(finding.code != "eligible" for finding in self.findings)


@dataclass(frozen=True)
class Preflight:
    """The circumstances of a check: which scheme, who proposes, who approves (None: not known yet), when.

    `under_way`: titles of other batches by the people who stand in them; the row that takes its number does not ask,
    because then the certificate itself decides who was first.
    """

    scheme: SchemeVersion
    proposer: Person
    approver: Person | None
    now: datetime
    wording: Sequence[str] = field(default=())
    under_way: Mapping[UUID, str] = field(default_factory=dict)

    def check(self, people: Iterable[UUID]) -> dict[UUID, Checked]:
        """Check people, deciding each one anew. Four queries, and two or three for each person."""
        people = list(people)
        known = names_of(set(people))
        asked = names.newest_confirmations(people, self.scheme.key)
        held = certificates_held(people, self.scheme.key, on=timezone.localdate(self.now))
        taken_back = certificates_revoked(people, self.scheme.key)
        for person_id, revoked in taken_back.items():
            if person_id in asked and asked[person_id].asked_at <= revoked.at:
                del asked[person_id]  # what was said before something went wrong is asked again
        return {
            person_id: Checked(
                person_id,
                known.get(person_id, ""),
                self._findings(
                    person_id, known.get(person_id, ""), asked.get(person_id), held.get(person_id)
                ),
                taken_back[person_id].serial if person_id in taken_back else "",
            )
            for person_id in people
        }

    def _findings(
        self, person_id: UUID, name: str, asked: NameConfirmation | None, held: str | None
    ) -> tuple[Finding, ...]:
        considered = consider_now(person=Person(pk=person_id), scheme=self.scheme)
        findings = [
            self._eligible(considered),
            self._printable(name),
            self._confirmed(name, asked),
            self._duplicate(held),
            self._under_way(self.under_way.get(person_id)),
            self._separate(person_id),
            self._pairing(considered),
            self._wording(),
        ]
        return tuple(each for each in findings if each)

    def _eligible(self, considered: Considered) -> Finding | None:
        if considered.version.pk != self.scheme.pk:
            return Finding(
                "eligible",
                _("The scheme has been released anew since; this batch follows version %(number)s")
                % {"number": self.scheme.number},
                _("Propose a batch of the new version"),
            )
        if not considered.decision.met:
            return Finding(
                "eligible",
                _("Decided anew, the evidence does not meet the scheme"),
                _("The person's own page shows what is missing"),
            )
        return None

    def _printable(self, name: str) -> Finding | None:
        if not name:
            return Finding("printable", _("The account was erased"), _("No certificate without a name"))
        strange = naming.strange_characters(name)
        if strange:
            return Finding(
                "printable",
                _("The name holds signs that belong in no name: %(signs)s") % {"signs": _listed(strange)},
                _("Correct the name in the account"),
            )
        missing = lettering.missing_glyphs(name)
        if missing:
            return Finding(
                "printable",
                _("No font can print %(signs)s")
                % {"signs": ", ".join(f"{char} ({naming.code_point(char)})" for char in missing)},
                _("Install a font that has it, or ask the person how the name may be written"),
            )
        if len(name) > naming.LONGEST_NAME:
            return Finding(
                "printable",
                _("The name is longer than %(count)s characters") % {"count": naming.LONGEST_NAME},
                _("Ask the person for a shorter form"),
            )
        return None

    def _confirmed(self, name: str, asked: NameConfirmation | None) -> Finding | None:
        if asked is None or asked.asked_name != name:
            reason = _("The name has not been put to the person yet")
            return Finding("confirmed", reason, _("Ask for the name to be confirmed"), ask=True)
        if asked.answer == NameAnswer.DISPUTED:
            return Finding(
                "confirmed",
                _("The person says the name is written “%(name)s”") % {"name": asked.correction},
                _("Correct the account, then ask again"),
            )
        if names.is_settled(asked, on=timezone.localdate(self.now)):
            return None
        doubtful = naming.look_alikes(name)
        if doubtful:
            return Finding(
                "confirmed",
                _("Easily mistaken in this name: %(signs)s") % {"signs": _(", ").join(map(str, doubtful))},
                _("The person must say themself that it is right; silence is not enough here"),
                waits=True,
            )
        return Finding(
            "confirmed",
            _("The person has not confirmed the name yet"),
            _("Wait until %(due)s: silence counts as a yes after that day")
            % {"due": date_format(asked.due_on)},
            waits=True,
        )

    def _duplicate(self, held: str | None) -> Finding | None:
        if held is None:
            return None
        return Finding(
            "duplicate",
            _("Already holds a certificate of this scheme: %(serial)s") % {"serial": held},
            _("Nothing to do; a correction supersedes the old one"),
        )

    def _under_way(self, title: str | None) -> Finding | None:
        if title is None:
            return None
        return Finding(
            "under_way",
            _("Stands in the batch “%(title)s” already, which is not finished") % {"title": title},
            _("Wait for that batch, or have it returned"),
        )

    def _separate(self, person_id: UUID) -> Finding | None:
        reason = None
        if person_id == self.proposer.pk:
            reason = _("The holder is the one who proposes this batch")
        elif self.approver and person_id == self.approver.pk:
            reason = _("The holder is the one who approves this batch")
        if reason is None:
            return None
        return Finding("separate", reason, _("Have other people propose and approve this certificate"))

    def _pairing(self, considered: Considered) -> Finding | None:
        agreement_no = considered.decision.tree.endorsed_pairing()
        if agreement_no is None:
            return None
        pairing = pairing_of_proof(agreement_no)
        if pairing is None or pairing.status == PairingStatus.DISSOLVED:
            return Finding(
                "pairing",
                _("The endorsement comes from pairing %(number)s, which is unknown or was dissolved")
                % {"number": agreement_no},
                _("Ask the present mentor for an endorsement"),
            )
        return None

    def _wording(self) -> Finding | None:
        definition = definition_of(self.scheme)
        for text in (definition.title, definition.certificate_title, *self.wording):
            word = forbidden_word(text)
            if word:
                return Finding(
                    "wording",
                    _("“%(word)s” must not stand on an internal certificate") % {"word": word},
                    _("Change the title and release the scheme anew"),
                )
        return None


def _listed(characters: Iterable[str]) -> str:
    return ", ".join(naming.code_point(char) for char in characters)
