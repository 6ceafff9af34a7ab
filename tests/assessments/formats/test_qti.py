"""Items of QTI 2.1, 2.2 and 3.0, as the specification's own examples and other programs write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments.formats import Draft
from tests.assessments.formats.qti_items import (
    CHOICE,
    CHOICES,
    MAP_RESPONSE,
    MATCH_CORRECT,
    SCORE,
    V22,
    V30,
    item,
    mapping,
    one,
    refused,
    response,
    warned,
)

LUGGAGE = [
    {"id": "o1", "text": "You must stay with your luggage at all times."},
    {"id": "o2", "text": "Do not let someone else look after your luggage."},
    {"id": "o3", "text": "Remember your luggage when you leave."},
]
V3_CHOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<qti-assessment-item xmlns="{V30}" identifier="choice" title="Unattended Luggage" time-dependent="false">
  <qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
    <qti-correct-response><qti-value>ChoiceA</qti-value></qti-correct-response>
  </qti-response-declaration>
  <qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
  <qti-item-body>
    <qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="1">
      <qti-prompt>What does it say?</qti-prompt>
      <qti-simple-choice identifier="ChoiceA">You must stay with your luggage at all times.</qti-simple-choice>
      <qti-simple-choice identifier="ChoiceB">Do not let someone else look after
        your luggage.</qti-simple-choice>
      <qti-simple-choice identifier="ChoiceC">Remember your luggage when you leave.</qti-simple-choice>
    </qti-choice-interaction>
  </qti-item-body>
  <qti-response-processing
    template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>""".encode()

WATER = """<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="0">
  <prompt>Which elements form water?</prompt>
  <simpleChoice identifier="H" fixed="false">Hydrogen</simpleChoice>
  <simpleChoice identifier="He" fixed="false">Helium</simpleChoice>
  <simpleChoice identifier="C" fixed="false">Carbon</simpleChoice>
  <simpleChoice identifier="O" fixed="false">Oxygen</simpleChoice>
</choiceInteraction>"""


def water(
    values: dict[str, float], attributes: str = 'lowerBound="0" upperBound="2" defaultValue="-2"'
) -> str:
    return response(("H", "O"), cardinality="multiple", mapping=mapping(values, attributes))


@pytest.mark.parametrize(
    "content", [item(), item(namespace=V22), item(namespace=""), V3_CHOICE], ids=["2.1", "2.2", "bare", "3.0"]
)
def test_a_choice_is_the_same_in_every_version(content: bytes) -> None:
    assert one(content) == Draft(
        type="single",
        body={"stem": "What does it say?", "options": LUGGAGE},
        answer={"rule": "exact", "correct": "o1"},
        name="Unattended Luggage",
        extra={"identifier": "choice"},
    )


def test_the_text_around_a_choice_is_its_stem() -> None:
    body = (
        "<p>Look at the text in the <b>picture</b>.</p><ul><li>甲</li>\n<li>x<sup>2</sup></li></ul>" + CHOICES
    )
    assert one(item(body=body)).body["stem"] == "Look at the text in the picture.\n甲\nx²\nWhat does it say?"


def test_what_stands_behind_a_choice_comes_after_its_prompt() -> None:
    assert one(item(body=CHOICES + "<p>[2 marks]</p>")).body["stem"] == "What does it say?\n[2 marks]"


def test_a_prompt_that_says_the_text_again_is_read_once() -> None:
    assert one(item(body="<p>What does it say?</p>" + CHOICES)).body["stem"] == "What does it say?"


def test_a_description_beside_the_same_words_is_read_once() -> None:
    body = CHOICES.replace("Remember your", '<img src="a.png" alt="Earth"/><br/>Earth<br/>')
    draft, _told = warned(item(body=body))
    assert draft.body["options"][2]["text"] == "Earth\nluggage when you leave."


def test_the_address_of_a_link_is_told() -> None:
    assert warned(item(body='<p><a href="http://a.cn/b.mp3">Hear</a></p>' + CHOICES))[1] == [
        "The address of a link is not kept: http://a.cn/b.mp3"
    ]


def test_an_item_that_asks_nothing_asks_its_title() -> None:
    body = CHOICES.replace("<prompt>What does it say?</prompt>", "")
    assert one(item(body=body)).body["stem"] == "Unattended Luggage"
    assert refused(item(body=body, title="")) == (
        "There is no text here that can be read; perhaps it is a picture or a formula."
    )


def test_choices_stay_in_place_unless_the_item_says_shuffle() -> None:
    assert one(item(body=CHOICES.replace('shuffle="true" ', ""))).body["shuffle"] is False
    _draft, told = warned(item(body=CHOICES.replace('"ChoiceC"', '"ChoiceC" fixed="true"')))
    assert told == ["A choice that keeps its place while the others are shuffled is shuffled with them."]


@pytest.mark.parametrize(("right", "correct"), [("t", "true"), ("f", "false")])
def test_two_choices_of_right_and_wrong_are_a_judgement(right: str, correct: str) -> None:
    body = """<p>居民委员会是基层群众性自治组织。</p>
      <choiceInteraction responseIdentifier="RESPONSE" maxChoices="1">
        <simpleChoice identifier="f">错误</simpleChoice><simpleChoice identifier="t">正确</simpleChoice>
      </choiceInteraction>"""
    draft = one(item(response(right), body))
    assert draft.type == "true_false"
    assert draft.body["options"] == [{"id": "true", "text": "正确"}, {"id": "false", "text": "错误"}]
    assert draft.answer == {"rule": "exact", "correct": correct}


def test_several_choices_that_must_all_be_right() -> None:
    declared = response(("O", "H"), cardinality="multiple")
    draft = one(item(declared, WATER))
    assert draft.type == "multiple"
    assert draft.answer == {"rule": "all_or_nothing", "correct": ["o1", "o4"]}


def test_a_mapping_becomes_shares_of_the_most() -> None:
    draft = one(item(water({"H": 1, "O": 1, "He": -0.5, "C": 0}), WATER, MAP_RESPONSE))
    assert draft.points == 2
    assert draft.answer == {
        "rule": "weighted",
        "correct": ["o1", "o4"],
        "weights": {"o1": "0.5", "o2": "-0.25", "o3": "0", "o4": "0.5"},
    }
    usual = one(item(water({"H": 1, "O": 1, "He": -1, "C": -1}), WATER, MAP_RESPONSE))
    assert usual.answer == {"rule": "weighted", "correct": ["o1", "o4"]}


