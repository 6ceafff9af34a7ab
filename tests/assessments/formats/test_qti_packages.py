"""Content packages of QTI: what is read of them, in which order, and which are refused."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from random import Random
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats import FileRefused
from assessments.formats.qti import QTI
from assessments.formats.qti import packages as limits
from tests.assessments.formats.patience import soon
from tests.assessments.formats.qti_items import (
    CHOICE,
    CHOICES,
    MAP_RESPONSE,
    V22,
    V30,
    item,
    manifest,
    mapping,
    one,
    package,
    read,
    refused,
    response,
    warned,
)

PNG = b"\x89PNG\r\n\x1a\n"
LOM = """<metadata><imsmd:lom>
  <imsmd:general><imsmd:keyword><imsmd:langstring>居民  自治</imsmd:langstring></imsmd:keyword>
    <imsmd:keyword><imsmd:string language="en">luggage</imsmd:string></imsmd:keyword></imsmd:general>
  <imsmd:educational><imsmd:difficulty><imsmd:source>LOMv1.0</imsmd:source><imsmd:value>easy</imsmd:value>
    </imsmd:difficulty></imsmd:educational>
  <imsmd:classification><imsmd:taxonPath><imsmd:taxon><imsmd:entry><imsmd:string>社区治理</imsmd:string>
    </imsmd:entry></imsmd:taxon></imsmd:taxonPath></imsmd:classification>
