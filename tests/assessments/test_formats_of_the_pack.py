"""Every question of the demo pack through every format: what a file does not lose comes back as the same question."""

from __future__ import annotations

import io

import pytest
from django.utils.translation import override

from assessments.bank.storing import store_question
from assessments.formats import FORMATS
from assessments.models import QuestionVersion
from assessments.transfer.drafts import Bank
from assessments.transfer.exporting import export_questions, module_versions
from assessments.transfer.importing import import_questions
from cms.demo.pack import read_questions
from tests.assessments.making import make_question
from tests.factories import LONG_AGO_AT

pytestmark = pytest.mark.django_db
WHOLE = ("docx", "gift", "moodle_xml", "qti", "text_zh", "xlsx")


def test_every_format_the_commands_promise_is_there() -> None:
    assert sorted(FORMATS) == sorted([*WHOLE, "aiken", "django_quiz"])


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_the_pack_goes_out_and_comes_back(format: str) -> None:
    for item in read_questions():
        store_question(item=item, by=None, now=LONG_AGO_AT, live=True)
    before = dict(QuestionVersion.objects.values_list("question__key", "content_hash"))
    modules = sorted(set(QuestionVersion.objects.values_list("module", flat=True)))
    unchanged = skipped = 0
    with override("zh-hans"):
        for module in modules:
            target = io.BytesIO()
            out = export_questions(
                versions=module_versions(module), format=format, target=target, by=None, now=LONG_AGO_AT
            )
            skipped += len(out.skipped)
            if not out.exported:
                continue
            target.seek(0)
            back = import_questions(source=target, format=format, bank=Bank(module), by=None, now=LONG_AGO_AT)
            assert (back.skipped, back.imported + back.unchanged) == ([], out.exported)
            unchanged += back.unchanged
    if format in WHOLE:
        assert (unchanged, skipped) == (len(before), 0)
        assert dict(QuestionVersion.objects.values_list("question__key", "content_hash")) == before


@pytest.mark.parametrize("format", ["moodle_xml", "qti"])
@pytest.mark.parametrize("type", ["hotspot", "file_upload"])
def test_places_and_files_to_hand_in_go_out_and_come_back(type: str, format: str) -> None:
    make_question("Q1", type)
    before = dict(QuestionVersion.objects.values_list("question__key", "content_hash"))
    target = io.BytesIO()
    out = export_questions(
        versions=module_versions("测试模块"), format=format, target=target, by=None, now=LONG_AGO_AT
    )
    target.seek(0)
    back = import_questions(source=target, format=format, bank=Bank("别处"), by=None, now=LONG_AGO_AT)
    assert (out.exported, out.skipped) == (1, ())
    assert (back.imported, back.unchanged, back.skipped, back.warnings) == (0, 1, [], [])
    assert dict(QuestionVersion.objects.values_list("question__key", "content_hash")) == before
