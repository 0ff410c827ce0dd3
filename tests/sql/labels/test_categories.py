"""Categories that people add at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.sql.scene import Scene

ADD = "select public.add_categories(%s, %s)"


def test_two_people_who_add_the_same_names_at_once_are_both_answered(scene: Scene) -> None:
    """Whichever index notices the other one's row first."""
    workspace = scene.workspace()
    before = scene.owner.execute("select count(*) from public.categories").fetchone()
    people = [scene.as_("service_role") for _ in range(4)]
    for turn in range(20):
        names = json.dumps([{"name": f"shelf {turn}.{number}"} for number in range(25)])
        with ThreadPoolExecutor(len(people)) as pool:
            answers = [pool.submit(one.execute, ADD, [workspace, names]) for one in people]
            assert sum(answer.result().fetchone()[0] for answer in answers) == 25
    after = scene.owner.execute("select count(*) from public.categories").fetchone()
    assert after[0] - before[0] == 500


def test_a_name_in_another_case_is_refused_whole(scene: Scene) -> None:
    workspace, person = scene.workspace(), scene.as_("service_role")
    person.execute(ADD, [workspace, json.dumps([{"name": "Offer"}])])
    with pytest.raises(psycopg.errors.UniqueViolation, match="'OFFER' exists already, written 'Offer'"):
        person.execute(ADD, [workspace, json.dumps([{"name": "another"}, {"name": "OFFER"}])])
    names = scene.owner.execute(
        "select name from public.categories where workspace_id = %s and name in ('another', 'OFFER')",
        [workspace],
    )
    assert names.fetchall() == []
