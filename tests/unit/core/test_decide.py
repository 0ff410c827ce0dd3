"""Who decides a row's labels, and which of two witnesses stands."""

from dataclasses import replace
from typing import Any

import pytest

from campaignbase.core.decide import (
    AGREEING_SIMILARITY,
    NEAR_EQUAL,
    decide_category,
    decide_content,
    is_decided,
)
from campaignbase.models import (
    MAX_MACHINE_TAGS,
    Analysis,
    Category,
    HeadInfo,
    ItemContext,
    LabelChoice,
    Neighbor,
    Rule,
    Tag,
    TagChoice,
    Vocabulary,
)

OFFER, EVENT = Category("c-offer", "offer"), Category("c-event", "event")
LAUNCH = Category("c-launch", "launch")
BOARD = Category("c-board", "board", manual_only=True)
RETAIL, SALE, PARENTS = (
    Tag("t-retail", "retail"),
    Tag("t-sale", "sale", aliases=("deals",)),
    Tag("t-par", "parents", tag_type="audience"),
)
VOCABULARY = Vocabulary(1, (OFFER, EVENT), (RETAIL, SALE, PARENTS), ())
FACTS: dict[str, Any] = {
    "text": "spring sale",
    "content_type": "text",
    "campaign_type": None,
    "platforms": [],
    "generator": None,
    "language": None,
    "category": None,
    "tags": [],
    "sentiment": None,
    "target_audience": None,
    "quality_score": None,
    "similarity": 0.4,
}
ITEM = ItemContext("a", "w", FACTS, frozenset(), frozenset(), (), (), (), (), ())
MODEL = Analysis(
    category=LabelChoice("model", 0.7, ("near its description",), OFFER.id),
    sentiment=LabelChoice("model", 0.6, (), label="positive"),
    tags=(TagChoice(RETAIL.id, "model", 0.5, "says 'shop'"),),
)


def neighbor(similarity: float, category: Category = EVENT, **more: Any) -> Neighbor:
    return Neighbor(f"n-{similarity}", category.id, similarity, more.pop("equal", False), **more)


def rule(name: str, actions: dict[str, Any], rule_type: str = "categorization", **conditions: Any) -> Rule:
    return Rule(f"r-{name}", name, rule_type, conditions or {"contains_keyword": "sale"}, actions)


def decide(item: ItemContext, rules: tuple[Rule, ...] = (), analysis: Analysis = MODEL) -> Any:
    vocabulary = replace(VOCABULARY, rules=rules)
    return decide_content(item, vocabulary, analysis, language="en", quality_score=0.8)


@pytest.mark.parametrize(
    ("item", "source", "category"),
    [
        # nobody but the model has anything to say
        (ITEM, "model", OFFER),
        # the very same text, filed by a person
        (replace(ITEM, neighbors=(neighbor(0.2, equal=True),)), "reuse", EVENT),
        # the floor of nearly equal is inclusive
        (replace(ITEM, neighbors=(neighbor(NEAR_EQUAL),)), "reuse", EVENT),
        # one similar text is an anecdote
        (replace(ITEM, neighbors=(neighbor(NEAR_EQUAL - 0.01),)), "model", OFFER),
        # three that agree decide
        (replace(ITEM, neighbors=(neighbor(0.9), neighbor(0.8), neighbor(0.7))), "neighbor", EVENT),
        # 2.4 of 3.1 agree: 0.77 is below the share asked for
        (replace(ITEM, neighbors=(*(neighbor(0.8),) * 3, neighbor(0.7, OFFER))), "model", OFFER),
        # a text below the similarity does not vote
        (
            replace(ITEM, neighbors=(neighbor(0.9), neighbor(0.8), neighbor(AGREEING_SIMILARITY - 0.01))),
            "model",
            OFFER,
        ),
    ],
)
def test_decide_category_trusts_people_before_the_model(
    item: ItemContext, source: str, category: Category
) -> None:
    choice = decide(item).category

    assert (choice.source, choice.id) == (source, category.id)
    assert choice.reasons


