"""Which files count as migrations; what they do to a database is in tests/migration."""

from pathlib import Path

import pytest

from campaignbase.errors import CampaignbaseError
from campaignbase.schema.apply import migrations


def test_migrations_are_read_oldest_first(tmp_path: Path) -> None:
    for name in ("20260102000000_add_b.sql", "20260101000000_create_a.sql", "notes.md"):
        (tmp_path / name).write_text("")
    assert [(found.version, found.name) for found in migrations(tmp_path)] == [
        ("20260101000000", "create_a"),
        ("20260102000000", "add_b"),
    ]


def test_migrations_refuse_another_name(tmp_path: Path) -> None:
    (tmp_path / "0001_create_a.sql").write_text("")
    with pytest.raises(CampaignbaseError) as caught:
        migrations(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/0001_create_a.sql: a migration is named YYYYMMDDHHMMSS_verb_object.sql"
    )


def test_migrations_refuse_one_version_twice(tmp_path: Path) -> None:
    for name in ("20260101000000_a.sql", "20260101000000_b.sql"):
        (tmp_path / name).write_text("")
    with pytest.raises(CampaignbaseError) as caught:
        migrations(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/20260101000000_b.sql: 20260101000000_a.sql has the same version 20260101000000"
    )
