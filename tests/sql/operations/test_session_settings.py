"""A database or role may be set to other times than the store reads."""

from datetime import UTC, datetime

from tests.sql.scene import Scene

from campaignbase.stores.postgres import PostgresStore


async def test_times_are_read_in_any_datestyle_and_told_in_utc(scene: Scene) -> None:
    home = scene.workspace("Ours")
    asset = scene.asset(home)
    scene.owner.execute(
        "update public.content_assets set created_at = '2026-02-03 04:05:06.7+02' where id = %s", [asset]
    )
    store = await PostgresStore.open(
        f"{scene.database.url}&options=-c%20datestyle%3DGerman%20-c%20timezone%3DAsia/Kathmandu"
    )
    try:
        found = await store.get_content(str(asset))
    finally:
        await store.close()
    assert found.created_at == datetime(2026, 2, 3, 2, 5, 6, 700000, UTC)
    assert found.created_at.tzinfo is UTC
