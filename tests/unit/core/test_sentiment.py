import math

import pytest

from campaignbase.core import sentiment
from campaignbase.core.sentiment import Feeling, SentimentLexicon
from campaignbase.models import LabelChoice

TOGETHER = "together {} between -1 and +1"
LEXICON = SentimentLexicon(
    scores={
        "good": 1, "great": 2, "love": 3, "award-winning": 2, "can't wait": 3, "🎉": 2, "free": 1,
        "bad": -1, "awful": -2, "slow": -2, "terrible": -3,
    },
    negators=["not", "never", "no", "can't"],
    boosters={"very": 1.5, "so much": 2.0, "a bit": 0.5},
)  # fmt: skip


def score(total, words):
    return round(total / math.sqrt(total**2 + 15 + words / 8), 4)


@pytest.mark.parametrize(
    ("text", "total", "words", "reasons"),
    [
        ("We love it", 3, 3, ("'love' +3.0",)),
        ("We LOVE it", 3, 3, ("'love' +3.0",)),
        ("not great", -1.0, 2, ("'not great' -1.0",)),  # half, and turned
        ("never slow", 1.0, 2, ("'never slow' +1.0",)),
        ("not at all that great", 2, 5, ("'great' +2.0",)),  # four words on: out of reach
        ("no, great", 2, 2, ("'great' +2.0",)),  # a comma ends the clause
        ("not bad but great", 2.5, 4, ("'not bad' +0.5", "'great' +2.0")),  # "but" as well
        ("very good", 1.5, 2, ("'very good' +1.5",)),
        ("so much love", 6, 3, ("'so much love' +6.0",)),
        ("not a bit good", -0.25, 4, ("'not a bit good' -0.2",)),  # 1 x 0.5 x -0.5
        ("not in all so much love", -3, 6, ("'not so much love' -3.0",)),  # the booster takes no room
        ("not good, great", 1.5, 3, ("'not good' -0.5", "'great' +2.0")),
        ("not good great", 1.5, 3, ("'not good' -0.5", "'great' +2.0")),  # a negator turns one word
        ("We can\u2019t wait", 3, 3, ("'can't wait' +3.0",)),  # a phrase wins over its negator
        ("an award winning team", 2, 4, ("'award winning' +2.0",)),
        ("an award-winning team", 2, 4, ("'award winning' +2.0",)),
        ("Great!", 2.4, 1, ("'great' +2.4",)),  # louder
        ("Tired of slow tools?", -1.0, 4, ("'slow' -1.0",)),  # a question halves
        ("slow, you say?", -1.0, 3, ("'slow' -1.0",)),  # the mark of the sentence, not of the clause
        ("🎉🎉", 4, 0, ("'🎉' +2.0", "'🎉' +2.0")),
        ("greatly lovely", 0, 2, ()),  # whole words
        ("On Thursday", 0, 2, ()),
    ],
)
def test_read_weighs_the_words_that_count(text, total, words, reasons):
    feeling = LEXICON.read(text)
    assert (feeling.score, feeling.reasons) == (score(total, words), reasons)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("good", "neutral"),  # 1 / sqrt(1 + 15.125) = 0.25
        ("good and free", "positive"),  # 2 / sqrt(4 + 15.375) = 0.454
        ("great", "positive"),
        ("great " + "word " * 119, "neutral"),  # 2 / sqrt(4 + 15 + 15) = 0.343: a strong word in a long text
        ("bad", "neutral"),
        ("bad and awful", "negative"),  # -3 / sqrt(9 + 15.375) = -0.61
        ("terrible", "negative"),
        (
            "awful " + "word " * 19,
            "neutral",
        ),  # -2 / sqrt(4 + 15 + 2.5) = -0.431: and a weak one in a middling text
        ("great service, awful coffee", "mixed"),
        ("love the service, bad coffee", "positive"),  # 1 is no half of 3
        ("good service, bad coffee", "neutral"),  # too little on both sides
    ],
)
def test_read_labels_by_strength(text, label):
    assert LEXICON.read(text).label == label


@pytest.mark.parametrize("text", ["", " \n", "...", "— ?!"])
def test_there_is_no_feeling_where_nothing_is_to_read(text):
    assert LEXICON.read(text) is None
    assert LEXICON.analyze(text) == LabelChoice(reasons=("nothing to read",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 3 / sqrt(9 + 15 + 3 / 8) = 0.61, 3 / sqrt(9 + 15 + 1 / 8) = 0.61
        (
            "We love it",
            LabelChoice("model", score(3, 3), ("'love' +3.0", TOGETHER.format("+0.61")), label="positive"),
        ),
        (
            "terrible",
            LabelChoice(
                "model", -score(-3, 1), ("'terrible' -3.0", TOGETHER.format("-0.61")), label="negative"
            ),
        ),
        ("On Thursday", LabelChoice("model", 1.0, ("no word of feeling",), label="neutral")),
        (
            "great, awful",
            LabelChoice(
                "model", 0.5, ("'great' +2.0", "'awful' -2.0", TOGETHER.format("+0.00")), label="mixed"
            ),
        ),
    ],
)
def test_analyze_says_how_sure(text, expected):
    assert LEXICON.analyze(text) == expected


def test_an_empty_lexicon_feels_nothing():
    assert SentimentLexicon({}, [], {}).read("great") == Feeling("neutral", 0.0, ())


class Counted(tuple):
    """Tokens that count how many of them are copied."""

    copied = 0

    def __getitem__(self, place):
        found = tuple.__getitem__(self, place)
        if not isinstance(place, slice):
            return found
        Counted.copied += len(found)
        return Counted(found)

    def __iter__(self):
        Counted.copied += len(self)
        return super().__iter__()


@pytest.mark.parametrize("text", ["word ", "great ", "one, ", "one. ", "not very great! ", "🎉"])
def test_read_takes_twice_as_long_for_twice_the_text(text, monkeypatch):
    tokens = sentiment._tokens
    monkeypatch.setattr(sentiment, "_tokens", lambda said: Counted(tokens(said)))
    copied = []
    for times in (400, 800):
        Counted.copied = 0
        LEXICON.read(text * times)
        copied.append(Counted.copied)
    assert 0 < copied[1] <= 2.1 * copied[0]


def test_analyze_tells_the_first_words_that_counted():
    reasons = LEXICON.analyze("great, " * 1014).reasons
    assert reasons == ("'great' +2.0",) * 12 + ("and 1,002 more", TOGETHER.format("+1.00"))
