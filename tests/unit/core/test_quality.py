import pytest

from campaignbase.core.quality import WEIGHTS, quality

# 14 words in 2 sentences, short words, a call to action
GOOD = "We bake rye bread at night. Come and try a warm loaf before eight."


def part(text, name):
    return quality(text)[1][name]


def test_a_good_text_has_full_marks():
    assert quality(GOOD) == (1.0, dict.fromkeys(WEIGHTS, 1.0))


def test_the_score_is_the_weighted_sum():
    # 6 words: length 0.5; no action 0.4: 0.3 * 0.5 + 0.25 + 0.2 * 0.4 + 0.15 + 0.1 = 0.73
    score, parts = quality("We bake rye bread at night")
    assert parts == {"length": 0.5, "readability": 1.0, "action": 0.4, "clarity": 1.0, "hashtags": 1.0}
    assert score == 0.73
    assert sum(WEIGHTS.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", " \n", "... 🎉 12"])
def test_without_a_word_there_is_no_score(text):
    assert quality(text) == (None, None)


@pytest.mark.parametrize(
    ("words", "expected"),
    [(1, 0.08), (3, 0.25), (12, 1.0), (220, 1.0), (510, 0.65), (800, 0.3), (5000, 0.3)],  # 510 is half way
)
def test_length_wants_a_middle(words, expected):
    assert part("tea. " * words, "length") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tea " * 20, 1.0),
        ("tea " * 30, 0.6),  # 10 of 25 words too many
        ("tea " * 45, 0.0),
        ("tea\n" * 45, 1.0),  # a line is a sentence
        ("abcdefgh " * 10, 0.67),  # 8 letters: two thirds of the way to half
        ("abcdefghijkl " * 10, 0.5),
        ("tea " * 15 + "3.5 " + "tea " * 14, 0.6),  # the dot in a number ends nothing
    ],
)
def test_readability_wants_short_sentences_and_words(text, expected):
    assert part(text, "readability") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apply today", 1.0),
        ("New shoes. Shop now", 1.0),
        ("Hungry? Order in the app", 1.0),
        ("A table for two, book yours", 1.0),
        ("🎉 Join our party", 1.0),
        ("line one\nsign up below", 1.0),
        ("You are welcome to visit", 1.0),
        ("Write to jobs@harbor.example", 1.0),
        ("News on www.harbor.example", 1.0),
        ("Our desk: +1 (555) 010-2030", 1.0),
        ("Everything: link in bio", 1.0),
        ("Our shop is open", 0.4),  # not an imperative
        ("We save paper", 0.4),
        ("A bookshop", 0.4),  # part of a word
        ("Since 1985 and 1990", 0.4),  # years are no phone number
    ],
)
def test_action_wants_the_next_step_said(text, expected):
    assert part(text, "action") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tea " * 9 + "SALE", 1.0),  # one in ten is a headline
        ("tea " * 5 + "SALE " * 5, 0.6),  # 0.5 - 0.1 over
        ("SALE SALE", 0.1),
        ("NASA USA BBC", 0.77),  # 1/3 - 0.1; three letters are an abbreviation
        ("wow!!", 1.0),
        ("wow!! really?? yes!?", 0.6),  # two runs beyond the first
        ("a...", 1.0),
        ("a.... b.... c.... d.... e.... f.... g....", 0.0),
    ],
)
def test_clarity_wants_no_shouting(text, expected):
    assert part(text, "clarity") == expected


@pytest.mark.parametrize(("count", "expected"), [(0, 1.0), (5, 1.0), (8, 0.7), (30, 0.0)])
def test_hashtags_are_welcome_up_to_five(count, expected):
    assert part("tea " + "#tag " * count, "hashtags") == expected
