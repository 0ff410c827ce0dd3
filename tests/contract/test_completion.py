"""complete_jobs: what is written, what a person decided meanwhile, and labels that changed under way."""

from decimal import Decimal

import numpy as np
import pytest
from tests.contract.subject import Subject, answer, chosen, felt, tagged

from campaignbase.models import Correction, LabelChoice, NewCampaign
from campaignbase.testing import hash_vectors


async def test_an_accepted_answer_is_on_the_row(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one until Sunday")
    job = await subject.claim_one()
    verdicts = await subject.complete(
        answer(
            job,
            category=chosen(await subject.category("offer"), "neighbor", 0.9),
            sentiment=felt("positive"),
            audience=chosen(await subject.tag("job_seekers"), "rule", 1.0),
            tags=tagged(await subject.tag("urgency")),
            language="en",
            quality_score=0.625,
            quality_parts={"length": 0.5},
        )
    )
    assert verdicts == ["accepted"]
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.category_source, asset.label_state) == (
        "offer",
        "neighbor",
        "labeled",
    )
    assert (asset.sentiment, asset.sentiment_source) == ("positive", "model")
    assert (asset.target_audience, asset.audience_source) == ("job_seekers", "rule")
    assert (asset.tags, asset.language) == (("urgency",), "en")
    assert (asset.quality_score, asset.quality_parts) == (0.63, {"length": 0.5})  # two places, half up
    assert (asset.embedding_model, asset.confirmed_at) == ("fake-hash-1", None)


async def test_every_decision_is_in_the_history(subject: Subject):
    [asset_id] = await subject.label("first text")
    subject.sql("update content_assets set content = 'Two for one' where id = %s", asset_id)
    job = await subject.claim_one()
    await subject.complete(
        answer(
            job,
            category=chosen(await subject.category("offer"), "rule", 0.5, "rule 'sale'"),
            sentiment=felt("mixed", score=0.25),
            audience=chosen(await subject.tag("students")),
            tags=tagged(await subject.tag("urgency"), await subject.tag("statistic")),
            model="offline-1",
            prompt_version="p1",
            vocabulary_version=7,
            cost=Decimal("0.0012"),
            latency_ms=12,
        )
    )
    found = await subject.store.explain(asset_id)
    assert found.decisions[-1].outcome == "abstained"  # of the first text; newest first
    latest = {decision.field: decision for decision in found.decisions[:-1]}
    assert set(latest) == {"category", "sentiment", "audience", "tags"}
    category = latest["category"]
    assert (category.label, category.source, category.score) == ("offer", "rule", 0.5)
    assert (category.reasons, category.outcome, category.previous_label) == (
        ("rule 'sale'",),
        "applied",
        None,
    )
    assert (category.model, category.prompt_version, category.vocabulary_version) == ("offline-1", "p1", 7)
    assert (category.embedding_model, category.latency_ms) == ("fake-hash-1", 12)
    assert latest["tags"].label == "urgency, statistic"
    by_model = {"source": "model", "score": 0.75, "reason": "it says so"}
    assert latest["tags"].labels == (
        {"id": await subject.tag("urgency"), "name": "urgency", **by_model},
        {"id": await subject.tag("statistic"), "name": "statistic", **by_model},
    )
    assert (category.labels, category.candidate) == ((), None)
    assert latest["sentiment"].latency_ms is None  # once a run, on the category
    assert subject.sql("select cost from categorizations where cost is not null") in (
        [("0.001200",)],
        [(Decimal("0.001200"),)],
    )


async def test_without_a_category_a_row_goes_to_review(subject: Subject):
    [asset_id] = await subject.label("hm")
    asset = await subject.asset(asset_id)
    assert (asset.label_state, asset.primary_category, asset.category_source) == ("review", None, None)


@pytest.mark.parametrize("person", [False, True], ids=["nobody decided", "a person decided"])
async def test_what_came_nearest_is_explained(subject: Subject, person: bool):
    near = LabelChoice(score=0.31, reasons=("nobody was sure",), candidate=await subject.category("offer"))
    subject.drop_label_jobs()
    [asset_id] = await subject.add("hm", primary_category="event" if person else None)
    await subject.finish(category=near)
    machine = [one for one in (await subject.store.explain(asset_id)).decisions if one.source != "human"]
    [decision] = [one for one in machine if one.field == "category"]
    assert (decision.label, decision.candidate, decision.reasons) == (None, "offer", ("nobody was sure",))
    assert decision.outcome == ("kept_human" if person else "abstained")


async def test_nothing_to_read_has_no_vector(subject: Subject):
    [asset_id] = await subject.label("  ")
    asset = await subject.asset(asset_id)
    assert (asset.label_state, asset.embedding_model) == ("review", None)


