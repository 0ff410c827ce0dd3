"""What a twin says twice, once more, and what SQLite alone must survive."""

import json
import logging

import pytest
from tests.contract.subject import asked

from campaignbase.core.tags import fold_tag
from campaignbase.models import DEFAULT_WORKSPACE_ID, NewContent
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock


@pytest.fixture
def store(tmp_path):
    made = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    yield made
    made._db.connection.close()


@pytest.mark.parametrize(
    "word",
    [
        "Sale", "sales", "Last-Chance", "last chances", "#BlackFriday", "##x", "stories", "ties", "ies",
        "class", "classes", "bus", "crisis", "boxes", "axes", "quizzes", "dishes", "coaches", "as", "gas",
        "cats", "s", "a_b c-d", "ess", "les", "shes", "xes",
    ],
)  # fmt: skip
def test_a_word_folds_alike_everywhere(store, word):
    database = store._db
    database.run("delete from tags")
    database.run("insert into tags (name) values (?)", (word,))
    assert database.value("select folded_name from tags") == fold_tag(word)
    # the fold in resolve_tags finds it again, so it made the same of it
    database.run(
        "insert into resolve_tags (workspace_id, names) values (?, ?)",
        (DEFAULT_WORKSPACE_ID, json.dumps([word])),
    )
    assert json.loads(database.value("select resolved from resolve_tags")) == [word]
    assert database.value("select count(*) from tags") == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b/c.png", "c.png"),
        ("c.png", "c.png"),
        ("ab/ab/ab/x", "x"),  # the folder's name again and again
        ("a/b/", None),
        ("a/ \t", None),
    ],
)
async def test_the_trigger_reads_the_same_file_name(store, path, expected):
    """Whether the text changed is asked of a file named by nothing but that name."""
    database = store._db
    database.run("insert into content_assets (file_path) values (?)", (path,))
    database.run("update content_assets set file_path = ?", (f"other/{expected or ''}",))
    assert database.value("select revision_count from content_assets") == 0
    database.run("delete from jobs where kind <> 'categorize_content'")
    [job] = await store.claim_jobs("w")
    assert job.text == expected


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ('{"contain_keyword": "x"}', "rule 'mine': conditions: unknown condition 'contain_keyword'"),
        ('{"matches_regex": "(a"}', "rule 'mine': conditions.matches_regex: regex refused"),
        ("{}", "rule 'mine': conditions: empty"),
    ],
)
async def test_a_rule_written_past_the_store_is_skipped_and_told_of(store, caplog, conditions, told):
    database = store._db
    database.run("delete from jobs")
    database.run(
        "insert into automation_rules (name, rule_type, conditions, actions)"
        " values ('mine', 'categorization', ?, ?)",
        (conditions, '{"add_category": "offer"}'),
    )
    await store.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content="x")])
    jobs = await store.claim_jobs("w")
    with caplog.at_level(logging.WARNING, "campaignbase"):
        context = await store.categorization_context(asked(jobs))
        await store.categorization_context(asked(jobs))
    assert jobs[0].target_id in context.items
    assert "mine" not in [rule.name for rule in context.workspaces[DEFAULT_WORKSPACE_ID].rules]
    [record] = caplog.records  # once, not once a batch
    assert record.getMessage().startswith(told)
    assert record.getMessage().endswith("is skipped until it is corrected")


async def test_replacing_a_row_queues_it_again(store):
    """`insert or replace` is how many programs update; it does not fire the triggers of a delete."""
    database, key = store._db, "00000000-0000-4000-8000-000000000001"
    for text in ("one", "two"):
        database.run("insert or replace into content_assets (id, content) values (?, ?)", (key, text))
    database.run("delete from jobs where kind <> 'categorize_content'")
    [job] = await store.claim_jobs("w")
    assert job.text == "two"


async def test_a_file_left_with_an_actor_is_healed_on_start(store):
    store._db.run("insert into acting (actor) values ('machine')")
    again = SqliteStore(store._db.path, clock=FakeClock())
    [asset_id] = (
        await again.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content="x", primary_category="offer")])
    ).ids
    assert (await again.explain(asset_id)).asset.category_source == "human"
    await again.close()
