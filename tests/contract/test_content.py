"""insert_content, insert_campaigns, content, campaigns, explain, correct."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from tests.contract.subject import Subject, answer, chosen, failed, tagged

from campaignbase.errors import InputError, NotFoundError, UnknownLabelError
from campaignbase.models import Correction, InsertCounts, NewCampaign, NewContent

NOBODY = "99999999-9999-4999-8999-999999999999"


async def test_rows_are_inserted_in_order(subject: Subject):
    rows = [NewContent(content="one"), NewContent(content="two", asset_type="image", generator="gpt_4")]
    counts = await subject.store.insert_content(subject.workspace.id, rows)
    assert (counts.inserted, counts.updated, counts.skipped) == (2, 0, 0)
    assert [(await subject.asset(key)).text for key in counts.ids] == ["one", "two"]
    asset = await subject.asset(counts.ids[1])
    assert (asset.asset_type, asset.label_state, asset.workspace_id) == (
        "image",
        "queued",
        subject.workspace.id,
    )
    assert asset.category_source is None
    assert abs(asset.created_at - datetime.now(UTC)) < timedelta(minutes=5)


async def test_what_comes_with_a_label_is_a_persons(subject: Subject):
    row = NewContent(
        content="one",
        primary_category="offer",
        sentiment="positive",
        target_audience="Job Seeker",  # folded to the workspace's own name
        tags=("Urgency", "quite new", "urgencies"),
    )
    [asset_id] = (await subject.store.insert_content(subject.workspace.id, [row])).ids
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.primary_category, asset.category_source) == ("offer", "human")
    assert (asset.sentiment, asset.sentiment_source) == ("positive", "human")
    assert (asset.target_audience, asset.audience_source) == ("job_seekers", "human")
    assert asset.tags == ("urgency", "quite new")
    assert asset.confirmed_at is not None
    assert asset.label_state == "queued"  # its vector is still to be made
    assert {(link.name, link.source, link.state) for link in found.tags} == {
        ("urgency", "human", "applied"),
        ("quite new", "human", "applied"),
    }
    assert {decision.field for decision in found.decisions} == {"category", "sentiment", "audience", "tags"}
    assert {decision.reasons for decision in found.decisions} == {("set by a person",)}
    assert "quite new" in [tag.name for tag in await subject.store.tags(subject.workspace.id)]


async def test_a_second_run_of_an_import_adds_nothing(subject: Subject):
    rows = [NewContent(content=text, source_key=text) for text in ("one", "two")]
    first = await subject.store.insert_content(subject.workspace.id, rows)
    assert await subject.store.insert_content(subject.workspace.id, rows) == InsertCounts(0, 0, 2)
    assert len(await subject.store.content(subject.workspace.id)) == len(first.ids) == 2


async def test_another_text_under_the_same_key_updates_the_row(subject: Subject):
    subject.drop_label_jobs()
    rows = [NewContent(content=text, source_key=text) for text in ("one", "two")]
    first = await subject.store.insert_content(subject.workspace.id, rows)
    await subject.finish()
    rows = [NewContent(content="one", source_key="one"), NewContent(content="zwei", source_key="two")]
    assert await subject.store.insert_content(subject.workspace.id, rows) == InsertCounts(
        0, 1, 1, 0, first.ids[1:]
    )
    asset = await subject.asset(first.ids[1])
    assert (asset.text, asset.label_state) == ("zwei", "queued")
    assert (await subject.claim_one()).target_id == first.ids[1]


async def test_an_update_without_a_category_keeps_the_one_there_is(subject: Subject):
    rows = [NewContent(content="one", source_key="k", primary_category="offer")]
    [asset_id] = (await subject.store.insert_content(subject.workspace.id, rows)).ids
    rows = [NewContent(content="eins", source_key="k")]
    await subject.store.insert_content(subject.workspace.id, rows)
    assert (await subject.asset(asset_id)).primary_category == "offer"
    rows = [NewContent(content="uno", source_key="k", primary_category="event")]
    await subject.store.insert_content(subject.workspace.id, rows)
    asset = await subject.asset(asset_id)
    assert (asset.text, asset.primary_category, asset.category_source) == ("uno", "event", "human")


async def test_the_last_row_of_a_key_counts(subject: Subject):
    rows = [NewContent(content=text, source_key="k") for text in ("one", "two")]
    counts = await subject.store.insert_content(subject.workspace.id, rows)
    assert (counts.inserted, counts.updated, counts.skipped) == (1, 0, 1)
    assert (await subject.asset(counts.ids[0])).text == "two"


async def test_keys_of_workspaces_are_apart(subject: Subject):
    other = await subject.store.create_workspace("other")
    rows = [NewContent(content="one", source_key="k")]
    await subject.store.insert_content(subject.workspace.id, rows)
    assert (await subject.store.insert_content(other.id, rows)).inserted == 1


@pytest.mark.parametrize(
    ("row", "error", "told"),
    [
        (NewContent(content="a\x00b"), InputError, r"row 2: content holds a NUL"),
        (NewContent(prompt="é" * 500_001), InputError, r"row 2: prompt has 1,000,002 bytes"),
        (NewContent(content="ab\ud800"), InputError, r"row 2: content holds half a surrogate .* character 3"),
        (NewContent(content="a", asset_type="song"), InputError, r"row 2: asset_type 'song'"),
        (NewContent(content="a", sentiment="happy"), InputError, r"row 2: sentiment 'happy'"),
        (
            NewContent(content="a", primary_category="ofer"),
            UnknownLabelError,
            r"row 2: .*'ofer'; did you mean 'offer'",
        ),
        (
            NewContent(content="a", primary_category="ofer", campaign_id=NOBODY),
            UnknownLabelError,
            r"row 2: .*'ofer'; did you mean 'offer'",
        ),
    ],
    ids=["nul", "long", "surrogate", "asset_type", "sentiment", "category", "category and campaign"],
)
async def test_one_bad_row_leaves_nothing(
    subject: Subject, row: NewContent, error: type[Exception], told: str
):
    with pytest.raises(error, match=told):
        await subject.store.insert_content(subject.workspace.id, [NewContent(content="good"), row])
    assert await subject.store.content(subject.workspace.id) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (NewContent(content="a", campaign_id=NOBODY), rf"no campaign '{NOBODY}' in this workspace; see: "),
        (NewContent(content="a", campaign_id="spring"), r".*'spring'|.*\"spring\""),
        (NewContent(content="a", generator="Not Snake"), "generator 'Not Snake' is not lower_snake_case"),
        (NewContent(content="a", generation_cost=Decimal(-1)), ".*generation_cost_is_not_negative"),
        (NewContent(content="a", file_path="x" * 501), ".*content_assets_file_path_fits"),
        (NewContent(content="a", tags=("fine", "y" * 101)), ".*tags_name_fits"),
    ],
    ids=["campaign", "no id", "generator", "cost", "path", "tag"],
)
async def test_what_the_database_refuses_is_named_and_leaves_nothing(
    subject: Subject, row: NewContent, told: str
):
    tags = await subject.store.tags(subject.workspace.id)
    # a later row takes the place of the first of its key: rows are counted as they were given
    rows = [NewContent(content=text, source_key="k") for text in ("old", "$each$ 'x' \\ %s {}")]
    with pytest.raises(InputError, match=f"^row 4: {told}"):
        await subject.store.insert_content(subject.workspace.id, [*rows, NewContent(tags=("new",)), row, row])
    assert await subject.store.content(subject.workspace.id) == []
    assert await subject.store.tags(subject.workspace.id) == tags


async def test_words_of_a_row_that_is_known_become_no_tags(subject: Subject):
    row = NewContent(content="one", source_key="k", tags=("mine",), target_audience="beekeepers")
    await subject.store.insert_content(subject.workspace.id, [row])
    tags = await subject.store.tags(subject.workspace.id)
    words = {"tags": ("unheard of",), "target_audience": "nobody yet", "sentiment": "mixed"}
    rows = [NewContent(content=text, source_key="k", **words) for text in ("one", "two", "two")]
    counts = [await subject.store.insert_content(subject.workspace.id, [row]) for row in rows]
    assert [(count.inserted, count.updated, count.skipped) for count in counts] == [
        (0, 0, 1), (0, 1, 0), (0, 0, 1),
    ]  # fmt: skip
    assert await subject.store.tags(subject.workspace.id) == tags
    [asset] = await subject.store.content(subject.workspace.id)
    assert (asset.text, asset.tags, asset.target_audience) == ("two", ("mine",), "beekeepers")
    # the same key in another workspace is another row
    other = await subject.store.create_workspace("other")
    await subject.store.insert_content(other.id, rows[:1])
    assert "unheard of" in [tag.name for tag in await subject.store.tags(other.id)]


async def test_a_million_bytes_fit(subject: Subject):
    [asset_id] = await subject.add("é" * 500_000)
    assert len((await subject.asset(asset_id)).text) == 500_000


async def test_every_kind_of_text_comes_back_as_it_was(subject: Subject):
    texts = ["Größe 🎉 مرحبا 'quoted' \"double\" \\n back", "line\r\nline\ttab", '{"json": [1]}', "%s ? :x"]
    ids = await subject.add(*texts)
    assert [(await subject.asset(key)).text for key in ids] == texts


async def test_parameters_are_kept(subject: Subject):
    await subject.add("one", parameters={"utm": {"source": "x", "n": 1}, "ü": [True, None]})
    [[utm]] = subject.sql("select cast(parameters as text) from content_assets")
    assert '"utm"' in utm
    assert "ü" in utm


async def test_campaigns_are_found_by_name(subject: Subject):
    rows = [NewCampaign("Spring"), NewCampaign("Summer", campaign_type="launch", status="active")]
    ids = await subject.store.insert_campaigns(subject.workspace.id, rows)
    again = await subject.store.insert_campaigns(
        subject.workspace.id, [NewCampaign("Summer"), NewCampaign("Autumn")]
    )
    assert again[0] == ids[1]
    assert again[1] not in ids
    found = {campaign.name: campaign for campaign in await subject.store.campaigns(subject.workspace.id)}
    assert set(found) == {"Spring", "Summer", "Autumn"}
    assert (found["Summer"].campaign_type, found["Summer"].status) == ("launch", "active")
    assert (found["Summer"].label_state, found["Summer"].category_source) == ("queued", None)


async def test_a_campaigns_category_is_a_persons(subject: Subject):
    row = NewCampaign("Spring", primary_category="offer")
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [row])
    found = await subject.store.explain(campaign_id)
    assert (found.campaign.primary_category, found.campaign.category_source) == ("offer", "human")
    assert [decision.source for decision in found.decisions] == ["human"]


async def test_a_refused_campaign_leaves_nothing(subject: Subject):
    with pytest.raises(InputError):
        await subject.store.insert_campaigns(
            subject.workspace.id, [NewCampaign("Spring"), NewCampaign("Summer", status="nearly")]
        )
    assert await subject.store.campaigns(subject.workspace.id) == []


async def test_costs_and_rows_of_a_campaign_are_summed(subject: Subject):
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    await subject.add("one", "two", campaign_id=campaign_id, generation_cost=Decimal("0.1001"))
    await subject.add("three", campaign_id=campaign_id)
    [campaign] = await subject.store.campaigns(subject.workspace.id)
    assert (campaign.actual_cost, campaign.content_count) == (Decimal("0.2002"), 3)
    subject.sql("update content_assets set generation_cost = '7.5' where content = 'one'")
    subject.sql("delete from content_assets where content = 'two'")
    [campaign] = await subject.store.campaigns(subject.workspace.id)
    assert (campaign.actual_cost, campaign.content_count) == (Decimal("7.5"), 2)


async def test_content_is_listed_newest_first(subject: Subject):
    old, new = await subject.add("old"), await subject.add("new")
    subject.sql("update content_assets set created_at = '2020-01-01T00:00:00.000000Z' where content = 'old'")
    found = await subject.store.content(subject.workspace.id)
    assert [asset.id for asset in found] == [*new, *old]
    assert found[1].created_at == datetime(2020, 1, 1, tzinfo=UTC)
    assert [asset.id for asset in await subject.store.content(subject.workspace.id, limit=1)] == new


async def test_content_is_listed_by_state_category_and_campaign(subject: Subject):
    [campaign_id] = await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    [labeled] = await subject.add("one", primary_category="offer")
    subject.drop_label_jobs()
    await subject.finish()
    [queued] = await subject.add("two", campaign_id=campaign_id)

    async def listed(**filters: str) -> list[str]:
        return [asset.id for asset in await subject.store.content(subject.workspace.id, **filters)]

    assert await listed(label_state="labeled") == [labeled]
    assert await listed(label_state="queued") == [queued]
    assert await listed(category="offer") == [labeled]
    assert await listed(campaign_id=campaign_id) == [queued]
    assert await listed(campaign_id=campaign_id, category="offer") == []
    other = await subject.store.create_workspace("other")
    assert await subject.store.content(other.id) == []


async def test_a_beginning_of_an_id_is_enough(subject: Subject):
    [asset_id] = await subject.add("one")
    for wanted in (asset_id, asset_id[:8], asset_id[:13].upper(), f" {asset_id} "):
        assert (await subject.store.explain(wanted)).asset.id == asset_id


@pytest.mark.parametrize("wanted", ["abc", "", "%%%%", "zzzz", NOBODY])
async def test_an_unknown_id_is_not_found(subject: Subject, wanted: str):
    await subject.add("one")
    with pytest.raises(NotFoundError, match=f"no content or campaign .*{wanted!r}"):
        await subject.store.explain(wanted)


async def test_an_ambiguous_beginning_names_the_candidates(subject: Subject):
    keys = [f"abcd0000-0000-4000-8000-00000000000{number}" for number in range(2)]
    for key in keys:
        subject.sql("insert into content_assets (id, content) values (%s, 'x')", key)
    with pytest.raises(NotFoundError, match=f"'abcd0' is the beginning of several: {keys[0]}, {keys[1]}"):
        await subject.store.explain("abcd0")


async def test_a_failed_job_is_explained(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one")
    assert (await subject.store.explain(asset_id)).job_state == "waiting"
    job = await subject.claim_one()
    assert (await subject.store.explain(asset_id)).job_state == "leased"
    await subject.complete(failed(job, "refused", permanent=True))
    found = await subject.store.explain(asset_id)
    assert (found.job_state, found.job_error) == ("dead", "refused")


async def test_a_correction_is_a_persons_decision(subject: Subject):
    [asset_id] = await subject.label(
        "one", category=chosen(await subject.category("offer")), tags=tagged(await subject.tag("urgency"))
    )
    correction = Correction(
        category="event",
        sentiment="negative",
        audience="Students",
        add_tags=("Brand New",),
        remove_tags=("URGENCY",),
    )
    await subject.store.correct(asset_id, correction)
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.primary_category, asset.category_source, asset.label_state) == ("event", "human", "labeled")
    assert (asset.sentiment, asset.sentiment_source) == ("negative", "human")
    assert (asset.target_audience, asset.audience_source) == ("students", "human")
    assert asset.tags == ("Brand New",)
    assert asset.confirmed_at is not None
    assert {(link.name, link.source, link.state) for link in found.tags} == {
        ("Brand New", "human", "applied"),
        ("urgency", "human", "rejected"),
    }
    told = {(decision.field, decision.label, decision.previous_label) for decision in found.decisions[:4]}
    assert told == {
        ("category", "event", "offer"),
        ("sentiment", "negative", None),
        ("audience", "students", None),
        ("tags", "Brand New", "urgency"),
    }


async def test_a_correction_alone_queues_nothing(subject: Subject):
    [asset_id] = await subject.label("one")
    await subject.store.correct(asset_id, Correction(category="offer"))
    assert (await subject.store.explain(asset_id)).job_state is None
    assert (await subject.asset(asset_id)).label_state == "labeled"


async def test_a_cleared_category_goes_to_review(subject: Subject):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    await subject.store.correct(asset_id, Correction(category=""))
    found = await subject.store.explain(asset_id)
    asset = found.asset
    assert (asset.primary_category, asset.category_source, asset.label_state) == (None, "human", "review")
    assert asset.confirmed_at is None
    assert found.decisions[0].reasons == ("cleared by a person",)


async def test_a_refused_tag_can_be_added_again(subject: Subject):
    [asset_id] = await subject.label("one", tags=tagged(await subject.tag("urgency")))
    await subject.store.correct(asset_id, Correction(remove_tags=("urgency",)))
    await subject.store.correct(asset_id, Correction(add_tags=("urgency",)))
    [link] = (await subject.store.explain(asset_id)).tags
    assert (link.name, link.source, link.state) == ("urgency", "human", "applied")


@pytest.mark.parametrize(
    ("correction", "error"),
    [
        (Correction(category="ofer"), UnknownLabelError),
        (Correction(sentiment="happy"), InputError),
        (Correction(), InputError),
    ],
)
async def test_a_wrong_correction_changes_nothing(
    subject: Subject, correction: Correction, error: type[Exception]
):
    [asset_id] = await subject.label("one", category=chosen(await subject.category("offer")))
    before = await subject.asset(asset_id)
    with pytest.raises(error):
        await subject.store.correct(asset_id, correction)
    assert await subject.asset(asset_id) == before


async def test_what_does_not_exist_cannot_be_corrected(subject: Subject):
    with pytest.raises(NotFoundError):
        await subject.store.correct(NOBODY, Correction(category="offer"))


async def test_a_label_set_before_its_job_ran_stays_queued(subject: Subject):
    subject.drop_label_jobs()
    [asset_id] = await subject.add("one")
    await subject.store.correct(asset_id, Correction(category="offer"))
    assert (await subject.asset(asset_id)).label_state == "queued"
    await subject.complete(answer(await subject.claim_one()))
    assert (await subject.asset(asset_id)).label_state == "labeled"


async def test_a_new_audience_becomes_a_tag_of_its_type(subject: Subject):
    [asset_id] = await subject.add("one", target_audience="night owls")
    assert (await subject.asset(asset_id)).target_audience == "night owls"
    await subject.store.correct(asset_id, Correction(audience="early birds"))
    types = {tag.name: tag.tag_type for tag in await subject.store.tags(subject.workspace.id)}
    assert (types["night owls"], types["early birds"]) == ("audience", "audience")
