import pytest

from campaignbase.core import rules
from campaignbase.core.rules import Facts, describe, explain_match, rule_matches
from campaignbase.errors import RuleError

POST = Facts(
    text="We\u2019re HIRING:\n a line cook in Portland. Apply now!",
    content_type="text",
    campaign_type="recruitment",
    platforms=("linkedin", "instagram"),
    generator="claude",
    language="en",
    category="Job Opening",
    tags=frozenset({"food_and_beverage", "job_posts"}),
    sentiment="positive",
    target_audience="job_seekers",
    quality_score=0.8,
    similarity=0.41,
)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"contains_keyword": "hiring"}, ["contains 'hiring'"]),
        ({"contains_keyword": ["cfo", "Cook", "hiring"]}, ["contains 'Cook'"]),  # the first of the list
        ({"contains_keyword": "hir"}, None),
        ({"contains_all": ["hiring", "cook"]}, ["contains 'hiring'", "contains 'cook'"]),
        ({"contains_all": ["hiring", "cfo"]}, None),
        ({"contains_phrase": "hiring: a line"}, ["contains 'hiring: a line'"]),  # over the line break
        ({"contains_phrase": ["we're hiring"]}, ["contains 'we're hiring'"]),
        ({"contains_phrase": "line hiring"}, None),
        ({"matches_regex": r"\b(cook|chef)s?\b"}, ["says 'cook'"]),
        ({"matches_regex": "^hiring"}, None),
        ({"content_type": "Text"}, ["content type is 'Text'"]),  # case does not count
        ({"content_type": ["image", "video"]}, None),
        ({"campaign_type": "recruitment"}, ["campaign type is 'recruitment'"]),
        ({"platform": ["x", "instagram"]}, ["platform is 'instagram'"]),  # any of the campaign's
        ({"platform": "x"}, None),
        ({"generator": "claude"}, ["generator is 'claude'"]),
        ({"language": ["de", "EN"]}, ["language is 'EN'"]),
        ({"category": "job opening"}, ["category is 'job opening'"]),
        ({"category": "job_opening"}, None),  # not folded like a tag
        ({"tag": "Job Post"}, ["tag is 'Job Post'"]),  # folded like a tag
        ({"tag": "software"}, None),
        ({"sentiment": "positive"}, ["sentiment is 'positive'"]),
        ({"target_audience": "Job-Seeker"}, ["target audience is 'Job-Seeker'"]),
        ({"min_quality_score": 0.8}, ["quality score 0.8 is at least 0.8"]),  # inclusive
        ({"min_quality_score": 0.81}, None),
        ({"max_quality_score": 0.8}, ["quality score 0.8 is at most 0.8"]),
        ({"max_quality_score": 0.79}, None),
        (
            {"min_word_count": 9, "max_word_count": 9},
            ["word count 9 is at most 9", "word count 9 is at least 9"],
        ),
        ({"max_word_count": 8}, None),
        ({"min_similarity": 0.41}, ["similarity 0.41 is at least 0.41"]),
        ({"max_similarity": -0.5}, None),
        # flat keys are ANDed
        ({"contains_keyword": "cook", "language": "en"}, ["contains 'cook'", "language is 'en'"]),
        ({"contains_keyword": "cook", "language": "de"}, None),
        ({"any": [{"language": "de"}, {"contains_keyword": "cook"}]}, ["contains 'cook'"]),
        ({"any": [{"language": "de"}, {"contains_keyword": "cfo"}]}, None),
        (
            {"all": [{"language": "en"}, {"contains_keyword": "cook"}]},
            ["language is 'en'", "contains 'cook'"],
        ),
        ({"all": [{"language": "en"}, {"contains_keyword": "cfo"}]}, None),
        ({"not": {"contains_keyword": ["cfo", "ceo"]}}, ["not (contains 'cfo' or 'ceo')"]),
        ({"not": {"contains_keyword": "cook"}}, None),
        (
            {"not": {"language": "en", "contains_keyword": "cfo"}},
            ["not (contains 'cfo' and language is 'en')"],
        ),
        ({"not": {"not": {"language": "en"}}}, ["not (not (language is 'en'))"]),
    ],
)
def test_rule_matches_and_says_why(conditions, expected):
    assert rule_matches(conditions, POST) is (expected is not None)
    assert explain_match(conditions, POST) == (expected or [])


@pytest.mark.parametrize(
    "conditions",
    [
        {"content_type": "text"},
        {"campaign_type": "recruitment"},
        {"platform": "x"},
        {"generator": "claude"},
        {"language": "en"},
        {"category": "offer"},
        {"tag": "sale"},
        {"sentiment": "neutral"},
        {"target_audience": "parents"},
        {"min_quality_score": 0},
        {"max_quality_score": 1},
        {"min_similarity": -1},
        {"max_similarity": 1},
        {"contains_keyword": "hiring"},
        {"matches_regex": "."},
    ],
)
def test_what_is_unknown_meets_no_condition_but_its_negation(conditions):
    assert not rule_matches(conditions, Facts())
    assert rule_matches({"not": conditions}, Facts())


def test_no_text_has_no_words():
    assert rule_matches({"min_word_count": 0, "max_word_count": 0}, Facts())


@pytest.mark.parametrize(
    "wrap", [lambda part: part, lambda part: {"not": part}, lambda part: {"any": [part]}]
)
def test_a_regex_that_takes_too_long_stops_its_rule_wherever_it_stands(wrap):
    slow = "(a|aa|aaa|aaaa)+$"
    told = []
    facts = Facts(text="a" * 2000 + "b")
    assert not rule_matches(wrap({"matches_regex": slow}), facts, on_timeout=told.append)
    assert told == [slow]
    assert explain_match(wrap({"matches_regex": slow}), facts) == []


def test_word_counts_are_asked_before_texts_are_searched(monkeypatch):
    monkeypatch.setattr(rules, "regex_find", lambda pattern, text: pytest.fail("searched"))
    conditions = {"any": [{"matches_regex": "a"}], "matches_regex": "b", "max_word_count": 2}
    assert not rule_matches(conditions, Facts(text="one two three"))


def test_explain_match_shows_the_beginning_of_a_long_find():
    assert explain_match({"matches_regex": "a+"}, Facts(text="a" * 81)) == [f"says '{'a' * 79}\u2026'"]
    assert explain_match({"matches_regex": "a+"}, Facts(text="a" * 80)) == [f"says '{'a' * 80}'"]


def test_rule_matches_refuses_a_condition_it_does_not_know():
    with pytest.raises(RuleError, match="conditions: unknown condition 'sounds_like'"):
        rule_matches({"sounds_like": "x"}, POST)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"contains_all": ["a", "b"], "language": "en"}, "contains 'a' and 'b' and language is 'en'"),
        ({"any": [{"tag": "a"}, {"not": {"matches_regex": "b"}}]}, "(tag is 'a' or not (matches /b/))"),
        ({"fuzzy": ["a", "b"]}, "says nearly 'a' or 'b'"),
        ({"all": [{"language": ["en", "de"]}, {"max_similarity": 0.5}]},
         "(language is 'en' or 'de' and similarity is at most 0.5)"),
    ],
)  # fmt: skip
def test_describe_puts_conditions_in_words(conditions, expected):
    assert describe(conditions) == expected
