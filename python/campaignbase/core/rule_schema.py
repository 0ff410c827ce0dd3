"""What a rule may say, and the exact words in which a wrong one is refused.

Pure. The trigger on automation_rules refuses the same rules with the same texts, so what is raised is the
first thing met in this order:

    1. rule_type.
    2. conditions, then actions: is it an object, is it nested too deep, is it empty, then its keys in
       the byte order of their UTF-8 (`collate "C"`); each key with all that is below it before the next.
    3. a list: its kind, empty, too long, then its elements in order.
    4. a text: its kind, blank, too long, then what its field asks (regex; known value: folded in conditions,
       exactly as listed in actions, since an action writes it). Of `fuzzy`, after all texts: one without a
       word.
    5. after the keys of an object of conditions: a `max_` below its `min_`, by the name of the field.
    6. last of all: `add_category` and `category` together, then `approve` and `require_approval`.

Paths are `conditions.any[0].not.contains_keyword[2]`, lists counted from 0. Kinds are those of jsonb_typeof.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from campaignbase.core.fuzzy import term_words
from campaignbase.core.regex_subset import RegexRefusal, translate_regex
from campaignbase.core.text import fold, is_blank
from campaignbase.errors import RuleError

RULE_TYPES = ("approval", "categorization", "scheduling", "tagging")

# one text or a list of texts, of which any may be equal; None: any value
EQUALITY_FIELDS: dict[str, tuple[str, ...] | None] = {
    "campaign_type": None,
    "category": None,
    "content_type": ("image", "text", "video"),
    "generator": None,
    "language": None,
    "platform": None,
    "sentiment": ("mixed", "negative", "neutral", "positive"),
    "tag": None,
    "target_audience": None,
}
TEXT_FIELDS = ("contains_all", "contains_keyword", "contains_phrase")
REGEX_FIELD = "matches_regex"
FUZZY_FIELD = "fuzzy"
NUMBER_FIELDS: dict[str, tuple[int, int]] = {  # lowest and highest value
    "max_quality_score": (0, 1),
    "max_similarity": (-1, 1),
    "max_word_count": (0, 1_000_000_000),
    "min_quality_score": (0, 1),
    "min_similarity": (-1, 1),
    "min_word_count": (0, 1_000_000_000),
}
BOUNDED_FIELDS = ("quality_score", "similarity", "word_count")
NESTING_FIELDS = ("all", "any", "not")
CONDITIONS = tuple(
    sorted((*EQUALITY_FIELDS, *TEXT_FIELDS, REGEX_FIELD, FUZZY_FIELD, *NUMBER_FIELDS, *NESTING_FIELDS))
)

CATEGORY_ACTIONS = ("add_category", "category")
TAG_ACTIONS = ("add_tags", "remove_tags")
APPROVAL_ACTIONS = ("approve", "require_approval")
SCHEDULE_ACTION = "schedule"
TRUE_ACTIONS = (*APPROVAL_ACTIONS, SCHEDULE_ACTION)
NEEDED_TYPE = {
    **dict.fromkeys(CATEGORY_ACTIONS, "categorization"),
    **dict.fromkeys(APPROVAL_ACTIONS, "approval"),
    SCHEDULE_ACTION: "scheduling",
}
TEXT_ACTIONS: dict[str, tuple[str, ...] | None] = {
    "add_category": None,
    "category": None,
    "set_audience": None,
    "set_sentiment": EQUALITY_FIELDS["sentiment"],
    "webhook": None,  # the name of an endpoint
}
ACTIONS = tuple(sorted((*TEXT_ACTIONS, *TAG_ACTIONS, *TRUE_ACTIONS)))

# for who writes one by a schema: a program, an agent
CONDITIONS_TOLD = (
    f"All must hold: {', '.join(CONDITIONS)}. A value is a text, or a list of which any may hold"
    " (contains_all: all must); min_ and max_ take numbers, any and all lists of conditions, not conditions."
)
RULE_TYPES_TOLD = (
    "categorization decides before all else, tagging sees what was decided, approval that and the tags,"
    " scheduling all of it."
)
ACTIONS_TOLD = (
    f"At least one: {', '.join(sorted(set(ACTIONS) - {'category'}))}."
    f" The value of {', '.join(TRUE_ACTIONS)} is true."
)

MAX_DEPTH = 8  # the outermost object counts as 1
MAX_VALUES = 100  # of one list
MAX_TEXT = 200  # characters (code points)
MAX_REGEX = 500
MAX_KEY_SHOWN = 60

MESSAGES = {
    "named": "rule '{name}': {message}",
    "rule_type_unknown": "unknown rule_type '{value}'; known: {known}",
    "not_object": "{path}: expected an object, got {kind}",
    "too_deep": "{path}: nested deeper than {limit} levels",
    "conditions_empty": "{path}: empty, which would match everything; give at least one condition",
    "actions_empty": "{path}: empty; give at least one action",
    "condition_unknown": "{path}: unknown condition '{key}'; known: {known}",
    "action_unknown": "{path}: unknown action '{key}'; known: {known}",
    "action_needs_type": "{path}: action '{key}' needs a rule of type {needed}, not {rule_type}",
    "not_true": "{path}: expected true; to do nothing, leave it out",
    "approval_twice": "{path}: 'approve' and 'require_approval' contradict each other; keep one",
    "category_twice": "{path}: 'add_category' and 'category' mean the same; keep one",
    "not_list": "{path}: expected a list of objects, got {kind}",
    "not_text_or_list": "{path}: expected a text or a list of texts, got {kind}",
    "list_empty": "{path}: empty list; give at least one value",
    "list_long": "{path}: more than {limit} values",
    "not_text": "{path}: expected a text, got {kind}",
    "text_blank": "{path}: blank text",
    "text_long": "{path}: longer than {limit} characters",
    # Python only: jsonb refuses such a text before any rule is looked at
    "text_unstorable": "{path}: holds a NUL or half a surrogate pair, which no database stores",
    "value_unknown": "{path}: unknown value '{value}'; known: {known}",
    "not_number": "{path}: expected a number, got {kind}",
    "number_range": "{path}: expected a number from {low} to {high}",
    "never_holds": "{path}: max_{field} is below min_{field}, so it can never hold",
    "no_word": "{path}: no letter or digit of a script that puts spaces between words",
    "regex": "{path}: regex refused at character {position}: {reason}",
}


def validate_rule(rule_type: str, conditions: object, actions: object, *, name: str | None = None) -> None:
    """Accept a rule as it would be saved, or say why not.

    Args:
        conditions, actions: parsed JSON.
        name: starts the message when given, as the database does.
    Raises:
        RuleError: the first thing wrong, in the order of the module docstring.
    """
    try:
        if rule_type not in RULE_TYPES:
            raise _error("rule_type_unknown", value=rule_type, known=_listed(RULE_TYPES))
        validate_conditions(conditions)
        _check_actions(actions, rule_type)
    except RuleError as error:
        if name is None:
            raise
        raise RuleError(MESSAGES["named"].format(name=name, message=error)) from None


def validate_conditions(conditions: object) -> None:
    """Accept the conditions of a rule (of any type), or raise RuleError."""
    _check_conditions(conditions, "conditions", depth=1)


def _error(code: str, **values: object) -> RuleError:
    return RuleError(MESSAGES[code].format(**values))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
    return "object"


def _check_conditions(value: object, path: str, depth: int) -> None:
    if not isinstance(value, Mapping):
        raise _error("not_object", path=path, kind=_kind(value))
    if depth > MAX_DEPTH:
        raise _error("too_deep", path=path, limit=MAX_DEPTH)
    if not value:
        raise _error("conditions_empty", path=path)
    for key in sorted(value):
        if key not in CONDITIONS:
            raise _error("condition_unknown", path=path, key=key[:MAX_KEY_SHOWN], known=_listed(CONDITIONS))
        _check_condition(key, value[key], f"{path}.{key}", depth)
    for field in BOUNDED_FIELDS:
        low, high = value.get(f"min_{field}"), value.get(f"max_{field}")
        if low is not None and high is not None and high < low:
            raise _error("never_holds", path=path, field=field)


def _check_condition(key: str, value: Any, path: str, depth: int) -> None:
    if key == "not":
        _check_conditions(value, path, depth + 1)
    elif key in NESTING_FIELDS:
        if not isinstance(value, list | tuple):
            raise _error("not_list", path=path, kind=_kind(value))
        _check_length(value, path)
        for index, part in enumerate(value):
            _check_conditions(part, f"{path}[{index}]", depth + 1)
    elif key in NUMBER_FIELDS:
        if _kind(value) != "number":
            raise _error("not_number", path=path, kind=_kind(value))
        low, high = NUMBER_FIELDS[key]
        if not low <= value <= high:
            raise _error("number_range", path=path, low=low, high=high)
    elif key == REGEX_FIELD:
        _check_text(value, path, limit=MAX_REGEX)
        translated = translate_regex(value)
        if isinstance(translated, RegexRefusal):
            raise _error("regex", path=path, position=translated.position, reason=translated.reason)
    else:
        _check_texts(value, path, EQUALITY_FIELDS.get(key))
        if key == FUZZY_FIELD:
            _check_words(value, path)


def _check_actions(value: object, rule_type: str) -> None:
    path = "actions"
    if not isinstance(value, Mapping):
        raise _error("not_object", path=path, kind=_kind(value))
    if not value:
        raise _error("actions_empty", path=path)
    for key in sorted(value):
        if key not in ACTIONS:
            raise _error("action_unknown", path=path, key=key[:MAX_KEY_SHOWN], known=_listed(ACTIONS))
        needed = NEEDED_TYPE.get(key, rule_type)
        if needed != rule_type:
            raise _error("action_needs_type", path=path, key=key, needed=needed, rule_type=rule_type)
        if key in TRUE_ACTIONS:
            if value[key] is not True:
                raise _error("not_true", path=f"{path}.{key}")
        elif key in TAG_ACTIONS:
            _check_texts(value[key], f"{path}.{key}", known=None)
        else:
            _check_text(value[key], f"{path}.{key}")
            known = TEXT_ACTIONS[key]
            if known is not None and value[key] not in known:
                raise _error("value_unknown", path=f"{path}.{key}", value=value[key], known=_listed(known))
    if all(key in value for key in CATEGORY_ACTIONS):
        raise _error("category_twice", path=path)
    if all(key in value for key in APPROVAL_ACTIONS):
        raise _error("approval_twice", path=path)


def _check_words(value: str | Sequence[str], path: str) -> None:
    listed = [(path, value)] if isinstance(value, str) else [(f"{path}[{n}]", v) for n, v in enumerate(value)]
    for place, text in listed:
        if not term_words(text):
            raise _error("no_word", path=place)


def _check_length(values: Sequence[object], path: str) -> None:
    if not values:
        raise _error("list_empty", path=path)
    if len(values) > MAX_VALUES:
        raise _error("list_long", path=path, limit=MAX_VALUES)


def _check_texts(value: object, path: str, known: tuple[str, ...] | None) -> None:
    if isinstance(value, str):
        _check_text(value, path, known)
        return
    if not isinstance(value, list | tuple):
        raise _error("not_text_or_list", path=path, kind=_kind(value))
    _check_length(value, path)
    for index, text in enumerate(value):
        _check_text(text, f"{path}[{index}]", known)


def _check_text(
    value: object, path: str, known: tuple[str, ...] | None = None, limit: int = MAX_TEXT
) -> None:
    if not isinstance(value, str):
        raise _error("not_text", path=path, kind=_kind(value))
    if is_blank(value):
        raise _error("text_blank", path=path)
    if len(value) > limit:
        raise _error("text_long", path=path, limit=limit)
    if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
        raise _error("text_unstorable", path=path)
    if known is not None and fold(value) not in known:
        raise _error("value_unknown", path=path, value=value, known=_listed(known))
