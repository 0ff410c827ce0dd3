import pytest

from campaignbase.core.tags import ScoredTag, TagEntry, TagIndex, fold_tag, merge_tags


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Product Launch", "productlaunch"),
        ("product-launch", "productlaunch"),
        ("#product_launches", "productlaunch"),  # 'ches'
        ("# hiring", "hiring"),  # the space goes before the '#'
        ("stories", "story"),
        ("ties", "tie"),  # too short for 'ies': a plain plural
        ("business", "business"),  # 'ss'
        ("bonus", "bonus"),  # 'us'
        ("analysis", "analysis"),  # 'is'
        ("classes", "class"),
        ("dishes", "dish"),
        ("boxes", "box"),
        ("quizzes", "quizz"),
        ("axes", "axe"),  # four letters: not 'xes', but a plural
        ("jobs", "job"),
        ("gas", "gas"),  # three letters stay
        ("Été", "été"),
        ("#", ""),
        ("", ""),
    ],
)
def test_fold_tag_drops_case_separators_and_plural(name, expected):
    assert fold_tag(name) == expected


VOCABULARY = TagIndex(
    [
        TagEntry("1", "product_launch", aliases=["release"], keywords=["new", "meet our latest"]),
        TagEntry("2", "software", aliases=["saas"], keywords=["app", "cloud", "open source", "dashboard"]),
        TagEntry("3", "release"),  # a name beats the alias of 1
        TagEntry("4", "confidential", keywords=["app"], manual_only=True),
        TagEntry("5", "c++"),
        TagEntry("6", "r&d"),
    ]
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Product Launches", "1"),
        ("SaaS", "2"),
        ("releases", "3"),
        ("confidential", "4"),  # a person may name it
        ("c++", "5"),
        ("c", None),
        ("hardware", None),
    ],
)
def test_find_knows_names_and_aliases_in_any_spelling(name, expected):
    assert VOCABULARY.find(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Our product launches today", [ScoredTag("1", 0.9, "says 'product launches'")]),
        ("Big day! #ProductLaunch", [ScoredTag("1", 1.0, "#productlaunch")]),
        ("A saas story", [ScoredTag("2", 0.85, "says 'saas'")]),
        ("Our app is here", [ScoredTag("2", 0.5, "mentions 'app'")]),
        ("An open-source tool", [ScoredTag("2", 0.6, "mentions 'open source'")]),
        # 0.5 + 0.15 for the second keyword; naming one twice counts once
        ("An app in the cloud, what an app", [ScoredTag("2", 0.65, "mentions 'app', 'cloud'")]),
        # 0.6 + 3 x 0.15 is over the limit of 0.8
        ("open source cloud app dashboard", [
            ScoredTag("2", 0.8, "mentions 'open source', 'cloud', 'app', 'dashboard'"),
        ]),
        ("A release", [ScoredTag("3", 0.9, "says 'release'")]),
        ("our R&D team", [ScoredTag("6", 0.9, "says 'r d'")]),
        ("vitamin C and confidential", []),  # a lone letter; a manual-only tag
        ("apples, reapp", []),  # inside a word
        ("", []),
    ],
)  # fmt: skip
def test_match_finds_the_tags_a_text_names(text, expected):
    assert VOCABULARY.match(text) == expected


def test_match_sorts_by_score_then_name():
    assert [tag.tag_id for tag in VOCABULARY.match("software release #release app new")] == ["3", "2", "1"]


def test_merge_tags_keeps_the_best_of_each_and_at_most_eight():
    words = [ScoredTag("a", 0.5, "word"), ScoredTag("b", 0.9, "word")]
    meaning = [ScoredTag("a", 0.7, "meaning"), ScoredTag("b", 0.9, "meaning"), ScoredTag("c", 0.8, "meaning")]
    assert merge_tags(words, meaning) == [
        ScoredTag("b", 0.9, "word"),  # equal scores: the earlier witness
        ScoredTag("c", 0.8, "meaning"),
        ScoredTag("a", 0.7, "meaning"),
    ]
    many = [ScoredTag(str(number), number / 100, "") for number in range(20)]
    assert [tag.tag_id for tag in merge_tags(many)] == ["19", "18", "17", "16", "15", "14", "13", "12"]


def test_merge_tags_leaves_out_what_a_person_removed():
    assert merge_tags([ScoredTag("a", 0.9, ""), ScoredTag("b", 0.5, "")], rejected={"a"}) == [
        ScoredTag("b", 0.5, "")
    ]