@pytest.mark.parametrize(
    ("probability", "source"),
    [(0.9, "trained"), (0.8, "trained"), (0.79, "model")],  # the threshold is inclusive
)
def test_decide_category_trusts_the_trained_head_above_its_threshold(probability: float, source: str) -> None:
    vocabulary = replace(VOCABULARY, head=HeadInfo("h", "m", 200, 0.8))
    item = replace(ITEM, trained=((EVENT.id, probability), (OFFER.id, 1 - probability)))

    assert decide_category(item, vocabulary, MODEL, None).source == source


FITTED = (
    "head version 3, fitted on 240 texts that people filed: probability {:.2f} (0.62 suffices for this label)"
)
KNOWN = HeadInfo("h", "m", 240, 0.7, 3, {EVENT.id: 0.62, OFFER.id: 0.9})
UNSURE = "head version 3 is not sure: event 0.55 (0.62 would suffice)"


@pytest.mark.parametrize(
    ("analysis", "expected"),
    [
        # measured on both labels, the head was right more often than an offline guess
        (
            Analysis(LabelChoice("model", 0.6, ("keywords",), OFFER.id)),
            LabelChoice(None, 0.55, (UNSURE, "model guessed offer", "keywords"), candidate=EVENT.id),
        ),
        # where nobody guesses, what the head holds likeliest comes nearest
        (
            Analysis(LabelChoice(reasons=("unclear",), candidate=OFFER.id)),
            LabelChoice(None, 0.55, (UNSURE, "unclear"), candidate=EVENT.id),
        ),
        # a label that the head was never shown
        (
            Analysis(LabelChoice("model", 0.6, ("keywords",), LAUNCH.id)),
            LabelChoice("model", 0.6, ("keywords",), LAUNCH.id),
        ),
        # a hosted model reads better than vectors tell
        (
            Analysis(LabelChoice("model", 0.6, ("it says so",), OFFER.id), prompt_version="p1"),
            LabelChoice("model", 0.6, ("it says so",), OFFER.id),
        ),
    ],
)
def test_an_offline_guess_does_not_beat_a_head_that_was_measured(
    analysis: Analysis, expected: LabelChoice
) -> None:
    launch = replace(VOCABULARY, head=KNOWN, categories=(*VOCABULARY.categories, LAUNCH))
    item = replace(ITEM, trained=((EVENT.id, 0.55), (OFFER.id, 0.4)))

    assert decide_category(item, launch, analysis, None) == expected
    assert not is_decided(item, launch)  # so that a hosted model is asked


@pytest.mark.parametrize(
    ("rows", "likeliest", "source"),
    [
        (19, 0.8, "model"),  # fewer than 10 rows a label
        (20, 0.8, None),  # enough: the head was measured, the guess was not
        (19, 0.7, "model"),  # from there on
        (19, 0.69, None),
    ],
)
def test_a_young_head_shares_a_guess(rows: int, likeliest: float, source: str | None) -> None:
    young = replace(VOCABULARY, head=replace(KNOWN, train_rows=rows))
    item = replace(ITEM, trained=((OFFER.id, likeliest), (EVENT.id, 0.3)))
    choice = decide_category(item, young, Analysis(LabelChoice("model", 0.6, ("keywords",), OFFER.id)), None)
    assert (choice.source, choice.id) == (source, OFFER.id if source else None)
    told = f"head version 3, of few rows, says the same: {likeliest:.2f}"
    assert (choice.reasons == ("keywords", told)) == (source is not None)


def test_a_young_head_does_not_share_the_guess_of_another_label() -> None:
    young = replace(VOCABULARY, head=replace(KNOWN, train_rows=5))
    item = replace(ITEM, trained=((EVENT.id, 0.6), (OFFER.id, 0.3)))
    choice = decide_category(item, young, Analysis(LabelChoice("model", 0.6, ("keywords",), OFFER.id)), None)
    assert (choice.id, choice.candidate) == (None, EVENT.id)


NEAREST = "n-0.55 (similarity 0.55), n-0.4 (similarity 0.40), n-0.31 (similarity 0.31)"


