"""The cells of cells.txt over HTTP, through the gateway of the offline stack: a sample, and all of them."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.matrix import catalogue, cells, http_driver, world
from tests.matrix.ask import LEAK
from tests.matrix.catalogue import Catalogue
from tests.matrix.cells import Line
from tests.matrix.http_driver import HttpDriver
from tests.matrix.people import LETTERS, PEOPLE, Identity
from tests.support.postgres import Servers
from tests.support.stack import serving

SEED = 20260101
SAMPLE = 150
Cell = tuple[Line, Identity, str]  # and the mark it should have
REACHED = "1"


class Doors:
    def __init__(self, driver: HttpDriver, connection: psycopg.Connection[Any], things: Catalogue) -> None:
        self.driver = driver
        self.connection = connection
        by_sql = cells.read()
        self.unasked = Counter[str]()
        self.cells: list[Cell] = []
        for line in cells.lines(things):
            if reason := http_driver.reason_unasked(line):
                self.unasked[reason] += len(PEOPLE)
                continue
            marks = http_driver.expected(line, by_sql[line.key])
            assert len(marks) == len(LETTERS), line.key
            self.cells += [(line, person, mark) for person, mark in zip(PEOPLE, marks, strict=True)]

    def wrong(self, chosen: list[Cell]) -> list[tuple[str, bool]]:
        """What each wrong cell is, and whether it is a leak: let in where it should not be."""
        found = []
        for line, person, mark in chosen:
            answered = cells.cell(self.driver, line, person)
            if answered != mark:
                what = f"{' '.join(line.key)} by {person.letter}: {mark} expected, {answered} found"
                found.append((what, answered in (LEAK, REACHED)))
        return found


@pytest.fixture(scope="module")
def doors(pg_servers: Servers) -> Iterator[Doors]:
    database = pg_servers.newest.database()
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        world.build(connection)
        with serving(database) as stack:
            driver = HttpDriver(stack, connection, things := catalogue.read(connection))
            try:
                yield Doors(driver, connection, things)
            finally:
                driver.close()


def test_a_sample_of_cells_over_http(doors: Doors) -> None:
    files = [cell for cell in doors.cells if cell[0].name == "storage.objects"]
    others = [cell for cell in doors.cells if cell[0].name != "storage.objects"]
    assert doors.wrong(files + random.Random(SEED).sample(others, SAMPLE)) == []


@pytest.mark.proof
def test_every_cell_over_http(doors: Doors) -> None:
    wrong = doors.wrong(doors.cells)
    leaks = sum(leak for _, leak in wrong)
    print(
        f"\n{len(doors.cells)} cells over HTTP, {len(wrong)} other than expected, {leaks} leaks; not asked:"
    )
    for reason, count in sorted(doors.unasked.items()):
        print(f"  {count:5} {reason}")
    assert wrong == []


def cells_of(doors: Doors, *key: str) -> list[Cell]:
    return [cell for cell in doors.cells if cell[0].key == (*key, "")]


def test_the_rows_are_put_back(doors: Doors) -> None:
    chosen = cells_of(doors, "public.campaigns", "delete A")
    assert doors.wrong(chosen + chosen) == []


OPENED = 'alter policy "members can read campaigns of their workspaces" on public.campaigns using'


def test_a_policy_that_lets_everybody_in_is_noticed(doors: Doors) -> None:
    chosen = cells_of(doors, "public.campaigns", "select A")
    [(closed,)] = doors.connection.execute(
        "select pg_get_expr(polqual, polrelid) from pg_policy where polname = 'members can read campaigns"
        " of their workspaces'"
    )
    doors.connection.execute(f"{OPENED} (true)".encode())
    try:
        assert doors.wrong(chosen) == [
            (f"public.campaigns select A  by {letter}: 0 expected, 1 found", True) for letter in "apb"
        ]
    finally:
        doors.connection.execute(f"{OPENED} ({closed})".encode())
    assert doors.wrong(chosen) == []