async def test_a_kept_vector_stays(subject: Subject):
    [asset_id] = await subject.label("Two for one")
    await subject.store.queue_content([asset_id])
    job = await subject.claim_one()
    await subject.complete(answer(job, embedding=None, embedding_kept=True))
    [hit] = await subject.store.semantic_search(hash_vectors(["Two for one"])[0])
    assert (hit.id, round(hit.similarity, 4)) == (asset_id, 1.0)


async def test_labels_get_their_vectors(subject: Subject):
    category_id = await subject.category("offer")
    subject.sql("delete from {jobs} where target_id <> %s", category_id)
    await subject.complete(answer(await subject.claim_one()))
    [[model, has_hash]] = subject.sql(
        "select embedding_model, content_hash is not null from categories where id = %s", category_id
    )
    assert (model, bool(has_hash)) == ("fake-hash-1", True)


async def test_a_campaign_is_labeled(subject: Subject):
    subject.drop_label_jobs()
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Summer sale")])
    await subject.complete(
        answer(await subject.claim_one(), category=chosen(await subject.category("offer")))
    )
    found = await subject.store.explain(campaign_id)
    assert found.asset is None
    assert (found.campaign.primary_category, found.campaign.category_source) == ("offer", "model")
    assert (found.campaign.label_state, found.job_state) == ("labeled", None)
    assert [decision.label for decision in found.decisions] == ["offer"]


async def test_the_first_vector_fixes_the_model(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two")
    first, second = await subject.claim()
    assert await subject.complete(answer(first)) == ["accepted"]
    [workspace] = await subject.store.workspaces()
    assert workspace.embedding_model == "fake-hash-1"
    assert await subject.complete(answer(second, embedding_model="other-1")) == ["stale"]
    again = await subject.claim_one()
    assert (again.id, again.embedding_model) == (second.id, "fake-hash-1")
    assert (await subject.asset(second.target_id)).embedding_model is None


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        (Correction(category="event"), ("event", "positive", "students")),
        (Correction(sentiment="negative"), ("offer", "negative", "students")),
        (Correction(audience="job_seekers"), ("offer", "positive", "job_seekers")),
        (Correction(category=""), (None, "positive", "students")),  # cleared, and stays so
    ],
)
async def test_a_correction_while_leased_stands_field_by_field(
    subject: Subject, correction: Correction, expected: tuple[str | None, ...]
):
    category, audience = chosen(await subject.category("offer")), chosen(await subject.tag("students"))
    [asset_id] = await subject.label("Two for one", category=category, sentiment=felt("neutral"))
    await subject.store.queue_content([asset_id])
    job = await subject.claim_one()
    await subject.store.correct(asset_id, correction)
    verdicts = await subject.complete(
        answer(job, category=category, sentiment=felt("positive"), audience=audience)
    )
    assert verdicts == ["accepted"]
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.primary_category, asset.sentiment, asset.target_audience) == expected
    sources = [asset.category_source, asset.sentiment_source, asset.audience_source]
    assert sorted(sources) == ["human", "model", "model"]
    kept = [decision.field for decision in found.decisions if decision.outcome == "kept_human"]
    assert len(kept) == 1
    assert asset.label_state == ("review" if correction.category == "" else "labeled")


async def test_a_tag_added_while_leased_stays_a_persons(subject: Subject):
    [asset_id] = await subject.label("Two for one")
    await subject.store.queue_content([asset_id])
    job = await subject.claim_one()
    await subject.store.correct(asset_id, Correction(add_tags=("urgency",)))
    await subject.complete(
        answer(job, tags=tagged(await subject.tag("urgency"), await subject.tag("statistic")))
    )
    found = await subject.store.explain(asset_id)
    assert [(link.name, link.source, link.state) for link in found.tags] == [
        ("urgency", "human", "applied"),
        ("statistic", "model", "applied"),
    ]
    assert found.asset.tags == ("urgency", "statistic")


async def test_a_refused_tag_stays_refused(subject: Subject):
    urgency, statistic = await subject.tag("urgency"), await subject.tag("statistic")
    [asset_id] = await subject.label("Two for one", tags=tagged(urgency, statistic))
    await subject.store.correct(asset_id, Correction(remove_tags=("urgency",)))
    subject.sql("update content_assets set content = 'Three for one' where id = %s", asset_id)
    await subject.complete(answer(await subject.claim_one(), tags=tagged(urgency, statistic)))
    found = await subject.store.explain(asset_id)
    assert found.asset.tags == ("statistic",)
    assert [(link.name, link.state) for link in found.tags] == [
        ("statistic", "applied"),
        ("urgency", "rejected"),
    ]