@pytest.mark.parametrize(
    ("neighbors", "probability", "reasons"),
    [
        # the nearest three of its category are named, the nearest first, whatever lies between;
        # 5 neighbors of 10, 240 rows: a share of 0.0185, of which they have 0.30: 0.9815 * 0.81 + 0.0056
        (
            (neighbor(0.58, OFFER), neighbor(0.4), neighbor(0.55), neighbor(0.3), neighbor(0.31)),
            0.8005,
            (f"nearest of those filed here: {NEAREST}",),
        ),
        # 2 of 10: a share of 0.0074
        (
            (neighbor(0.58, OFFER), neighbor(0.5, OFFER)),
            0.804,
            ("no text filed here is among the nearest 2",),
        ),
        ((), 0.81, ()),
    ],
)
def test_decide_category_says_what_the_trained_head_rests_on(
    neighbors: tuple[Neighbor, ...], probability: float, reasons: tuple[str, ...]
) -> None:
    vocabulary = replace(VOCABULARY, head=HeadInfo("h", "m", 240, 0.7, 3, {EVENT.id: 0.62}))
    item = replace(ITEM, trained=((EVENT.id, 0.81),), neighbors=neighbors)

    choice = decide_category(item, vocabulary, MODEL, None)

    assert choice == LabelChoice(
        "trained",
        pytest.approx(probability, abs=1e-4),
        (FITTED.format(probability), *reasons),
        EVENT.id,
        head_version=3,
    )


def test_decide_category_hears_the_neighbors_of_a_head_that_is_unsure() -> None:
    # 3,000 rows, 10 neighbors: the half of one half; too far apart to agree by themselves
    vocabulary = replace(VOCABULARY, head=HeadInfo("h", "m", 3000, 0.6))
    item = replace(
        ITEM,
        trained=((OFFER.id, 0.52), (EVENT.id, 0.48)),
        neighbors=(neighbor(AGREEING_SIMILARITY - 0.01),) * 10,
    )

    choice = decide_category(item, vocabulary, MODEL, None)

    assert (choice.source, choice.id, choice.score) == ("trained", EVENT.id, pytest.approx(0.61))


@pytest.mark.parametrize(
    ("similarity", "trained", "source"),
    [
        # the head knows the neighbors' category and takes the text for another
        (NEAR_EQUAL, (OFFER, EVENT), "trained"),
        (AGREEING_SIMILARITY, (OFFER, EVENT), "trained"),
        # it thinks the same
        (NEAR_EQUAL, (EVENT, OFFER), "reuse"),
        (AGREEING_SIMILARITY, (EVENT, OFFER), "neighbor"),
        # it never saw that category
        (NEAR_EQUAL, (OFFER,), "reuse"),
        (AGREEING_SIMILARITY, (OFFER,), "neighbor"),
    ],
)
def test_decide_category_believes_neighbors_that_the_head_does_not_contradict(
    similarity: float, trained: tuple[Category, ...], source: str
) -> None:
    vocabulary = replace(VOCABULARY, head=HeadInfo("h", "m", 240, 0.8))
    scores = tuple((category.id, score) for category, score in zip(trained, (0.9, 0.1), strict=False))
    item = replace(ITEM, neighbors=(neighbor(similarity),) * 3, trained=scores)

    choice = decide_category(item, vocabulary, MODEL, None)

    assert (choice.source, choice.id) == (source, OFFER.id if source == "trained" else EVENT.id)


def test_decide_category_does_not_reuse_what_people_filed_in_two_ways() -> None:
    nearly = (neighbor(NEAR_EQUAL + 0.01), neighbor(NEAR_EQUAL, OFFER))

    assert decide(replace(ITEM, neighbors=nearly)).category.source == "model"
    assert decide(replace(ITEM, neighbors=(nearly[0], nearly[0]))).category.source == "reuse"


def test_decide_category_names_the_texts_that_agree() -> None:
    neighbors = (*(neighbor(similarity) for similarity in (0.9, 0.8, 0.7, 0.65)), neighbor(0.61, OFFER))

    choice = decide(replace(ITEM, neighbors=neighbors)).category

    # 3.05 of 3.66, times the nearest
    assert choice.score == pytest.approx(3.05 / 3.66 * 0.9)
    named = "n-0.9 (similarity 0.90), n-0.8 (similarity 0.80), n-0.7 (similarity 0.70)"
    assert choice.reasons == (f"4 of 5 similar texts were filed here by people: {named}",)


