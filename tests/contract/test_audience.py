"""A target audience is a tag of type audience, whoever writes it; manual-only labels are for people."""

import json
import sqlite3

import psycopg
import pytest
from tests.contract.subject import Subject, answer, chosen, tagged

from campaignbase.errors import InputError, RuleError
from campaignbase.models import Correction, NewCampaign, NewContent, Rule, TagChoice

RULE = "insert into automation_rules (name, rule_type, conditions, actions)"
REFUSED = (sqlite3.IntegrityError, psycopg.Error)
# urgency is of type emotion in the default vocabulary; 'hurry up' is its alias in these tests
WRONG = [
    (
        "Urgencies",
        r"target audience 'Urgencies' is tag 'urgency' \(type emotion\), not a tag of type audience",
    ),
    (" hurry up ", r"target audience 'hurry up' is tag 'urgency' \(type emotion\)"),
    ("untyped", r"target audience 'untyped' is tag 'untyped' \(no type\)"),
]
TOLD = r"another type|is tag 'u"  # a trigger of SQLite has one sentence for all
ADVICE = r"Nearest audiences: \w+, \w+, \w+\. Name one, or give tag '\w+' the type audience\."


async def prepare(subject: Subject) -> None:
    subject.sql("update tags set aliases = %s where name = 'urgency'", subject.array("hurry up"))
    subject.sql("insert into tags (name) values ('untyped')")
    subject.drop_label_jobs()


@pytest.mark.parametrize(("word", "told"), WRONG)
async def test_a_tag_of_another_type_is_no_audience(subject: Subject, word: str, told: str):
    await prepare(subject)
    [asset_id] = await subject.add("one", target_audience="students")
    before = await subject.asset(asset_id)
    with pytest.raises(InputError, match=f"^row 2: {told}.*{ADVICE}$"):
        await subject.store.insert_content(
            subject.workspace.id,
            [NewContent(content="good"), NewContent(content="bad", target_audience=word)],
        )
    with pytest.raises(InputError, match=f"^{told}.*{ADVICE}$"):
        await subject.store.correct(asset_id, Correction(audience=word))
    rule = Rule("", "mine", "tagging", {"contains_keyword": "x"}, {"set_audience": word}, 1)
    # a rule calls labels by their own names
    with pytest.raises(RuleError, match=f"^rule 'mine': {told.replace('hurry up', 'urgency')}.*{ADVICE}$"):
        await subject.store.add_rule(subject.workspace.id, rule)
    for statement in (
        "insert into content_assets (content, target_audience) values ('two', %s)",
        "update content_assets set target_audience = %s",
    ):
        for keys in (False, True):
            with pytest.raises(REFUSED, match=TOLD):
                subject.sql(statement, word, keys=keys)
    by_rule = json.dumps({"set_audience": word})
    with pytest.raises(REFUSED, match=TOLD):
        subject.sql(f"{RULE} values ('x', 'tagging', %s, %s)", '{"tag": "a"}', by_rule)
    with pytest.raises(REFUSED, match=TOLD):
        subject.sql("update automation_rules set actions = %s where rule_type = 'tagging'", by_rule)
    assert await subject.store.content(subject.workspace.id) == [before]
    assert len(await subject.store.rules(subject.workspace.id)) == 8  # the default ones


async def test_an_alias_and_another_spelling_of_an_audience_will_do(subject: Subject):
    subject.sql("update tags set aliases = %s where name = 'students'", subject.array("pupils"))
    ids = [*await subject.add("one", target_audience="Pupil"), *await subject.add("two")]
    await subject.store.correct(ids[1], Correction(audience="#Student"))
    assert [(await subject.asset(key)).target_audience for key in ids] == ["students", "students"]


async def test_a_new_word_becomes_an_audience_and_a_blank_none(subject: Subject):
    [asset_id] = await subject.add("one", target_audience="Beekeepers")
    await subject.add("two", target_audience=" # ")
    assert (await subject.asset(asset_id)).target_audience == "Beekeepers"
    [tag] = [tag for tag in await subject.store.tags(subject.workspace.id) if tag.name == "Beekeepers"]
    assert tag.tag_type == "audience"
    assert subject.sql("select audience_source from content_assets where content = 'two'") == [(None,)]


