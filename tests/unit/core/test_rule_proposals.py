from campaignbase.core.rule_proposals import propose
from campaignbase.core.rule_trial import Trial, claims
from campaignbase.models.rule_trials import JudgedRow


def row(text: str, category: str | None, *, corrected: bool = True, **more: object) -> JudgedRow:
    told = {
        "id": text, "matched": False, "text": text, "category": category, "category_by_person": True,
        "corrected": corrected, "sentiment": None, "sentiment_by_person": False, "audience": None,
        "audience_by_person": False, "given_tags": (), "refused_tags": (),
    }  # fmt: skip
    return JudgedRow(**{**told, **more})  # type: ignore[arg-type]


def terms(rows: list[JudgedRow]) -> dict[str, list[str]]:
    return {one.actions["add_category"]: one.conditions["contains_keyword"] for one in propose(rows)}


def test_a_word_must_separate_and_be_said_often_enough():
    hiring = [row(f"we are hiring {n}", "job") for n in ("cooks", "waiters", "drivers")]
    filed = [row(f"we are {n}", "news", corrected=False) for n in ("open", "closed", "here")]
    assert terms(hiring + filed) == {"job": ["hiring"]}
    assert terms(hiring[:2] + filed) == {}  # twice is an anecdote
    # as often said of other things: it separates nothing
    assert (
        terms(hiring + filed + [row(f"we are hiring {n} lights", "news", corrected=False) for n in "abc"])
        == {}
    )


def test_confirmed_rows_count_for_precision_and_not_for_support():
    confirmed = [row(f"we are hiring {n}", "job", corrected=False) for n in ("cooks", "waiters", "drivers")]
    assert propose(confirmed) == []


def test_further_terms_bring_rows_of_their_own():
    rows = [row(f"hiring {n}", "job") for n in ("cooks", "waiters", "drivers")]
    rows += [row(f"join our team {n}", "job") for n in ("today", "tomorrow", "now")]
    rows += [row(f"news {n}", "news", corrected=False) for n in "abc"]
    [proposal] = propose(rows)
    assert set(proposal.conditions["contains_keyword"]) == {"hiring", "team"}
    assert (proposal.support, proposal.corrected, proposal.precision) == (6, 6, 1.0)


def test_words_that_a_rule_would_not_find_together_are_no_phrase():
    rows = [row(f"free, trial {n} bag", "offer") for n in ("red", "blue", "green")]
    rows += [row(f"{one} thing", "news", corrected=False) for one in ("free", "trial", "a bag")]
    assert terms(rows) == {}


def test_claims_are_the_labels_a_rule_gives():
    actions = {"add_category": "offer", "add_tags": "sale", "remove_tags": ["a", "b"], "webhook": "crm"}
    assert claims(actions) == [
        ("add_category", "offer"), ("add_tags", "sale"), ("remove_tags", "a"), ("remove_tags", "b"),
    ]  # fmt: skip


def test_a_trial_counts_what_people_say_of_each_claim():
    trial = Trial({"set_sentiment": "positive", "remove_tags": "Sales", "set_audience": "Job-Seekers"})
    hit = {"matched": True, "category_by_person": False}
    trial.add(
        10,
        [
            row("a", None, **hit, sentiment="positive", sentiment_by_person=True, given_tags=("sale",)),
            row("b", None, **hit, audience="job seekers", audience_by_person=True, refused_tags=("sale",)),
            row("c", None, category_by_person=False, sentiment="positive", sentiment_by_person=True),
        ],
    )
    found = {
        one.action: (one.agreed, one.conflicts, one.missed, one.unjudged) for one in trial.result().claims
    }
    assert found == {"set_sentiment": (1, 0, 1, 1), "remove_tags": (1, 1, 0, 0), "set_audience": (1, 0, 0, 1)}
    assert (trial.result().read, trial.result().hits) == (10, 2)
    assert [one.said for one in trial.result().conflicts] == ["gave Sales"]
