import pytest

from campaignbase.core import regex_subset
from campaignbase.core.regex_subset import (
    REFUSALS,
    RegexRefusal,
    RegexTranslation,
    regex_find,
    translate_regex,
)
from campaignbase.core.text import SEPARATORS, WORD_CHARACTERS, fold


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("Hiring", "hiring"),  # letters folded
        ("it\u2019s", "it's"),
        ("a.c", r"a[^\n]c"),
        ("^a$", r"\Aa\Z"),
        ("(a|b)c", "(?:a|b)c"),  # no captures
        ("(?:a)", "(?:a)"),
        ("a?b*c+d{2}e{0,3}", "a?b*c+d{2}e{0,3}"),
        (r"\.\-\ \#", r"\.- #"),  # escaped only where it counts
        (r"\n\r\t", r"\n\r\t"),
        (r"\d\s", r"[0-9][\u0020\t\r\n]"),
        (r"\w", f"[{WORD_CHARACTERS}]"),
        (r"\W", f"[{SEPARATORS}]"),
        ("[a-z0-9_]", r"[a-z0-9\u005F]"),
        ("[A-Z]", "[a-z]"),
        ("[^-a]", r"[^\u002Da]"),
        ("[a-]", r"[a\u002D]"),
        (r"[\w\-.]", rf"[{WORD_CHARACTERS}\u002D\u002E]"),
        ("[а-Я]", "[а-я]"),  # beyond ASCII: the ends are folded
        (r"[\]^]", r"[\u005D\u005E]"),
        ("x" * 500, "x" * 500),
    ],
)
def test_translate_regex_writes_what_both_engines_read(pattern, expected):
    assert translate_regex(pattern) == RegexTranslation(expected)


@pytest.mark.parametrize(
    ("pattern", "position", "code"),
    [
        ("", 1, "empty"),
        ("a|", 3, "empty"),
        ("|a", 1, "empty"),
        ("a||b", 3, "empty"),
        ("a()", 3, "empty"),
        ("(a|)", 4, "empty"),
        ("(ab", 1, "group_open"),
        ("(a(b)|", 1, "group_open"),  # before the empty branch
        ("((a", 2, "group_open"),  # the innermost
        ("a)", 2, "group_close"),
        ("(?=a)", 1, "group_kind"),
        ("a(?<n>b)", 2, "group_kind"),
        ("(?i)a", 1, "group_kind"),
        ("(?", 1, "group_kind"),
        ("*a", 1, "nothing_to_repeat"),
        ("a|+", 3, "nothing_to_repeat"),
        ("(?:?)", 4, "nothing_to_repeat"),
        ("^*", 2, "anchor_repeated"),
        (r"\b?", 3, "anchor_repeated"),
        ("a+?", 3, "quantifier_twice"),  # lazy
        ("a*+", 3, "quantifier_twice"),  # possessive
        ("a{2}{3}", 5, "quantifier_twice"),
        ("a{2,}", 2, "braces"),
        ("a{,2}", 2, "braces"),
        ("a{3,2}", 2, "braces"),
        ("a{0}", 2, "braces"),
        ("a{0,0}", 2, "braces"),
        ("a{1,101}", 2, "braces"),
        ("a{1 }", 2, "braces"),
        ("a{x}", 2, "braces"),
        ("{", 1, "braces"),  # before nothing_to_repeat
        ("(a+)+", 5, "nested"),
        ("(a*b){2}", 6, "nested"),
        ("(a{2})*", 7, "nested"),
        ("((a+)?b)*", 9, "nested"),  # however deep
        ("((a+)b){2}", 8, "nested"),
        ("(a|b+)*", 7, "nested"),  # in any branch
        ("((a{1,100}){1,9}b){2}", 19, "too_big"),  # 901 twice
        ("(?:a{100}){11}", 11, "too_big"),  # 1100
        ("a{100}" * 10 + "b", 61, "too_big"),  # 1001
        (r"\b" * 13, 25, "too_big"),  # 13 x 80 = 1040
        (r"(\b|a)", 6, "bare_edge"),  # the first branch takes no character
        (r"(\bab|c?)", 9, "bare_edge"),  # the second
        (r"(\ba*b?^)", 9, "bare_edge"),
        (r"(a(\bb|(c{0,2})))", 16, "bare_edge"),
        (r"(a\b)?", 6, "bare_edge"),
        (r"(a\b)*", 6, "bare_edge"),
        (r"(a\b){0,2}", 6, "bare_edge"),
        ("a?" * 51, 102, "too_optional"),
        ("(a?){51}", 5, "too_optional"),
        ("(a?b{0,9}c){26}", 12, "too_optional"),  # 52
        ("(a{0,9}){0,50}", 9, "too_optional"),  # 50 and the group itself
        ("(^|ab){51}", 7, "too_optional"),
        ("((a?){9}){6}", 10, "too_optional"),  # 54
        (r"\A", 1, "escape"),
        (r"a\1", 2, "escape"),
        (r"\pL", 1, "escape"),
        ("\\é", 1, "escape"),
        ("a\\", 2, "escape"),
        (r"[\b]", 2, "escape"),
        ("[a\\", 3, "escape"),
        ("a]", 2, "stray_close"),
        ("a}", 2, "stray_close"),
        ("x[ab", 2, "class_open"),
        ("[^", 1, "class_open"),
        ("x[]", 2, "class_empty"),
        ("[^]", 1, "class_empty"),
        ("[[:alpha:]]", 2, "class_bracket"),
        ("[a-c-e]", 5, "class_hyphen"),
        (r"[\d-x]", 4, "class_hyphen"),
        ("[z-a]", 3, "class_range"),
        ("[a-Z]", 3, "class_range"),
        ("[!-/]", 3, "class_range"),
        ("[0-a]", 3, "class_range"),
        ("[a-é]", 3, "class_range"),
        (r"[a-\d]", 3, "class_range"),
        ("[--a]", 3, "class_range"),
    ],
)
def test_translate_regex_refuses_the_first_thing_outside_the_subset(pattern, position, code):
    assert translate_regex(pattern) == RegexRefusal(position, code)