def test_what_a_mapping_says_and_shares_cannot_is_told() -> None:
    below = item(water({"H": 1, "O": 1}, 'defaultValue="-1"'), WATER, MAP_RESPONSE)
    assert warned(below)[1] == ["Scores below 0 are not kept: the least is 0."]
    uneven = item(water({"H": 1, "O": 1, "C": 2}, 'upperBound="4"'), WATER, MAP_RESPONSE)
    assert warned(uneven)[1] == [
        "Exactly the right choices earn full marks here, whatever the file adds up for them."
    ]
    single = response("ChoiceA", mapping=mapping({"ChoiceA": 2, "ChoiceB": 1}))
    draft, told = warned(item(single, processing=MAP_RESPONSE))
    assert (draft.answer["correct"], draft.points) == ("o1", 2)
    assert told == ["Marks given or taken for other choices than the right one are not kept."]


def test_the_mapping_says_what_is_right_when_nothing_else_does() -> None:
    single = response(mapping=mapping({"ChoiceB": 1}))
    assert one(item(single, processing=MAP_RESPONSE)).answer["correct"] == "o2"
    several = response(cardinality="multiple", mapping=mapping({"H": 1, "O": 1}, 'upperBound="2"'))
    assert one(item(several, WATER, MAP_RESPONSE)).answer["correct"] == ["o1", "o4"]
    assert refused(item(response())) == "The item does not say what is right."


def test_limits_of_how_many_to_pick_are_told() -> None:
    declared = response(("O", "H"), cardinality="multiple")
    body = WATER.replace('maxChoices="0"', 'maxChoices="2" minChoices="2"')
    assert warned(item(declared, body))[1] == [
        "How many choices may be picked at most (2) is not kept.",
        "How many choices must be picked at least (2) is not kept.",
    ]


ORDER = """<orderInteraction responseIdentifier="RESPONSE" shuffle="true">
  <prompt>把议事步骤排好。</prompt>
  <simpleChoice identifier="DriverC">提出议题</simpleChoice>
  <simpleChoice identifier="DriverA">公示结果</simpleChoice>
  <simpleChoice identifier="DriverB">协商表决</simpleChoice>
</orderInteraction>"""


def test_an_order() -> None:
    declared = response(("DriverC", "DriverB", "DriverA"), cardinality="ordered")
    draft = one(item(declared, ORDER))
    assert (draft.type, draft.body["stem"]) == ("ordering", "把议事步骤排好。")
    assert draft.answer == {"rule": "exact", "orders": [["o1", "o3", "o2"]]}
    part = response(("DriverC", "DriverB"), cardinality="ordered")
    assert (
        refused(item(part, ORDER))
        == "Only some of the steps are to be ordered, which is no question type here."
    )
    mapped = response(
        ("DriverC", "DriverB", "DriverA"), cardinality="ordered", mapping=mapping({"DriverC": 1})
    )
    assert warned(item(mapped, ORDER, MAP_RESPONSE))[1] == [
        "Marks for single steps are not kept: only exactly the right order earns marks."
    ]


SHAKESPEARE = """<matchInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="4">
  <prompt>Match the following characters to the Shakespeare play they appeared in:</prompt>
  <simpleMatchSet>
    <simpleAssociableChoice identifier="C" matchMax="1">Capulet</simpleAssociableChoice>
    <simpleAssociableChoice identifier="D" matchMax="1">Demetrius</simpleAssociableChoice>
    <simpleAssociableChoice identifier="L" matchMax="1">Lysander</simpleAssociableChoice>
    <simpleAssociableChoice identifier="P" matchMax="1">Prospero</simpleAssociableChoice>
  </simpleMatchSet>
  <simpleMatchSet>
    <simpleAssociableChoice identifier="M" matchMax="4">A Midsummer-Night's Dream</simpleAssociableChoice>
    <simpleAssociableChoice identifier="R" matchMax="4">Romeo and Juliet</simpleAssociableChoice>
    <simpleAssociableChoice identifier="T" matchMax="4">The Tempest</simpleAssociableChoice>
  </simpleMatchSet>
</matchInteraction>"""


def pairs(*values: str, kind: str = "directedPair", worths: dict[str, float] | None = None) -> str:
    return response(values, cardinality="multiple", kind=kind, mapping=mapping(worths) if worths else "")


def test_pairs_of_two_sets() -> None:
    values = ("C R", "D M", "L M", "P  T")
    worths = {"C R": 1, "D M": 1, "L M": 1, "P T": 1}
    draft = one(item(pairs(*values, worths=worths), SHAKESPEARE, MAP_RESPONSE))
    assert (draft.type, draft.points) == ("matching", 4)
    assert draft.body["left"][3] == {"id": "l4", "text": "Prospero"}
    assert draft.body["right"][2] == {"id": "r3", "text": "The Tempest"}
    assert draft.answer == {"rule": "per_pair", "pairs": {"l1": "r2", "l2": "r1", "l3": "r1", "l4": "r3"}}
    assert warned(item(pairs(*values), SHAKESPEARE))[1] == [
        "Only all pairs together earned marks in the file; here each pair earns its share."
    ]
    uneven = item(pairs(*values, worths={**worths, "C R": 3}), SHAKESPEARE, MAP_RESPONSE)
    assert warned(uneven)[1] == [
        "Pairs of different worth, or that cost marks, are not kept: each earns the same."
    ]


def test_pairs_are_turned_round_when_only_the_second_set_is_complete() -> None:
    draft, _told = warned(item(pairs("C R", "D M", "P T"), SHAKESPEARE))
    assert [each["text"] for each in draft.body["left"]][1:] == ["Romeo and Juliet", "The Tempest"]
    assert draft.answer["pairs"] == {"l1": "r2", "l2": "r1", "l3": "r4"}
    for lacking in (pairs("C R", "D M"), pairs("C R", "C M", "D M", "L M", "P T")):
        assert refused(item(lacking, SHAKESPEARE)) == (
            "Entries with no partner or with several are no question type here."
        )


def test_pairs_that_only_the_mapping_tells() -> None:
    worths = {"C R": 1, "D M": 1, "L M": 1, "P T": 1, "P R": 0}
    assert one(item(pairs(worths=worths), SHAKESPEARE, MAP_RESPONSE)).answer["pairs"]["l4"] == "r3"


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (pairs(), SHAKESPEARE),
        (pairs("C"), SHAKESPEARE),
        (pairs("C R", "D M", "L M", "P X"), SHAKESPEARE),
        (pairs("C R"), SHAKESPEARE.replace("simpleMatchSet>", "other>")),
        (response(cardinality="ordered"), ORDER),
    ],
)
def test_without_a_right_answer_there_is_no_question(declared: str, body: str) -> None:
    assert refused(item(declared, body)) == "The item does not say what is right."


