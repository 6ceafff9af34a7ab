"""Places in a picture and files to hand in, as QTI says them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from assessments.formats import Draft
from assessments.formats.qti import QTI
from tests.assessments.formats.qti_items import (
    MAP_RESPONSE,
    MATCH_CORRECT,
    V22,
    V30,
    item,
    mapping,
    package,
    read,
    response,
)
from tests.assessments.formats.test_qti_writing import PNG, Q, back, first_item

IMAGE = '<object type="image/png" width="206" height="280" data="uk.png">英国地图</object>'
PLACES = """<hotspotChoice shape="circle" coords="77,115,8" identifier="A"/>
  <hotspotChoice shape="rect" coords="10,20,60.5,80" identifier="B" hotspotLabel="机场"/>
  <hotspotChoice shape="poly" coords="118,184,150,184,150,250" identifier="C"/>"""
SPOTS = [
    {"id": "s1", "shape": "circle", "coords": [77, 115, 8]},
    {"id": "s2", "shape": "rect", "coords": [10, 20, "60.5", 80], "text": "机场"},
    {"id": "s3", "shape": "poly", "coords": [118, 184, 150, 184, 150, 250]},
]


def hotspot(places: str = PLACES, *, image: str = IMAGE, attributes: str = 'maxChoices="1"') -> str:
    return f"""<hotspotInteraction responseIdentifier="RESPONSE" {attributes}>
      <prompt>指出格拉斯哥。</prompt>{image}{places}</hotspotInteraction>"""


def found(content: bytes, files: dict[str, bytes] | None = None) -> tuple[Draft | None, str, list[str]]:
    (one,) = read(package({"q.xml": content, **({"uk.png": PNG} if files is None else files)}))
    return one.draft, str(one.reason), [str(each) for each in one.warnings]


@pytest.mark.parametrize("namespace", ["http://www.imsglobal.org/xsd/imsqti_v2p1", V22])
def test_one_place_of_a_picture_is_chosen(namespace: str) -> None:
    draft, _reason, told = found(item(response("A"), hotspot(), MATCH_CORRECT, namespace=namespace))
    assert draft is not None
    assert told == []
    assert (draft.type, draft.answer) == ("hotspot", {"rule": "all_or_nothing", "correct": ["s1"]})
    image = {"file": "uk.png", "alt": "英国地图", "width": 206, "height": 280}
    assert draft.body == {"stem": "指出格拉斯哥。", "image": image, "spots": SPOTS, "most": 1}
    assert draft.files == {"uk.png": PNG}


def test_places_as_the_third_version_says_them() -> None:
    content = f"""<qti-assessment-item xmlns="{V30}" identifier="q" title="地图">
      <qti-response-declaration identifier="R" cardinality="multiple" base-type="identifier">
        <qti-correct-response><qti-value>A</qti-value><qti-value>C</qti-value></qti-correct-response>
      </qti-response-declaration>
      <qti-item-body><qti-hotspot-interaction response-identifier="R" max-choices="2">
        <qti-prompt>指出两处。</qti-prompt><img src="uk.png" width="206" height="280" alt="地图"/>
        <qti-hotspot-choice identifier="A" shape="circle" coords="77,115,8"/>
        <qti-hotspot-choice identifier="B" shape="rect" coords="10,20,60.5,80" hotspot-label="机场"/>
        <qti-hotspot-choice identifier="C" shape="poly" coords="118,184,150,184,150,250"/>
      </qti-hotspot-interaction></qti-item-body>
      <qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
    </qti-assessment-item>"""
    draft, _reason, told = found(content.encode())
    assert draft is not None
    assert told == []
    assert (draft.body["spots"], draft.body["most"]) == (SPOTS, 2)
    assert draft.answer == {"rule": "all_or_nothing", "correct": ["s1", "s3"]}


@pytest.mark.parametrize(
    ("worths", "told"),
    [
        ({"A": 1, "C": 1, "B": -1}, []),
        (
            {"A": 2, "C": 1},
            ["Here each right place earns the same, and each wrong one takes as much away."],
        ),
    ],
)
def test_mapped_places_earn_their_part(worths: dict[str, float], told: list[str]) -> None:
    bounded = mapping(worths, 'defaultValue="0" lowerBound="0"')
    declared = response(("A", "C"), cardinality="multiple", mapping=bounded)
    draft, _reason, warned = found(item(declared, hotspot(attributes='maxChoices="0"'), MAP_RESPONSE))
    assert draft is not None
    assert (draft.answer, "most" in draft.body) == ({"rule": "per_spot", "correct": ["s1", "s3"]}, False)
    assert warned == told


@pytest.mark.parametrize(
    ("interaction", "reason"),
    [
        (
            hotspot(PLACES.replace("circle", "ellipse")),
            "Places of the shape ellipse in a picture are not known here.",
        ),
        (
            hotspot(PLACES.replace("circle", "default")),
            "Places of the shape default in a picture are not known here.",
        ),
        (hotspot(PLACES.replace("77,", "10%,")), "Where a place lies in the picture cannot be read."),
        (hotspot(PLACES.replace("77,115,8", "77,115")), "Give numbers: rect x1, y1, x2, y2"),
        (hotspot(PLACES.replace("77,", "2077,")), "This area reaches beyond the picture."),
        (hotspot(image=""), "The picture whose places are chosen cannot be taken."),
        (
            hotspot(image=IMAGE.replace("uk.", "gone.")),
            "The picture whose places are chosen cannot be taken.",
        ),
        (
            hotspot(image=IMAGE.replace("uk.png", "uk.svg")),
            "The picture whose places are chosen cannot be taken.",
        ),
        (
            hotspot(image=IMAGE.replace('width="206"', "")),
            "The item does not say how wide and high its picture is.",
        ),
        (hotspot(PLACES.replace('"A"', '"D"')), "The item does not say what is right."),
    ],
)
def test_places_that_cannot_be_taken_say_why(interaction: str, reason: str) -> None:
    draft, said, _told = found(item(response("A"), interaction))
    assert (draft, said[: len(reason)]) == (None, reason)


HOTSPOT = Draft(
    type="hotspot",
    body={
        "stem": "指出隐患。",
        "image": {"file": "楼道.png", "alt": "楼道", "width": 206, "height": 280},
        "spots": SPOTS,
        "most": 2,
    },
    answer={"rule": "per_spot", "correct": ["s1", "s3"]},
    name="隐患",
    points=Decimal(3),
    files={"楼道.png": PNG},
)


def test_places_are_written_as_other_programs_read_them() -> None:
    assert back([HOTSPOT]) == [HOTSPOT]
    interaction = first_item(HOTSPOT).find(f".//{Q}hotspot-interaction")
    assert dict(interaction.attrib) == {"response-identifier": "RESPONSE", "max-choices": "2"}
    assert [dict(each.attrib) for each in interaction] == [
        {
            "src": "item-00001/%E6%A5%BC%E9%81%93.png",
            "alt": "楼道",
            "width": "206",
            "height": "280",
        },
        {"identifier": "s1", "shape": "circle", "coords": "77,115,8"},
        {"identifier": "s2", "shape": "rect", "coords": "10,20,60.5,80", "hotspot-label": "机场"},
        {"identifier": "s3", "shape": "poly", "coords": "118,184,150,184,150,250"},
    ]
    noted = first_item(HOTSPOT).itersiblings(etree.ProcessingInstruction, preceding=True)
    assert [each.text.count("body.") for each in noted] == [0]


def test_a_question_about_a_picture_without_it_is_left_out() -> None:
    losses = QTI().write([Draft("hotspot", HOTSPOT.body, HOTSPOT.answer, name="缺")], _Sink())
    assert [(str(each.where), each.whole) for each in losses] == [("缺", False), ("缺", True)]


class _Sink:
    """A file nobody reads."""

    def __init__(self) -> None:
        self.place = 0

    def write(self, content: bytes) -> int:
        self.place += len(content)
        return len(content)

    def tell(self) -> int:
        return self.place

    def flush(self) -> None:
        pass

    def seekable(self) -> bool:
        return False


UPLOAD = '<uploadInteraction responseIdentifier="RESPONSE" {}><prompt>交一份走访记录。</prompt></uploadInteraction>'
EVERY = ["picture", "pdf", "document", "sheet", "archive"]


@pytest.mark.parametrize(
    ("types", "kinds", "told"),
    [
        ("", EVERY, []),
        ('type="application/pdf image/png"', ["picture", "pdf"], []),
        (
            'type="video/mp4 application/pdf"',
            ["pdf"],
            ["Files of these types cannot be handed in here: video/mp4."],
        ),
    ],
)
def test_a_file_is_handed_in(types: str, kinds: list[str], told: list[str]) -> None:
    (one,) = read(item(response(kind="file"), UPLOAD.format(types), ""))
    assert one.draft is not None
    assert (one.draft.type, one.draft.body) == ("file_upload", {"stem": "交一份走访记录。", "kinds": kinds})
    criteria: list[dict[str, Any]] = [{"id": "c1", "text": "按答题情况给分", "max": 1}]
    assert one.draft.answer == {"rule": "rubric", "criteria": criteria}
    assert [str(each) for each in one.warnings] == told


def test_what_is_handed_in_is_written_as_other_programs_read_it() -> None:
    draft = Draft(
        type="file_upload",
        body={"stem": "交图。", "kinds": ["picture", "pdf"], "most_files": 3},
        answer={"rule": "rubric", "criteria": [{"id": "c1", "text": "清楚", "max": 4}]},
        name="图",
    )
    assert back([draft]) == [draft]
    interaction = first_item(draft).find(f".//{Q}upload-interaction")
    assert interaction.get("type") == "image/jpeg image/png image/webp image/gif application/pdf"
