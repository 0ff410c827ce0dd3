"""The matrix can fail: it notices every policy and grant that is missing or too generous."""

import random
from collections import Counter
from typing import Any

import psycopg
import pytest
from tests.matrix import cells
from tests.matrix.catalogue import Catalogue
from tests.matrix.mutants import Mutant, mutants
from tests.matrix.people import PEOPLE
from tests.matrix.sql_driver import SqlDriver

SEED = 20260101
SAMPLE = 150
# few, and each its own kind: never sampled
ALWAYS = {
    "policy dropped", "using true", "with check true", "row security off", "security_invoker off",
    "schema revoked", "schema given",
}  # fmt: skip


class Run:
    def __init__(self, connection: psycopg.Connection[Any], things: Catalogue, driver: SqlDriver) -> None:
        self.driver = driver
        self.expected = cells.read()
        self.lines = list(cells.lines(things))
        self.mutants = mutants(connection, things)

    def notices(self, mutant: Mutant) -> bool:
        """Whether one cell is not as expected; looks no further then."""
        with self.driver.mutated(mutant.statement):
            return any(
                cells.cell(self.driver, line, person) != mark
                for line in self.lines
                if mutant.may_show_in(line)
                for person, mark in zip(PEOPLE, self.expected[line.key], strict=True)
                if mutant.asks(person)
            )

    def missed(self, chosen: list[Mutant]) -> list[str]:
        return [f"{mutant.kind}: {mutant.statement}" for mutant in chosen if not self.notices(mutant)]


@pytest.fixture(scope="module")
def run(connection: psycopg.Connection[Any], things: Catalogue, driver: SqlDriver) -> Run:
    return Run(connection, things, driver)


def test_policies_schemas_and_a_sample_of_grants_are_noticed(run: Run) -> None:
    always = [mutant for mutant in run.mutants if mutant.kind in ALWAYS]
    others = [mutant for mutant in run.mutants if mutant.kind not in ALWAYS]
    assert run.missed(always + random.Random(SEED).sample(others, SAMPLE)) == []


@pytest.mark.proof
def test_every_mutant_is_noticed(run: Run) -> None:
    missed = run.missed(run.mutants)
    kinds = Counter(mutant.kind for mutant in run.mutants)
    print(f"\n{len(run.expected) * len(PEOPLE)} cells; {len(run.mutants)} mutants, {len(missed)} missed:")
    for kind, count in sorted(kinds.items()):
        print(f"  {count:5} {kind}")
    assert missed == []


def test_a_mutant_leaves_nothing_behind(run: Run) -> None:
    [dropped] = [m for m in run.mutants if m.statement.startswith('drop policy "members can read campaigns')]
    assert run.notices(dropped)
    harmless = Mutant("none", "select 1", dropped.name)
    assert not run.notices(harmless)