def test_decide_category_ignores_a_head_that_names_a_removed_category() -> None:
    vocabulary = replace(VOCABULARY, head=HeadInfo("h", "m", 200, 0.8))
    item = replace(ITEM, trained=(("gone", 0.99),))

    assert decide_category(item, vocabulary, MODEL, None).source == "model"


def test_decide_content_lets_the_first_matching_rule_file_the_asset() -> None:
    first, second = rule("first", {"add_category": "event"}), rule("second", {"category": "offer"})
    item = replace(ITEM, matched_rules=(second.id, first.id), neighbors=(neighbor(0.5, equal=True),))

    decision = decide(item, (first, second))

    reason = "rule 'first': contains 'sale'"
    assert decision.category == LabelChoice("rule", 1.0, (reason,), EVENT.id, rule_id=first.id)
    assert dict(decision.rules) == {first.id: True, second.id: False}


def test_decide_content_counts_a_rule_overruled_by_a_person_as_no_success() -> None:
    files = rule("files", {"add_category": "event"})
    item = replace(ITEM, matched_rules=(files.id,), human_fields=frozenset({"category"}))

    assert dict(decide(item, (files,)).rules) == {files.id: False}


def test_decide_content_counts_what_stands_of_a_rule_and_nothing_else() -> None:
    item = replace(
        ITEM,
        human_fields=frozenset({"sentiment"}),
        human_tags=frozenset({SALE.id}),
        rejected_tags=frozenset({PARENTS.id}),
    )
    rules = [
        rule(name, actions, "tagging")
        for name, actions in (
            ("refused", {"add_tags": ["parents"]}),
            ("hers already", {"add_tags": "deals"}),
            ("hers", {"set_sentiment": "negative"}),
            ("nobody said it", {"remove_tags": ["parents"]}),
            ("not hers to take", {"remove_tags": ["sale"]}),
            ("takes one away", {"remove_tags": ["retail", "parents"]}),
            ("one of two", {"set_sentiment": "negative", "set_audience": "parents"}),
        )
    ]
    # (is the rule's answer what stands there now, because of it?)
    assert [took for _, took in decide(item, tuple(rules)).rules] == [
        False, False, False, False, False, True, True,
    ]  # fmt: skip


def test_decide_content_shows_tagging_rules_what_was_just_decided() -> None:
    tags = rule(
        "tags", {"add_tags": ["deals"]}, "tagging", category="offer", sentiment="positive", tag="retail"
    )
    late = rule("late", {"add_tags": ["parents"]}, "tagging", category="event")

    decision = decide(ITEM, (tags, late))

    assert [(tag.id, tag.source) for tag in decision.tags] == [(SALE.id, "rule"), (RETAIL.id, "model")]
    assert dict(decision.rules) == {tags.id: True}


def test_decide_content_shows_tagging_rules_the_label_a_person_keeps() -> None:
    stored = replace(ITEM, facts={**FACTS, "category": "event"}, human_fields=frozenset({"category"}))
    tags = rule("tags", {"add_tags": ["sale"]}, "tagging", category="event")

    assert SALE.id in {tag.id for tag in decide(stored, (tags,)).tags}


def test_decide_content_applies_removals_and_refusals() -> None:
    drop = rule("drop", {"remove_tags": ["retail"]}, "tagging")
    add = rule("add", {"add_tags": ["sale", "parents"]}, "tagging")
    item = replace(ITEM, rejected_tags=frozenset({PARENTS.id}))

    assert [tag.id for tag in decide(item, (drop, add)).tags] == [SALE.id]


def test_decide_content_keeps_what_the_rule_of_higher_priority_asked_for() -> None:
    add, drop = (
        rule("add", {"add_tags": ["sale"]}, "tagging"),
        rule("drop", {"remove_tags": ["sale"]}, "tagging"),
    )

    assert SALE.id in {tag.id for tag in decide(ITEM, (add, drop)).tags}
    assert SALE.id not in {tag.id for tag in decide(ITEM, (drop, add)).tags}


