"""Items and packages of QTI as other programs write them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

from assessments.formats import Draft, Found
from assessments.formats.qti import QTI

V21 = "http://www.imsglobal.org/xsd/imsqti_v2p1"
V22 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
V30 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
MATCH_CORRECT = f'<responseProcessing template="{TEMPLATES}match_correct"/>'
MAP_RESPONSE = f'<responseProcessing template="{TEMPLATES}map_response"/>'
SCORE = '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'

CHOICE = """<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    <correctResponse><value>ChoiceA</value></correctResponse>
  </responseDeclaration>"""
CHOICES = """<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
      <prompt>What does it say?</prompt>
      <simpleChoice identifier="ChoiceA">You must stay with your luggage at all times.</simpleChoice>
      <simpleChoice identifier="ChoiceB">Do not let someone else look after your luggage.</simpleChoice>
      <simpleChoice identifier="ChoiceC">Remember your luggage when you leave.</simpleChoice>
    </choiceInteraction>"""


def item(
    declarations: str = CHOICE,
    body: str = CHOICES,
    processing: str = MATCH_CORRECT,
    *,
    more: str = SCORE,
    attributes: str = "",
    namespace: str = V21,
    title: str = "Unattended Luggage",
) -> bytes:
    """An item of 2.x."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="{namespace} imsqti.xsd" identifier="choice" title="{title}"
    adaptive="false" timeDependent="false" {attributes}>
  {declarations}
  {more}
  <itemBody>
    {body}
  </itemBody>
  {processing}
</assessmentItem>""".replace('adaptive="false" timeDependent="false" adaptive', "adaptive").encode()


def response(
    correct: str | tuple[str, ...] = (),
    *,
    name: str = "RESPONSE",
    cardinality: str = "single",
    kind: str = "identifier",
    mapping: str = "",
) -> str:
    values = (correct,) if isinstance(correct, str) else correct
    right = "".join(f"<value>{each}</value>" for each in values)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{kind}">'
        + (f"<correctResponse>{right}</correctResponse>" if values else "")
        + mapping
        + "</responseDeclaration>"
    )


def mapping(entries: Mapping[str, float], attributes: str = 'defaultValue="0"', case: str = "") -> str:
    each = "".join(
        f'<mapEntry mapKey="{key}" mappedValue="{value}" {case}/>' for key, value in entries.items()
    )
    return f"<mapping {attributes}>{each}</mapping>"


def read(content: bytes) -> list[Found]:
    return list(QTI().read(BytesIO(content)))


def one(content: bytes) -> Draft:
    """The only question, which came without a warning."""
    (found,) = read(content)
    assert (str(found.reason or ""), tuple(map(str, found.warnings))) == ("", ())
    assert found.draft is not None
    return found.draft


def warned(content: bytes) -> tuple[Draft, list[str]]:
    """The only question and what is told about it."""
    (found,) = read(content)
    assert found.draft is not None, str(found.reason)
    return found.draft, list(map(str, found.warnings))


def refused(content: bytes) -> str:
    """Why the only question was skipped."""
    (found,) = read(content)
    assert found.draft is None
    return str(found.reason)


def package(files: Mapping[str, bytes | str]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def manifest(resources: str, namespace: str = "http://www.imsglobal.org/xsd/imscp_v1p1") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns="{namespace}" xmlns:imsmd="http://ltsc.ieee.org/xsd/LOM" identifier="MANIFEST-1">
  <metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>
  <organizations/>
  <resources>{resources}</resources>
</manifest>"""
