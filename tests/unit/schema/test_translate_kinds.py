"""What a column's own checks accept and refuse, asked of SQLite."""

import sqlite3

import pytest

from campaignbase.schema.translate.kinds import Enumeration, real, storage

TYPES = {
    "public.mood": Enumeration("e", ("good", "it's {bad}")),
    "public.slug": Enumeration("d", base="character varying(5)"),
}
# a type, what it takes, what it does not
VALUES: list[tuple[str, list[object], list[object]]] = [
    ("text", ["", "é", None], []),
    ("uuid", ["00000000-0000-4000-8000-00000000abcd", None], ["", "ABC", "0" * 35, "0" * 35 + "G", "0" * 37]),
    ("boolean", [0, 1, None], [2, -1, "true"]),
    ("integer", [-1, 2**40, None], ["x", 1.5]),
    ("real", [1, 0.5, None], ["x"]),
    (
        "timestamp with time zone",
        ["2024-02-29T23:59:59.999999Z", None],
        [
            "2023-02-29T00:00:00.000000Z",  # no such day
            "2024-02-29T24:00:00.000000Z",
            "2024-02-29T23:59:60.000000Z",
            "2024-02-29T23:59:59.999Z",  # too short
            "2024-02-29 23:59:59.999999Z",
            "2024-02-29T23:59:59.999999+00:00",
            "2024-02-29T23:59:59.99999xZ",
            "infinity",
            "",
        ],
    ),
    ("timestamp(3) without time zone", ["2024-01-01T00:00:00.000000"], ["2024-01-01T00:00:00.000000Z"]),
    ("date", ["2024-02-29", None], ["2023-02-29", "2024-2-9", "2024-02-29T00:00:00", "2460000.5", ""]),
    ("time without time zone", ["23:59:59.000000"], ["24:00:00.000000", "23:59:59", "9:00:00.000000"]),
    ("jsonb", ["{}", "null", "1", None], ["", "{a}", "'x'"]),
    ("text[]", ["[]", '["a", null]', None], ["{}", "null", "x", ""]),
    (
        "numeric",
        ["0", "-1.5", "12345678901234567890.123", None],
        ["", "-", "1.", "1-2", "1.2.3", "1e5", "NaN"],
    ),
    ("numeric(4,2)", ["99.99", "-99.9", "0"], ["100", "1.234", "-100.00"]),
    ("numeric(3,0)", ["999", "-1"], ["1.0", "1000"]),
    ("character varying(3)", ["", "äöü", None], ["abcd"]),
    ("character(2)", ["NL", "N"], ["NLD"]),
    ("bytea", [b"", b"\x00", None], ["text"]),
    ("extensions.vector(3)", [b"\x00" * 12, None], [b"\x00" * 11, b"", "text"]),
    ("extensions.halfvec(3)", [b"\x00" * 6], [b"\x00" * 12]),
    ("public.mood", ["good", "it's {bad}", None], ["bad", "GOOD", ""]),
    ("public.mood[]", ['["good"]'], ["good"]),
    ("public.slug", ["abcde"], ["abcdef"]),
]


@pytest.mark.parametrize(("declared", "accepted", "refused"), VALUES)
def test_a_column_takes_what_its_type_took(
    declared: str, accepted: list[object], refused: list[object]
) -> None:
    found = storage(declared, TYPES, "column t.c")
    checks = " ".join(f"check ({check.format('c')})" for _, check in found.checks)
    memory = sqlite3.connect(":memory:")
    memory.execute(f"create table t (c {found.sqlite} {checks}) strict")
    for value in accepted:
        memory.execute("insert into t (c) values (?)", [value])
    for value in refused:
        with pytest.raises(sqlite3.IntegrityError):
            memory.execute("insert into t (c) values (?)", [value])


def test_citext_ignores_the_case_of_ascii_letters() -> None:
    found = storage("extensions.citext", {}, "column t.c")
    memory = sqlite3.connect(":memory:")
    memory.execute(f"create table t (c {found.sqlite} collate {found.collation}) strict")
    memory.execute("insert into t (c) values ('Ann'), ('É')")
    assert memory.execute("select count(*) from t where c = 'aNN'").fetchone() == (1,)
    assert memory.execute("select count(*) from t where c = 'é'").fetchone() == (0,)


def test_a_number_may_be_said_to_be_real() -> None:
    assert real("rounded by hand").sqlite == "real"
    assert real("rounded by hand").reason == "a floating point number, rounded by hand"