def test_decide_content_sets_audience_and_sentiment_by_rule() -> None:
    sets = rule("sets", {"set_audience": "parents", "set_sentiment": "mixed"}, "tagging")

    decision = decide(ITEM, (sets,))

    assert (decision.audience.source, decision.audience.id) == ("rule", PARENTS.id)
    assert (decision.sentiment.source, decision.sentiment.label) == ("rule", "mixed")


def test_decide_content_sets_no_audience_that_is_another_tag() -> None:
    first, second = (rule(name, {"set_audience": name}, "tagging") for name in ("sale", "parents"))

    decision = decide(ITEM, (first, second))

    assert decision.audience.id == PARENTS.id
    assert decision.rules == ((first.id, False), (second.id, True))


MANUAL = replace(EVENT, manual_only=True)


@pytest.mark.parametrize(
    ("item", "analysis", "source", "reason"),
    [
        # whoever filed the same text did what only people do
        (
            replace(ITEM, neighbors=(neighbor(0.9, equal=True),)),
            MODEL,
            None,
            "same text as n-0.9, filed by a person where only people file",
        ),
        (
            replace(ITEM, neighbors=(neighbor(0.97),)),
            MODEL,
            None,
            "nearly the text of n-0.97 (similarity 0.97), filed by a person where only people file",
        ),
        (replace(ITEM, neighbors=(neighbor(0.9), neighbor(0.8), neighbor(0.7))), MODEL, "model", None),
        (replace(ITEM, trained=((EVENT.id, 0.99),)), MODEL, "model", None),
        (
            ITEM,
            Analysis(category=LabelChoice("model", 0.9, (), EVENT.id)),
            None,
            "model named a label that is not there or not for machines",
        ),
        (
            ITEM,
            Analysis(category=LabelChoice("model", 0.9, (), "gone")),
            None,
            "model named a label that is not there or not for machines",
        ),
    ],
    ids=["equal", "nearly equal", "agreeing", "trained", "model", "invented"],
)
def test_decide_content_files_nothing_where_only_people_file(
    item: ItemContext, analysis: Analysis, source: str | None, reason: str | None
) -> None:
    vocabulary = replace(VOCABULARY, categories=(OFFER, MANUAL), head=HeadInfo("h", "m", 200, 0.8))

    choice = decide_content(item, vocabulary, analysis, language=None, quality_score=None).category

    assert (choice.source, choice.id) == (source, OFFER.id if source else None)
    assert reason in (None, *choice.reasons)
    filed = reason is not None and reason.endswith("only people file")
    assert choice.candidate == (MANUAL.id if filed else None)  # for the person who will look at it


def test_decide_content_lets_a_rule_use_what_is_kept_for_people() -> None:
    sets = rule("sets", {"add_category": "event", "add_tags": ["sale"], "set_audience": "parents"})
    vocabulary = Vocabulary(
        1, (OFFER, MANUAL), tuple(replace(tag, manual_only=True) for tag in (SALE, PARENTS)), (sets,)
    )
    item = replace(ITEM, matched_rules=(sets.id,))

    decision = decide_content(item, vocabulary, MODEL, language=None, quality_score=None)

    assert (decision.category.id, decision.audience.id) == (EVENT.id, PARENTS.id)
    assert [tag.id for tag in decision.tags] == [SALE.id]


def test_decide_content_drops_tags_and_audiences_the_model_may_not_name() -> None:
    tags = (RETAIL, replace(SALE, manual_only=True), replace(PARENTS, manual_only=True))
    named = tuple(TagChoice(tag_id, "model", 0.5, "") for tag_id in (RETAIL.id, SALE.id, "gone"))
    for audience in (PARENTS.id, RETAIL.id, "gone"):
        analysis = Analysis(tags=named, audience=LabelChoice("model", 0.5, (), audience))

        decision = decide_content(
            ITEM, replace(VOCABULARY, tags=tags), analysis, language=None, quality_score=None
        )

        assert [tag.id for tag in decision.tags] == [RETAIL.id]
        assert (decision.audience.id, decision.audience.source) == (None, None)


