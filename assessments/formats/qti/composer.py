"""A QTI 3.0 item while it is being written: what all types of question have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from assessments.formats.exchange import Draft
from assessments.formats.qti.asking import share_text
from assessments.formats.qti.tree import add, child, element, sayable
from assessments.items.checking import as_text
from assessments.items.media import Medium, media_of
from assessments.items.types.cloze import GAP

NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATE = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/{}.xml"
EXPLANATION = "explanation"
RESPONSE = "RESPONSE"


def file_name(identifier: str, name: str) -> str:
    """How an item refers to one of its files."""
    return quote(f"{identifier}/{name}")


@dataclass
class Composer:
    """An item being written: declarations go into the root at once, the body and the rest follow in `finish`."""

    draft: Draft
    identifier: str
    root: Any
    body: Any = field(init=False)
    processing: Any = field(init=False)

    def __post_init__(self) -> None:
        self.body = element(NAMESPACE, "qti-item-body")
        self.processing = element(NAMESPACE, "qti-response-processing")

    @property
    def points(self) -> Fraction:
        """What a right answer earns in other programs."""
        return Fraction(self.draft.points or 1)

    def finish(self) -> None:
        by_person = "criteria" in self.draft.answer
        _declare_score(self.root, _full_marks(self.draft) if by_person else self.draft.points, by_person)
        if self.draft.explanation:
            outcome = child(
                self.root,
                "qti-outcome-declaration",
                identifier="FEEDBACK",
                cardinality="single",
                base_type="identifier",
            )
            add(child(outcome, "qti-default-value"), "qti-value", EXPLANATION)
        self.root.append(self.body)
        if len(self.processing) or self.processing.attrib:
            self.root.append(self.processing)
        if self.draft.explanation:
            feedback = child(
                self.root,
                "qti-modal-feedback",
                outcome_identifier="FEEDBACK",
                identifier=EXPLANATION,
                show_hide="show",
            )
            self.paragraphs(child(feedback, "qti-content-body"), self.draft.explanation)

    def declare(self, name: str, cardinality: str, kind: str, correct: Sequence[str] = ()) -> Any:
        declaration = child(
            self.root,
            "qti-response-declaration",
            identifier=name,
            cardinality=cardinality,
            base_type=kind,
        )
        if correct:
            response = child(declaration, "qti-correct-response")
            for each in correct:
                add(response, "qti-value", each)
        return declaration

    def paragraphs(self, parent: Any, text: str) -> None:
        """One <p> for each line."""
        for line in text.split("\n"):
            self.flow(child(parent, "p"), line)

    def stem(self) -> None:
        """What is asked, with its pictures and sounds behind it."""
        self.paragraphs(self.body, self.draft.body["stem"])
        for medium in media_of(self.draft.body):
            self.medium(child(self.body, "p"), medium)

    def medium(self, parent: Any, medium: Medium) -> None:
        source = file_name(self.identifier, medium.file)
        if medium.is_sound:
            told = {"title": medium.alt} if medium.alt else {}
            child(parent, "audio", src=source, controls="controls", **told)
        else:
            child(parent, "img", src=source, alt=medium.alt)

    def flow(self, parent: Any, line: str, gaps: Mapping[str, Any] | None = None) -> None:
        """A line, with an interaction in place of each gap."""
        end, last = 0, None
        for found in GAP.finditer(line) if gaps else ():
            _say(parent, last, line[end : found.start()])
            end, last = found.end(), gaps[found[1]] if gaps else None
            parent.append(last)
        _say(parent, last, line[end:])

    def by_template(self, name: str) -> None:
        self.processing.set("template", TEMPLATE.format(name))

    def by_match(self, name: str = RESPONSE) -> None:
        """Only exactly what is correct earns the points."""
        if self.points == 1 and name == RESPONSE:
            self.by_template("match_correct")
            return
        self.condition([(name, None)], self.points)

    def condition(
        self, names: Sequence[tuple[str, str | None]], worth: Fraction, *, added: bool = False
    ) -> None:
        """All these responses right (numbers: within their tolerance): SCORE is the worth, or that much more."""
        branch = child(child(self.processing, "qti-response-condition"), "qti-response-if")
        asked = branch if len(names) == 1 else child(branch, "qti-and")
        for name, tolerance in names:
            if tolerance is None:
                compared = child(asked, "qti-match")
            else:
                compared = child(
                    asked, "qti-equal", tolerance_mode="absolute", tolerance=f"{tolerance} {tolerance}"
                )
            child(compared, "qti-variable", identifier=name)
            child(compared, "qti-correct", identifier=name)
        score = child(branch, "qti-set-outcome-value", identifier="SCORE")
        if added:
            score = child(score, "qti-sum")
            child(score, "qti-variable", identifier="SCORE")
        add(score, "qti-base-value", share_text(worth), base_type="float")


def _say(parent: Any, last: Any, text: str) -> None:
    text = sayable(text)
    if last is None:
        parent.text = (parent.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _declare_score(root: Any, most: Decimal | None, by_person: bool) -> None:
    score = child(
        root, "qti-outcome-declaration", identifier="SCORE", cardinality="single", base_type="float"
    )
    if most is not None:
        score.set("normal-maximum", as_text(most))
    if by_person:
        score.set("external-scored", "human")
    add(child(score, "qti-default-value"), "qti-value", "0")


def _full_marks(draft: Draft) -> Decimal:
    maxima = (Decimal(str(each["max"])) for each in draft.answer["criteria"])
    return draft.points or sum(maxima, Decimal(0))


def add_mapping(
    declaration: Any, worths: Sequence[tuple[str, Fraction]], most: Fraction, *, case: bool = True
) -> None:
    mapping = child(
        declaration, "qti-mapping", lower_bound="0", upper_bound=share_text(most), default_value="0"
    )
    for key, worth in worths:
        entry = child(mapping, "qti-map-entry", map_key=key, mapped_value=share_text(worth))
        if not case:
            entry.set("case-sensitive", "false")
