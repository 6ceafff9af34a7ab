"""From the sections of a definition and the bank to what a release pins, and the proof that it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from assessments.blueprints import Candidate, Criteria, Pool, Proof, Section, Spread, gather, prove
from assessments.blueprints.sections import EASIEST, HARDEST
from assessments.exams.section_checks import count_of
from assessments.items import ITEM_TYPES, RubricType, item_type
from assessments.items.checking import as_decimal, as_text
from assessments.models import QuestionVersion
from assessments.wording import in_words
from core.errors import Refusal
from core.hashing import content_hash

MOST_PINNED = 5000
PROOFS_KEPT = 24 * 60 * 60  # seconds
# Part of the key they are kept under: raise it with whatever a proof says or holds.
PROOF_VERSION = 1
BY_HAND = tuple(code for code, kind in ITEM_TYPES.items() if isinstance(kind, RubricType))


@dataclass(frozen=True)
class Blueprinted:
    """A definition's sections beside the bank as it is now: what fits each of them.

    `difficulty` is that of every question in use.
    """

    sections: tuple[Section, ...]
    pools: tuple[Pool, ...]
    difficulty: Mapping[str, int]


def blueprinted(definition: Mapping[str, Any]) -> Blueprinted:
    """The sections and their pools. Two queries, one more where somebody marks."""
    bank = candidates()
    worth = _rubrics()
    sections = tuple(
        _section(number, said, worth) for number, said in enumerate(definition["sections"], start=1)
    )
    return Blueprinted(sections, gather(sections, bank), {each.key: each.difficulty for each in bank})


def candidates() -> tuple[Candidate, ...]:
    """Every question that new exams take, by key. One query that reads no question."""
    rows = (
        QuestionVersion.objects.live()
        .order_by("question__key")
        .values_list("question__key", "difficulty", "type", "leaves", "question__tags")
    )
    return tuple(
        Candidate(key, difficulty, type, frozenset(leaves), frozenset(tags or ()))
        for key, difficulty, type, leaves, tags in rows
    )


def proof_of(definition: Mapping[str, Any], plan: Blueprinted) -> Proof:
    """Whether these sections make papers, and how much these differ.

    It depends on the pools, their difficulties and the two settings alone, so it is kept for a day under their hash.
    """
    cap, within = (
        as_decimal(definition.get("exposure_cap")),
        as_decimal(definition.get("difficulty_tolerance")),
    )
    about = {
        "pools": [
            [each.number, each.count, as_text(each.points), list(each.keys), each.fixed]
            for each in plan.pools
        ],
        "difficulty": {key: plan.difficulty[key] for each in plan.pools for key in each.keys},
        "cap": str(cap),
        "within": str(within),
    }
    proof: Any = cache.get_or_set(
        f"assessments:proof:{PROOF_VERSION}:{content_hash(about)}",
        lambda: prove(plan.pools, plan.difficulty, cap=cap, within=within),
        PROOFS_KEPT,
    )
    if not isinstance(proof, Proof):
        raise TypeError("the cache holds something else under the key of a proof")
    return proof


def check_proof(proof: Proof) -> None:
    """Raises Refusal with everything that stands in the way of a release."""
    if proof.problems:
        raise Refusal(" ".join(in_words(each) for each in proof.problems), code="unproven")


def check_size(pools: Sequence[Pool]) -> None:
    """Raises Refusal when more would be pinned than a release holds."""
    pinned = sum(len(each.keys) for each in pools)
    if pinned > MOST_PINNED:
        raise Refusal(
            _(
                "%(pinned)s questions fit the sections, and a release holds %(most)s. Ask for fewer leaves or tags."
            )
            % {"pinned": pinned, "most": MOST_PINNED}
        )


def compiled_sections(definition: Mapping[str, Any], pools: Sequence[Pool]) -> list[dict[str, Any]]:
    """The sections as a release holds them: what the author said, and how many questions each asks and has."""
    return [
        {
            "title": said["title"],
            "points": as_text(pool.points),
            "count": pool.count,
            "items": len(pool.keys),
            **({"fixed": True} if pool.fixed else {}),
            **({"select": dict(said["select"])} if "select" in said else {}),
            **_pass_percent(said),
        }
        for said, pool in zip(definition["sections"], pools, strict=True)
    ]


def compiled_drawing(proof: Proof) -> dict[str, Any]:
    """What was proved, as a release holds it. Numbers are decimal text; difficulties on the scale 1..5."""
    tolerance, highest = proof.blueprint.tolerance, proof.highest
    return {
        "papers": proof.before.papers if proof.before else 0,
        "before": _spread(proof.before),
        "after": _spread(proof.after),
        "most_tries": proof.most_tries,
        "highest_exposure": percent_text(highest.share) if highest else "0",
        **(
            {"centre": as_text(tolerance.centre), "tolerance": as_text(tolerance.within)} if tolerance else {}
        ),
    }


def percent_text(share: Fraction) -> str:
    """A share of 0..1 as a percentage with one decimal."""
    return as_text(Decimal(round(share * 1000)) / 10)


def _spread(spread: Spread | None) -> dict[str, Any]:
    if spread is None:
        return {}
    return {
        "lowest": as_text(spread.lowest),
        "mean": as_text(spread.mean),
        "highest": as_text(spread.highest),
        "deviation": as_text(spread.deviation),
        "outside": spread.outside,
    }


def _pass_percent(said: Mapping[str, Any]) -> dict[str, str]:
    percent = as_decimal(said.get("pass_percent"))
    return {"pass_percent": as_text(percent)} if percent else {}


def _section(number: int, said: Mapping[str, Any], worth: Mapping[str, Decimal]) -> Section:
    points = Decimal(str(said["points"]))
    if "select" not in said:
        return Section(number, said["title"], points, said.get("count"), tuple(said["questions"]))
    select = said["select"]
    lowest, highest = select.get("difficulty") or (EASIEST, HARDEST)
    return Section(
        number,
        said["title"],
        points,
        count_of(said),
        criteria=Criteria(
            leaves=frozenset(select.get("leaves", ())),
            lowest=lowest,
            highest=highest,
            tags=frozenset(select.get("tags", ())),
            types=frozenset(select.get("types", ())),
        ),
        left_out=frozenset(key for key, full in worth.items() if full != points),
    )


def _rubrics() -> dict[str, Decimal]:
    """What the rubric of every question that somebody marks adds up to: it can be asked for these points only."""
    rows = (
        QuestionVersion.objects.live().filter(type__in=BY_HAND).values_list("question__key", "type", "answer")
    )
    return {key: _full_marks(type, answer) for key, type, answer in rows}


def _full_marks(type: str, answer: Mapping[str, Any]) -> Decimal:
    kind = item_type(type)
    if not isinstance(kind, RubricType):
        raise TypeError(f"{type} has no rubric")
    return kind.full_marks(answer)
