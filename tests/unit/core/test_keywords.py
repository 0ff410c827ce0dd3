import pytest

from campaignbase.core.keywords import extract_keywords

STOPWORDS = {"a", "and", "are", "at", "for", "in", "is", "it", "of", "on", "our", "the", "to", "we", "with"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # company: line 2/1, cook 2/1, portland 1/1; one sentence, so the early factor cancels out
        ("We are a line cook in Portland", [("line cook", 1.0), ("portland", 0.5)]),
        # cook stands once with "line" and once alone: (2 + 1) / 2 = 1.5; "line cook" (2 + 1.5) / 2 = 1.75
        ("line cook and cook", [("line cook", 1.0), ("cook", 0.8571)]),
        # said twice
        ("coffee and tea and coffee", [("coffee", 1.0), ("tea", 0.5)]),
        # the first sentence counts 1.25
        ("Coffee. Tea.", [("coffee", 1.0), ("tea", 0.8)]),
        # a hashtag counts double and stands alone
        ("espresso #LatteArt", [("latteart", 1.0), ("espresso", 0.5)]),
        # a run of four falls into words
        ("fresh roasted single origin", [("fresh", 1.0), ("roasted", 1.0), ("single", 1.0), ("origin", 1.0)]),
        # marks part phrases; hyphens and apostrophes do not
        ("cook, chef", [("cook", 1.0), ("chef", 1.0)]),
        ("full-time chef\u2019s job", [("full-time chef's job", 1.0)]),
        # too few letters
        ("4K of 12 and TV", []),
        ("we are at it", []),
        ("", []),
    ],
)
def test_extract_keywords_scores_by_company(text, expected):
    assert extract_keywords(text, STOPWORDS) == expected


def test_extract_keywords_stops_at_the_limit():
    assert extract_keywords("alpha, beta, gamma", STOPWORDS, limit=2) == [("alpha", 1.0), ("beta", 1.0)]


def test_extract_keywords_takes_no_text_without_spaces_for_a_phrase():
    assert extract_keywords("a" * 101 + ", tea", STOPWORDS) == [("tea", 1.0)]
    assert extract_keywords("a" * 100, STOPWORDS) == [("a" * 100, 1.0)]
