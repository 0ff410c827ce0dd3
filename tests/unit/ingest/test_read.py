"""Files are read whole: columns, dialects, documents, and what counts twice."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.ingest.files import sha, write

from campaignbase.ingest import Columns, Options, read


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


def test_columns_of_bad_rows_alone_are_not_told_as_kept(folder: Path) -> None:
    bad = write(folder, "bad.csv", "text,price\nonly\n")
    name = write(
        folder,
        "a.jsonl",
        '{"text": "Soup", "mood": ""}\n{"text": "", "price": 3}\n{"text": "Tea", "hue": 1}\n',
    )
    assert read([bad, name], Options(skip_bad=True)).unmapped == ["hue"]


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


def test_a_row_that_comes_again_brings_the_labels_that_were_missing_and_changes_none(folder: Path) -> None:
    first = write(folder, "a.csv", "text,category,tags\nSoup,,hot\nBread,offer,\n")
    second = write(folder, "b.csv", "text,category,tags\nSoup,event,new\nSoup,Event,\nBread,launch,\n")
    reading = read([first, second], Options(columns=Columns(category="category", tags="tags")))
    assert [(row.place, row.content.primary_category, row.content.tags) for row in reading.rows] == [
        ("a.csv:2", "event", ("hot", "new")),
        ("a.csv:3", "offer", ()),
    ]
    assert [str(one) for one in reading.contradictions] == [
        "b.csv:4: category 'launch', but 'offer' at a.csv:3 for the same row, which stands"
    ]
    assert (reading.duplicates, reading.bad) == (3, [])


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