def test_decide_content_takes_tags_that_most_similar_confirmed_texts_share() -> None:
    similar = (
        neighbor(0.9, tags=("sale", "retail")),
        neighbor(0.8, tags=("sale",)),
        neighbor(0.7, tags=()),
    )

    shared = {
        tag.id: tag.source for tag in decide(replace(ITEM, neighbors=similar), analysis=Analysis()).tags
    }

    assert shared == {SALE.id: "neighbor"}  # 2 of 3; retail is on 1 of 3


def test_decide_content_applies_at_most_eight_tags() -> None:
    many = tuple(Tag(f"t{number}", f"tag {number}") for number in range(12))
    analysis = Analysis(tags=tuple(TagChoice(tag.id, "model", 0.5, "") for tag in many))
    vocabulary = replace(VOCABULARY, tags=many)

    decision = decide_content(ITEM, vocabulary, analysis, language=None, quality_score=None)

    assert len(decision.tags) == MAX_MACHINE_TAGS == 8


def test_decide_content_says_which_rules_gave_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(pattern: str, folded: str) -> str | None:
        raise TimeoutError

    monkeypatch.setattr("campaignbase.core.rules.regex_find", search)
    first = rule("first", {"add_category": "event"})
    later = rule("later", {"add_tags": ["retail"]}, "tagging", matches_regex="x")

    category = decide(replace(ITEM, slow_rules=(first.id,)), (first, later)).category

    assert (category.id, category.reasons) == (
        OFFER.id,
        (
            "near its description",
            "rule 'first': no answer in time, counts as no match",
            "rule 'later': no answer in time, counts as no match",
        ),
    )


def test_decide_content_says_which_rules_name_a_label_that_was_removed() -> None:
    first = rule("first", {"add_category": "webinar", "remove_tags": ["old"]})
    later = rule("later", {"add_tags": ["urgent", "retail"], "set_audience": "teens"}, "tagging")
    decision = decide(replace(ITEM, matched_rules=(first.id,)), (first, later))
    assert decision.category.reasons[1:] == (
        "rule 'first': there is no category 'webinar' any more",
        "rule 'later': there is no tag 'urgent' any more",
        "rule 'later': there is no tag 'teens' any more",
    )
    assert dict(decision.rules) == {first.id: False, later.id: True}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, False),
        ({"human_fields": frozenset({"category"})}, True),
        ({"human_fields": frozenset({"sentiment"})}, False),
        ({"matched_rules": ("r-1",)}, True),
        ({"matched_rules": ("r-tags",)}, False),  # says nothing of the category
        ({"matched_rules": ("r-gone",)}, False),  # names one that is not there
        ({"neighbors": (neighbor(0.3, equal=True),)}, True),
        ({"neighbors": (neighbor(NEAR_EQUAL),)}, True),
        ({"neighbors": (neighbor(NEAR_EQUAL, BOARD),)}, True),  # only people file there
        ({"neighbors": (neighbor(NEAR_EQUAL - 0.01),)}, False),
        ({"trained": ((OFFER.id, 0.9),)}, True),
        ({"trained": ((OFFER.id, 0.5),)}, False),
    ],
)
def test_a_row_is_decided_where_somebody_surer_than_a_model_is(known: dict[str, Any], expected: bool) -> None:
    rules = tuple(
        Rule(f"r-{name}", name, "categorization", {}, actions)
        for name, actions in (
            ("1", {"add_category": "offer"}), ("tags", {"add_tags": ["retail"]}), ("gone", {"category": "x"})
        )
    )  # fmt: skip
    head = HeadInfo("h", "m", 90, 0.8)
    vocabulary = replace(VOCABULARY, categories=(OFFER, EVENT, BOARD), rules=rules, head=head)
    item = replace(ITEM, **known)
    assert is_decided(item, vocabulary) is expected
    if "category" not in item.human_fields:
        source = decide_content(item, vocabulary, MODEL, language=None, quality_score=None).category.source
        assert (source == "model") is not expected
