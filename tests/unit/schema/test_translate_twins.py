"""Twins: which triggers and functions have one, and what is said when one has none."""

from pathlib import Path

import pytest
from tests.unit.schema.catalogues import catalogue, function, trigger

from campaignbase.errors import TranslationError
from campaignbase.schema.translate import Rules, read_twins, translate
from campaignbase.schema.translate.functions import Function
from campaignbase.schema.translate.kinds import Kind

OURS = Rules("ours", complete=True)
FOUND = catalogue(
    functions=[function("private.tg_a__mark"), function("private.helper")],
    triggers=[trigger("public.a._100_mark", "private.tg_a__mark")],
)
TWIN = """\
-- twin of: public.a._100_mark,
--   private.tg_a__mark
create trigger a__mark after insert on a begin select 1; end;
"""
METHODS = "# function\tmethod\treason\nprivate.helper\tSqliteStore.help\tneeds a clock\n"


def folder(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / name.replace("__dot__", ".")).write_text(text)
    return path


def outcome(path: Path, rules: Rules = OURS, *, strict: bool = True) -> dict[str, tuple[str, str]]:
    found = translate(FOUND, read_twins(path), rules, strict=strict)
    kinds = ("trigger", "function")
    return {e.name: (e.outcome.value, e.reason) for e in found.entries if e.kind in kinds}


def test_every_trigger_and_function_says_what_stands_for_it(tmp_path: Path) -> None:
    folder(tmp_path, mark__dot__sql=TWIN, store_methods__dot__txt=METHODS)
    assert outcome(tmp_path) == {
        "private.helper": ("rewritten", "SqliteStore.help: needs a clock"),
        "private.tg_a__mark": ("rewritten", "twins/mark.sql"),
        "public.a._100_mark": ("rewritten", "twins/mark.sql"),
    }


def test_twins_stand_in_the_schema_in_file_name_order(tmp_path: Path) -> None:
    folder(tmp_path, b__dot__sql=TWIN, store_methods__dot__txt=METHODS)
    folder(tmp_path, a__dot__sql="-- twin of: private.helper\ncreate table helped (id integer) strict;\n")
    text = translate(FOUND, read_twins(tmp_path), OURS).schema_sql
    assert text.index("-- twins/a.sql\n-- twin of: private.helper\ncreate table helped") < text.index(
        "-- twins/b.sql"
    )


def test_a_method_called_none_is_left_out(tmp_path: Path) -> None:
    folder(tmp_path, mark__dot__sql=TWIN, store_methods__dot__txt="private.helper\tnone\tone user\n")
    assert outcome(tmp_path)["private.helper"] == ("left out", "one user")


def test_one_without_a_counterpart_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path, mark__dot__sql=TWIN)
    with pytest.raises(TranslationError) as caught:
        outcome(tmp_path)
    assert str(caught.value) == (
        "function private.helper: no counterpart; write a twin in sql/sqlite/twins/ that names it after "
        "`-- twin of: `, or name the store method in store_methods.txt"
    )
    assert outcome(tmp_path, strict=False)["private.helper"] == ("missing", "no twin and no store method yet")


def test_a_twin_of_nothing_is_an_error(tmp_path: Path) -> None:
    folder(tmp_path, mark__dot__sql=TWIN.replace("__mark", "__marc"), store_methods__dot__txt=METHODS)
    with pytest.raises(TranslationError) as caught:
        outcome(tmp_path)
    assert str(caught.value) == (
        "mark.sql: no trigger or function is called 'private.tg_a__marc'; did you mean 'private.tg_a__mark'?"
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.sql", "create table x (id integer);", "expected a first line like `-- twin of: "),
        (
            "store_methods.txt",
            "private.helper\tx\n",
            "store_methods.txt:1: expected function, method and reason",
        ),
    ],
)
def test_a_file_that_does_not_say_what_it_is_for_is_an_error(
    name: str, text: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TranslationError) as caught:
        read_twins(tmp_path)
    assert message in str(caught.value)


def test_functions_written_into_expressions_need_no_twin(tmp_path: Path) -> None:
    folder(tmp_path, mark__dot__sql=TWIN)
    calls = {"private.helper": Function((Kind.TEXT,), Kind.TEXT, "lower({0})")}
    assert outcome(tmp_path, Rules("ours", calls=calls, complete=True))["private.helper"] == (
        "rewritten",
        "written into the expressions that call it",
    )


def test_of_another_project_they_are_left_out(tmp_path: Path) -> None:
    assert outcome(tmp_path, Rules("theirs"))["public.a._100_mark"] == (
        "left out",
        "calls private.tg_a__mark, which has no counterpart: nothing does its work here",
    )
