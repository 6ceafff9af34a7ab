"""What will stand on somebody's certificate, put together for the one it is about."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import SchemeVersion
from certificates.eligibility import consider_now, pairing_of_proof
from certificates.models import BatchRow, BatchStatus, NameConfirmation
from certificates.press.theming import load_theme
from people.models import Account, Portrait
from people.naming import LookAlike, look_alikes


@dataclass(frozen=True)
class Particulars:
    """`doubtful`: characters of the name that are easily mistaken. `portrait` is shown where there is one;
    `needs_photo` says that the certificate on its way is not printed without. Empty text: it will not be printed."""

    name: str
    doubtful: tuple[LookAlike, ...]
    masked_id: str
    scheme_title: str
    mentor_name: str
    agreement_no: str
    portrait: Portrait | None
    needs_photo: bool


def particulars_of(question: NameConfirmation) -> Particulars:
    """As things stand now, under the name that was asked about. Six queries at most."""
    account = Account.objects.select_related("identity", "portrait").get(person=question.person_id)
    scheme = SchemeVersion.objects.newest().filter(key=question.scheme_key).first()
    mentor, number = _mentor(question, scheme)
    identity = getattr(account, "identity", None)
    return Particulars(
        name=question.asked_name,
        doubtful=look_alikes(question.asked_name),
        masked_id=identity.masked if identity else "",
        scheme_title=scheme.title if scheme else "",
        mentor_name=mentor,
        agreement_no=number,
        portrait=getattr(account, "portrait", None),
        needs_photo=_needs_photo(question),
    )


def _mentor(question: NameConfirmation, scheme: SchemeVersion | None) -> tuple[str, str]:
    if scheme is None:
        return "", ""
    number = consider_now(person=question.person, scheme=scheme).decision.tree.endorsed_pairing()
    pairing = pairing_of_proof(number)
    mentor = Account.objects.filter(person=pairing.mentor_id).first() if pairing else None
    return (mentor.name, number or "") if mentor else ("", "")


def _needs_photo(question: NameConfirmation) -> bool:
    """Whether a batch that holds the person and is not issued yet shows a photo of everybody."""
    themes = BatchRow.objects.filter(
        person=question.person_id,
        batch__scheme_version__key=question.scheme_key,
        batch__status__in=[BatchStatus.PROPOSED, BatchStatus.APPROVED],
    ).values_list("batch__theme", flat=True)
    return any(load_theme(theme).photo == "required" for theme in set(themes))