def test_a_mapping_in_which_nothing_earns() -> None:
    nothing = item(water({"H": 0, "O": 0}, 'upperBound="0"'), WATER, MAP_RESPONSE)
    assert one(nothing).answer == {"rule": "all_or_nothing", "correct": ["o1", "o4"]}
    for worths in (mapping({"五年": 0}), mapping({"五年": 1}, 'upperBound="0"')):
        declared = response("五年", kind="string", mapping=worths)
        draft = one(item(declared, f"<p>几年？{ENTRY}</p>", MAP_RESPONSE))
        assert draft.answer["blanks"] == {"b1": {"accepted": ["五年"]}}


def test_a_table_and_a_film() -> None:
    body = (
        """<table><tr><td>甲</td><td>一</td></tr><tr><td>乙</td><td>二</td></tr></table>
      <video><source src="a/b.mp4"/>录像</video>"""
        + CHOICES
    )
    draft, told = warned(item(body=body))
    assert draft.body["stem"] == "甲\t一\n乙\t二\n录像\nWhat does it say?"
    assert told == [
        "The file b.mp4 was left out; only these are taken: "
        ".png, .jpg, .jpeg, .webp, .gif, .mp3, .ogg, .wav, .m4a."
    ]


def test_free_pairs() -> None:
    body = """<associateInteraction responseIdentifier="RESPONSE" shuffle="true" maxAssociations="2">
      <prompt>Hidden in this list are rivals.</prompt>
      <simpleAssociableChoice identifier="A" matchMax="1">Antonio</simpleAssociableChoice>
      <simpleAssociableChoice identifier="C" matchMax="1">Capulet</simpleAssociableChoice>
      <simpleAssociableChoice identifier="M" matchMax="1">Montague</simpleAssociableChoice>
      <simpleAssociableChoice identifier="P" matchMax="1">Prospero</simpleAssociableChoice>
    </associateInteraction>"""
    declared = pairs("P A", "C M", kind="pair", worths={"P A": 1, "C M": 1})
    draft, told = warned(item(declared, body, MAP_RESPONSE))
    assert told == ["Free pairs are kept as two columns: what stands on the left is given."]
    assert [each["text"] for each in draft.body["left"]] == ["Prospero", "Capulet"]
    assert [each["text"] for each in draft.body["right"]] == ["Antonio", "Montague"]
    assert draft.answer["pairs"] == {"l1": "r1", "l2": "r2"}
    assert refused(item(pairs("P A", "A C", kind="pair"), body)) == (
        "Associations in which an entry is in no pair or in several are no question type here."
    )


def test_a_text_entry_in_a_text() -> None:
    body = """<p>Identify the missing word in this famous quote from Shakespeare's Richard III.</p>
      <blockquote><p>Now is the winter of our discontent<br/> Made glorious summer by this sun of
      <textEntryInteraction responseIdentifier="RESPONSE" expectedLength="15"/>;<br/>
      And all the clouds that lour'd upon our house</p></blockquote>"""
    declared = response("York", kind="string", mapping=mapping({"York": 1, "york": 0.5}))
    assert one(item(declared, body, MAP_RESPONSE)) == Draft(
        type="cloze",
        body={
            "stem": "Identify the missing word in this famous quote from Shakespeare's Richard III.\n"
            "Now is the winter of our discontent",
            "text": "Made glorious summer by this sun of [[g1]];\nAnd all the clouds that lour'd upon our house",
            "gaps": [{"id": "g1"}],
        },
        answer={
            "rule": "per_gap",
            "gaps": {
                "g1": {"accepted": ["York"], "partial": [{"text": "york", "share": "0.5"}], "case": True}
            },
        },
        name="Unattended Luggage",
        points=Decimal(1),
        extra={"identifier": "choice"},
    )


ENTRY = '<textEntryInteraction responseIdentifier="RESPONSE"/>'


def test_a_text_entry_at_the_end_is_a_blank() -> None:
    body = f"<p>社区居民委员会每届任期几年？</p><p>答案：{ENTRY}</p>"
    draft = one(item(response("五年", kind="string"), body))
    assert (draft.type, draft.body["stem"]) == ("fill_in", "社区居民委员会每届任期几年？")
    assert draft.body["blanks"] == [{"id": "b1", "label": "答案"}]
    assert draft.answer == {"rule": "per_blank", "blanks": {"b1": {"accepted": ["五年"]}}}


@pytest.mark.parametrize(
    ("correct", "kind", "key"),
    [
        ("5", "integer", {"value": 5}),
        ("3.14", "float", {"value": "3.14"}),
        ("1e999999", "float", {"accepted": ["1e999999"], "case": True}),
    ],
)
def test_a_number_is_compared_as_one(correct: str, kind: str, key: dict[str, object]) -> None:
    assert one(item(response(correct, kind=kind), f"<p>几？{ENTRY}</p>")).answer["blanks"] == {"b1": key}


def test_mapped_texts() -> None:
    worths = mapping({"甲": 2, "乙": 2, "丙": 1, "丁": -1}, case='caseSensitive="false"')
    declared = response("乙", kind="string", mapping=worths)
    draft, told = warned(item(declared, f"<p>谁？{ENTRY}</p>", MAP_RESPONSE))
    assert draft.answer["blanks"]["b1"] == {
        "accepted": ["乙", "甲"],
        "partial": [{"text": "丙", "share": "0.5"}],
    }
    assert told == ["Marks given or taken for any other text are not kept."]
    several = response("5", kind="float", mapping=mapping({"5": 1, "6": 1}))
    assert warned(item(several, f"<p>几？{ENTRY}</p>", MAP_RESPONSE))[1] == [
        "Of several numbers that earn marks only the first is kept."
    ]
    masked = ENTRY.replace("/>", ' patternMask="[0-9]+"/>')
    assert warned(item(response("5", kind="string"), f"<p>几？{masked}</p>"))[1] == [
        "A pattern that the text must have is not kept."
    ]
    assert (
        refused(item(response(kind="string"), f"<p>谁？{ENTRY}</p>"))
        == "The item does not say what is right."
    )


