"""The proof tree of a decision, and what is missing; both survive a round trip through JSON unchanged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from assessments.items.checking import as_text


@dataclass(frozen=True)
class AxisProof:
    """An axis a rule asks for: percent, to one decimal; `have` is None without evidence (证据不足), never 0."""

    key: str
    title: str
    have: Decimal | None
    need: Decimal

    @property
    def met(self) -> bool:
        return self.have is not None and self.have >= self.need

    def as_json(self) -> dict[str, Any]:
        have = None if self.have is None else as_text(self.have)
        return {"axis": self.key, "title": self.title, "have": have, "need": as_text(self.need)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "AxisProof":
        have = None if data["have"] is None else Decimal(data["have"])
        return cls(data["axis"], data["title"], have, Decimal(data["need"]))


@dataclass(frozen=True)
class TooOld:
    """Evidence that would have counted, were it younger: its id, its day in Shanghai; its percent or hours, if any."""

    evidence: str
    on: date
    have: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        have = None if self.have is None else as_text(self.have)
        return {"evidence": self.evidence, "on": self.on.isoformat(), "have": have}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "TooOld":
        have = None if data["have"] is None else Decimal(data["have"])
        return cls(data["evidence"], date.fromisoformat(data["on"]), have)


@dataclass(frozen=True)
class ProofNode:
    """One rule of the scheme and how it came out.

    `have` and `need` are percent (exam, scenario), hours (practice) or counts (everything else: pieces of evidence,
    rules met in a group). `have` of an exam never taken is None; where such a rule is met, somebody is exempt (免修).
    `evidence` lists ids, the deciding one first; it is given for an unmet rule too (the best attempt so far).
    `subject_key` of a met endorsement is the pairing's.

    `axes` measure the deciding evidence. Where a rule has an age, `too_old` lists what an unmet rule lost by it, and
    `until` is the last day on which what met it counts (None for hours).
    """

    rule: str
    kind: str
    title: str
    met: bool
    have: Decimal | None
    need: Decimal
    subject_kind: str = ""
    subject_key: str = ""
    evidence: tuple[str, ...] = ()
    children: tuple["ProofNode", ...] = ()
    axes: tuple[AxisProof, ...] = ()
    max_age_months: int | None = None
    until: date | None = None
    too_old: tuple[TooOld, ...] = ()

    @property
    def is_exempt(self) -> bool:
        """An exam that need not be sat: met, and without a mark."""
        return self.kind == "exam" and self.met and self.have is None

    def walk(self) -> Iterator["ProofNode"]:
        """This node and all below it, in the order of the scheme."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator["ProofNode"]:
        return (node for node in self.walk() if not node.children)

    def cited(self) -> tuple[str, ...]:
        """Ids of the evidence that met rules rest on, in the order of the scheme, each once."""
        return tuple(dict.fromkeys(each for node in self.leaves() if node.met for each in node.evidence))

    def endorsed_pairing(self) -> str | None:
        """Subject key of the pairing whose endorsement stands in the proof: the one a certificate prints."""
        endorsements = (node for node in self.leaves() if node.kind == "endorsement" and node.met)
        return next((node.subject_key for node in endorsements), None)

    def as_json(self) -> dict[str, Any]:
        """What a rule does not ask for is left out: a decision keeps its hash when rules learn something new."""
        data: dict[str, Any] = {
            "rule": self.rule,
            "kind": self.kind,
            "title": self.title,
            "met": self.met,
            "have": None if self.have is None else as_text(self.have),
            "need": as_text(self.need),
            "subject": {"kind": self.subject_kind, "key": self.subject_key},
            "evidence": list(self.evidence),
            "children": [child.as_json() for child in self.children],
        }
        if self.axes:
            data["axes"] = [each.as_json() for each in self.axes]
        if self.max_age_months is not None:
            data["max_age_months"] = self.max_age_months
            data["until"] = self.until.isoformat() if self.until else None
            data["too_old"] = [each.as_json() for each in self.too_old]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ProofNode":
        return cls(
            rule=data["rule"],
            kind=data["kind"],
            title=data["title"],
            met=data["met"],
            have=None if data["have"] is None else Decimal(data["have"]),
            need=Decimal(data["need"]),
            subject_kind=data["subject"]["kind"],
            subject_key=data["subject"]["key"],
            evidence=tuple(data["evidence"]),
            children=tuple(cls.from_json(child) for child in data["children"]),
            axes=tuple(AxisProof.from_json(each) for each in data.get("axes", ())),
            max_age_months=data.get("max_age_months"),
            until=date.fromisoformat(data["until"]) if data.get("until") else None,
            too_old=tuple(TooOld.from_json(each) for each in data.get("too_old", ())),
        )


@dataclass(frozen=True)
class Missing:
    """A leaf rule still to be met on the cheapest way; `minutes` is what it typically still takes.

    What is done for a rule stated earlier is not counted again: `minutes` may be 0.
    """

    rule: str
    kind: str
    title: str
    have: Decimal | None
    need: Decimal
    minutes: int
    subject_kind: str = ""
    subject_key: str = ""
    axes: tuple[AxisProof, ...] = ()

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "rule": self.rule,
            "kind": self.kind,
            "title": self.title,
            "have": None if self.have is None else as_text(self.have),
            "need": as_text(self.need),
            "minutes": self.minutes,
            "subject": {"kind": self.subject_kind, "key": self.subject_key},
        }
        if self.axes:
            data["axes"] = [each.as_json() for each in self.axes]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Missing":
        return cls(
            rule=data["rule"],
            kind=data["kind"],
            title=data["title"],
            have=None if data["have"] is None else Decimal(data["have"]),
            need=Decimal(data["need"]),
            minutes=data["minutes"],
            subject_kind=data["subject"]["kind"],
            subject_key=data["subject"]["key"],
            axes=tuple(AxisProof.from_json(each) for each in data.get("axes", ())),
        )


@dataclass(frozen=True)
class Decision:
    """Whether the scheme is met, why, and the cheapest set of leaf rules that would meet it (empty when met)."""

    met: bool
    tree: ProofNode
    missing: tuple[Missing, ...]

    def as_json(self) -> dict[str, Any]:
        """The keys `explain_decision --json` prints."""
        return {
            "met": self.met,
            "tree": self.tree.as_json(),
            "missing": [each.as_json() for each in self.missing],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Decision":
        missing = tuple(Missing.from_json(each) for each in data["missing"])
        return cls(data["met"], ProofNode.from_json(data["tree"]), missing)
