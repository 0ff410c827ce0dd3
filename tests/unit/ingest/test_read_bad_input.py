"""What is wrong is named by its file and line before anything could be written."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.ingest.files import write

from campaignbase.errors import InputError
from campaignbase.ingest import Columns, Options, read

BAD_FILES: list[tuple[str, str | bytes, dict[str, Any], str]] = [
    ("a.csv", b"", {}, "a.csv is empty; expected at least one row"),
    ("a.jsonl", b" \n\n", {}, "a.jsonl is empty; expected at least one row"),
    ("a.csv", "text,note\n", {}, "a.csv has a header but no rows"),
    (
        "a.csv",
        b"text\nabc\ncaf\xe9\n",
        {},
        (
            "a.csv: byte 12 (0xe9) is not UTF-8; save the file as UTF-8, "
            "or name its encoding, for example --encoding cp1252"
        ),
    ),
    (
        "a.csv",
        "text\n".encode("utf-16"),
        {},
        (
            "a.csv: byte 0 (0xff) is not UTF-8; save the file as UTF-8, "
            "or name its encoding, for example --encoding utf-16"
        ),
    ),
    (
        "a.csv",
        "text\n".encode("utf-32"),
        {},
        (
            "a.csv: byte 0 (0xff) is not UTF-8; save the file as UTF-8, "
            "or name its encoding, for example --encoding utf-32"
        ),
    ),
    (
        "a.csv",
        b"text\n\x81\n",
        {"encoding": "cp1252"},
        "a.csv: byte 5 (0x81) is not cp1252; name another --encoding",
    ),
    (
        "a.csv",
        "text\nx\n",
        {"encoding": "utf9"},
        "unknown encoding 'utf9'; expected one Python knows, such as cp1252, latin-1 or utf-16",
    ),
    (
        "a.csv",
        "headline,note\nx,y\n",
        {},
        "a.csv: no column holds the text; name it with --text-column; columns: headline, note",
    ),
    (
        "a.csv",
        "headline,note\nx,y\n",
        {"columns": Columns(text="headlin")},
        "a.csv: no column 'headlin' (--text-column); did you mean 'headline'?",
    ),
    (
        "a.csv",
        "text,note\nx,y\n",
        {"columns": Columns(category="zzz")},
        "a.csv: no column 'zzz' (--category-column); columns: text, note",
    ),
    ("a.csv", "text,text\nx,y\n", {}, "a.csv: the header names column 'text' twice; rename one"),
    (
        "a.csv",
        'text,note\nx,y\n"z,y\nmore\n',
        {},
        "a.csv:3: a quote opens here and never closes; nothing after it can be read",
    ),
]


@pytest.mark.parametrize(("name", "content", "options", "message"), BAD_FILES)
def test_bad_file_is_refused_whole(
    folder: Path, name: str, content: str | bytes, options: dict[str, Any], message: str
) -> None:
    for skip_bad in (False, True):  # a file that cannot be understood cannot be taken in part
        with pytest.raises(InputError) as caught:
            read([write(folder, name, content)], Options(**options, skip_bad=skip_bad))
        assert str(caught.value) == message


def test_missing_unknown_and_empty_places_are_named(folder: Path) -> None:
    (folder / "empty").mkdir()
    write(folder, "a.xlsx", b"PK")
    for path, words in [
        ("gone.csv", "gone.csv does not exist"),
        ("a.xlsx", "a.xlsx: cannot tell what it holds"),
        ("empty", "the folder empty holds no .md, .markdown, .txt file"),
    ]:
        with pytest.raises(InputError, match=words):
            read([path], Options())


GOOD = '{"text": "Soup"}'
BAD_ROWS: list[tuple[str, str, Columns, str]] = [
    (
        '{"text": "Bread", "tags": [{"a": 1, "a": 2}]}',
        "a.jsonl:2",
        Columns(),
        "not JSON that can be stored: the key 'a' comes twice in one object; keep one",
    ),
    (
        '{"text": "Bread", "text": "Soup"}',
        "a.jsonl:2",
        Columns(),
        "not JSON that can be stored: the key 'text' comes twice in one object; keep one",
    ),
    ('{"text": "Bre', "a.jsonl:2", Columns(), "not JSON at character 10: Unterminated string starting at"),
    ("[1]", "a.jsonl:2", Columns(), "expected an object, got a list"),
    ('{"text": NaN}', "a.jsonl:2", Columns(), "not JSON that can be stored: NaN is no JSON number"),
    ('{"text": 5}', "a.jsonl:2", Columns(), "'text' is a number, expected a text"),
    ('{"text": " \\n"}', "a.jsonl:2", Columns(), "no text: 'text' is blank"),
    ('{"text": "a\\u0000b"}', "a.jsonl:2", Columns(), "'text' holds a NUL byte at character 2"),
    (
        '{"text": "\\ud83d"}',
        "a.jsonl:2",
        Columns(),
        "'text' holds half a surrogate pair, which is no character",
    ),
    (
        '{"text": "x", "note": [{"deep": "\\u0000"}]}',
        "a.jsonl:2",
        Columns(),
        "a column kept in parameters holds a NUL byte at character 1",
    ),
    (
        '{"text": "%s"}' % ("é" * 500_001),
        "a.jsonl:2",
        Columns(),
        "'text' has 1,000,002 bytes, at most 1,000,000 are accepted",
    ),
    (
        '{"text": "x", "asset_type": "podcast"}',
        "a.jsonl:2",
        Columns(),
        "the asset type 'podcast' is not one of text, image, video",
    ),
    (
        '{"text": "x", "mood": "great"}',
        "a.jsonl:2",
        Columns(sentiment="mood"),
        "the sentiment 'great' is not one of positive, neutral, negative, mixed",
    ),
    (
        '{"text": "x", "generator": "3d"}',
        "a.jsonl:2",
        Columns(),
        "the generator '3d' does not begin with a letter a to z",
    ),
    (
        '{"text": "x", "generation_cost": "-1"}',
        "a.jsonl:2",
        Columns(),
        "the generation cost '-1' is not an amount like 0.0125",
    ),
    (
        '{"text": "x", "generation_cost": "1_000"}',
        "a.jsonl:2",
        Columns(),
        "the generation cost '1_000' is not an amount like 0.0125",
    ),
    (
        '{"text": "x", "url": "javascript:alert(1)"}',
        "a.jsonl:2",
        Columns(),
        "'url' 'javascript:alert(1)' is no web address; expected https://..., http://... or no scheme",
    ),
    ('{"text": "x", "key": null}', "a.jsonl:2", Columns(id="key"), "no id: 'key' is blank"),
    (
        '{"text": "x", "file_path": "%s"}' % ("p" * 501),
        "a.jsonl:2",
        Columns(),
        "the file_path has 501 characters, at most 500 are accepted",
    ),
    (
        '{"text": "x", "tags": 3}',
        "a.jsonl:2",
        Columns(tags="tags"),
        "the tags are a number, expected a list or a text with commas",
    ),
]


@pytest.mark.parametrize(
    ("line", "place", "columns", "reason"), BAD_ROWS, ids=[row[3][:40] for row in BAD_ROWS]
)
def test_bad_row_in_the_middle_refuses_everything_or_is_named_and_left_out(
    folder: Path, line: str, place: str, columns: Columns, reason: str
) -> None:
    good = GOOD.replace("}", ', "key": "k1"}') if columns.id else GOOD
    last = '{"text": "Tea", "key": "k2", "mood": "mixed", "tags": []}'
    name = write(folder, "a.jsonl", f"{good}\n{line}\n{last}\n")
    with pytest.raises(InputError) as caught:
        read([name], Options(columns))
    head = "1 bad row, so nothing was taken; correct them or leave them out with --skip-bad\n  "
    assert str(caught.value) == f"{head}{place}: {reason}"
    reading = read([name], Options(columns, skip_bad=True))
    assert [row.content.content for row in reading.rows] == ["Soup", "Tea"]
    assert [str(row) for row in reading.bad] == [f"{place}: {reason}"]


def test_exactly_one_million_bytes_are_taken(folder: Path) -> None:
    name = write(folder, "a.jsonl", '{"text": "%s"}' % ("é" * 500_000))
    assert len(read([name], Options()).rows) == 1


def test_csv_row_with_another_number_of_cells_is_bad(folder: Path) -> None:
    name = write(folder, "a.csv", "text,note\nSoup,a\nBread\nTea,a,b\n")
    with pytest.raises(InputError) as caught:
        read([name], Options())
    assert str(caught.value).splitlines()[1:] == [
        "  a.csv:3: the header has 2 columns, this row 1",
        "  a.csv:4: the header has 2 columns, this row 3",
    ]


def test_bad_rows_are_named_in_the_order_of_the_file(folder: Path) -> None:
    name = write(folder, "a.jsonl", '{"text": 5}\nnope\n{"text": ""}\n{"text": "Soup"}\n')
    reading = read([write(folder, "b.csv", "text,note\nBread\n"), name], Options(skip_bad=True))
    assert [row.place for row in reading.bad] == ["b.csv:2", "a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]


def test_same_id_with_another_text_is_bad_and_with_the_same_a_duplicate(folder: Path) -> None:
    name = write(folder, "a.csv", "id,text\n1,Soup\n1,Soup\n1,Bread\n")
    reading = read([name], Options(Columns(id="id"), skip_bad=True))
    assert len(reading.rows) == 1
    assert reading.duplicates == 1
    assert [str(row) for row in reading.bad] == ["a.csv:4: id '1' stands at a.csv:2 too, with another text"]


def test_only_bad_rows_is_an_error_even_when_skipped(folder: Path) -> None:
    name = write(folder, "a.jsonl", "nope\n")
    with pytest.raises(
        InputError, match=r"no row can be taken: all 1 are bad; first: a\.jsonl:1: not JSON at"
    ):
        read([name], Options(skip_bad=True))


def test_many_bad_rows_are_counted(folder: Path) -> None:
    name = write(folder, "a.jsonl", "nope\n" * 25)
    with pytest.raises(InputError) as caught:
        read([name], Options())
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("25 bad rows")
    assert lines[-1] == "  and 15 more"
    assert len(lines) == 12


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "---\ntitle: x\nnested:\n  key: v\n---\nbody",
            "a.md:4: front matter line 'key: v' is not 'key: value'",
        ),
        ("---\njust words\n---\nbody", "a.md:2: front matter line 'just words' is not 'key: value'"),
        ("---\na: 1\na: 2\n---\nbody", "a.md:3: front matter sets 'a' twice"),
        ("---\ntext: x\n---\nbody", "a.md: front matter may not set 'text': the file itself does; rename it"),
        ("---\ntitle: x\n---\n\n", "a.md: no text"),
    ],
)
def test_front_matter_not_understood_is_refused(folder: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read([write(folder, "a.md", text)], Options())
    assert str(caught.value).splitlines()[1] == f"  {reason}"
