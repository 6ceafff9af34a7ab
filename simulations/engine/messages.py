"""What the engine says about documents and paths, as English templates.

The engine knows no gettext. It hands out a `Message`; whoever shows it may translate `template` first and put
`values` in afterwards. `str(message)` is the English sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A sentence and what goes into it, kept apart so that the sentence can be translated."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values


def say(template: str, **values: object) -> Message:
    return Message(template, values)


# Documents: shape
NOT_JSON = "not readable as JSON: %(detail)s"
JSON_VALUE = "line %(line)s, column %(column)s: a value is expected"
JSON_COMMA = "line %(line)s, column %(column)s: a comma or a closing bracket is expected"
JSON_COLON = "line %(line)s, column %(column)s: a colon is expected"
JSON_KEY = "line %(line)s, column %(column)s: a name in double quotes is expected"
JSON_STRING_END = "line %(line)s, column %(column)s: a text begins here whose closing quotes are missing"
JSON_CONTROL = "line %(line)s, column %(column)s: a line break or control character stands inside a text"
JSON_EXTRA = "line %(line)s, column %(column)s: the end of the file is expected"
JSON_OTHER = "line %(line)s, column %(column)s: not readable as JSON: %(detail)s"
TOO_LONG = "longer than %(limit)s characters"
TOO_MANY = "more than %(limit)s entries"
TOO_DEEP = "nested too deeply"
DUPLICATE_KEY = "the key %(name)s appears twice"
MISSING = "missing"
EMPTY = "must not be empty"
NOT_TEXT = "must be text"
BAD_CHARACTER = "contains a control character"
NOT_NUMBER = "must be a number"
NOT_WHOLE = "must be a whole number"
NOT_BOOLEAN = "must be true or false"
NOT_LIST = "must be a list"
NOT_TABLE = "must be an object"
BAD_NAME = "must be a short name of Latin letters, digits and underscores"
OUT_OF_RANGE = "must be between %(low)s and %(high)s"
TOO_FINE = "must have at most two decimals"
UNKNOWN_KEY = "unknown key"

# Documents: meaning
BAD_RANGE = "lo ≤ init ≤ hi does not hold"
NAME_TAKEN = "the name %(name)s is already used"
UNKNOWN_VARIABLE = "unknown variable %(name)s"
UNKNOWN_FLAG = "unknown flag %(name)s"
UNKNOWN_DIMENSION = "unknown dimension %(name)s"
UNKNOWN_ENDING = "unknown ending %(name)s"
UNKNOWN_NODE = "unknown node %(name)s"
UNKNOWN_TARGET = "unknown node or ending %(name)s"
UNKNOWN_VIEW = "unknown view %(name)s"
NO_LEAF = "does not stand for a leaf competency"
NO_DEFAULT_ROUTE = "no route is left when no condition holds"
NO_DEFAULT_ENDING = "END is used, but no ending has the condition True for when no other holds"
AMBIGUOUS_STEP = "in a written path %(name)s could mean two choices"
NEEDED_FOR_SCORING = "needed for scoring"
BAD_CITE = "must name an entry of the library, such as clause:voting-quorum or list:open-promises"
UNKNOWN_FORMULA = "only the formula %(formula)s is supported"

# Conditions
CONDITION_EMPTY = "the condition is empty"
CONDITION_TOO_DEEP = "the condition is nested too deeply"
UNEXPECTED_CHARACTER = "unexpected character %(found)s at position %(at)s"
NAME_EXPECTED = "position %(at)s: a variable or a flag is expected, not %(found)s"
NUMBER_EXPECTED = "position %(at)s: a number is expected, not %(found)s"
JOIN_EXPECTED = "position %(at)s: and, or, a closing bracket or the end is expected, not %(found)s"
NAME_LACKING = "the condition ends where a variable or a flag is expected"
NUMBER_LACKING = "the condition ends where a number is expected"
BRACKET_LACKING = "the condition ends where a closing bracket is expected"
UNKNOWN_NAME = "unknown name %(name)s"
UNKNOWN_NAME_NEAR = "unknown name %(name)s; perhaps %(near)s?"
AMBIGUOUS_NAME = "%(name)s could be any of these: %(names)s"
COMPARE_VARIABLE = "%(name)s is a variable: compare it with a number"
COMPARED_FLAG = "%(name)s is a flag: it cannot be compared with a number"
NEVER_HOLDS = "never holds: %(name)s goes from %(low)s to %(high)s"

# Word tables
TABLE_NO_WORD = "not readable as a Word file (.docx)"
TABLE_TOO_LARGE = "the file is larger than %(limit)s MB, or unpacks to far more than it should"
TABLE_DOCTYPE = "the file declares a document type, which Word never does"
TABLE_NONE = "there is no table in the file"
TABLE_COLUMNS = "row %(row)s: two cells are expected, not %(found)s"
TABLE_LABEL = "row %(row)s: %(found)s on the left is none of these words: %(expected)s"
TABLE_OUTSIDE = "row %(row)s: %(found)s belongs below a row of %(expected)s"
TABLE_EMPTY = "row %(row)s: a text is expected on the right"
TABLE_TARGET = "row %(row)s: %(found)s is neither a situation nor an ending of this table"
TABLE_TARGET_NEAR = (
    "row %(row)s: %(found)s is neither a situation nor an ending of this table; perhaps %(near)s?"
)
TABLE_TAKEN = "row %(row)s: %(found)s is there twice"
TABLE_NO_NODE = "a row with %(expected)s on the left is expected: the table has no situation"

# Paths
ALREADY_ENDED = "the play has already ended with %(ending)s"
NO_SUCH_CHOICE = "%(node)s has no choice %(choice)s"
NO_SUCH_STEP = "the scenario has no choice %(found)s"
WRONG_NODE = "the play stands at %(node)s, not at %(found)s"
UNAFFORDABLE = "%(choice)s costs %(cost)s, only %(left)s left"
UNMET = "%(choice)s needs: %(condition)s"
STEP_LIMIT = "more than %(limit)s steps"
STILL_AT = "the play has not ended: it stands at %(node)s"

# Why a play is not passed
ENDING_FAILS = "the ending %(ending)s is not a pass"
TOTAL_SHORT = "total %(total)s is below %(needed)s"
AXIS_SHORT = "%(axis)s %(score)s is below %(needed)s"
NO_AXIS_JUDGED = "no axis of the view was judged"
ENDING_NEEDS_ANY = "the ending %(ending)s counts only after one of: %(flags)s"
