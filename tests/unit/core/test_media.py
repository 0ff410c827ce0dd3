"""Paths, names, types and sizes of files; the same limits as the bucket's."""

import re
from pathlib import Path

import pytest

from campaignbase.core import media
from campaignbase.errors import InputError

A, B = "a" * 8 + "-0000-4000-8000-" + "a" * 12, "b" * 8 + "-0000-4000-8000-" + "b" * 12
SQL = (Path(__file__).parents[3] / "sql" / "storage" / "media.sql").read_text(encoding="utf-8")

NAMES = [
    ("poster.png", "poster.png"),
    ("Käse & Brot (2).PNG", "Kase-Brot-2.PNG"),
    ("/tmp/some where/poster.png", "poster.png"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("a..b...c.png", "a.b.c.png"),
    (".hidden.png", "hidden.png"),
    ("ﬁnal.jpg", "final.jpg"),  # a ligature
    ("海报2.png", "2.png"),
    ("x" * 300 + ".png", "x" * 146 + ".png"),
    ("no-ending", "no-ending"),
    ("海报.png", "file.png"),
    ("---.png", "file.png"),
    ("🙂", "file"),
    ("", "file"),
]


@pytest.mark.parametrize(("name", "kept"), NAMES)
def test_a_name_is_made_fit_for_every_server(name: str, kept: str) -> None:
    assert media.safe_name(name) == kept


def test_a_path_names_workspace_asset_and_file() -> None:
    path = media.MediaPath(A, B, "poster.png")
    assert str(path) == f"{A}/{B}/poster.png"
    assert media.parse_path(str(path)) == path
    assert media.file_of(A, B, str(path)) == path


@pytest.mark.parametrize("path", [f"{B}/{B}/a.png", f"{A}/{A}/a.png", f"{A}/{B}/..", "a.png"])
def test_a_path_of_other_content_is_none_of_its_files(path: str) -> None:
    assert media.file_of(A, B, path) is None


@pytest.mark.parametrize(
    "path",
    [
        "poster.png",
        f"{A}/poster.png",
        f"{A}/{B}/",
        f"{A}/{B}/x/y.png",
        f"/{A}/{B}/x.png",
        f"{A.upper()}/{B}/x",
    ],
)
def test_other_paths_are_not_ours(path: str) -> None:
    assert media.parse_path(path) is None


def test_types_go_by_the_ending() -> None:
    assert media.content_type("a.b.JPEG") == "image/jpeg"
    for name, told in (("x.svg", "'.svg'"), ("x", "'none'"), ("x.html", "'.html'")):
        with pytest.raises(
            InputError, match=f"{name}: files of type {re.escape(told)} are not stored; expected .png,"
        ):
            media.content_type(name)


def test_sizes() -> None:
    media.check_size("x.png", 50 * 1024 * 1024)
    with pytest.raises(InputError, match=r"x\.png has 52,428,801 bytes, at most 52,428,800 are stored"):
        media.check_size("x.png", 50 * 1024 * 1024 + 1)
    with pytest.raises(InputError, match=r"x\.png is empty"):
        media.check_size("x.png", 0)


def test_the_bucket_has_the_same_types_and_limit() -> None:
    listed = SQL[SQL.index("array[") : SQL.index("]\n")]
    assert set(re.findall(r"'([a-z]+/[a-z0-9.+-]+)'", listed)) == set(media.TYPES.values())
    assert "50 * 1024 * 1024" in SQL
