import sqlite3
from contextlib import closing

import numpy as np
import pytest

from campaignbase.core.vectors import pack
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.stores.sqlite_vectors import VectorCache, VectorSet
from campaignbase.testing import FakeClock


def unit(*places: int) -> np.ndarray:
    vector = np.zeros(1536, dtype=np.float32)
    vector[list(places)] = 1 / np.sqrt(len(places))
    return vector


def put(vectors: VectorSet, **rows: np.ndarray) -> None:
    vectors.put_all(list(rows), ["m"] * len(rows), np.stack(list(rows.values())))


def test_nearest_is_best_first():
    vectors = VectorSet()
    put(vectors, a=unit(0), b=unit(0, 1), c=unit(2))
    found = [(row_id, round(similarity, 4)) for row_id, similarity in vectors.nearest(unit(0), 2)]
    assert found == [("a", 1.0), ("b", 0.7071)]


def test_a_query_wider_than_all_rows_is_cut():
    vectors = VectorSet()
    put(vectors, a=unit(0), b=unit(3))
    assert vectors.cosines(unit(3, 1000)[np.newaxis]).tolist() == [[0.0, pytest.approx(0.5**0.5)]]


def test_rows_wider_than_before_make_room():
    vectors = VectorSet()
    put(vectors, a=unit(0))
    put(vectors, b=unit(1535))
    assert dict(vectors.nearest(unit(1535), 5)) == {"b": 1.0, "a": 0.0}
    assert dict(vectors.nearest(unit(0), 5)) == {"a": 1.0, "b": 0.0}


def test_a_row_put_again_is_replaced():
    vectors = VectorSet()
    put(vectors, a=unit(0), b=unit(1))
    put(vectors, a=unit(5))
    assert len(vectors) == 2
    assert dict(vectors.nearest(unit(5), 5)) == {"a": 1.0, "b": 0.0}
    assert dict(vectors.nearest(unit(0), 5)) == {"a": 0.0, "b": 0.0}


@pytest.mark.parametrize("gone", ["a", "b", "c"])  # first, middle, last
def test_a_dropped_row_is_not_found_and_the_others_are(gone):
    vectors = VectorSet()
    rows = {"a": unit(0), "b": unit(1), "c": unit(2)}
    put(vectors, **rows)
    vectors.drop(gone)
    vectors.drop(gone)
    assert vectors.place(gone) is None
    for row_id in rows.keys() - {gone}:
        assert vectors.nearest(rows[row_id], 1) == [(row_id, 1.0)]
    put(vectors, d=unit(3))
    assert {row_id for row_id, _ in vectors.nearest(unit(3), 9)} == rows.keys() - {gone} | {"d"}


def test_only_vectors_of_the_model_are_found():
    vectors = VectorSet()
    vectors.put_all(["a", "b"], ["m", "other"], np.stack([unit(0), unit(0)]))
    assert vectors.nearest(unit(0), 5, "other") == [("b", 1.0)]
    assert vectors.nearest(unit(0), 5, "none") == []


def test_an_empty_set_finds_nothing():
    assert VectorSet().nearest(unit(0), 5) == []


@pytest.fixture
def store(tmp_path):
    made = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    yield made
    made._db.connection.close()


def write(path: str, *statements: tuple[str, tuple[object, ...]]) -> None:
    """As another program."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement, values in statements:
            connection.execute(statement, values)


def cached(store: SqliteStore, vectors: VectorCache, kind: str) -> set[str]:
    with store._db.read():
        found = vectors.sets(store._db, kind).get(DEFAULT_WORKSPACE_ID)
    return set(found.ids) if found else set()


def insert(number: int, vector: np.ndarray | None = None) -> tuple[str, tuple[object, ...]]:
    blob = None if vector is None else pack(vector)
    return (
        "insert into content_assets (id, content, embedding, embedding_model) values (?, ?, ?, 'm')",
        (key(number), str(number), blob),
    )


def key(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def test_the_cache_follows_every_change(store):
    vectors, path = VectorCache(), store._db.path
    assert cached(store, vectors, "content") == set()
    write(path, insert(1, unit(0)), insert(2), insert(3, unit(1)))
    assert cached(store, vectors, "content") == {key(1), key(3)}
    write(path, ("update content_assets set embedding = ? where id = ?", (pack(unit(2)), key(2))))
    write(path, ("delete from content_assets where id = ?", (key(3),)))
    assert cached(store, vectors, "content") == {key(1), key(2)}
    write(path, ("update content_assets set embedding = null, embedding_model = null", ()))
    assert cached(store, vectors, "content") == set()


def test_only_confirmed_rows_are_learned_from(store):
    vectors, path = VectorCache(), store._db.path
    write(path, insert(1, unit(0)), insert(2, unit(1)))
    assert cached(store, vectors, "confirmed") == set()
    write(path, ("update content_assets set primary_category = 'offer' where id = ?", (key(1),)))
    assert cached(store, vectors, "confirmed") == {key(1)}
    write(path, ("update content_assets set primary_category = null", ()))
    assert cached(store, vectors, "confirmed") == set()
    assert cached(store, vectors, "content") == {key(1), key(2)}


def test_a_cache_that_missed_too_much_reads_everything(store):
    vectors, path = VectorCache(), store._db.path
    write(path, insert(1, unit(0)), insert(2, unit(1)))
    assert cached(store, vectors, "content") == {key(1), key(2)}
    write(path, ("delete from content_assets where id = ?", (key(1),)))
    # what was deleted is no longer told
    write(
        path,
        insert(3, unit(3)),
        ("delete from vector_changes where seq < (select max(seq) from vector_changes)", ()),
    )
    assert cached(store, vectors, "content") == {key(2), key(3)}


def test_the_log_of_changes_stays_short(store):
    path = store._db.path
    write(
        path, ("update sqlite_sequence set seq = 50000 where name = 'vector_changes'", ()), insert(1, unit(0))
    )
    write(
        path,
        (
            "insert into vector_changes (seq, kind, target_id) values (1, 'tags', 'x'), (45000, 'tags', 'y')",
            (),
        ),
        insert(2, unit(1)),
    )
    assert store._db.value("select count(*) from vector_changes where target_id = 'x'") == 0
    assert store._db.value("select count(*) from vector_changes where target_id = 'y'") == 1


def test_what_does_not_touch_a_vector_is_not_logged(store):
    path = store._db.path
    write(path, insert(1, unit(0)), insert(2))
    before = store._db.value("select max(seq) from vector_changes")
    write(
        path,
        ("update content_assets set language = 'en', label_state = 'review'", ()),
        ("update content_assets set embedding = embedding", ()),
        ("update content_assets set content = 'other' where id = ?", (key(2),)),
        ("delete from content_assets where id = ?", (key(2),)),
    )
    assert store._db.value("select max(seq) from vector_changes") == before
