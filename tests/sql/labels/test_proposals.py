"""Words that machines met, while people decide about them."""

import json
from concurrent.futures import ThreadPoolExecutor

from tests.sql.labels.test_audience import wait_for_a_lock
from tests.sql.scene import Scene, answer


def test_a_word_that_becomes_a_tag_while_it_is_proposed_is_no_proposal(scene: Scene) -> None:
    """A batch that knows no such tag waits for the person who makes it one."""
    workspace = scene.workspace()
    scene.asset(workspace, "one")
    [first] = scene.claim()
    scene.complete(answer(first, category={}, proposals=["lanterns"]))
    scene.asset(workspace, "two")
    [second] = scene.claim()
    person, worker = (scene.as_("service_role", autocommit=False) for _ in range(2))
    person.execute("select public.promote_proposal(id) from public.label_proposals")
    with ThreadPoolExecutor(1) as pool:
        results = json.dumps([answer(second, category={}, proposals=["lanterns"])])
        late = pool.submit(worker.execute, "select verdict from public.complete_jobs(%s)", [results])
        wait_for_a_lock(scene, worker.info.backend_pid)
        person.commit()
        assert late.result(timeout=10).fetchall() == [("accepted",)]
        worker.commit()
    tags = scene.owner.execute("select name from public.tags").fetchall()
    left = scene.owner.execute("select name from public.label_proposals").fetchall()
    assert (tags, left) == ([("lanterns",)], [])


def test_a_word_that_is_promoted_while_another_is_awaited_costs_no_answer(scene: Scene) -> None:
    """The proposal was there when a batch began, and is gone when its evidence is written."""
    workspace = scene.workspace()
    scene.asset(workspace, "one")
    [first] = scene.claim()
    scene.complete(answer(first, category={}, proposals=["lanterns"]))
    scene.asset(workspace, "two")
    [second] = scene.claim()
    other, person, worker = (scene.as_("service_role", autocommit=False) for _ in range(3))
    other.execute(
        "insert into public.label_proposals (workspace_id, kind, name) values (%s, 'tag', 'tents')",
        [workspace],
    )
    with ThreadPoolExecutor(1) as pool:
        results = json.dumps([answer(second, category={}, proposals=["lanterns", "tents"])])
        late = pool.submit(worker.execute, "select verdict from public.complete_jobs(%s)", [results])
        wait_for_a_lock(scene, worker.info.backend_pid)  # for the other's tents
        person.execute("delete from public.label_proposals where name = 'lanterns'")
        other.rollback()
        wait_for_a_lock(scene, worker.info.backend_pid, holder=person.info.backend_pid)
        person.commit()
        assert late.result(timeout=10).fetchall() == [("accepted",)]
        worker.commit()
    left = scene.owner.execute("select name from public.label_proposals").fetchall()
    used = scene.owner.execute("select count(*) from public.label_proposal_uses").fetchone()
    assert (left, used) == ([("tents",)], (1,))
