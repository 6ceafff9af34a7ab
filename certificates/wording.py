"""Words that an internal certificate must not carry (the 2022 rules against look-alike certificates)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import Refusal

FORBIDDEN = ("中华人民共和国", "中国", "中华", "国家", "全国", "职业资格", "人员资格")


def forbidden_word(text: str) -> str | None:
    """The first forbidden word in `text`, also when spaces or points were put between its characters."""
    dense = "".join(character for character in text if character.isalnum())
    return next((word for word in FORBIDDEN if word in dense), None)


def check_wording(text: str) -> None:
    """Raises Refusal when `text` carries a forbidden word."""
    word = forbidden_word(text)
    if word:
        raise Refusal(
            _("“%(word)s” must not stand on an internal certificate: choose other words.") % {"word": word},
            code="wording",
        )
