"""Formulas keep their meaning on one line: what is raised, lowered, over or under another stays apart from it."""

from __future__ import annotations

import pytest
from lxml import etree

from assessments.formats.formulas import formula, lowered, raised
from assessments.formats.markup import plain


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("3", "³", "₃"),
        ("-3", "⁻³", "₋₃"),
        ("n", "ⁿ", "_(n)"),
        ("max", "^(max)", "_(max)"),
        ("a b", "^(a b)", "_(a b)"),
        ("3²", "^(3²)", "_(3²)"),
        ("°", "°", "°"),
        ("2 ", "² ", "₂ "),
        (" ", " ", " "),
        ("", "", ""),
    ],
)
def test_small_signs(text: str, above: str, below: str) -> None:
    assert (raised(text), lowered(text)) == (above, below)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<mfrac><mn>1</mn><mn>5</mn></mfrac>", "1/5"),
        ("<mn>2</mn><mfrac><mn>1</mn><mn>3</mn></mfrac>", "2 1/3"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac><mi>c</mi>", "(a + b)/2 c"),
        ("<mfrac><mtext>路程</mtext><mtext>时间</mtext></mfrac>", "路程/时间"),
        ("<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup>", "E = mc²"),
        ("<msup><mrow><mo>(</mo><mi>a</mi><mo>+</mo><mi>b</mi><mo>)</mo></mrow><mn>2</mn></msup>", "(a + b)²"),
        ("<msup><mrow><mi>a</mi><mi>b</mi></mrow><mi>x</mi></msup>", "(ab)^(x)"),
        ("<msup><mfrac><mn>1</mn><mn>2</mn></mfrac><mn>3</mn></msup>", "(1/2)³"),
        ("<msub><mi>H</mi><mn>2</mn></msub><mi>O</mi>", "H₂O"),
        ("<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>", "x₁²"),
        ("<msqrt><mn>2</mn></msqrt>", "√2"),
        ("<msqrt><mi>a</mi><mo>-</mo><mn>1</mn></msqrt>", "√(a - 1)"),
        ("<mroot><mn>8</mn><mn>3</mn></mroot>", "³√8"),
        ("<mi>x</mi><mo>=</mo><mo>-</mo><mn>1</mn>", "x = -1"),
        ("<mi>x</mi><mo>\u2062</mo><mi>y</mi>", "xy"),
        ("<mn>1</mn><mn>5</mn>", "1 5"),
        ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", "sin x"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            "∑_(i = 1)ⁿi",
        ),
        ("<mover><mi>v</mi><mo>→</mo></mover>", "v\u20d7"),
        ("<mover><mi>AB</mi><mo>→</mo></mover>", "(AB)^(→)"),
        ("<mfenced><mi>x</mi><mi>y</mi></mfenced>", "(x, y)"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "n; k"),
        ("<mtable><mtr><mn>1</mn><mn>2</mn></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable>", "1, 2; 3"),
        ("<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>12</mn></mmultiscripts>", "₆¹²C"),
        ("<semantics><mi>x</mi><annotation>x</annotation></semantics>", "x"),
        ("<menclose notation='radical'><mn>3</mn></menclose>", "√3"),
        ("<mfrac><mn>1</mn></mfrac>", "1"),
    ],
)  # fmt: skip
def test_formulas(source: str, said: str) -> None:
    assert formula(etree.fromstring(f"<math>{source}</math>")).strip() == said


def test_a_fraction_stays_apart_from_the_number_before_it() -> None:
    half = "<math><mfrac><mn>1</mn><mn>3</mn></mfrac></math>"
    assert plain(f"<p>2{half}</p>") == "2 1/3"


def test_a_formula_of_great_depth_is_told_without_its_structure() -> None:
    deep = "<msup><mn>2</mn>" * 100 + "<mn>3</mn>" + "</msup>" * 100
    assert formula(etree.fromstring(f"<math>{deep}</math>")).count("2") == 100
