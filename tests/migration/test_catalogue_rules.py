"""Every rule of catalogue_rules holds for the schema, and notices when it does not."""

import psycopg
import pytest
from tests.migration.catalogue_rules import RULES, Rule
from tests.support.postgres import Database


def offenders(connection: psycopg.Connection[tuple[str]], rule: Rule) -> list[str]:
    return [name for (name,) in connection.execute(rule.query.encode())]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_schema_keeps_the_rule(pg_shared: Database, rule: Rule) -> None:
    with pg_shared.connect() as connection:
        assert offenders(connection, rule) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_names_who_breaks_it(pg_shared: Database, rule: Rule) -> None:
    with psycopg.connect(pg_shared.admin_url) as connection:
        connection.execute("set local search_path = public, extensions")
        connection.execute(rule.breaks.encode())
        assert rule.offender in offenders(connection, rule)
        connection.rollback()
