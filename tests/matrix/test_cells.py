"""Every cell of cells.txt, really asked by SQL; and that nothing of the catalogue is missing from it."""

from pathlib import Path

import pytest
from tests.matrix import cells
from tests.matrix.ask import Answer, Ask, mark
from tests.matrix.catalogue import Catalogue
from tests.matrix.people import LETTERS, PEOPLE
from tests.matrix.sql_driver import SqlDriver

LEAST_CELLS = 1500


def test_everything_in_the_catalogue_has_its_cells_and_nothing_else_has(things: Catalogue) -> None:
    asked = {line.key for line in cells.lines(things)}
    expected = cells.read()
    missing = sorted(asked - expected.keys())
    assert not missing, f"add to {cells.FILE.name}, with the marks they should have:\n{cells.draft(missing)}"
    assert sorted(expected.keys() - asked) == []
    assert len(expected) * len(PEOPLE) >= LEAST_CELLS


def test_every_cell_is_as_expected(things: Catalogue, driver: SqlDriver) -> None:
    expected = cells.read()
    wrong = [
        f"{' '.join(line.key)}: {cells.spaced(wanted)} expected, {cells.spaced(found)} found"
        for line in cells.lines(things)
        if (wanted := expected.get(line.key, "")) != (found := cells.outcome(driver, line))
    ]
    assert not wrong, f"for {cells.spaced(LETTERS)}\n" + "\n".join(wrong)


CAMPAIGNS = Ask("update", "public.campaigns", {"name": "x"}, {"id": 1})
DENIED = "permission denied for table campaigns"
A, B = frozenset({"A"}), frozenset({"B"})


@pytest.mark.parametrize(
    ("ask", "answer", "expected"),
    [
        (CAMPAIGNS, Answer(changed=A), "1"),
        (CAMPAIGNS, Answer(), "0"),
        (CAMPAIGNS, Answer(text="aaaaaaaa-"), "0"),  # a row came back, but none is different
        (CAMPAIGNS, Answer(changed=A | B), "*"),
        (CAMPAIGNS, Answer(changed=B), "*"),
        (Ask("update", "public.campaigns", {"name": "x"}), Answer(changed=A | B), "1"),  # all were meant
        (Ask("insert", "public.campaigns", {"name": "x"}), Answer(changed=B), "*"),
        (CAMPAIGNS, Answer("42501", DENIED), "-"),
        (CAMPAIGNS, Answer("42501", "permission denied for schema public"), "-"),
        (CAMPAIGNS, Answer("42501", "permission denied for table tags"), "d"),
        (CAMPAIGNS, Answer("42501", "permission denied for schema private"), "d"),
        (
            CAMPAIGNS,
            Answer("42501", 'new row violates row-level security policy for table "campaigns"'),
            "!",
        ),
        (CAMPAIGNS, Answer("42501", "only an owner may do that"), "x"),
        (CAMPAIGNS, Answer("PT404", "no such thing"), "x"),
        (CAMPAIGNS, Answer("23505", "duplicate key"), "c"),
        (Ask("select", "public.campaigns"), Answer(text="... aaaaaaaa-0000 ..."), "1"),
        (Ask("select", "public.campaigns"), Answer(text="... bbbbbbbb-0000 ..."), "0"),
        (Ask("call", "public.queue_status"), Answer(text="('Workspace A',)"), "1"),
        (Ask("call", "public.queue_content"), Answer(changed=A), "1"),
    ],
)
def test_mark_says_what_became_of_workspace_a(ask: Ask, answer: Answer, expected: str) -> None:
    assert mark(ask, answer, "A") == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[public.x]\n  select  -- 00 111 0\n", "cells.txt:2: '--001110' is not 9 of the marks"),
        ("[public.x]\n  select  -- 00 111 0 z\n", "cells.txt:2: '--001110z' is not 9 of the marks"),
        (
            "[public.x]\n  select A  -- 00 111 0 1\n[public.x]\n  select A  -- 00 111 0 1\n",
            "cells.txt:4: public",
        ),
        ("[public.x]\nselect\n", "cells.txt:2: expected"),
    ],
)
def test_read_refuses_what_says_nothing_or_twice(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cells.txt"
    path.write_text(text)
    with pytest.raises(ValueError) as refused:
        cells.read(path)
    assert str(refused.value).startswith(message)


def test_read_understands_targets_lists_and_comments(tmp_path: Path) -> None:
    path = tmp_path / "cells.txt"
    path.write_text(
        "# who\n[public.x public.y]\n  select  -- 00 111 0 1   -- 00 000 1 1\n\n"
        "[public.x]\n  insert column  -- -- --- - 1:\n        a b\n        c\n"
        "[private]\n  # inner\n  enter  -- -- --- - -:\n        f\n  use  -- 11 111 1 1\n"
    )
    closed, service = "-" * 9, "-" * 8 + "1"
    assert cells.read(path) == {
        ("public.x", "select A", ""): "--0011101",
        ("public.y", "select A", ""): "--0011101",
        ("public.x", "select B", ""): "--0000011",
        ("public.y", "select B", ""): "--0000011",
        **{("public.x", "insert column", column): service for column in "abc"},
        ("private.f", "enter", ""): closed,
        ("private", "use", ""): "--1111111",
    }