LISTED = """<p>Choose.</p><p>Now is the winter of our
  <inlineChoiceInteraction responseIdentifier="RESPONSE" shuffle="false">
    <inlineChoice identifier="G">Gloucester</inlineChoice>
    <inlineChoice identifier="L">Lancaster</inlineChoice>
    <inlineChoice identifier="Y">York</inlineChoice>
  </inlineChoiceInteraction> and <textEntryInteraction responseIdentifier="R2"/> [[not a gap]] [[g1]].</p>"""
BOTH = response("Y") + response("甲", name="R2", kind="string")


def rules(*conditions: str) -> str:
    return f"<responseProcessing>{''.join(conditions)}</responseProcessing>"


def matched(name: str, value: str, *, otherwise: str = "") -> str:
    return (
        f'<responseCondition><responseIf><match><variable identifier="{name}"/><correct identifier="{name}"/>'
        f'</match><setOutcomeValue identifier="SCORE">{value}</setOutcomeValue></responseIf>{otherwise}'
        "</responseCondition>"
    )


def base(number: float) -> str:
    return f'<baseValue baseType="float">{number}</baseValue>'


def added(number: float) -> str:
    return f'<sum><variable identifier="SCORE"/>{base(number)}</sum>'


def test_a_list_and_an_entry_in_one_text_are_one_cloze() -> None:
    draft, told = warned(item(BOTH, LISTED, rules(matched("RESPONSE", added(1)), matched("R2", added(1)))))
    assert draft.body["stem"] == "Choose."
    assert draft.body["text"] == "Now is the winter of our [[g1]] and [[g2]] [ [not a gap]] [ [g1]]."
    assert told == ["Double brackets in the text would name a gap here: a space was put between them."]
    assert draft.body["gaps"][0]["options"][2] == {"id": "o3", "text": "York"}
    assert draft.answer == {
        "rule": "per_gap",
        "gaps": {"g1": {"correct": "o3"}, "g2": {"accepted": ["甲"]}},
    }
    assert draft.points == 2


def test_gaps_that_earn_only_together_and_gaps_of_different_worth() -> None:
    body = LISTED.replace(" [[not a gap]] [[g1]]", "").replace("<p>Choose.</p>", "")
    both = "".join(
        f'<match><variable identifier="{n}"/><correct identifier="{n}"/></match>' for n in ("RESPONSE", "R2")
    )
    together = (
        f"<responseCondition><responseIf><and>{both}</and>"
        f'<setOutcomeValue identifier="SCORE">{base(3)}</setOutcomeValue></responseIf></responseCondition>'
    )
    draft = one(item(BOTH, body, rules(together)))
    assert (draft.answer["rule"], draft.points, draft.body["stem"]) == ("all_gaps", 3, "完成填空。")
    uneven = item(BOTH, body, rules(matched("RESPONSE", added(1)), matched("R2", added(3))))
    assert warned(uneven)[1] == [
        "The gaps are worth different marks in the file; here all are worth the same."
    ]


def test_a_written_out_rule_with_a_tolerance() -> None:
    compared = (
        '<responseCondition><responseIf><equal toleranceMode="absolute" tolerance="0.05 0.05">'
        '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>'
        f'<setOutcomeValue identifier="SCORE">{base(2)}</setOutcomeValue></responseIf>'
        f'<responseElse><setOutcomeValue identifier="SCORE">{base(0)}</setOutcomeValue></responseElse>'
        "</responseCondition>"
    )
    draft = one(item(response("3.14", kind="float"), f"<p>圆周率{ENTRY}</p>", rules(compared)))
    assert draft.answer["blanks"] == {"b1": {"value": "3.14", "tolerance": "0.05"}}
    assert draft.points == 2
    relative = compared.replace("absolute", "relative")
    assert "script of its own" in refused(
        item(response("3.14", kind="float"), f"<p>圆周率{ENTRY}</p>", rules(relative))
    )


def test_the_standard_templates_written_out() -> None:
    zero = f'<responseElse><setOutcomeValue identifier="SCORE">{base(0)}</setOutcomeValue></responseElse>'
    assert one(item(processing=rules(matched("RESPONSE", base(4), otherwise=zero)))).points == 4
    mapped = (
        '<responseCondition><responseIf><isNull><variable identifier="RESPONSE"/></isNull>'
        f'<setOutcomeValue identifier="SCORE">{base(0)}</setOutcomeValue></responseIf><responseElse>'
        '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
        "</responseElse></responseCondition>"
    )
    values = water({"H": 1, "O": 1, "He": -1, "C": -1})
    assert one(item(values, WATER, rules(mapped))).answer == {"rule": "weighted", "correct": ["o1", "o4"]}
    summed = '<setOutcomeValue identifier="SCORE"><sum><mapResponse identifier="RESPONSE"/></sum></setOutcomeValue>'
    assert one(item(values, WATER, rules(summed))).answer == {"rule": "weighted", "correct": ["o1", "o4"]}


@pytest.mark.parametrize(
    "processing",
    [
        '<responseProcessing template="http://example.org/rptemplates/bayes"/>',
        rules('<lookupOutcomeValue identifier="SCORE"><variable identifier="RAW"/></lookupOutcomeValue>'),
        rules(f'<setOutcomeValue identifier="SCORE">{base(1)}</setOutcomeValue>'),
        rules(matched("RESPONSE", '<variable identifier="duration"/>')),
        rules(matched("RESPONSE", base(-1))),
        rules(matched("RESPONSE", base(1)).replace("<match>", "<gt>").replace("</match>", "</gt>")),
        rules(matched("RESPONSE", base(1)).replace("correct identifier", "variable identifier")),
        rules(matched("RESPONSE", base(1)).replace("responseIf", "responseElseIf")),
        rules("<responseCondition/>", matched("RESPONSE", base(1))).replace(
            "<responseCondition/>", "<exitResponse/>"
        ),
    ],
)
def test_scoring_by_a_script_is_not_taken(processing: str) -> None:
    assert refused(item(processing=processing)) == (
        "The item's marks are worked out by a script of its own, which is not run here."
    )


NULL = '<isNull><variable identifier="RESPONSE"/></isNull>'


def condition(asked: str, *rules_: str) -> str:
    return f"<responseCondition><responseIf>{asked}{''.join(rules_)}</responseIf></responseCondition>"


def score(value: str) -> str:
    return f'<setOutcomeValue identifier="SCORE">{value}</setOutcomeValue>'


