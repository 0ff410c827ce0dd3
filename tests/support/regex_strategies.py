"""Random regular expressions (hypothesis): of the subset both engines read, and odd ones they may refuse."""

from collections.abc import Sequence

from hypothesis import strategies as st

from campaignbase.core.regex_subset import RegexTranslation, translate_regex


class Regex(str):
    """A pattern, and a text that it should match where it has no anchors."""

    example: str

    def __new__(cls, pattern: str, example: str) -> "Regex":
        made = super().__new__(cls, pattern)
        made.example = example
        return made


def _joined(parts: Sequence[Regex]) -> Regex:
    return Regex("".join(parts), "".join(part.example for part in parts))


def _repeated(part: Regex, quantifier: tuple[str, int]) -> Regex:
    return Regex(part + quantifier[0], part.example * quantifier[1])


_literals = st.sampled_from([*"abcAZéÉΣ19 ,-'\u2019_#😀", "hir", "ring", "free", "trial", "a a"]).map(
    lambda text: Regex(text, text)
)
_escapes = st.sampled_from(
    [
        *(Regex(f"\\{mark}", mark) for mark in ".-+\\# "),
        *(
            Regex(r"\d", "7"),
            Regex(r"\D", "x"),
            Regex(r"\s", "\t"),
            Regex(r"\S", "é"),
            Regex(r"\w", "ß"),
            Regex(r"\W", "-"),
        ),
        *(Regex(r"\n", "\n"), Regex(r"\t", "\t"), Regex(r"\r", "\r")),
    ]
)
_items = st.one_of(
    st.sampled_from(
        [Regex(item, item[0]) for item in [*"abBé_.'\u2019*^$ ", "a-z", "A-C", "0-9", "à-ÿ", "Α-Ω"]]
    ),
    _escapes,
)
_classes = st.builds(
    lambda caret, items, hyphen: Regex(
        f"[{caret}{hyphen}{''.join(items)}]", "z" if caret else items[-1].example
    ),
    st.sampled_from(["", "", "^"]),
    st.lists(_items, min_size=1, max_size=4).filter(lambda items: items[0] != "^"),
    st.sampled_from(["", "", "-"]),
)
_atoms = st.one_of(_literals, _escapes, _classes, st.just(Regex(".", "é")))
_anchors = st.sampled_from([Regex(r"\b", ""), Regex(r"\b", ""), Regex("^", ""), Regex("$", "")])
_once = ("", 1)
_pieces = st.one_of(
    st.builds(
        _repeated,
        _atoms,
        st.sampled_from(
            [
                _once,
                _once,
                _once,
                ("?", 0),
                ("*", 2),
                ("+", 3),
                ("{2}", 2),
                ("{1,3}", 3),
                ("{0,2}", 0),
                ("{3,100}", 4),
            ]
        ),
    ),
    _anchors,
)


def _grouped(inner: st.SearchStrategy[Regex]) -> st.SearchStrategy[Regex]:
    group = st.builds(
        lambda opening, branches, quantifier: _repeated(
            Regex(f"{opening}{'|'.join(branches)})", branches[-1].example), quantifier
        ),
        st.sampled_from(["(", "(?:"]),
        st.lists(inner, min_size=1, max_size=3),
        st.sampled_from([_once, _once, ("?", 1), ("{1,2}", 2), ("*", 0), ("+", 2)]),
    )
    return st.lists(st.one_of(_pieces, group), min_size=1, max_size=3).map(_joined)


def _is_accepted(pattern: Regex) -> bool:
    is_translated = isinstance(translate_regex(pattern), RegexTranslation)
    return is_translated and len(pattern) <= 500 and pattern.strip(" \t\r\n") != ""


regexes = st.recursive(st.lists(_pieces, min_size=1, max_size=4).map(_joined), _grouped, max_leaves=4).filter(
    _is_accepted
)
_signs = st.sampled_from(
    [*"()[]{}*+?^$|\\.-", "(?", "(?:", "(?=a)", r"\q", r"\1", r"\é", "[]", "[^]", "[z-a]", "[a-Z]"]
)
_more_signs = st.sampled_from(
    [
        *(
            "[[:alpha:]]",
            "[a-c-e]",
            "{2}",
            "{2,1}",
            "{0}",
            "{101}",
            "{1000}",
            "{,2}",
            "{2,}",
            "a**",
            r"\b+",
            "(|a)",
        ),
        *(
            "(ab){50}",
            "a{100}",
            "(a{100}){10}",
            "a" * 990,
            "a" * 1010,
            "(a+)+",
            "(a*){2}",
            "(a|b{2})*",
            "(a?b*){3}",
            "(a?){49}",
        ),
        *(
            r"(\b|a)?",
            r"(\b)",
            "(^|a)?",
            r"(a\b)?",
            r"(a?|\bb?)",
            "(a?|b){25}",
            "(^){30}",
            r"(a\b)+",
            r"(\bb|a*c)",
            r"(\bb|ac?)",
        ),
    ]
)
_strange = st.one_of(_signs, _more_signs)
# about half of them are refused, for one reason or another
regex_soup = st.one_of(
    st.lists(st.one_of(_literals, _escapes, _anchors, _classes, _strange), max_size=8).map("".join),
    st.builds(
        lambda pattern, place, strange: pattern[:place] + strange + pattern[place:],
        regexes,
        st.integers(0, 20),
        _strange,
    ),
)
