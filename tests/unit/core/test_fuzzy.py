import pytest

from campaignbase.core.fuzzy import FUZZY_CHARACTERS, allowance, edits, find_nearly, text_words
from campaignbase.core.rules import Facts, explain_match, rule_matches
from campaignbase.core.text import search_text


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("sale", "sale", 0),
        ("sale", "sales", 1),  # put in
        ("guarantee", "garantee", 1),  # left out
        ("hiring", "hyring", 1),  # replaced
        ("discount", "discuont", 1),  # swapped
        ("kitten", "sitting", 3),
        ("ab", "ba", 1),
        ("ca", "abc", 3),  # two edits by a swap with a letter put between, which would edit one part twice
        ("abcd", "badc", 2),  # two swaps
    ],
)
def test_edits_are_counted(one, other, expected):
    assert edits(one, other) == edits(other, one) == expected


@pytest.mark.parametrize(("word", "expected"), [("sale", 0), ("sales", 1), ("discount", 1), ("guarantee", 2)])
def test_longer_words_may_have_more_edits(word, expected):
    assert allowance(word) == expected


@pytest.mark.parametrize(
    ("text", "term", "said"),
    [
        ("We are hirring now", "hiring", "hirring"),
        ("Money-back GARANTE!", "guarantee", "garante"),
        ("a same-day offer", "sale", None),  # four letters: exactly or not at all
        ("the firing squad", "hiring", None),  # the first letter counts
        ("get a fre trail", "free trial", None),  # each word has its own allowance
        ("get a free trail", "free trial", "free trail"),
        ("trial for free", "free trial", None),  # in order
        ("free (!) trials", "free trial", "free trials"),  # whatever stands between words
        ("hirinngg", "hiring", None),  # two edits of six letters
        ("", "hiring", None),
    ],
)
def test_find_nearly_forgives_a_typing_error_or_two(text, term, said):
    assert find_nearly(text_words(search_text(text)), term) == said


def test_only_the_beginning_of_a_text_is_read():
    text = "x " * (FUZZY_CHARACTERS // 2 - 4) + "hirin g hiring"
    assert text_words(search_text(text))[-2:] == ["hirin", "g"]


def test_a_fuzzy_condition_says_what_it_found():
    facts = Facts(text="Big discuonts all week")
    assert explain_match({"fuzzy": ["guarantee", "discounts"]}, facts) == [
        "says 'discuonts', nearly 'discounts'"
    ]
    assert not rule_matches({"fuzzy": "guarantee"}, facts)
