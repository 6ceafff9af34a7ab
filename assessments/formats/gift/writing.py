"""From questions to GIFT, with a comment for what it does not say by itself."""

from collections.abc import Iterator
from decimal import Decimal
from html import escape as html_escaped

from assessments.formats.exchange import Draft
from assessments.formats.gift.reading import questions_in
from assessments.formats.gift.texts import (
    BLANK,
    CATEGORY,
    CONTROLS,
    NO_CATEGORY,
    OUR_COMMENT,
    SPECIAL,
    WHOLE,
    writable_number,
)
from assessments.formats.own import as_text as facts_text
from assessments.formats.own import unsaid
from assessments.items.base import JSONObject
from assessments.items.checking import as_text
from assessments.items.forms import lettered
from assessments.items.problems import Message
from assessments.items.problems import gettext_noop as _


def heading_of(category: tuple[str, ...], *, needed: bool) -> str:
    """The category line; none while no question before had one."""
    if not category and not needed:
        return ""
    names = (
        " ".join(name.translate(CONTROLS).split()).replace("/", "//") for name in category or (NO_CATEGORY,)
    )
    return f"{CATEGORY} {'/'.join(names)}\n\n"


def written(draft: Draft) -> str:
    """The question as Moodle reads it, with its tags."""
    answers = _answer_lines(draft)
    stem = draft.body["stem"] if answers is not None else _spelled_out(draft)
    name = f"::{_escaped(draft.name)}::" if draft.name else ""
    lines = list(answers or ())
    if draft.explanation:
        lines.append(f"####{_marked_plain(draft.explanation)}")
    inside = "".join(f"\n\t{line}" for line in lines) + ("\n" if lines else "")
    return f"{_tag_comment(draft.tags)}{name}[plain]{_escaped(stem)}{{{inside}}}\n"


def _tag_comment(tags: tuple[str, ...]) -> str:
    lines = (" ".join(tag.translate(CONTROLS).split("\n")).replace("]", "\\]") for tag in tags)
    return f"// {' '.join(f'[tag:{line}]' for line in lines)}\n" if tags else ""


def _answer_lines(draft: Draft) -> list[str] | None:
    """What stands in the braces; None for a question that GIFT has no form for."""
    body, answer = draft.body, draft.answer
    if draft.type == "single":
        marks = {each["id"]: "=" if each["id"] == answer["correct"] else "~" for each in body["options"]}
    elif draft.type == "multiple":
        marks = {
            each: f"~%{_percent(weight)}%" if weight else "~" for each, weight in _weights(draft).items()
        }
    elif draft.type == "true_false":
        return [answer["correct"].upper()]
    elif draft.type == "short_answer":
        return []
    elif draft.type == "matching":
        return _matching_lines(draft)
    elif draft.type == "fill_in" and len(body["blanks"]) == 1:
        return _blank_lines(answer["blanks"][body["blanks"][0]["id"]])
    else:
        return None
    return [f"{marks[each['id']]}{_marked_plain(each['text'])}" for each in body["options"]]


def _weights(draft: Draft) -> dict[str, Decimal]:
    """Percentages: as given; else equal parts for what is right, and for a wrong pick what spoils it in Moodle too."""
    answer = draft.answer
    given, part = answer.get("weights", {}), WHOLE / len(answer["correct"])
    wrong = -part if answer["rule"] == "weighted" else -WHOLE
    usual = {each["id"]: part if each["id"] in answer["correct"] else wrong for each in draft.body["options"]}
    return usual | {each: Decimal(str(weight)) * WHOLE for each, weight in given.items()}


def _percent(weight: Decimal) -> str:
    """To the five places Moodle knows its fractions by."""
    return as_text(weight.quantize(Decimal("0.00001")))


def _matching_lines(draft: Draft) -> list[str]:
    texts = {each["id"]: _escaped(each["text"]) for each in draft.body["right"]}
    pairs = draft.answer["pairs"]
    lines = [f"={_entry(each['text'])} -> {texts[pairs[each['id']]]}" for each in draft.body["left"]]
    return lines + [f"= -> {text}" for each, text in texts.items() if each not in pairs.values()]


def _entry(text: str) -> str:
    """An arrow in it would end it, and cannot be escaped but in HTML."""
    return _marked_plain(text) if "->" not in text else f"[html]{_escaped(html_escaped(text, quote=False))}"


def _blank_lines(blank: JSONObject) -> list[str] | None:
    if "value" in blank:
        value, tolerance = writable_number(blank["value"]), writable_number(blank.get("tolerance", 0))
        if value is None or tolerance is None:
            return None
        return ["#", f"={as_text(value)}:{as_text(tolerance)}"]
    shares = [(text, WHOLE) for text in blank["accepted"]]
    shares += [(each["text"], Decimal(str(each["share"])) * WHOLE) for each in blank.get("partial", ())]
    if any("->" in text for text, _share in shares):
        return None  # Moodle would take it for matching
    texts = [(_marked_plain(text.replace("*", "\\*")), share) for text, share in shares]
    return [f"={'' if share == WHOLE else f'%{_percent(share)}%'}{text}" for text, share in texts]


def _spelled_out(draft: Draft) -> str:
    """The whole question as the stem of an essay."""
    body = draft.body
    lines = [body["stem"]]
    if draft.type == "ordering":
        lines += [f"{option.label}. {option.text}" for option in lettered(body["options"], None)]
    if draft.type == "cloze":
        text = body["text"]
        for gap in body["gaps"]:
            listed = "／".join(option["text"] for option in gap.get("options", ()))
            text = text.replace(f"[[{gap['id']}]]", f"{BLANK}（{listed}）" if listed else BLANK)
        lines.append(text)
    lines += [f"{each['label']}：{BLANK}{each.get('unit', '')}" for each in body.get("blanks", ())]
    lines += [each["label"] for each in body.get("parts", ())]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.translate(SPECIAL)


def _marked_plain(text: str) -> str:
    """The text in the format of the stem; said again where it begins like a format or a weight."""
    return f"[plain]{_escaped(text)}" if text.startswith(("[", "%")) else _escaped(text)


def comment_for(draft: Draft, gift: str) -> str:
    """What is not read back from the GIFT of this question, in a line of our own; none when all of it is."""
    facts = unsaid(next(questions_in(gift)), draft)
    return f"{OUR_COMMENT} {facts_text(facts)}\n" if facts else ""


def losses_of(draft: Draft) -> Iterator[Message]:
    if _answer_lines(draft) is None:
        yield Message(_("Other programs see this question as an essay: GIFT has no form for its type."))