@pytest.mark.parametrize(
    "rule",
    [
        condition(NULL, score(base(0))),
        condition(NULL, score(base(1))),
        condition("<not/>", score(base(1))),
        condition(NULL, score(base(0)), score(base(1))),
        condition(NULL, "<exitResponse/>"),
        condition('<match><variable identifier="A"/><correct identifier="B"/></match>', score(base(1))),
        matched("RESPONSE", base(1), otherwise=f"<responseElse>{score(base(-1))}</responseElse>"),
        score(base(1) + base(2)),
        matched("RESPONSE", base(1)).replace("SCORE", "RAW")
        + score('<product><variable identifier="RAW"/></product>'),
        score('<sum><variable identifier="SCORE"/><variable identifier="RAW"/></sum>').replace(
            "RAW", "RESPONSE"
        ),
        matched("RESPONSE", base(1)) + matched("RESPONSE", base(2)),
        condition("<isNull/>", score(base(0))) + condition("<isNull/>"),
        condition("<not><isNull/></not>", score(base(1))),
    ],
)
def test_scoring_in_an_unusual_way_is_not_taken(rule: str) -> None:
    raw = '<outcomeDeclaration identifier="RAW"><defaultValue><value>0</value></defaultValue></outcomeDeclaration>'
    assert "script of its own" in refused(item(processing=rules(rule), more=SCORE + raw))


def test_a_mapping_behind_a_comparison_and_scores_set_to_nothing_first() -> None:
    """Only who is wholly right reaches the mapping."""
    values = water({"H": 1, "O": 1, "He": -1, "C": -1})
    behind = rules(score(base(0)), matched("RESPONSE", '<mapResponse identifier="RESPONSE"/>'))
    draft = one(item(values, WATER, behind))
    assert (draft.answer, draft.points) == ({"rule": "all_or_nothing", "correct": ["o1", "o4"]}, 2)
    most = (
        '<setOutcomeValue identifier="MAXSCORE"><baseValue baseType="float">2</baseValue></setOutcomeValue>'
    )
    exact = '<equal toleranceMode="exact"><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></equal>'
    entry = f"<p>几？{ENTRY}</p>"
    draft = one(item(response("5", kind="integer"), entry, rules(most, condition(exact, score(base(2))))))
    assert (draft.answer["blanks"], draft.points) == ({"b1": {"value": 5}}, 2)


def test_feedback_rules_say_nothing_about_marks() -> None:
    chosen = '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">yes</baseValue></setOutcomeValue>'
    rule = matched("RESPONSE", base(2)).replace("</setOutcomeValue>", "</setOutcomeValue>" + chosen)
    alone = condition(NULL, chosen)
    told = warned(item(processing=rules(rule, alone) + FEEDBACK.format("yes", "show", "对。")))
    assert (told[0].points, told[1]) == (2, ["Feedback for a certain answer is not kept: 对。"])


def test_an_item_without_scoring_is_told() -> None:
    draft, told = warned(item(processing=""))
    assert (draft.answer, told) == (
        {"rule": "exact", "correct": "o1"},
        ["The item does not say how it is scored."],
    )


MAXIMUM = SCORE.replace("SCORE", "MAXSCORE").replace(
    "/>", "><defaultValue><value>2.5</value></defaultValue></outcomeDeclaration>"
)


@pytest.mark.parametrize("score", [SCORE.replace("/>", ' normalMaximum="2.5"/>'), SCORE + MAXIMUM])
def test_the_greatest_score_is_the_points(score: str) -> None:
    assert one(item(more=score)).points == Decimal("2.5")


ANSWERED = '<not><isNull><variable identifier="{}"/></isNull></not>'
TWO = response("甲", name="RESPONSE", kind="string") + response("乙", name="R2", kind="string")
TWO_ENTRIES = f"<p>题</p><p>{ENTRY} 和 {ENTRY.replace('RESPONSE', 'R2')}</p>"
MAPPED = '<mapResponse identifier="RESPONSE"/>'
BONUS = "The marks of the single choices are kept; what an answer that is wholly right earns besides is not."


def test_marks_only_for_what_was_answered() -> None:
    """The way TAO and the examples of 1EdTech write a mapping."""
    words = response("甲", kind="string", mapping=mapping({"甲": 2, "乙": 1}))
    added_up = score(f'<sum><variable identifier="SCORE"/>{MAPPED}</sum>')
    draft = one(item(words, f"<p>谁？{ENTRY}</p>", rules(condition(ANSWERED.format("RESPONSE"), added_up))))
    assert draft.answer["blanks"]["b1"]["partial"] == [{"text": "乙", "share": "0.5"}]
    assert draft.points == 2


@pytest.mark.parametrize("nothing", ["", score(base(0))])
def test_marks_after_an_empty_answer_and_within_their_bounds(nothing: str) -> None:
    """The way ONYX and OpenOLAT write it."""
    asked = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
    full = score('<sum><variable identifier="SCORE"/><variable identifier="MAXSCORE"/></sum>')
    scheme = (
        f"<responseCondition><responseIf>{NULL}{nothing}</responseIf>"
        f"<responseElseIf>{asked}{full}</responseElseIf></responseCondition>"
    )
    above, below = (
        condition(
            f'<{sign}><variable identifier="SCORE"/><variable identifier="{bound}"/></{sign}>',
            score(f'<variable identifier="{bound}"/>'),
        )
        for sign, bound in (("gt", "MAXSCORE"), ("lt", "MINSCORE"))
    )
    draft = one(item(processing=rules(scheme, above, below), more=SCORE + MAXIMUM))
    assert (draft.answer, draft.points) == ({"rule": "exact", "correct": "o1"}, Decimal("2.5"))
    lowered = above.replace("SCORE", "RAW", 1)
    assert "script of its own" in refused(item(processing=rules(scheme, lowered), more=SCORE + MAXIMUM))


def test_outcomes_of_single_responses_that_are_added_up() -> None:
    own = matched("RESPONSE", base(1)).replace("SCORE", "SCORE1") + matched("R2", base(1)).replace(
        "SCORE", "SCORE2"
    )
    total = score('<sum><variable identifier="SCORE1"/><variable identifier="SCORE2"/></sum>')
    draft = one(item(TWO, TWO_ENTRIES, rules(own, total)))
    assert (draft.answer["rule"], draft.points) == ("per_gap", 2)
    assert (
        one(item(TWO, TWO_ENTRIES, rules(own))).points == 2
    )  # no SCORE at all: what is called SCORE_… counts
    some = warned(item(TWO, TWO_ENTRIES, rules(matched("RESPONSE", base(1)))))
    assert some[1][-1] == "How the item is scored is only partly understood: look it over."