async def test_tags_a_machine_no_longer_names_are_gone(subject: Subject):
    urgency, statistic = await subject.tag("urgency"), await subject.tag("statistic")
    [asset_id] = await subject.label("Two for one", tags=tagged(urgency))
    await subject.store.queue_content([asset_id])
    await subject.complete(answer(await subject.claim_one(), tags=tagged(statistic)))
    assert (await subject.asset(asset_id)).tags == ("statistic",)
    assert {
        tag.name: tag.usage_count for tag in await subject.store.tags(subject.workspace.id) if tag.usage_count
    } == {"statistic": 1}


async def test_tags_stand_in_the_order_people_score_name(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one", tags=("trust",))
    low, high = await subject.tag("urgency"), await subject.tag("statistic")
    job = await subject.claim_one()
    await subject.complete(answer(job, tags=(*tagged(low, score=0.5), *tagged(high, score=0.75))))
    assert (await subject.asset(asset_id)).tags == ("trust", "statistic", "urgency")


async def test_a_label_renamed_under_way_costs_nothing(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("Two for one")
    category_id, tag_id = await subject.category("offer"), await subject.tag("urgency")
    job = await subject.claim_one()
    await subject.store.rename_category(subject.workspace.id, "offer", "deal")
    subject.sql("update tags set name = 'hurry' where id = %s", tag_id)
    subject.drop_label_jobs()
    assert await subject.complete(answer(job, category=chosen(category_id), tags=tagged(tag_id))) == [
        "accepted"
    ]
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.tags) == ("deal", ("hurry",))


async def test_a_label_removed_under_way_costs_its_own_job_only(subject: Subject):
    subject.drop_label_jobs()
    await subject.add("one", "two", "three")
    gone, tag_gone = await subject.category("webinar"), await subject.tag("urgency")
    jobs = await subject.claim()
    subject.sql("delete from categories where id = %s", gone)
    subject.sql("delete from tags where id = %s", tag_gone)
    verdicts = await subject.complete(
        answer(jobs[0], category=chosen(gone)),
        answer(jobs[1], category=chosen(await subject.category("offer"))),
        answer(jobs[2], tags=tagged(tag_gone)),
    )
    assert verdicts == ["unknown_label", "accepted", "unknown_label"]
    assert sorted(job.id for job in await subject.claim()) == sorted([jobs[0].id, jobs[2].id])


async def test_a_label_of_another_workspace_is_unknown(subject: Subject):
    other = await subject.store.create_workspace("other")
    foreign = next(found.id for found in await subject.store.categories(other.id) if found.name == "offer")
    subject.drop_label_jobs()
    await subject.add("one")
    assert await subject.complete(answer(await subject.claim_one(), category=chosen(foreign))) == [
        "unknown_label"
    ]


async def test_a_text_changed_while_leased_makes_the_answer_stale(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("first")
    job = await subject.claim_one()
    subject.sql("update content_assets set content = 'second' where id = %s", asset_id)
    late = answer(job, category=chosen(await subject.category("offer")))
    assert await subject.complete(late) == ["stale"]
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.label_state) == (None, "queued")
    again = await subject.claim_one()
    assert (again.text, again.attempt) == ("second", 3)


async def test_usage_is_counted(subject: Subject):
    offer, event = await subject.category("offer"), await subject.category("event")
    ids = await subject.label("one", "two", category=chosen(offer), tags=tagged(await subject.tag("urgency")))
    await subject.store.correct(ids[0], Correction(category="event", remove_tags=("urgency",)))
    categories = await subject.store.categories(subject.workspace.id)
    assert {found.id: found.usage_count for found in categories if found.usage_count} == {offer: 1, event: 1}
    tags = await subject.store.tags(subject.workspace.id)
    assert {found.name: found.usage_count for found in tags if found.usage_count} == {"urgency": 1}
    subject.sql("delete from content_assets where id = %s", ids[1])
    categories = await subject.store.categories(subject.workspace.id)
    assert {found.id for found in categories if found.usage_count} == {event}


async def test_rules_are_counted(subject: Subject):
    rule = (await subject.store.rules(subject.workspace.id))[0]
    await subject.label("one", "two", rules=((rule.id, True),))
    await subject.label("three", rules=((rule.id, False),))
    found = (await subject.store.rules(subject.workspace.id))[0]
    assert (found.id, found.execution_count, found.success_count) == (rule.id, 3, 2)
    assert found.last_execution is not None


async def test_vectors_survive_the_round_trip_exactly(subject: Subject):
    vector = np.zeros(1536, dtype=np.float32)
    vector[:3] = np.array([0.1, -0.2, 0.3], dtype=np.float32)
    vector /= np.linalg.norm(vector)
    [asset_id] = await subject.label("one", embedding=vector)
    await subject.store.queue_content([asset_id])
    kept = (await subject.claim_one()).embedding
    assert kept.dtype == np.float32
    assert kept.tolist() == vector.tolist()
