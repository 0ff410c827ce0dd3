"""search_content: who sees what, what is refused, and that words are looked up instead of read."""

import uuid
from typing import Any

import psycopg
import pytest
from tests.sql.scene import MODEL, Scene, rows, vector


def fill(scene: Scene, workspace: uuid.UUID, *texts: str) -> list[uuid.UUID]:
    return [
        scene.insert(
            "content_assets",
            workspace_id=workspace,
            content=text,
            embedding=vector(1),
            embedding_model=MODEL,
        )
        for text in texts
    ]


def find(connection: psycopg.Connection[Any], **asked: object) -> list[dict[str, Any]]:
    given = ", ".join(f"{name} => %({name})s" for name in asked)
    return rows(connection, f"select * from public.search_content({given})", asked)


@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
def test_members_find_what_is_theirs(scene: Scene, mode: str) -> None:
    mine, theirs = scene.workspace("A"), scene.workspace("B")
    [one] = fill(scene, mine, "autumn offer")
    [other] = fill(scene, theirs, "autumn offer")
    member = scene.of(scene.member(mine, role="viewer"))
    asked = {"query_text": "autumn", "query_embedding": vector(1), "mode": mode}
    assert [row["id"] for row in find(member, **asked)] == [one]
    assert find(member, **asked, workspace_id=theirs) == []
    assert {row["id"] for row in find(scene.service, **asked)} == {one, other}
    assert [row["id"] for row in find(scene.service, **asked, workspace_id=theirs)] == [other]
    stranger = scene.of(scene.member(scene.workspace("C"), role="owner"))
    assert find(stranger, **asked) == []


def test_what_others_have_does_not_weigh(scene: Scene) -> None:
    mine, theirs = scene.workspace("A"), scene.workspace("B")
    fill(scene, mine, "autumn")
    fill(scene, theirs, "autumn", "offer", "offer")
    member = scene.of(scene.member(mine, role="viewer"))
    alone = find(member, query_text="autumn offer", mode="keyword")
    # one row of one: ln(1 + 0.5 / 1.5)
    assert [round(row["rank"], 6) for row in alone] == [0.287682]
    asked = "select * from private.rank_content(%s, %s, 10, null, null, null, null, null)"
    assert rows(member, asked, [["autumn"], [theirs]]) == []


def test_words_are_looked_up_in_the_index(scene: Scene) -> None:
    workspace = scene.workspace()
    fill(scene, workspace, *(f"autumn {number}" for number in range(50)))
    member = scene.of(scene.member(workspace, role="viewer"))

    def scans() -> int:
        query = "select pg_stat_get_xact_numscans('public.idx_content_assets_words'::regclass) as scans"
        return int(rows(member, query)[0]["scans"])

    with member.transaction():
        before = scans()
        assert len(find(member, query_text="autumn 17", mode="keyword")) == 10
        assert scans() - before == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"mode": "fuzzy"}, "mode 'fuzzy' is not one of semantic, keyword, hybrid"),
        ({"mode": None}, "mode NULL is not one of semantic, keyword, hybrid"),
        ({"mode": "keyword"}, "keyword search needs query_text"),
        (
            {"mode": "keyword", "query_text": "x", "min_similarity": 0.5},
            "keyword search has no min_similarity",
        ),
        ({"query_text": "x"}, "query_embedding must be a vector of 1536 numbers, not null"),
        ({"query_embedding": vector(1)}, "hybrid search needs query_text"),
    ],
)
def test_what_cannot_be_asked(scene: Scene, asked: dict[str, object], told: str) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue) as refused:
        find(scene.service, **asked)
    assert refused.value.diag.message_primary == told


def test_words_of_all_languages(scene: Scene) -> None:
    query = "select private.search_words(%s) as words"
    for text, words in [
        ("Größe, GRÖSSE & more_words 2,5", ["2", "5", "grösse", "größe", "more", "words"]),
        ("ΟΔΟΣ οδος", ["οδοσ"]),
        ("新しい", []),
        ("", []),
        ("x" * 70, ["x" * 64]),
    ]:
        assert sorted(rows(scene.service, query, [text])[0]["words"]) == words
