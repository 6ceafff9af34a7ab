"""`import_scenario FILE.json`: bring a scenario into the site."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.commands import Report, ReportCommand
from simulations.drafts import store_draft
from simulations.releasing import release_scenario
from simulations.scenarios import InvalidDocument, read_text


class Command(ReportCommand):
    help = "Store a scenario document as a draft; with --release, release it too. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--release", action="store_true", help="make it playable at once")

    def report(self, **options: Any) -> Report:
        """`key, title, content_hash` of the draft; `number` of the version that now holds it, null without one."""
        now = timezone.now()
        text = options["file"].read_text(encoding="utf-8")
        document = read_text(text)
        try:
            with transaction.atomic():
                draft = store_draft(document=document, by=None, now=now)
                version = release_scenario(draft=draft, by=None, now=now) if options["release"] else None
        except InvalidDocument as invalid:
            raise invalid.located(text) from None
        number = version.number if version else None
        data = {
            "key": draft.key,
            "title": draft.title,
            "content_hash": draft.content_hash,
            "number": number,
        }
        line = _("%(title)s (%(key)s) is stored as a draft.")
        if version:
            line = _("%(title)s (%(key)s) is released as version %(number)s.")
        return Report(data, lines=(line % data,))
