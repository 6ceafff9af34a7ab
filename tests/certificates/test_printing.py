"""The paper: what stands on it, that it can be read back, and that its code leads to the public page."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from pypdf import PdfReader
from pyzbar.pyzbar import decode

from certificates.credentials import verify_url
from certificates.issuing import issue_batch
from certificates.marking import claimed_codes
from certificates.models import Certificate
from certificates.numbering import last_day, sample_of
from certificates.press.numerals import date_in_words, hours_in_words, in_words
from certificates.press.theming import load_theme, theme_keys
from certificates.printing import print_certificate
from core.private_files import read
from people.identity import store_id_number
from people.models import Account
from people.naming import LONGEST_NAME
from tests.certificates.making import (
    NOW,
    make_batch,
    make_certificate,
    make_eligible,
    make_issuer,
    make_issuing_pair,
    make_pairing,
    make_scheme,
)
from tests.factories import LONG_AGO_AT, make_person

Box = tuple[float, float, float, float]


def text_of(pdf: bytes) -> str:
    return "".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "零"), (8, "八"), (10, "十"), (11, "十一"), (46, "四十六"), (105, "一百零五"), (1010, "一千零一十")],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_dates_and_hours_in_words() -> None:
    assert date_in_words(date(2026, 3, 9)) == "二〇二六年三月九日"
    assert hours_in_words(Decimal("46.0")) == "四十六"
    assert hours_in_words(Decimal("4.5")) == "四点五"


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 9, 20), 36, date(2029, 9, 19)),
        (date(2026, 1, 31), 1, date(2026, 2, 27)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
    ],
)
def test_validity_ends_the_day_before_its_anniversary(first: date, months: int, last: date) -> None:
    assert last_day(first, months) == last


def test_every_theme_keeps_forbidden_words_out() -> None:
    assert [load_theme(key).definition["key"] for key in theme_keys()] == theme_keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["欧阳𬭎", "阿依古丽·买买提", "㛃"])
def test_rare_names_come_back_from_the_printed_text(name: str) -> None:
    certificate = make_certificate(name)
    assert name in text_of(read(certificate.document.path))


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["许知秋", "长" * LONGEST_NAME, "W" * LONGEST_NAME])
def test_name_of_any_length_stays_on_the_paper_and_off_other_words(name: str, tmp_path: Path) -> None:
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(read(make_certificate(name).document.path))
    width, boxes = words_on(pdf)
    assert name in "".join(word for word, _ in boxes)
    assert [word for word, box in boxes if box[0] < 0 or box[2] > width] == []
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if overlap(a, b)] == []


def words_on(pdf: Path) -> tuple[float, list[tuple[str, Box]]]:
    """The page's width, and each word with its box (left, top, right, bottom), all in points."""
    told = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    assert told.count("<page ") == 1
    box = r'xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>'
    found = re.findall(box, told)
    width = float(re.search(r'<page width="([\d.]+)"', told)[1])  # type: ignore[index]
    return width, [(row[4], tuple(map(float, row[:4]))) for row in found]  # type: ignore[misc]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share more than a line's breath (font boxes are taller than their ink)."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 1 and high > 0.5 * min(one[3] - one[1], other[3] - other[1])


@pytest.mark.django_db
def test_code_on_the_rendered_page_leads_to_the_public_page(tmp_path: Path) -> None:
    certificate = make_certificate()
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(read(certificate.document.path))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", pdf, tmp_path / "page"], check=True)
    found = decode(Image.open(tmp_path / "page.png"))
    assert [symbol.data.decode() for symbol in found] == [f"{settings.BASE_URL}/verify/{certificate.code}/"]


@pytest.mark.django_db
def test_paper_says_what_the_record_says() -> None:
    make_issuer()
    scheme = make_scheme(endorsed=True)
    pair = make_issuing_pair()
    person = make_eligible("许知秋", scheme=scheme)
    account = Account.objects.get(person=person)
    store_id_number(account=account, number="11010519491231002X", by=None, now=LONG_AGO_AT)
    make_pairing(person, make_person("沈静文"), signer=pair[1])
    batch = make_batch([person], scheme=scheme, pair=pair, approve=True)
    issue_batch(batch=batch, clock=lambda: NOW)
    certificate = Certificate.objects.get()
    text = text_of(read(certificate.document.path))
    expected = [
        certificate.serial,
        "许知秋",
        "110*************2X",
        "数字治理1+N",
        "（初级）",
        "修满八学时",
        "二〇二六年九月二十三日",
        "数据分析",
        "基础模块考试",
        "沈静文（骨干）",
        "QL-2025-041",
        "三维能力视图A，第1版",
        "未纳入：政治素养、协调与资源、应急处置、创新",
        "证据不足",
        "二〇二九年十一月二十一日",
        "青禾区社区治理学院",
        "二〇二六年十一月二十二日",
    ]
    assert [each for each in expected if each not in text] == []
    assert "11010519491231002X" not in text


@pytest.mark.django_db
def test_metadata_carries_number_and_address_twice() -> None:
    certificate = make_certificate()
    content = read(certificate.document.path)
    information = PdfReader(BytesIO(content)).metadata
    assert information is not None
    assert information["/Keywords"] == verify_url(certificate.code)
    assert information["/Title"] == f"{certificate.title} {certificate.serial}"
    assert list(claimed_codes(content)) == [certificate.code, certificate.code]


@pytest.mark.django_db
def test_markup_in_a_name_is_printed_as_text() -> None:
    make_issuer()
    scheme = make_scheme()
    pair = make_issuing_pair()
    person = make_eligible("张三", scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=pair)
    printable = sample_of(batch, person, now=NOW)
    printable.holder.printed_name = "<img src=http://x/>张三"
    assert "<imgsrc=http://x/>张三" in text_of(print_certificate(printable))


@pytest.mark.django_db
def test_sample_prints_a_placeholder_number_and_says_so() -> None:
    make_issuer()
    scheme = make_scheme()
    person = make_eligible("张三", scheme=scheme)
    batch = make_batch([person], scheme=scheme, pair=make_issuing_pair())
    text = text_of(print_certificate(sample_of(batch, person, now=NOW)))
    assert "样张" in text
    assert "SQ-2026-QHXY-10-000000-" in text
    assert Certificate.objects.count() == 0
