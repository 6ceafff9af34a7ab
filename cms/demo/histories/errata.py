"""Reports on questions (`pack/errata.yaml`), what the author answered, and what came of one (`pack/regrades.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cms.demo.histories.steps import (
    ErratumAnswered,
    ErratumReported,
    RegradeApproved,
    RegradeProposed,
    Step,
)
from cms.demo.histories.written import moment


def tell_errata(told: Mapping[str, Any]) -> Iterator[Step]:
    """Everything of the file."""
    for each in told["errata"]:
        matter = each["person"], each["question"]
        yield ErratumReported(moment(each["at"]), *matter, each["kind"], each["text"])
        if "answered" in each:
            answer = each["answered"]
            at, accepted = moment(answer["at"]), answer["accepted"]
            yield ErratumAnswered(at, *matter, accepted, answer["answer"], answer["by"])


def tell_regrades(told: Mapping[str, Any]) -> Iterator[Step]:
    """Everything of that file."""
    for each in told["regrades"]:
        exam, approved = each["exam"], each["approved"]
        said = each["question"], each["how"], each["reason"]
        yield RegradeProposed(moment(each["proposed_at"]), exam, *said, each["by"])
        yield RegradeApproved(moment(approved["at"]), exam, approved["by"])
