"""Files are read whole and checked before anything could be written; what is wrong is named by its line."""

import io
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from campaignbase.errors import InputError
from campaignbase.ingest import Columns, Options, read


def sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def test_csv_columns_are_found_by_name_and_the_rest_is_kept(folder: Path) -> None:
    name = write(
        folder,
        "posts.csv",
        "Caption,Alt Text,campaign,asset_type,generator,generation_cost,category,Likes\n"
        '"Two for one, all July",iced coffee,Summer,Image,Midjourney v6,0.04,offer,12\n'
        "Open studio,,,,,,,\n",
    )
    reading = read([name], Options())
    first, second = reading.rows
    assert first.place == "posts.csv:2"
    assert first.campaign == "Summer"
    assert first.content.content == "Two for one, all July"
    assert first.content.alt_text == "iced coffee"
    assert first.content.asset_type == "image"
    assert first.content.generator == "midjourney_v6"
    assert first.content.generation_cost == Decimal("0.04")
    assert first.content.primary_category is None  # a label column counts only when named
    assert first.content.parameters == {"category": "offer", "Likes": "12"}
    assert first.content.source_key == sha("Two for one, all July\0Summer")
    assert (second.place, second.campaign, second.content.asset_type) == ("posts.csv:3", None, "text")
    assert second.content.parameters == {}
    assert second.content.source_key == sha("Open studio")
    assert reading.unmapped == ["category", "Likes"]
    assert reading.files == [("posts.csv", 2)]


def test_labels_count_where_their_column_is_named(folder: Path) -> None:
    name = write(
        folder,
        "posts.jsonl",
        '{"id": 7, "text": "Soup night", "label": "Event", "tags": ["#Soup", "night"], "mood": "Positive",'
        ' "who": "local_residents"}\n'
        '{"id": "8", "text": "Closed today", "tags": "soup; bread|#tea, ,soup"}\n',
    )
    columns = Columns(id="id", category="label", tags="tags", sentiment="mood", audience="who")
    first, second = (row.content for row in read([name], Options(columns)).rows)
    assert (first.source_key, second.source_key) == ("7", "8")
    assert (first.primary_category, second.primary_category) == ("Event", None)
    assert first.tags == ("Soup", "night")
    assert second.tags == ("soup", "bread", "tea")
    assert (first.sentiment, first.target_audience) == ("positive", "local_residents")


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        ("text;note\nSoup, warm;a\n", ["Soup, warm"]),  # as spreadsheets save it where the comma is decimal
        ("text\tnote\nSoup\ta\n", ["Soup"]),
        ('text\n"two\nlines"\n\n"She said ""hi"""\n', ["two\nlines", 'She said "hi"']),
        ("text\r\nSoup\r\n", ["Soup"]),
        (b"\xef\xbb\xbftext\nSoup\n", ["Soup"]),  # utf-8 with a byte order mark
        ("text,note\nSoup,\n,,\n".replace(",,", ","), ["Soup"]),  # lone delimiters at the end
        (",text\n0,Soup\n", ["Soup"]),  # a column without a name, as a data frame writes its index
        ("text\nline\u2028separator\n", ["line\u2028separator"]),
    ],
)
def test_csv_dialects(folder: Path, content: str | bytes, texts: list[str]) -> None:
    rows = read([write(folder, "a.csv", content)], Options()).rows
    assert [row.content.content for row in rows] == texts


def test_places_count_the_lines_of_quoted_texts(folder: Path) -> None:
    name = write(folder, "a.csv", 'text\n"one\ntwo"\nthree\n')
    assert [row.place for row in read([name], Options()).rows] == ["a.csv:2", "a.csv:4"]


def test_jsonl_keeps_line_separators_inside_texts(folder: Path) -> None:
    name = write(folder, "a.jsonl", '{"text": "a\u2028b"}\r\n\n{"text": "c"}')
    rows = read([name], Options()).rows
    assert [(row.place, row.content.content) for row in rows] == [
        ("a.jsonl:1", "a\u2028b"),
        ("a.jsonl:3", "c"),
    ]


def test_folder_of_documents_with_front_matter(folder: Path) -> None:
    write(folder, "posts/b.txt", "Soup night\n")
    write(
        folder,
        "posts/2026/a.md",
        "---\ntitle: 'Rain: a love story'\ncampaign: Fernway\ntags:\n  - boots\n  - rain\nkinds: [a, b]\n"
        "---\n"
        "# Rain\n\nWet boots.\n",
    )
    write(folder, "posts/rule.markdown", "---\nno front matter, only a rule that never closes\n")
    write(folder, "posts/photo.jpg", b"\xff\xd8")
    write(folder, "posts/.git/c.md", "hidden")
    reading = read(["posts"], Options(Columns(tags="tags")))
    by_path = {row.content.file_path: row for row in reading.rows}
    assert list(by_path) == ["b.txt", "rule.markdown", "2026/a.md"]
    rain = by_path["2026/a.md"]
    assert rain.place == str(Path("posts/2026/a.md"))
    assert rain.campaign == "Fernway"
    assert rain.content.content == "# Rain\n\nWet boots."
    assert rain.content.tags == ("boots", "rain")
    assert rain.content.parameters == {"title": "Rain: a love story", "kinds": ["a", "b"]}
    assert by_path["rule.markdown"].content.content == "---\nno front matter, only a rule that never closes"
    assert reading.left_out == 1


def test_stdin_is_jsonl_unless_said_otherwise(folder: Path) -> None:
    rows = read(["-"], Options(), io.BytesIO(b'{"text": "Soup"}')).rows
    assert [(row.place, row.content.content) for row in rows] == [("stdin:1", "Soup")]
    rows = read(["-"], Options(format="csv"), io.BytesIO(b"text\nSoup\n")).rows
    assert [row.place for row in rows] == ["stdin:2"]


def test_duplicates_of_all_files_are_counted_once(folder: Path) -> None:
    first = write(folder, "a.csv", "text,campaign\nSoup,A\nSoup,A\nSoup,B\nSoup,\n")
    second = write(folder, "b.jsonl", '{"text": "Soup"}\n{"text": "Bread"}\n')
    reading = read([first, second], Options())
    # the same text under another campaign is another row
    assert [(row.content.content, row.campaign) for row in reading.rows] == [
        ("Soup", "A"),
        ("Soup", "B"),
        ("Soup", None),
        ("Bread", None),
    ]
    assert reading.duplicates == 2
    assert reading.files == [("a.csv", 4), ("b.jsonl", 2)]


def test_campaign_for_all_rows_beats_the_column(folder: Path) -> None:
    name = write(folder, "a.csv", "text,campaign\nSoup,A\n")
    reading = read([name], Options(campaign="Mine"))
    assert [row.campaign for row in reading.rows] == ["Mine"]
    assert reading.rows[0].content.parameters == {"campaign": "A"}


def test_other_encoding_is_taken_when_named(folder: Path) -> None:
    name = write(folder, "a.csv", "text\ncafé\n".encode("cp1252"))
    assert read([name], Options(encoding="cp1252")).rows[0].content.content == "café"
    name = write(folder, "b.csv", "text\ncafé\n".encode("utf-16"))
    assert read([name], Options(encoding="utf-16")).rows[0].content.content == "café"


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
        "  a.csv:3: 1 cells, but the header has 2",
        "  a.csv:4: 3 cells, but the header has 2",
    ]


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