</imsmd:lom></metadata>"""


def resource(href: str, kind: str = "imsqti_item_xmlv2p1", within: str = "") -> str:
    return f'<resource identifier="R-{href}" type="{kind}" href="{href}">{within}<file href="{href}"/></resource>'


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read(content)
    return str(refused.value)


def test_items_come_in_the_order_of_the_manifest_with_what_it_says_of_them() -> None:
    content = package(
        {
            "a.xml": item(title="A"),
            "items/b c.xml": item(title="B", namespace=V22),
            "notes.xml": "<notes/>",
            "imsmanifest.xml": manifest(
                resource("items/b%20c.xml", "imsqti_item_xmlv2p2", LOM)
                + resource("a.xml")
                + resource("notes.xml", "webcontent")
            ),
        }
    )
    first, second = read(content)
    assert first.draft is not None
    assert second.draft is not None
    assert (str(first.where), first.draft.name, first.warnings) == ("items/b c.xml", "B", ())
    assert (first.draft.tags, first.draft.difficulty) == (("居民 自治", "luggage", "社区治理"), 2)
    assert (str(second.where), second.draft.name, second.draft.tags) == ("a.xml", "A", ())


def test_items_come_in_the_order_of_the_test_when_there_is_one() -> None:
    test = """<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"><testPart><assessmentSection>
      <assessmentItemRef identifier="c" href="../items/c.xml"/><assessmentItemRef identifier="a" href="../items/a.xml"/>
      <assessmentItemRef identifier="a2" href="../items/a.xml"/></assessmentSection></testPart></assessmentTest>"""
    listed = "".join(resource(f"items/{each}.xml") for each in "abc")
    files = {f"items/{each}.xml": item(title=each) for each in "abc"}
    listed += resource("tests/t.xml", "imsqti_test_xmlv2p1")
    found = read(package({"imsmanifest.xml": manifest(listed), "tests/t.xml": test, **files}))
    assert [str(each.where) for each in found] == ["items/c.xml", "items/a.xml", "items/b.xml"]
    assert [str(each) for each in found[0].warnings] == [
        "What the test says besides the order of its items (sections, times) is not read."
    ]
    assert (found[1].warnings, found[2].warnings) == ((), ())


def test_a_package_in_a_folder_and_one_without_a_manifest() -> None:
    inside = {"exam/imsmanifest.xml": manifest(resource("q/a.xml")), "exam/q/a.xml": item()}
    assert [str(each.where) for each in read(package(inside))] == ["exam/q/a.xml"]
    loose = {"b.xml": item(), "a/z.xml": item(), "other.xml": "<x/>", "readme.txt": "hi"}
    assert [str(each.where) for each in read(package(loose))] == ["a/z.xml", "b.xml"]


def test_one_bad_item_never_loses_the_rest() -> None:
    listed = "".join(map(resource, ("gone.xml", "broken.xml", "else.xml", "good.xml")))
    found = read(
        package(
            {
                "imsmanifest.xml": manifest(listed),
                "broken.xml": b"<assessmentItem><itemBody>",
                "else.xml": "<html/>",
                "good.xml": item(),
            }
        )
    )
    assert [str(each.reason)[:40] for each in found[:3]] == [
        "The manifest names this item, but it is ",
        "This is not well-formed XML: Premature e",
        "This file of the package is no QTI item.",
    ]
    assert found[3].draft is not None


def test_a_file_that_fails_its_checksum_is_skipped() -> None:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.xml", item())
        archive.writestr("b.xml", item())
    content = target.getvalue().replace(b"Unattended", b"Unattendee", 1)
    first, second = read(content)
    assert str(first.reason) == "This file of the package is broken."
    assert second.draft is not None


def test_pictures_and_sounds_are_taken_from_the_package() -> None:
    body = (
        '<p>看<img src="../images/sign.png" alt="告示"/>这'
        '<object data="../images/%E5%9B%BE.gif" type="image/gif">门</object>'
        '<img src="../more/sign.png"/><img src="../images/sign.png"/><audio src="../a.mp3"/></p>'
    )
    files = {
        "items/a.xml": item(body=body + CHOICES),
        "images/sign.png": PNG,
        "images/图.gif": b"GIF8",
        "more/sign.png": PNG + b"2",
        "a.mp3": b"ID3",
    }
    draft, told = warned(package(files))
    assert draft.body["stem"].startswith("看这\n")
    assert draft.body["media"] == [
        {"file": "sign.png", "alt": "告示"},
        {"file": "图.gif", "alt": "门"},
        {"file": "sign-2.png", "alt": "图1"},
        {"file": "a.mp3", "alt": ""},
    ]
    assert draft.files == {
        "sign.png": PNG,
        "图.gif": b"GIF8",
        "sign-2.png": PNG + b"2",
        "a.mp3": b"ID3",
    }
    assert told == ["The picture sign-2.png has no description: say in words what it shows."]


def test_pictures_of_options_are_described() -> None:
    picture = CHOICES.replace("You must stay", '<img src="a.png" alt="红灯"/>You must stay', 1)
    draft, told = warned(package({"q.xml": item(body=picture), "a.png": PNG}))
    assert draft.body["options"][0]["text"].startswith("红灯You must stay")
    assert (draft.files, "media" in draft.body) == ({}, False)
    assert told == ["The picture or sound a.png stands where only its description is kept."]


ENTRY = '<p>{}<textEntryInteraction responseIdentifier="RESPONSE"/>{}</p>'


@pytest.mark.parametrize(
    ("body", "stem"),
    [
        (CHOICES, "题一、二共用\nWhat does it say?"),
        (ENTRY.format("谁？", ""), "题一、二共用\n谁？"),
        (ENTRY.format("谁", "去？"), "题一、二共用"),
    ],
)
def test_a_passage_that_items_share_stands_before_the_stem(body: str, stem: str) -> None:
    shared = f"""<qti-assessment-stimulus xmlns="{V30}" identifier="s" title="s">
      <qti-stimulus-body><p>题一、二共用<img src="img/p.png" alt="楼"/></p></qti-stimulus-body>
    </qti-assessment-stimulus>"""
    told = '<assessmentStimulusRef identifier="s" href="../passages/s.xml"/>'
    files = {"items/a.xml": item(body=body, more=told), "passages/s.xml": shared, "passages/img/p.png": PNG}
    (found,) = read(package(files))
    assert found.draft is not None
    assert (found.draft.body["stem"], found.draft.files) == (stem, {"p.png": PNG})
    assert found.warnings == ()


def test_a_passage_that_the_manifest_calls_a_test_is_none() -> None:
    shared = f'<qti-assessment-stimulus xmlns="{V30}" identifier="s"><qti-stimulus-body/></qti-assessment-stimulus>'
    listed = resource("items/a.xml") + resource("s.xml", "imsqti_test_xmlv3p0")
    files = {"imsmanifest.xml": manifest(listed), "items/a.xml": item(), "s.xml": shared}
    assert one(package(files)).type == "single"


def test_a_page_that_an_item_shows_is_read_in_its_place() -> None:
    body = '<object data="../shared/a.html" type="text/html"/>' + CHOICES
    page = "<html><head><title>x</title></head><body><h1>岛</h1><p>H<sub>2</sub>O</p></body></html>"
    draft, told = warned(package({"items/a.xml": item(body=body), "shared/a.html": page}))
    assert (draft.body["stem"], told) == ("岛\nH₂O\nWhat does it say?", [])
    for lost in ({}, {"shared/a.html": b"x" + Random(0).randbytes(2**20)}, {"shared/a.html": ""}):
        draft, told = warned(package({"items/a.xml": item(body=body), **lost}))
        assert draft.body["stem"] == "What does it say?"
        assert told == ["The passage ../shared/a.html that the item shares with others cannot be read."]


@pytest.mark.parametrize(
    "address",
    ["http://example.org/a.png", "../../a.png", "//host/a.png", "gone.png", "data:image/png;base64,AA/a.png", "http://[a.png"],
)  # fmt: skip
def test_pictures_outside_the_package_are_told(address: str) -> None:
    body = f'<p>看<img src="{address}"/></p>' + CHOICES
    draft, told = warned(package({"items/a.xml": item(body=body), "a.png": PNG}))
    assert draft.files == {}
    name = address.rpartition("/")[2]
    assert told == [f"The picture or sound {name} cannot be found in the file."]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.png", os.urandom(5 * 2**20 + 1), "The file a.png was left out: it is larger than 5 MB."),
        (
            "a.svg",
            b"<svg/>",
            "The file a.svg was left out; only these are taken: "
            ".png, .jpg, .jpeg, .webp, .gif, .mp3, .ogg, .wav, .m4a.",
        ),
    ],
)
def test_a_picture_that_is_not_taken_leaves_its_description(name: str, content: bytes, told: str) -> None:
    body = f'<p>看<img src="{name}" alt="楼道"/></p>' + CHOICES
    draft, warnings = warned(package({"q.xml": item(body=body), name: content}))
    assert draft.body["stem"].startswith("看楼道")
    assert (draft.files, warnings) == ({}, [told])


@pytest.mark.parametrize("name", ["../a.xml", "/etc/a.xml", "a/../../b.xml", "a\\b.xml", "C:a.xml"])
def test_names_outside_the_package_are_refused(name: str) -> None:
    assert refusal(package({name: item()})) == f"The package names a file outside itself: {name}."


def test_a_package_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = package({"a.xml": b" " * (4 * 2**20)})
    assert refusal(bomb) == "The file a.xml in the package unpacks to far more than it should."
    monkeypatch.setattr(limits, "MOST_BYTES", 2**20)
    assert refusal(bomb) == "The file a.xml in the package is larger than 1 MB."
    monkeypatch.setattr(limits, "MOST_TOTAL", 2**20)
    assert refusal(bomb) == "The package is larger than 1 MB when unpacked. Split it."
    monkeypatch.setattr(limits, "MOST_ENTRIES", 1)
    assert (
        refusal(package({"a.xml": item(), "b.xml": item()})) == "The package has more than 1 files. Split it."
    )


def test_a_size_that_lies_unpacks_no_more_than_it_said() -> None:
    content = bytearray(package({"a.xml": item() + b" " * 2**20}))
    said = (len(item()) + 2**20).to_bytes(4, "little")
    content = content.replace(said, len(item()).to_bytes(4, "little"))
    (found,) = read(bytes(content))
    assert str(found.reason) == "This file of the package is broken."


def test_locked_and_strangely_packed_packages_are_refused() -> None:
    locked = bytearray(package({"a.xml": item()}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(locked)) == "The package is locked with a password. Export it without one."
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.xml", item())
    assert refusal(target.getvalue()) == "The package is compressed in an unusual way. Zip it once more."


BOMB = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><assessmentItem>&b;</assessmentItem>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "This is not well-formed XML"),
        (b"PK", "The package is broken"),
        (b"PK\x03\x04" + b"\x00" * 100, "The package is broken"),
        (package({"a.xml": item()})[:-30], "The package is broken"),
        (b"\x00\xff\xfe" * 1000, "This is not well-formed XML"),
        (item()[:300], "This is not well-formed XML"),
        (BOMB, "The file declares XML entities"),
        (b"<html/>", "This is no QTI item"),
        (b"<questestinterop/>", "This is QTI 1.2."),
        (b'<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"/>', "This is a test without"),
        (package({}), "There is no QTI item"),
        (package({"a.txt": b"x", "b.xml": b"<x/>"}), "There is no QTI item"),
        (package({"imsmanifest.xml": b"<manifest>"}), "This is not well-formed XML"),
        (package({"imsmanifest.xml": manifest("")}), "There is no QTI item"),
        (package({"imsmanifest.xml": manifest(resource("a.xml", "imsqti_xmlv1p2"))}), "This is QTI 1.2."),
        (b"<a>" * 5000, "This is not well-formed XML"),
    ],
)
def test_what_is_no_package_is_refused_before_the_first_question(content: bytes, reason: str) -> None:
    assert refusal(content).startswith(reason)


def test_a_manifest_or_a_test_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = (
        resource("t.xml", "imsqti_test_xmlv2p1")
        + '<resource type="imsqti_item_xmlv2p1"><file href="a.xml"/></resource>'
    )
    files: dict[str, bytes | str] = {"imsmanifest.xml": manifest(listed), "t.xml": "<broken", "a.xml": item()}
    assert [str(each.where) for each in read(package(files))] == ["a.xml"]
    broken = bytearray(package({"imsmanifest.xml": b"<manifest/>" * 20}))
    broken[broken.index(b"PK\x01\x02") + 16] ^= 1
    assert refusal(bytes(broken)) == "The package's imsmanifest.xml cannot be read. Export it once more."
    monkeypatch.setattr("assessments.formats.qti.MOST_BYTES", 64)
    assert refusal(item()) == "The file is larger than 0 MB."


def test_a_passage_that_is_no_xml_is_told() -> None:
    told = '<assessmentStimulusRef identifier="s" href="s.htm"/>'
    draft, warnings = warned(package({"a/a.xml": item(more=told), "a/s.htm": "<broken"}))
    assert draft.body["stem"] == "What does it say?"
    assert warnings == ["The passage s.htm that the item shares with others cannot be read."]


def test_a_bomb_within_a_package_is_skipped() -> None:
    assert "entities" in refused(package({"a.xml": BOMB}))


def test_a_source_that_cannot_go_back_is_read() -> None:
    class Stream(BytesIO):
        def seekable(self) -> bool:
            return False

    stream: BinaryIO = Stream(package({"a.xml": item()}))
    assert len(list(QTI().read(stream))) == 1


@pytest.mark.parametrize(
    ("letter", "kept"),
    [("[", None), ("【图：", None), ("_", None), ("&#10;", " "), (" ", " "), ("<br/>", "\n")],
)
def test_a_line_of_a_megabyte_is_read_at_once(letter: str, kept: str | None) -> None:
    """Letters are kept, space is folded to one sign."""
    line = letter * (2**20 // len(letter))
    blank = '<textEntryInteraction responseIdentifier="RESPONSE"/>'
    with soon():
        chosen = one(item(body=f"<p>甲{line}乙</p>" + CHOICES))
        written = one(item(CHOICE.replace('identifier">', 'string">'), body=f"<p>甲{line}乙{blank}</p>"))
    seen = f"甲{line if kept is None else kept}乙"
    assert (chosen.type, chosen.body["stem"] == f"{seen}\nWhat does it say?") == ("single", True)
    assert (written.type, written.body["stem"] == seen) == ("fill_in", True)


def test_an_item_of_very_many_parts_is_read_at_once() -> None:
    with soon():
        names = tuple(f"c{number}" for number in range(10_000))
        choices = "".join(f'<simpleChoice identifier="{each}">{each}</simpleChoice>' for each in names)
        body = (
            f'<choiceInteraction responseIdentifier="RESPONSE" maxChoices="0">{choices}</choiceInteraction>'
        )
        worths = mapping(dict.fromkeys(names, 1))
        declared = response(names, cardinality="multiple", mapping=worths)
        (found,) = read(item(declared, body, MAP_RESPONSE))
        assert found.draft is not None
        assert len(found.draft.answer["correct"]) == 10_000
        entry = '<textEntryInteraction responseIdentifier="RESPONSE"/>'
        text = response(names, kind="string", mapping=worths)
        (found,) = read(item(text, f"<p>甲{entry}</p>", MAP_RESPONSE))
        assert found.draft is not None
        assert len(found.draft.answer["blanks"]["b1"]["accepted"]) == 10_000
        assert (
            refused(item(text, f"<p>{entry * 201}</p>", MAP_RESPONSE)) == "The item has more than 200 gaps."
        )


def test_no_more_pictures_of_an_item_than_a_question_can_have_are_kept() -> None:
    pictures = "".join(f'<img src="{number}.png" alt="{number}"/>' for number in range(21))
    files = {f"{number}.png": PNG for number in range(21)}
    draft, told = warned(package({"a.xml": item(body=f"<p>看{pictures}</p>" + CHOICES), **files}))
    assert len(draft.files) == 20
    assert told == ["The file 20.png was left out: a question has 20 pictures and sounds at most."]


@given(changes=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 255)), max_size=4))
def test_a_damaged_package_is_refused_or_skipped_and_never_an_error(changes: list[tuple[int, int]]) -> None:
    content = bytearray(package({"a.xml": item(), "b.png": PNG}))
    for place, byte in changes:
        content[-place] = byte
    try:
        found = read(bytes(content))
    except FileRefused:
        return
    assert {str(each.where) for each in found if each.draft} <= {"a.xml"}
