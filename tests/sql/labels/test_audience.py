"""target_audience is a tag of type audience: what a refusal says, to whom, and two transactions at once."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.sql.scene import MODEL, Scene, axis, value, vector


class Desk:
    """A workspace with a few tags and an editor in it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.workspace = scene.workspace()
        scene.tag(self.workspace, "sale")
        scene.tag(self.workspace, "parents", tag_type="audience")
        self.user = scene.member(self.workspace)

    def insert(self, **columns: object) -> uuid.UUID:
        return self.scene.insert(
            "content_assets", self.scene.of(self.user), **{"content": "words", **columns}
        )


@pytest.fixture
def desk(scene: Scene) -> Desk:
    return Desk(scene)


def wait_for_a_lock(scene: Scene, backend: int, holder: int | None = None) -> None:
    """Until that session waits for another, or for `holder`."""
    waits = "select case when %s then %s = any(waited) else cardinality(waited) > 0 end"
    waits += " from pg_blocking_pids(%s) as waited"
    for _ in range(2000):
        if value(scene.owner, waits, [holder is not None, holder, backend]):
            return
        time.sleep(0.01)
    raise AssertionError(f"session {backend} waits for nobody")


def test_the_nearest_audiences_by_meaning_are_named(scene: Scene, desk: Desk) -> None:
    for name, place in (("bakers", 3), ("cooks", 2), ("divers", 4), ("eels", 1)):
        near = vector(*[0.1 * (5 - place)] * place, 1.0)
        scene.tag(desk.workspace, name, tag_type="audience", embedding=near, embedding_model=MODEL)
    other = scene.workspace("Other")
    scene.tag(other, "aaa", tag_type="audience", embedding=axis(0), embedding_model=MODEL)
    scene.tag(desk.workspace, "heat", tag_type="mood", embedding=axis(0), embedding_model=MODEL)
    for word in ("heat", "sale"):
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            desk.insert(target_audience=word)
        told = refused.value.diag
        kind = {"heat": "type mood", "sale": "no type"}[word]
        # to axis 0: eels .37, cooks .27, bakers .19, divers .10; without a vector by name
        nearest = {"heat": "eels, cooks, bakers", "sale": "bakers, cooks, divers"}[word]
        assert told.message_primary == (
            f"target audience '{word}' is tag '{word}' ({kind}), not a tag of type audience"
        )
        assert (
            told.message_hint
            == f"Nearest audiences: {nearest}. Name one, or give tag '{word}' the type audience."
        )
    scene.owner.execute("delete from public.tags where tag_type = 'audience'")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        desk.insert(target_audience="heat")
    assert refused.value.diag.message_hint == "Name another word, or give tag 'heat' the type audience."


def test_a_refused_audience_tells_strangers_nothing(scene: Scene, desk: Desk) -> None:
    stranger = scene.of(scene.member(scene.workspace("Other")))
    for word in ("sale", "parents", "nobody"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            scene.insert(
                "content_assets", stranger, workspace_id=desk.workspace, content="x", target_audience=word
            )


def test_no_machine_can_write_an_audience_of_another_type(scene: Scene, desk: Desk) -> None:
    asset = desk.insert()
    worker = scene.as_("service_role", autocommit=False)
    worker.execute("select set_config('campaignbase.actor', 'machine', true)")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        worker.execute("update public.content_assets set target_audience = 'sale' where id = %s", [asset])


@pytest.mark.parametrize("first", ["content", "type"])
def test_a_tag_changes_its_type_while_content_names_it(scene: Scene, desk: Desk, first: str) -> None:
    """Two transactions at once: the second waits for the first, then it is refused."""
    statements = {
        "content": "insert into public.content_assets (content, target_audience) values ('x', 'parents')",
        "type": "update public.tags set tag_type = null where name = 'parents'",
    }
    [second] = {"content", "type"} - {first}
    one, other = (scene.as_("authenticated", desk.user, autocommit=False) for _ in range(2))
    one.execute(statements[first])
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(other.execute, statements[second])
        wait_for_a_lock(scene, other.info.backend_pid)
        one.commit()
        with pytest.raises(psycopg.IntegrityError):
            late.result(timeout=10)
