"""The pack as one file: the scenario, the guide, and the rules it stands on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date

from simulations.packs.contents import Pack
from simulations.packs.printing import print_guide


def bundle(pack: Pack, *, document: str, on: date) -> bytes:
    """A ZIP with scenario.json, guide.pdf and policies.txt; the same pack of the same day makes the same names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("scenario.json", document.encode()),
            ("guide.pdf", print_guide(pack, on=on)),
            ("policies.txt", "\n".join(_policies(pack)).encode()),
        ):
            archive.writestr(zipfile.ZipInfo(name, (on.year, on.month, on.day, 0, 0, 0)), content)
    return held.getvalue()


def _policies(pack: Pack) -> Iterator[str]:
    """The chain, then whatever else is cited, as plain text."""
    yield pack.scenario.title
    for clause in pack.chain:
        yield f"\n【{clause.get_level_display()}】{clause.title}\n{clause.text}\n{clause.citation}"
        if not clause.verified:
            yield clause.note
    told = {f"clause:{clause.key}" for clause in pack.chain}
    for entry in pack.cited:
        if entry.ref not in told:
            yield f"\n【{entry.label}】{entry.title}\n{entry.text}"
            yield from filter(None, (entry.source, entry.note))
