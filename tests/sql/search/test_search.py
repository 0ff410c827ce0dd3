"""The four searches by meaning: similarity, order, limits, filters, and who sees what."""

import uuid
from typing import Any

import numpy as np
import psycopg
import pytest
from tests.sql.scene import MODEL, WIDTH, Scene, axis, rows, text_of, vector

SEARCHES = {
    "semantic_search_content": ("content_assets", {"content": "words"}, 10),
    "semantic_search_campaigns": ("campaigns", {"name": "Spring", "campaign_type": "event"}, 10),
    "match_categories": ("categories", {"name": "news"}, 12),
    "match_tags": ("tags", {"name": "sale"}, 12),
}
each_search = pytest.mark.parametrize("search", SEARCHES)


def fill(
    scene: Scene, search: str, workspace: uuid.UUID, vectors: list[str], model: str = MODEL
) -> list[uuid.UUID]:
    table, columns, _ = SEARCHES[search]
    ids = []
    for number, numbers in enumerate(vectors):
        named = {"name": f"{columns['name']} {number}x"} if "name" in columns else {}
        ids.append(
            scene.insert(
                table,
                workspace_id=workspace,
                embedding=numbers,
                embedding_model=model,
                **{**columns, **named},
            )
        )
    return ids


def find(
    connection: psycopg.Connection[Any], search: str, query: str, **more: object
) -> list[dict[str, Any]]:
    arguments = "".join(f", {name} => %s" for name in more)
    return rows(
        connection,
        f"select * from public.{search}(%s::extensions.vector{arguments})",
        [query, *more.values()],
    )


