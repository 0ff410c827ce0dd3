"""Hashtags that no label has are words that may become tags."""

import pytest

from campaignbase.core.proposals import UnknownWords, proposed_words
from campaignbase.models import Category, Tag, Vocabulary

VOCABULARY = Vocabulary(
    3,
    (Category("c", "product_launch", aliases=("drops",)),),
    (Tag("t", "black friday", aliases=("bfcm",)),),
    (),
)
TEXTS = [
    ("Doors open #NightMarket", ("NightMarket",)),
    # once, in the first spelling, and the plural is the same word
    ("#night-market and #NightMarkets", ("night-market",)),
    # what is a label or another name of one
    ("#BlackFriday #bfcm #ProductLaunch #drop", ()),
    # no words: numbers, letters, colors in CSS, parts of addresses and entities
    ("#1 #2026 #ab example.com/#team it&#39;s", ()),
    ("#" + "x" * 41, ()),
    ("no hashtag at all", ()),
    ("#one #two #three #four #five #six".replace("#one", "#uno"), ("uno", "two", "three", "four", "five")),
]


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_unknown_words_are_hashtags_that_no_label_has(text, words):
    assert UnknownWords().of("w", VOCABULARY, text) == words


def test_unknown_words_follow_the_vocabulary():
    words = UnknownWords()
    assert words.of("w", VOCABULARY, "#fresh") == ("fresh",)
    later = Vocabulary(4, (), (Tag("t", "fresh"),), ())
    assert words.of("w", later, "#fresh") == ()
    assert words.of("other", Vocabulary(4, (), (), ()), "#fresh") == ("fresh",)


def test_proposed_words_takes_what_is_known_as_folds():
    assert proposed_words("#Nights #days", {"night"}) == ("days",)