def test_marks_that_take_the_place_of_others_are_told() -> None:
    again = rules(matched("RESPONSE", base(1)), matched("R2", base(1)))
    assert warned(item(TWO, TWO_ENTRIES, again))[1] == [
        "In the file a later answer's marks take the place of an earlier one's; here they are added up."
    ]


def test_a_tolerance_of_an_outcome_of_its_own() -> None:
    near = (
        '<equal toleranceMode="absolute" tolerance="1 1"><variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></equal>'
    )
    rule = condition(near, score(base(1)).replace("SCORE", "SCORE_gap"))
    draft = one(item(response("7", kind="float"), f"<p>5 - {ENTRY} = -2</p>", rules(rule)))
    assert draft.answer["gaps"] == {"g1": {"value": 7, "tolerance": "1"}}


def test_the_mapping_is_kept_where_all_right_choices_earn_a_bonus() -> None:
    values = water({"H": 1, "O": 1, "He": -1, "C": -1})
    bonus = rules(score(MAPPED), matched("RESPONSE", base(5)))
    draft, told = warned(item(values, WATER, bonus))
    assert (draft.answer, told) == ({"rule": "weighted", "correct": ["o1", "o4"]}, [BONUS])
    full = rules(matched("RESPONSE", base(2), otherwise=f"<responseElse>{score(MAPPED)}</responseElse>"))
    assert one(item(values, WATER, full)).answer == {"rule": "weighted", "correct": ["o1", "o4"]}


def reached(most: int, tag: str = "match") -> str:
    return rules(condition(f"<{tag}>{MAPPED}{base(most)}</{tag}>", score(base(1))))


def test_a_mapping_that_has_to_reach_its_most() -> None:
    values = water({"H": 1, "O": 1, "He": -1, "C": -1})
    draft = one(item(values, WATER, reached(2)))
    assert (draft.answer, draft.points) == ({"rule": "all_or_nothing", "correct": ["o1", "o4"]}, 1)
    assert one(item(values, WATER, reached(2, "gte"))).answer == draft.answer
    assert "script of its own" in refused(item(values, WATER, reached(1)))
    assert warned(item(water({"H": 1, "O": 1, "He": 0}), WATER, reached(2)))[1] == [
        "In the file some wrong choices cost nothing; here only exactly the right ones earn marks."
    ]
    words = response("甲", kind="string", mapping=mapping({"甲": 1, "乙": 1}))
    assert one(item(words, f"<p>谁？{ENTRY}</p>", reached(1))).answer["blanks"]["b1"]["accepted"] == [
        "甲",
        "乙",
    ]
    partly = words.replace('"乙" mappedValue="1"', '"乙" mappedValue="0.5"')
    assert "script of its own" in refused(item(partly, f"<p>谁？{ENTRY}</p>", reached(1)))


def test_groups_of_which_each_earns_for_itself_are_not_taken() -> None:
    """Four gaps, of which two pairs count, would be read as all or nothing."""
    names = ("RESPONSE", "R2", "R3", "R4")
    declared = "".join(response("甲", name=name, kind="string") for name in names)
    body = "<p>" + " ".join(ENTRY.replace("RESPONSE", name) for name in names) + "</p>"
    same = '<match><variable identifier="{0}"/><correct identifier="{0}"/></match>'
    pairs = [
        condition(f"<and>{''.join(same.format(each) for each in two)}</and>", score(added(1)))
        for two in (names[:2], names[2:])
    ]
    assert "script of its own" in refused(item(declared, body, rules(*pairs)))


def test_capitals_that_count_in_some_texts_only_are_told() -> None:
    pays = mapping({"hydrogen": 1}, case='caseSensitive="false"').replace("</mapping>", "")
    words = response("H", kind="string", mapping=f'{pays}<mapEntry mapKey="H" mappedValue="1"/></mapping>')
    draft, told = warned(item(words, f"<p>?{ENTRY}</p>", MAP_RESPONSE))
    assert draft.answer["blanks"] == {"b1": {"accepted": ["H", "hydrogen"]}}
    assert told == ["Capitals count in some of the accepted texts only; here they count in none."]


@pytest.mark.parametrize(
    "line", ["<u>go</u>", "<del>go</del>", '<span style="text-decoration: underline">go</span>']
)
def test_words_with_a_line_are_told(line: str) -> None:
    assert warned(item(body=f"<p>He {line}.</p>" + CHOICES))[1] == [
        "What is underlined or struck through stands without its line: see whether the question needs it."
    ]


def test_words_whose_capitals_do_not_count() -> None:
    asked = (
        '<stringMatch caseSensitive="false"><variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></stringMatch>'
    )
    words, body = response("Care", kind="string"), f"<p>?{ENTRY}</p>"
    assert one(item(words, body, rules(condition(asked, score(base(1)))))).answer["blanks"] == {
        "b1": {"accepted": ["Care"]}
    }
    part = asked.replace("caseSensitive", 'substring="true" caseSensitive')
    assert "script of its own" in refused(item(words, body, rules(condition(part, score(base(1))))))


@pytest.mark.parametrize("around", ["{}", "<and>{}</and>"])
def test_an_empty_answer_in_brackets_of_its_own(around: str) -> None:
    words = response("甲", kind="string", mapping=mapping({"甲": 2, "乙": 1}))
    empty = around.format(NULL)
    asked = condition(
        around.format(f"<not>{NULL}</not>"), score(f'<sum><variable identifier="SCORE"/>{MAPPED}</sum>')
    )
    otherwise = (
        f"<responseCondition><responseIf>{empty}{score(base(0))}</responseIf>"
        f"<responseElse>{score(MAPPED)}</responseElse></responseCondition>"
    )
    for rule in (asked, otherwise):
        assert one(item(words, f"<p>谁？{ENTRY}</p>", rules(rule))).points == 2


def named(value: str, kind: str = "string") -> str:
    return (
        f'<stringMatch caseSensitive="false"><baseValue baseType="{kind}">{value}</baseValue>'
        '<variable identifier="RESPONSE"/></stringMatch>'
    )


