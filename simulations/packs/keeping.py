"""Printed guides of releases, kept as private files: a download never prints what was printed before."""

from __future__ import annotations

from django.utils import timezone

from core import private_files
from simulations.models import ScenarioVersion
from simulations.packs.contents import read_pack
from simulations.packs.printing import fingerprint, guide_words, print_words

FOLDER = "guides"


def kept_guide(version: ScenarioVersion) -> str:
    """The path of a release's guide in the private storage; printed now where nobody did before (some seconds).

    Named by what is printed, dated the day of the release: a corrected rule or another theme is another file, and of
    two who print at the same moment the later one replaces the same file by the same. Call it outside transactions.
    """
    words = guide_words(read_pack(version.document), on=timezone.localdate(version.released_at))
    path = private_files.path_of(f"{fingerprint(words)}.pdf", folder=FOLDER)
    if not private_files.storage().exists(path):
        private_files.put(print_words(words), path=path)
    return path
