r"""Tables of contents: `\ir` lines are followed, everything else for psql is refused."""

from pathlib import Path

import pytest

from campaignbase.errors import CampaignbaseError
from campaignbase.schema import loader


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "a.sql").write_text("-- a\ncreate table a ();\n")
    (tmp_path / "tables" / "b.sql").write_text("create table b ();\n")
    return tmp_path


def test_read_follows_the_lines_in_order(sql: Path) -> None:
    (sql / "tables" / "load.sql").write_text("\\ir b.sql\n")
    (sql / "load.sql").write_text(
        "\\set ON_ERROR_STOP on\n-- first\n\\ir tables/a.sql\nselect 1;\n\n\\ir tables/load.sql\n"
    )
    found = [(script.path.name, script.first_line, script.sql) for script in loader.read(sql / "load.sql")]
    assert found == [
        ("a.sql", 1, "-- a\ncreate table a ();\n"),
        ("load.sql", 4, "select 1;\n\n"),
        ("b.sql", 1, "create table b ();\n"),
    ]


def test_read_refuses_another_command(sql: Path) -> None:
    (sql / "load.sql").write_text("\\ir tables/a.sql\n\\copy a from b\n")
    with pytest.raises(CampaignbaseError) as caught:
        loader.read(sql / "load.sql")
    assert str(caught.value) == f"{sql}/load.sql:2: unknown line '\\\\copy a from b'; expected \\ir FILE"


def test_read_names_the_file_that_asks_for_a_missing_one(sql: Path) -> None:
    (sql / "load.sql").write_text("\\ir tables/c.sql\n")
    with pytest.raises(CampaignbaseError) as caught:
        loader.read(sql / "load.sql")
    assert str(caught.value) == f"{sql}/load.sql: no file {sql}/tables/c.sql"


def test_read_refuses_a_circle(sql: Path) -> None:
    (sql / "load.sql").write_text("\\ir tables/load.sql\n")
    (sql / "tables" / "load.sql").write_text("\\ir ../load.sql\n")
    with pytest.raises(CampaignbaseError, match=r"load\.sql: reads itself through .*tables/load\.sql"):
        loader.read(sql / "load.sql")
