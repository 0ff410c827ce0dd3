"""A row that somebody writes while a backfill comes by is labeled all the same."""

from typing import Any
from uuid import UUID

from tests.sql.scene import Scene, rows

IDS = [UUID(f"{number}0000000-0000-4000-8000-000000000000") for number in (1, 2, 3)]


def test_a_backfill_stops_before_a_row_that_is_held_and_goes_on_with_it(scene: Scene) -> None:
    home = scene.workspace()
    for key in IDS:
        scene.asset(home, id=key)
    scene.owner.execute("delete from private.jobs")
    scene.service.execute("select public.start_backfill(%s, 'labels', '{\"content_only\": true}')", [home])

    def run() -> dict[str, Any]:
        [found] = rows(scene.owner, "select * from public.backfills")
        return found

    def taken() -> list[UUID] | None:
        [found] = rows(scene.service, "select public.claim_backfill(id, 'w') as part from public.backfills")
        return found["part"] and [UUID(job["target_id"]) for job in found["part"]["jobs"]]

    writer = scene.as_("service_role", autocommit=False)
    writer.execute("update public.content_assets set generator = 'pen' where id = %s", [IDS[1]])
    assert taken() == IDS[:1]
    assert (run()["scanned"], run()["taken"]) == (1, 1)
    assert taken() is None
    assert run()["last_error"] == f"it waits for row {IDS[1]}, which somebody else is writing"
    writer.commit()
    assert taken() == IDS[1:]
    assert (run()["scanned"], run()["taken"], run()["last_error"]) == (3, 3, None)
    assert taken() is None  # somebody is at work on the last ones
    writer.execute("delete from public.content_assets")
    writer.commit()
    assert taken() == []  # the end: a row that is gone is nobody's


def test_rows_whose_answers_are_there_are_taken_though_another_worker_takes_the_next(scene: Scene) -> None:
    home = scene.workspace()
    scene.asset(home, id=IDS[0])
    scene.owner.execute("update private.jobs set state = 'waiting'")
    scene.service.execute("select public.start_backfill(%s, 'labels', '{\"content_only\": true}')", [home])
    other = scene.as_("service_role", autocommit=False)
    other.execute("select from public.backfills for no key update")
    [next_ones] = rows(scene.service, "select public.claim_backfill(id, 'w') as part from public.backfills")
    by_name = "select public.claim_backfill(id, 'w', targets => %s) as part from public.backfills"
    [found] = rows(scene.service, by_name, [IDS[:1]])
    assert next_ones["part"] is None
    assert [UUID(job["target_id"]) for job in found["part"]["jobs"]] == IDS[:1]