@each_search
def test_similarity_is_numpys_cosine_best_first(scene: Scene, search: str) -> None:
    generator = np.random.default_rng(3)
    vectors = generator.normal(size=(30, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    workspace = scene.workspace()
    ids = fill(scene, search, workspace, [text_of(numbers) for numbers in vectors[:-1]])
    scores = vectors[:-1] @ vectors[-1]
    limit = SEARCHES[search][2]
    order = np.argsort(-scores)[:limit]
    found = find(scene.of(scene.member(workspace, role="viewer")), search, text_of(vectors[-1]))
    assert [row["id"] for row in found] == [ids[place] for place in order]
    assert np.allclose([row["similarity"] for row in found], scores[order], atol=1e-6)


@each_search
def test_match_count_is_clamped(scene: Scene, search: str) -> None:
    workspace = scene.workspace()
    fill(scene, search, workspace, [vector(1, number / 100) for number in range(105)])
    for asked, given in [(-3, 1), (0, 1), (3, 3), (500, 100), (None, SEARCHES[search][2])]:
        assert len(find(scene.service, search, vector(1), match_count=asked)) == given


@each_search
def test_filters(scene: Scene, search: str) -> None:
    first, second = scene.workspace("A"), scene.workspace("B")
    [mine] = fill(scene, search, first, [vector(1, 0.1)])
    [theirs] = fill(scene, search, second, [vector(1, 0.2)], model="another")
    table, columns, _ = SEARCHES[search]
    scene.insert(table, workspace_id=first, **{**columns, **({"name": "bare"} if "name" in columns else {})})
    assert [row["id"] for row in find(scene.service, search, vector(1))] == [
        mine,
        theirs,
    ]  # bare has no vector
    assert [row["id"] for row in find(scene.service, search, vector(1), workspace_id=second)] == [theirs]
    if search.startswith("semantic"):
        assert [row["id"] for row in find(scene.service, search, vector(1), model="another")] == [theirs]
        assert find(scene.service, search, vector(1), model="another", workspace_id=first) == []


@each_search
@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        (
            "[1,0,0]",
            "query_embedding must be a vector of 1536 numbers, not 3",
            "Embed the query with the workspace's model; pad shorter vectors with zeros.",
        ),
        (
            None,
            "query_embedding must be a vector of 1536 numbers, not null",
            "Embed the query with the workspace's model; pad shorter vectors with zeros.",
        ),
        (
            "[2" + ",0" * 1535 + "]",
            "query_embedding must have length 1, not 2.0000",
            "Divide the vector by its Euclidean length.",
        ),
        (
            "[0" + ",0" * 1535 + "]",
            "query_embedding must have length 1, not 0.0000",
            "Divide the vector by its Euclidean length.",
        ),
    ],
)
def test_a_wrong_query_is_refused(
    scene: Scene, search: str, query: str | None, message: str, hint: str
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        find(scene.service, search, query)  # type: ignore[arg-type]
    assert (refused.value.diag.message_primary, refused.value.diag.message_hint) == (message, hint)


@each_search
def test_strangers_see_nothing(scene: Scene, search: str) -> None:
    ours, theirs = scene.workspace("A"), scene.workspace("B")
    [mine] = fill(scene, search, ours, [axis(1)])
    fill(scene, search, theirs, [axis(0)])
    member = scene.of(scene.member(ours))
    assert [row["id"] for row in find(member, search, axis(0))] == [mine]
    assert find(member, search, axis(0), workspace_id=theirs) == []
    assert find(scene.of(scene.member()), search, axis(0)) == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        find(scene.session("anon"), search, axis(0))


@pytest.mark.parametrize("search", ["semantic_search_content", "semantic_search_campaigns"])
def test_a_small_workspace_gets_its_hits_behind_a_crowd_of_nearer_rows(scene: Scene, search: str) -> None:
    small, crowd = scene.workspace("A"), scene.workspace("B")
    table, columns, _ = SEARCHES[search]
    names, values = ", ".join(columns), ", ".join(["%s"] * len(columns))
    for workspace, count, base in ((small, 20, axis(1)), (crowd, 2000, axis(0))):
        scene.owner.execute(
            f"insert into public.{table} (workspace_id, embedding, embedding_model, {names})"
            " select %s, extensions.l2_normalize(extensions.subvector(%s::extensions.vector, 1, 1535)"
            f" operator(extensions.||) ('[' || n * 0.0001 || ']')::extensions.vector), 'm', {values}"
            " from generate_series(1, %s) as n",
            [workspace, base, *columns.values(), count],
        )
    scene.owner.execute(f"analyze public.{table}")
    member = scene.as_("authenticated", scene.member(small))
    member.execute("set enable_seqscan = off")  # so that the vector index must bring them
    member.execute("set enable_sort = off")
    found = find(member, search, axis(0))
    assert len(found) == 10
    workspaces = rows(
        scene.owner,
        f"select distinct workspace_id from public.{table} where id = any(%s)",
        [[r["id"] for r in found]],
    )
    assert [row["workspace_id"] for row in workspaces] == [small]


@pytest.mark.parametrize("search", ["semantic_search_content", "semantic_search_campaigns"])
def test_a_small_team_finds_all_of_its_own_beside_a_big_one(scene: Scene, search: str) -> None:
    """The small team's are compared, the big one's come by the index, all of them nearer to the query."""
    generator = np.random.default_rng(5)
    query = np.zeros(WIDTH)
    query[0] = 1.0

    def vectors(count: int, spread: float) -> Any:
        made = query + spread * generator.normal(size=(count, WIDTH))
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    teams = (("Big", vectors(150, 0.01), 9), ("Small", vectors(12, 5.0), 12))
    for name, numbers, least in teams:
        workspace = scene.workspace(name)
        ids = fill(scene, search, workspace, [text_of(one) for one in numbers])
        nearest = [ids[place] for place in np.argsort(-(numbers @ query))][:12]
        member = scene.of(scene.member(workspace, role="viewer"))
        here = {"workspace_id": workspace}
        for asked, more in ((member, {}), (member, here), (scene.service, here)):
            found = find(asked, search, text_of(query), match_count=12, **more)
            told, near = [row["id"] for row in found], [row["similarity"] for row in found]
            assert (len(told), near) == (12, sorted(near, reverse=True))
            assert len({*told} & {*nearest}) >= least, name