def test_texts_that_a_rule_names() -> None:
    """The way Inspera writes a text entry."""
    words, body = response("Care", kind="string"), f"<p>?{ENTRY}</p>"
    any_of = f"<and><or>{named('Care')}{named('Aid')}</or></and>"
    draft = one(item(words, body, rules(condition(any_of, score(base(1))))))
    assert draft.answer["blanks"] == {"b1": {"accepted": ["Care", "Aid"]}}
    other = one(item(words, body, rules(condition(named("Aid"), score(base(1))))))
    assert other.answer["blanks"] == {"b1": {"accepted": ["Aid"]}}


def test_a_choice_that_a_rule_names() -> None:
    asked = named("ChoiceA").replace("stringMatch", "match")
    assert one(item(processing=rules(condition(asked, score(base(1)))))).answer["correct"] == "o1"
    wrong = rules(condition(asked.replace("ChoiceA", "ChoiceB"), score(base(1))))
    assert "script of its own" in refused(item(processing=wrong))


def test_what_feedback_is_compared_with_is_not_what_is_shown() -> None:
    switched = (
        '<setOutcomeValue identifier="F"><match><baseValue>yes</baseValue><variable identifier="B"/></match>'
        "</setOutcomeValue>"
    )
    content = item(
        processing=rules(matched("RESPONSE", base(1)), switched) + FEEDBACK.format("yes", "show", "对。")
    )
    assert warned(content)[0].explanation == ""


def test_feedback_in_every_branch_is_the_explanation() -> None:
    both = '<setOutcomeValue identifier="FEEDBACK"><baseValue>ALL</baseValue></setOutcomeValue>'
    rule = matched("RESPONSE", base(1), otherwise=f"<responseElse>{both}</responseElse>")
    rule = rule.replace("</responseIf>", f"{both}</responseIf>")
    assert (
        one(item(processing=rules(rule) + FEEDBACK.format("ALL", "show", "因为。"))).explanation == "因为。"
    )


def test_lists_for_gaps() -> None:
    body = """<gapMatchInteraction responseIdentifier="RESPONSE" shuffle="false">
      <prompt>Identify the missing words.</prompt>
      <gapText identifier="W" matchMax="1">winter</gapText><gapText identifier="Sp" matchMax="1">spring</gapText>
      <gapText identifier="Su" matchMax="1">summer</gapText>
      <blockquote><p>Now is the <gap identifier="G1"/> of our discontent<br/>
        Made glorious <gap identifier="G2"/> by this sun of York;</p></blockquote>
    </gapMatchInteraction>"""
    draft = one(item(pairs("W G1", "Su G2", worths={"W G1": 1, "Su G2": 1}), body, MAP_RESPONSE))
    options = [{"id": "o1", "text": "winter"}, {"id": "o2", "text": "spring"}, {"id": "o3", "text": "summer"}]
    assert draft.body == {
        "stem": "Identify the missing words.",
        "text": "Now is the [[g1]] of our discontent\nMade glorious [[g2]] by this sun of York;",
        "gaps": [{"id": "g1", "options": options}, {"id": "g2", "options": options}],
    }
    assert draft.answer == {"rule": "per_gap", "gaps": {"g1": {"correct": "o1"}, "g2": {"correct": "o3"}}}
    assert one(item(pairs("W G1", "Su G2"), body)).answer["rule"] == "all_gaps"
    assert (
        refused(item(pairs("W G1"), body))
        == "Gaps with no right text or with several are no question type here."
    )
    pictures = body.replace(
        "<blockquote>", '<gapImg identifier="i"><object data="a.png"/></gapImg><blockquote>'
    )
    assert (
        refused(item(pairs("W G1"), pictures))
        == "Gaps that are filled with pictures are no question type here."
    )


def test_hot_words() -> None:
    body = """<hottextInteraction responseIdentifier="RESPONSE" maxChoices="1">
      <prompt>Select the error.</prompt>
      <p>Sponsors of the Olympic Games <hottext identifier="A">who bought</hottext> advertising
      <hottext identifier="B">time on</hottext> United States television.</p></hottextInteraction>"""
    draft = one(item(response("B"), body))
    assert draft.body["stem"] == (
        "Select the error.\n"
        "Sponsors of the Olympic Games 【who bought】 advertising 【time on】 United States television."
    )
    assert draft.body["options"] == [{"id": "o1", "text": "who bought"}, {"id": "o2", "text": "time on"}]
    assert (draft.type, draft.answer["correct"]) == ("single", "o2")
    several = item(response(("A", "B"), cardinality="multiple"), body.replace('"1"', '"0"'))
    assert one(several).answer == {"rule": "all_or_nothing", "correct": ["o1", "o2"]}


def test_a_slider() -> None:
    body = """<sliderInteraction responseIdentifier="RESPONSE" lowerBound="0" upperBound="100" step="5">
      <prompt>百分之几？</prompt></sliderInteraction>"""
    draft, told = warned(item(response("30", kind="integer"), body))
    assert draft.answer == {"rule": "per_blank", "blanks": {"b1": {"value": 30, "tolerance": 0}}}
    assert told == ["The slider's range, 0 to 100, is not kept."]
    assert refused(item(response(kind="integer"), body)) == "The item does not say what is right."


ESSAY = """<extendedTextInteraction responseIdentifier="RESPONSE" expectedLength="200">
  <prompt>{}</prompt></extendedTextInteraction>"""
RUBRIC = '<rubricBlock view="scorer tutor"><p>要点：居民自治。</p></rubricBlock>'


def test_a_text_to_write() -> None:
    declared = response(kind="string")
    draft = one(item(declared, ESSAY.format("简述居民自治。") + RUBRIC, ""))
    assert draft.body == {"stem": "简述居民自治。"}
    assert draft.answer == {
        "rule": "rubric",
        "criteria": [{"id": "c1", "text": "按答题情况给分", "max": 1}],
        "sample": "要点：居民自治。",
    }
    pattern = ESSAY.format("简述。").replace(
        "expectedLength", r'patternMask="^[\s\S]{0,500}$" expectedLength'
    )
    eight = SCORE.replace("/>", ' normalMaximum="8"/>')
    limited = one(item(declared, pattern, rules("<exitResponse/>"), more=eight))
    assert (limited.body["max_chars"], limited.answer["criteria"][0]["max"], limited.points) == (500, 8, 8)
    other = pattern.replace(r"[\s\S]{0,500}", "[a-z]+")
    assert warned(item(declared, other, ""))[1] == ["A pattern that the text must have is not kept."]