@pytest.mark.parametrize("keys", [False, True])
@pytest.mark.parametrize("new_type", ["'emotion'", "null"])
async def test_a_used_audience_keeps_its_type(subject: Subject, new_type: str, keys: bool):
    await subject.label("one", audience=chosen(await subject.tag("students")))
    retype = f"update tags set tag_type = {new_type} where name = 'students'"
    with pytest.raises(REFUSED, match=r"target audience.* cannot get another type"):
        subject.sql(retype, keys=keys)
    with pytest.raises(REFUSED, match=r"target audience.* cannot get another type"):
        subject.sql(retype.replace(" where", ", name = 'pupils' where"), keys=keys)
    subject.sql("update tags set name = 'pupils' where name = 'students'", keys=keys)
    [asset] = await subject.store.content(subject.workspace.id)
    assert (asset.target_audience, asset.audience_source) == ("pupils", "model")
    await subject.store.correct(asset.id, Correction(audience=""))
    subject.sql(retype.replace("'students'", "'pupils'"), keys=keys)


@pytest.mark.parametrize("named_by", ["model", "rule"])
async def test_a_machines_audience_of_another_type_is_refused(subject: Subject, named_by: str):
    subject.drop_label_jobs()
    first, second = await subject.add("one", "two")
    jobs = {job.target_id: job for job in await subject.claim()}
    wrong, right = await subject.tag("urgency"), await subject.tag("students")
    verdicts = await subject.complete(
        answer(jobs[first], audience=chosen(wrong, named_by), tags=tagged(wrong)),
        answer(jobs[second], audience=chosen(right, named_by), tags=tagged(wrong)),
    )
    assert verdicts == ["unknown_label", "accepted"]
    assert [job.target_id for job in await subject.claim()] == [first]


async def test_a_rule_whose_audience_got_another_type_can_be_edited_and_follows_renames(subject: Subject):
    rule = Rule("", "mine", "tagging", {"contains_keyword": "x"}, {"set_audience": "students"}, 1)
    await subject.store.add_rule(subject.workspace.id, rule)
    subject.sql("update tags set tag_type = 'emotion' where name = 'students'")
    subject.sql("update automation_rules set priority = 7, actions = actions where name = 'mine'")
    subject.sql("update tags set name = 'pupils' where name = 'students'")
    [found] = [rule for rule in await subject.store.rules(subject.workspace.id) if rule.name == "mine"]
    assert (found.actions, found.priority) == ({"set_audience": "pupils"}, 7)


@pytest.mark.parametrize("field", ["category", "audience", "tags"])
@pytest.mark.parametrize(
    ("named_by", "verdict"),
    [
        ("model", "unknown_label"),
        ("reuse", "unknown_label"),
        ("neighbor", "unknown_label"),
        ("trained", "unknown_label"),
        ("rule", "accepted"),  # a person wrote it
    ],
)
async def test_a_machine_leaves_manual_only_labels_alone(
    subject: Subject, field: str, named_by: str, verdict: str
):
    subject.drop_label_jobs()
    first, second = await subject.add("one", "two")
    jobs = {job.target_id: job for job in await subject.claim()}
    label_id = await (subject.category("offer") if field == "category" else subject.tag("students"))
    choice = chosen(label_id, named_by)
    named = {field: (TagChoice(label_id, named_by, 0.5, "r"),) if field == "tags" else choice}
    # decided under way: the worker could not know
    table = "categories" if field == "category" else "tags"
    subject.sql(f"update {table} set manual_only = true where id = %s", label_id)
    assert await subject.complete(answer(jobs[first], **named), answer(jobs[second])) == [verdict, "accepted"]
    asset = await subject.asset(first)
    written = {"category": asset.primary_category, "audience": asset.target_audience, "tags": asset.tags}
    assert bool(written[field]) == (verdict == "accepted")
    assert (
        asset.label_state == {"unknown_label": "queued", "accepted": "labeled"}[verdict]
        or field != "category"
    )


async def test_a_machine_leaves_manual_only_categories_of_campaigns_alone(subject: Subject):
    subject.drop_label_jobs()
    await subject.store.insert_campaigns(subject.workspace.id, [NewCampaign("Spring")])
    subject.sql("update categories set manual_only = true where name = 'offer'")
    job = await subject.claim_one()
    choice = chosen(await subject.category("offer"))
    assert await subject.complete(answer(job, category=choice)) == ["unknown_label"]


async def test_people_use_manual_only_labels(subject: Subject):
    subject.sql("update categories set manual_only = true where name = 'offer'")
    subject.sql("update tags set manual_only = true where name in ('students', 'urgency')")
    [asset_id] = await subject.add("one")
    correction = Correction(category="offer", audience="students", add_tags=("urgency",))
    await subject.store.correct(asset_id, correction)
    asset = await subject.asset(asset_id)
    assert (asset.primary_category, asset.target_audience, asset.tags) == ("offer", "students", ("urgency",))
