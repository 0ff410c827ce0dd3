"""Random rules, facts and texts (hypothesis), for comparing the two engines.

Words, values and texts come from one small pool, so that conditions hold about as often as they fail. Letters
are of scripts whose lower case is as old as any Unicode tables in use: Latin, Greek, Cyrillic, Armenian, full
width; on those Python and Postgres (libc and built-in UTF-8 locales) agree, which test_rule_parity.py checks.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st
from tests.support.regex_strategies import Regex, regex_soup, regexes

from campaignbase.core.fuzzy import term_words
from campaignbase.core.rule_schema import (
    ACTIONS,
    BOUNDED_FIELDS,
    CONDITIONS,
    EQUALITY_FIELDS,
    NUMBER_FIELDS,
    RULE_TYPES,
    TEXT_FIELDS,
)

# letters with both cases, 'İ' and the final sigma that only simple case mapping gets right
LETTERS = "abcxyzABCXYZ" + "éÉßẞñÑİıſ" + "σςΣφΦ" + "жЖ" + "ֆՖ" + "ｋＫ\u212a" + "ǅǆ"
DIGITS = "0129٣２"
WORD_SIGNS = "_\u0301\u00df\u0d4d"  # a combining accent, a virama
SEPARATORS = "-.,!?:;#@&/()[]{}*+^$|\\'\"%~`<>=" + "€©×÷“”…—\u2028" + "中カ한ไ" + "😀👍🏽\ufe0f\u200d"
APOSTROPHES = "'\u2018\u2019\u02bc"
SPACES = " \t\r\n\u00a0\u202f"
OTHER_SPACES = "\u2003\u3000\x0b\x0c\x1f"  # no whitespace to a rule
# the two sides of borders between word and separator
EDGES = (
    "\u002f\u0030\u0039\u003a\u005f\u0060\u00bf\u00c0\u00d6\u00d7\u00d8\u037d\u037e\u0dff\u0e00"
    "\u0eff\u0f00\ufffe\U00010000"
)

WORDS = (
    "hiring",
    "Hiring",
    "hir",
    "ring",
    "we're",
    "we\u2019re",
    "free trial",
    "free\u00a0trial",
    "free  \ntrial",
    "a a",
    "a",
    "C++",
    ".net",
    "#sale",
    "50%",
    "naïve",
    "ΟΔΟΣ",
    "οδος",
    "İstanbul",
    "中文",
    "launch中",
    "😀",
    "go😀",
    "e\u0301t\u00e9",
    "été",
    "x_y",
    "job-seekers",
    "2026",
)
# of facts: two spellings that fold to one, one that is a prefix of another, and one of everything odd
VALUES = (
    "text",
    "Text",
    "TEXT",
    "texts",
    "job_seekers",
    "Job-Seekers",
    "jobseeker",
    "#Sale",
    "sales",
    "",
    "#",
    "été",
    "ÉTÉ",
    "Σ",
    "ς",
)
NUMBERS = (
    0,
    1,
    -1,
    0.5,
    0.7,
    0.1 + 0.2,
    0.30000000000000004,
    0.3,
    1e-9,
    5e-324,
    -5e-324,
    -0.0,
    1.0,
    80,
    3,
    4,
    5,
    1_000_000_000,
)

characters = st.sampled_from(
    LETTERS + DIGITS + WORD_SIGNS + SEPARATORS + APOSTROPHES + SPACES + OTHER_SPACES + EDGES
)
glue = st.sampled_from(
    ["", " ", " ", " ", "\n", "  ", ", ", "-", "_", "'", "\u2019", "\u00a0", "é", "中", "😀", "1", "."]
)
pieces = st.one_of(st.sampled_from(WORDS), st.text(characters, min_size=1, max_size=3))


@st.composite
def texts(draw: st.DrawFn, hints: Sequence[str] = ()) -> str:
    """Words held together by what may or may not separate words; sometimes nothing.

    Args:
        hints: words to use more often.
    """
    words = st.one_of(st.sampled_from(hints), st.sampled_from(hints), pieces) if hints else pieces
    parts = [part for _ in range(draw(st.integers(0, 6))) for part in (draw(words), draw(glue))]
    return "".join(parts)


terms = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS).map(lambda word: f" {word.upper()}\t"),
    st.text(characters, min_size=1, max_size=3).filter(lambda term: term.strip(" \t\r\n")),
    st.sampled_from(["\u00a0", "\u202f ", "a", "c"]),  # the first two are found nowhere
)


# words of every allowance, of one text and beside each other
fuzzy_terms = st.one_of(
    st.sampled_from(
        [
            *(
                "hiring",
                "Hring",
                "free trial",
                "fre trail",
                "guarantee",
                "garantea",
                "discount",
                "discuont",
                "sale",
            ),
            *("launches now", "été", "İstanbul", "οδος", "job-seekers", "2026", "unforgettable weekend"),
        ]
    ),
    terms,
).filter(lambda term: bool(term_words(term)))


@st.composite
def mistyped(draw: st.DrawFn, term: str) -> str:
    """A few letters of it put in, left out, replaced or swapped."""
    letters = list(term)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(len(letters) - 1, 0)))
        edit = draw(st.sampled_from(["in", "out", "other", "swap"]))
        if edit == "in" or not letters:
            letters.insert(place, draw(characters))
        elif edit == "out":
            del letters[place]
        elif edit == "other":
            letters[place] = draw(characters)
        else:
            letters[place : place + 2] = reversed(letters[place : place + 2])
    return "".join(letters)


def some(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | list[str]]:
    """One value as a rule may give it: alone or in a list."""
    return st.one_of(values, st.lists(values, min_size=1, max_size=3))


# ---- conditions and facts


def _condition(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=2, unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({key: fields[key] for key in keys})
    )


def _bounds(key: str) -> st.SearchStrategy[float]:
    low, high = NUMBER_FIELDS[key]
    return st.sampled_from([number for number in NUMBERS if low <= number <= high])


_leaves: dict[str, st.SearchStrategy[Any]] = {
    **{
        key: some(st.sampled_from(known or VALUES).filter(lambda value: value.strip(" \t\r\n") != ""))
        for key, known in EQUALITY_FIELDS.items()
    },
    **dict.fromkeys(TEXT_FIELDS, some(terms)),
    "fuzzy": some(fuzzy_terms),
    "matches_regex": regexes,
    **{key: _bounds(key) for key in NUMBER_FIELDS},
}
_likely = {
    key: _leaves[key]
    for key in ("contains_all", "contains_keyword", "contains_phrase", "fuzzy", "matches_regex", "tag")
}


def _nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.lists(inner, min_size=1, max_size=3)
    return _condition({**_likely, "all": lists, "any": lists, "not": inner})


conditions: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.one_of(_condition(_leaves), _condition(_likely)), _nested, max_leaves=5
).filter(lambda found: _depth(found) <= 8 and not _crossed(found))


def _depth(value: Any) -> int:
    if isinstance(value, list):
        return max(map(_depth, value), default=0)
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 0


def _crossed(value: Any) -> bool:
    """Does any object of it ask for more than its own most?"""
    if isinstance(value, list):
        return any(map(_crossed, value))
    if not isinstance(value, dict):
        return False
    pairs = ((value.get(f"min_{field}"), value.get(f"max_{field}")) for field in BOUNDED_FIELDS)
    crossed = any(low is not None and high is not None and high < low for low, high in pairs)
    return crossed or any(map(_crossed, value.values()))


def _hints(conditions: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """What would make the conditions hold, by fact."""
    if isinstance(conditions, dict):
        for below, value in conditions.items():
            yield from _hints(value, below)
    elif isinstance(conditions, list):
        for value in conditions:
            yield from _hints(value, key)
    elif isinstance(conditions, str):
        is_text = key in TEXT_FIELDS or key == "matches_regex"
        yield (
            "fuzzy" if key == "fuzzy" else "text" if is_text else key,
            conditions.example if isinstance(conditions, Regex) else conditions,
        )


@st.composite
def facts(draw: st.DrawFn, conditions: dict[str, Any]) -> dict[str, Any]:
    """Facts of an asset that the conditions might like."""
    hints: dict[str, list[str]] = {}
    for fact, hint in _hints(conditions):
        hints.setdefault(fact, []).append(hint)

    def values(fact: str) -> st.SearchStrategy[str]:
        return st.sampled_from([*(hints.get(fact, ()) or VALUES), *VALUES[:: 3 if fact in hints else 1]])

    def value(fact: str) -> str | None:
        return draw(st.one_of(st.none(), values(fact), values(fact), values(fact)))

    return {
        "text": draw(texts([*hints.get("text", ()), *map(draw, map(mistyped, hints.get("fuzzy", ())))])),
        **{
            fact: value(fact)
            for fact in ("campaign_type", "category", "generator", "language", "target_audience")
        },
        **{fact: value(fact) for fact in ("content_type", "sentiment")},
        "platforms": draw(st.lists(values("platform"), max_size=3)),
        "tags": draw(st.lists(values("tag"), max_size=3, unique=True)),
        "quality_score": draw(st.sampled_from([None, 0, 0.3, 0.5, 0.7, 1])),
        "similarity": draw(st.sampled_from([None, -1, -1e-9, 0, 0.3, 0.1 + 0.2, 0.5, 1, 0.9999999999999999])),
    }


# ---- rules, right and wrong

_any_name = st.one_of(
    st.sampled_from(["offer", "Sale", "été", " ", "", "x" * 200, "x" * 201]), st.text(characters, max_size=4)
)
_wrong: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([*NUMBERS, -2, 1.5, 1.0000000000000002, 10**9 + 1, 10**400, -(10**400), 1e308]),
    _any_name,
    st.lists(_any_name, max_size=3),
    st.just(["x"] * 101),
    st.just([{"tag": "x"}] * 101),
    st.just({}),
    st.just([]),
    regex_soup,
    st.lists(st.one_of(st.none(), st.just({}), st.just({"tag": "x"}), _any_name), max_size=3),
)
_keys = st.one_of(
    st.sampled_from([*CONDITIONS, *ACTIONS]),
    st.sampled_from(
        [
            "contain_keyword",
            "Tag",
            "",
            "é",
            "zz%s",
            "fuzzi",
            "\U00010000",
            "\uffee",
            "k" * 70,
        ]
    ),
)
_loose: st.SearchStrategy[Any] = st.recursive(
    _wrong,
    lambda inner: st.one_of(
        st.dictionaries(_keys, inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["all", "any", "not", "matches_regex", "contains_all"]),
            inner,
            min_size=1,
            max_size=2,
        ),
        st.lists(inner, max_size=3),
    ),
    max_leaves=4,
)


@st.composite
def _spoiled(draw: st.DrawFn) -> Any:
    """Good conditions with something strange put somewhere into them, or wrapped too deep."""
    found: Any = json.loads(json.dumps(draw(conditions)))
    here = found
    while True:
        key = draw(st.sampled_from(sorted(here)))
        below = here[key]
        if isinstance(below, list) and below and isinstance(below[0], dict) and draw(st.booleans()):
            here = draw(st.sampled_from(below))
        elif isinstance(below, dict) and draw(st.booleans()):
            here = below
        else:
            break
    if isinstance(here[key], list) and draw(st.booleans()):
        here[key].append(draw(_loose))
    else:
        here[draw(st.one_of(st.just(key), _keys))] = draw(_loose)
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 6, 7, 8]))):
        found = {"not": found}
    return found


_tag_actions = st.sampled_from(
    [
        {"add_tags": ["Sale", "b2b"]},
        {"add_tags": "x", "remove_tags": "y"},
        {"set_audience": "z", "set_sentiment": "mixed"},
        {"webhook": "crm", "add_tags": "x"},
    ]
)
_good_actions = st.one_of(
    _tag_actions,
    st.builds(dict.__or__, _tag_actions, st.sampled_from([{"add_category": "offer"}, {"category": "offer"}])),
    st.sampled_from(
        [
            {"add_category": "a", "category": "b"},
            {"set_sentiment": "MIXED"},
            {"add_tags": []},
            {"webhook": ""},
            {"approve": True},
            {"require_approval": True, "add_tags": "x"},
            {"approve": True, "require_approval": True},
            {"schedule": True, "webhook": "crm"},
            {"schedule": False},
            {"require_approval": 1},
            {"webhook": ["crm"]},
        ]
    ),
)
_bounded = st.sampled_from(BOUNDED_FIELDS).flatmap(
    lambda field: st.fixed_dictionaries(
        {f"min_{field}": _bounds(f"min_{field}"), f"max_{field}": _bounds(f"max_{field}")}
    )
)
rules: st.SearchStrategy[tuple[str, Any, Any]] = st.tuples(
    st.sampled_from([*RULE_TYPES, *["categorization"] * 4, "tag", "", "Approval"]),
    st.one_of(conditions, conditions, _bounded, _spoiled(), _spoiled(), _loose),
    st.one_of(
        _good_actions, _good_actions, _good_actions, st.dictionaries(_keys, _loose, max_size=3), _loose
    ),
)
