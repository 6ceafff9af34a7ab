"""The leaves and the views over them, as the data file has them."""

from __future__ import annotations

import pytest

from competencies.framework import RADAR_VIEW, leaf_titles, view, views

PINNED = {"A@1": "50416404d350", "B@1": "cd7f6fbf1f5f", "R@1": "e1c80bf0e676"}


def test_leaves_are_the_eight_of_the_framework() -> None:
    assert leaf_titles() == {
        "LAW": "政策法规",
        "SWK": "社会工作方法",
        "DIG": "数字技术",
        "EMP": "共情与心理疏导",
        "POL": "政治素养",
        "COO": "协调与资源",
        "EMG": "应急处置",
        "INN": "创新",
    }


@pytest.mark.parametrize(
    ("ref", "axes", "left_out"),
    [
        (
            "A@1",
            {"专业能力": "LAW SWK", "技术能力": "DIG", "共情能力": "EMP"},
            ("POL", "COO", "EMG", "INN"),
        ),
        (
            "B@1",
            {"政策解读": "LAW", "数字技术": "DIG", "社会工作": "SWK EMP"},
            ("POL", "COO", "EMG", "INN"),
        ),
        (
            "R@1",
            {
                "政治素养": "POL",
                "专业": "LAW SWK",
                "创新": "INN",
                "数字": "DIG",
                "共情": "EMP",
                "协调应急": "COO EMG",
            },
            (),
        ),
    ],
)
def test_view_maps_axes_to_leaves(ref: str, axes: dict[str, str], left_out: tuple[str, ...]) -> None:
    found = view(ref)
    assert found.ref == ref
    assert {axis.title: " ".join(axis.leaves) for axis in found.axes} == axes
    assert found.left_out == left_out


def test_radar_is_a_view_that_leaves_nothing_out() -> None:
    assert view(RADAR_VIEW).left_out == ()


def test_unknown_view_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        view("A@99")


def test_views_name_known_leaves_once() -> None:
    for found in views().values():
        leaves = [leaf for axis in found.axes for leaf in axis.leaves]
        assert len(leaves) == len(set(leaves))
        assert set(leaves) <= set(leaf_titles())


def test_released_views_keep_their_content() -> None:
    """A certificate binds a view version: changing one under its number would change what was certified."""
    assert {ref: found.content_hash[:12] for ref, found in views().items()} == PINNED
