"""A workspace that is deleted leaves nothing, in no table of either engine."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.contract.subject import SqliteSubject, Subject, answer, chosen

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Correction, NewCampaign, NewContent

COLUMNS_AT_ONCE = 200
# (schema, table, column) of everything that could hold an id
SQLITE = "select '', m.name, c.name from sqlite_schema m, pragma_table_xinfo(m.name) c where m.type = 'table'"
POSTGRES = """
    select table_schema, table_name, column_name
    from information_schema.columns
    inner join information_schema.tables using (table_schema, table_name)
    where
        table_schema in ('public', 'private', 'storage', 'auth', 'net', 'cron', 'vault')
        and table_type = 'BASE TABLE'
"""


def traces(subject: Subject, key: str) -> list[tuple[str, str]]:
    """(table, column) of every value that holds the id."""
    columns = subject.sql(SQLITE if isinstance(subject, SqliteSubject) else POSTGRES)
    assert len({table for _, table, _ in columns}) > 15
    found = []
    for some in batched(columns, COLUMNS_AT_ONCE):
        looks = []
        for place, (schema, table, column) in enumerate(some):
            name = f'"{schema}"."{table}"' if schema else f'"{table}"'
            looks.append(
                f'select {place} where exists (select 1 from {name} where cast("{column}" as text) like %s)'
            )
        places = subject.sql(" union all ".join(looks), *[f"%{key}%"] * len(some))
        found += [some[place][1:] for (place,) in places]
    return found


def batched(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


async def fill(subject: Subject, name: str) -> str:
    """The id of a workspace with a row of everything a store can make."""
    store = subject.store
    workspace = (await store.create_workspace(name)).id
    subject.sql("delete from {jobs}")
    [campaign] = await store.insert_campaigns(workspace, [NewCampaign("Spring")])
    added = await store.insert_content(
        workspace, [NewContent(content=text, campaign_id=campaign) for text in ("one", "two", "three")]
    )
    offer = next(one.id for one in await store.categories(workspace) if one.name == "offer")
    while jobs := await subject.claim(batch=2):
        await subject.complete(*(answer(job, category=chosen(offer)) for job in jobs[:1]))
        if len(jobs) > 1:
            break  # one stays leased
    await store.correct(added.ids[0], Correction(category="event", add_tags=("urgency",)))
    endpoint, _ = await store.add_webhook(
        workspace, "crm", "https://hooks.example.com/x", ["content.labeled"]
    )
    await store.test_webhook(endpoint.id)
    await store.link_file(added.ids[0], f"{workspace}/{added.ids[0]}/a.png")
    subject.sql(
        "insert into cache_entries (cache_key, workspace_id, cache_value, cache_type, expires_at)"
        " values (%s, %s, '{{}}', 'x', %s)",
        f"key of {workspace}",
        workspace,
        "2030-01-01T00:00:00.000000Z",
    )
    subject.sql(
        "insert into social_posts (workspace_id, platform, content_asset_id) values (%s, 'x', %s)",
        workspace,
        added.ids[0],
    )
    return workspace


async def test_no_trace_of_it_is_left_and_another_keeps_everything(subject: Subject):
    kept, gone = await fill(subject, "Kept"), await fill(subject, "Gone")
    before = sorted(traces(subject, kept))
    assert len({table for table, _ in traces(subject, gone)}) >= 10
    await subject.store.delete_workspace(gone)
    assert traces(subject, gone) == []
    assert sorted(traces(subject, kept)) == before
    assert {one.id for one in await subject.store.workspaces()} == {kept, subject.workspace.id}
    if isinstance(subject, SqliteSubject):
        ours = [file for file in subject.path.parent.glob(f"{subject.path.name}*") if file.is_file()]
        assert ours
        assert all(gone.encode() not in file.read_bytes() for file in ours)


@pytest.mark.parametrize("key", [str(uuid.UUID(int=5)), "Gone"])
async def test_one_that_is_not_there(subject: Subject, key: str):
    with pytest.raises(NotFoundError if key != "Gone" else InputError):
        await subject.store.delete_workspace(key)