def test_every_refusal_is_met_by_a_test():
    rows = test_translate_regex_refuses_the_first_thing_outside_the_subset.pytestmark[0].args[1]
    assert {code for _, _, code in rows} == set(REFUSALS)


def test_a_refusal_gives_its_reason():
    assert RegexRefusal(1, "group_open").reason == "'(' is never closed"


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)?b",  # '?' repeats nothing
        "(a+){1}",
        "(ab?)+",  # nor does a '?' inside
        "(a|b)*",
        "(a{2}){3}",
        "a{100}" * 10,  # 1000 parts
        "a{100}" * 9 + "a{99}b",
        r"\b" * 12,  # 960
        "(a*)(b*)",  # side by side
        "a?" * 50,
        "(a?){50}",
        "(a?b){25}(a*)" + "(a{0,9}|b)" * 24,
        "(a|b{1,9}){100}",
        r"(a\b|\bb)+",
        r"(\ba?b|c)d",
        r"(ab?|\bc)d",  # 'a' is always there
        r"(^|\s)a(\s|$)",
        r"\ba?\b",
        "(^a|b$)+",  # anchors inside a group
        r"[\d\s-]",
        "[\"'&~#,]",
    ],
)
def test_translate_regex_accepts_what_stays_cheap(pattern):
    assert isinstance(translate_regex(pattern), RegexTranslation)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("hiring", "We are HIRING now", True),
        ("^hiring", "now hiring", False),
        ("now$", "hiring now\n", False),  # the very end, not before a last line break
        ("^b", "a\nb", False),  # the text, not a line
        ("a.b", "a\nb", False),
        ("a[^x]b", "a\nb", True),
        (r"\bhiring\b", "(hiring)", True),
        (r"\bhiring\b", "rehiring", False),
        (r"\bcafé\b", "le Café.", True),
        (r"\bcaf\b", "café", False),  # é is a word character
        (r"\b\w+\b", "— !", False),
        (r"a\sb", "a\u00a0b", True),  # folded to a space
        (r"a\sb", "a\u2003b", False),
        (r"\d", "\u0664", False),  # an Arabic digit is no 0-9
        (r"[^\d]", "12", False),
        (r"\S\D\W", "ab!", True),
        (r"we[\u2019']re", "We\u2019re", None),  # \u is no escape
        ("we['’]re", "We\u2019re", True),
        (r"\$\d{1,3}(?:,\d{3})*", "$1,250", None),  # {3} inside '*'
        (r"\$\d{1,3}(,\d\d\d)*", "only $1,250 a month", True),
        ("(ab|cd){2}", "abcd", True),
        ("(ab|cd){2}", "abxcd", False),
    ],
)
def test_regex_find_reads_folded_text(pattern, text, expected):
    if expected is None:
        with pytest.raises(ValueError, match="regex refused at character"):
            regex_find(pattern, fold(text))
    else:
        assert (regex_find(pattern, fold(text)) is not None) is expected


def test_regex_find_gives_up_in_time():
    # overlapping alternatives under '+': the subset cannot rule out every slow pattern
    with pytest.raises(TimeoutError):
        regex_find("(a|aa|aaa|aaaa)+$", "a" * 2000 + "b")


@pytest.mark.parametrize(("length", "seconds"), [(0, 0.1), (500_000, 0.6), (1_000_000, 1.1)])
def test_a_regex_has_more_time_for_a_longer_text(length, seconds, monkeypatch):
    asked = []

    class Compiled:
        def search(self, folded, timeout):
            asked.append(timeout)

    monkeypatch.setattr(regex_subset, "_compiled", lambda _: Compiled())
    assert regex_find("x", "a" * length) is None
    assert asked == [pytest.approx(seconds)]