def test_several_texts_to_write_are_a_case() -> None:
    second = ESSAY.format("请结合材料说明居委会应当如何处理。").replace("RESPONSE", "R2")
    declared = response(kind="string") + response(name="R2", kind="string")
    six = SCORE.replace("/>", ' normalMaximum="6"/>')
    draft = one(item(declared, "<p>材料。</p>" + ESSAY.format("（一）") + second, "", more=six))
    assert draft.body == {
        "stem": "材料。\n（2）请结合材料说明居委会应当如何处理。",
        "parts": [{"id": "p1", "label": "（一）"}, {"id": "p2", "label": "（2）"}],
    }
    assert draft.answer["criteria"] == [
        {"id": "c1", "text": "按答题情况给分", "max": 3, "part": "p1"},
        {"id": "c2", "text": "按答题情况给分", "max": 3, "part": "p2"},
    ]


def test_instructions() -> None:
    body = '<rubricBlock view="candidate"><p>请仔细阅读。</p></rubricBlock>' + CHOICES
    assert one(item(body=body)).body["stem"] == "请仔细阅读。\nWhat does it say?"
    assert warned(item(body=CHOICES + RUBRIC))[1] == [
        "Instructions for scorers are not kept: no person marks this question."
    ]
    proctor = '<rubricBlock view="proctor"><p>x</p></rubricBlock>'
    assert warned(item(body=CHOICES + proctor))[1] == ["Instructions for proctor are not kept."]


FEEDBACK = (
    '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{}" showHide="{}"><p>{}</p></modalFeedback>'
)
ALWAYS = rules(
    matched("RESPONSE", base(1)),
    '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">F1</baseValue></setOutcomeValue>',
)
CHOSEN = rules(
    matched("RESPONSE", base(1)),
    '<setOutcomeValue identifier="FEEDBACK"><variable identifier="RESPONSE"/></setOutcomeValue>',
)


@pytest.mark.parametrize(
    "processing",
    [
        MATCH_CORRECT + FEEDBACK.format("general", "show", "因为如此。"),
        MATCH_CORRECT + FEEDBACK.format("wrong", "hide", "因为如此。"),
        CHOSEN + FEEDBACK.format("Solution", "show", "因为如此。"),
        ALWAYS + FEEDBACK.format("F1", "show", "因为如此。"),
    ],
)
def test_feedback_for_every_answer_is_the_explanation(processing: str) -> None:
    assert one(item(processing=processing)).explanation == "因为如此。"


@pytest.mark.parametrize("how", ["show", "hide"])
def test_feedback_for_one_answer_is_told(how: str) -> None:
    draft, told = warned(item(processing=CHOSEN + FEEDBACK.format("ChoiceB", how, "再想想。")))
    assert (draft.explanation, told) == ("", ["Feedback for a certain answer is not kept: 再想想。"])


def test_feedback_within_a_choice_is_not_its_text() -> None:
    inside = '<feedbackInline outcomeIdentifier="FEEDBACK" identifier="ChoiceA">No!</feedbackInline></simpleChoice>'
    draft, told = warned(item(body=CHOICES.replace("</simpleChoice>", inside, 1)))
    assert (draft.body["options"], told) == (LUGGAGE, ["Feedback for a certain answer is not kept: No!"])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("selectPointInteraction", "Pointing at a place in a picture is no question type here."),
        ("graphicOrderInteraction", "Ordering places in a picture is no question type here."),
        ("graphicAssociateInteraction", "Joining places in a picture is no question type here."),
        ("graphicGapMatchInteraction", "Filling the gaps of a picture is no question type here."),
        ("positionObjectInteraction", "Placing an object on a picture is no question type here."),
        ("drawingInteraction", "Drawing in a picture is no question type here."),
        ("mediaInteraction", "Playing a film or a recording is no question type here."),
        ("customInteraction", "An interaction of its maker's own (customInteraction) is not taken."),
        ("portableCustomInteraction", "A portable custom interaction runs a program of its own, which is not taken."),
        ("endAttemptInteraction", "A button that ends the attempt belongs to a scripted item, which is not taken."),
        ("inventedInteraction", "Interactions that make no one question here: inventedInteraction."),
    ],
)  # fmt: skip
def test_interactions_that_are_no_type_of_ours(name: str, reason: str) -> None:
    assert refused(item(body=f'<{name} responseIdentifier="RESPONSE"/>')) == reason


def test_items_that_are_not_one_question() -> None:
    assert refused(item(body="<p>读一读。</p>")) == "The item asks for no response."
    assert refused(item(body=CHOICES + ESSAY.format("为什么？"))) == (
        "Interactions that make no one question here: choiceInteraction, extendedTextInteraction."
    )
    assert (
        refused(item(body=CHOICES + CHOICES))
        == "Interactions that make no one question here: choiceInteraction."
    )
    without = item().replace(b"<itemBody>", b"<other>").replace(b"</itemBody>", b"</other>")
    assert refused(without) == "The item has no body."


def test_scripted_variation_is_not_taken() -> None:
    assert refused(item(attributes='adaptive="true"')) == (
        "The item is adaptive: it changes while it is answered, which is not taken."
    )
    template = '<templateDeclaration identifier="A" cardinality="single" baseType="integer"/>'
    assert refused(item(CHOICE + template)) == (
        "The item's words or numbers are drawn by a script of its own (a template)."
    )


def test_formulas_other_standards_and_shared_passages_are_told() -> None:
    math = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi><m:mo>=</m:mo><m:mn>2</m:mn></m:math>'
    draft, told = warned(item(body=f"<p>If {math}:</p>" + CHOICES))
    assert draft.body["stem"] == "If x = 2:\nWhat does it say?"
    assert told == ["A formula is kept as plain text only: look it over."]
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    draft, told = warned(item(body=include + CHOICES))
    assert (draft.body["stem"], told) == (
        "What does it say?",
        ["Parts that belong to another standard than QTI are not read."],
    )
    shared = SCORE + '<assessmentStimulusRef identifier="s" href="s.xml"/><stylesheet href="http://x/y.css"/>'
    assert warned(item(more=shared))[1] == [
        "The passage s.xml that the item shares with others cannot be read."
    ]


def test_pictures_of_an_item_without_its_package_are_told() -> None:
    body = '<p>图<img src="images/sign.png" alt="告示"/><audio src="a.mp3"/></p>' + CHOICES
    draft, told = warned(item(body=body))
    assert draft.body["stem"] == "图告示\nWhat does it say?"
    assert told == [
        "The picture or sound sign.png cannot be found in the file.",
        "The picture or sound a.mp3 cannot be found in the file.",
    ]
