import re

import pytest

from campaignbase.core.text import (
    FOLD_FROM,
    FOLD_TO,
    SEPARATORS,
    WORD_CHARACTERS,
    asset_text,
    campaign_text,
    contains_term,
    fold,
    is_blank,
    label_text,
    lower,
    search_text,
    visible,
    word_count,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, True),
        ("", True),
        (" \t\r\n", True),
        ("\u00a0", False),  # a no-break space is not one of the four
        ("\v", False),  # nor is what str.strip() would strip besides
        (" x ", False),
    ],
)
def test_is_blank_knows_four_characters(text, expected):
    assert is_blank(text) is expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("content", "prompt", "alt", "a/b.png"), "content"),
        ((" \n", "prompt", "alt", "a/b.png"), "prompt"),
        ((None, None, " alt ", "a/b.png"), " alt "),  # never trimmed
        ((None, None, None, "folder/picture.png"), "picture.png"),
        ((None, "", "\t", "picture.png"), "picture.png"),
        ((None, None, None, "folder/"), None),  # no file name
        ((None, None, None, "folder/ "), None),  # a blank one
        ((None, None, None, None), None),
    ],
)
def test_asset_text_takes_the_first_part_that_is_not_blank(parts, expected):
    assert asset_text(*parts) == expected


def test_campaign_text_joins_what_is_there():
    assert campaign_text("Spring", None, " ", "#spring", "Shop now") == "Spring\n#spring\nShop now"
    assert campaign_text(None, "", "\n") is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("job_opening", "A vacancy.", ["hiring", "salary"]), "job_opening\nA vacancy.\nhiring, salary"),
        (("job_opening", None, []), "job_opening"),
        (("job_opening", " ", ["hiring"]), "job_opening\nhiring"),
        ((None, None, []), None),
    ],
)
def test_label_text_joins_name_description_and_keywords(parts, expected):
    assert label_text(*parts) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        (" \n\t\r ", 0),
        ("one", 1),
        ("one  two\r\nthree\tfour ", 4),
        ("a\u00a0b", 1),  # not a separator: str.split() would say 2
        ("a\vb\u2003c", 1),
        ("— 🎉", 2),  # any run counts
    ],
)
def test_word_count_counts_runs_of_non_whitespace(text, expected):
    assert word_count(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Now HIRING", "now hiring"),
        ("ÀÉÎ ÑØ ЖЯ ΑΩ", "àéî ñø жя αω"),
        ("İSTANBUL", "istanbul"),  # U+0130: one code point, where str.lower() makes two
        ("ΟΔΟΣ", "οδοσ"),  # no final sigma, where str.lower() makes one
        ("Straße ẞ", "straße ß"),  # not casefold: ß stays
    ],
)
def test_lower_maps_each_code_point_on_its_own(text, expected):
    assert lower(text) == expected


def test_lower_and_fold_keep_the_length_of_every_code_point():
    assert all(len(lower(chr(point))) == 1 and len(fold(chr(point))) == 1 for point in range(0x110000))


def test_fold_makes_one_apostrophe_and_plain_spaces():
    assert fold("We\u2019re \u2018IN\u2018 O\u02bcReilly\u00a010\u202f%") == "we're 'in' o'reilly 10 %"
    assert len(FOLD_FROM) == len(FOLD_TO)  # translate() in SQL deletes what has no partner


def test_search_text_folds_and_joins_whitespace():
    assert search_text(" Open\r\n\tHOUSE \u00a0 today ") == " open house today "


def test_every_code_point_is_either_a_word_character_or_a_separator():
    # the two classes are written out for SQL; between them lies all of Unicode but NUL
    word, separator = re.compile(f"[{WORD_CHARACTERS}]"), re.compile(f"[{SEPARATORS}]")
    assert all(
        (word.match(chr(point)) is None) != (separator.match(chr(point)) is None)
        for point in range(1, 0x110000)
    )


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("We are hiring!", "hiring", True),
        ("We are HIRING", "Hiring", True),
        ("rehiring", "hiring", False),
        ("hirings", "hiring", False),
        ("rehiring, then hiring", "hiring", True),  # a later occurrence counts
        ("ba a a", "a a", True),  # even one that begins inside the first
        ("hiring_now", "hiring", False),  # '_' is a word character
        ("#hiring", "hiring", True),
        ("x#hiring", "#hiring", False),  # the border is needed also before a mark
        ("I love C++!", "c++", True),
        ("C++11", "c++", False),
        ("We\u2019re hiring", "we're hiring", True),
        ("open \n house", "open house", True),
        ("openhouse", "open house", False),
        ("save 50€ now", "50", True),  # currency separates
        ("Brand™ news", "brand", True),
        ("🎉launch🎉", "launch", True),
        ("我们正在招聘工程师", "招聘", True),  # no spaces: found inside
        ("été à Paris", "ete", False),  # accents count
        ("le naïve", "na", False),  # ï is a letter
        ("hiring", " hiring ", True),  # the term is trimmed
        ("hiring", " ", False),  # and a blank one is nowhere
        ("", "hiring", False),
    ],
)
def test_contains_term_wants_word_edges(text, term, expected):
    assert contains_term(search_text(text), term) is expected


def test_words_are_folded_runs_of_letters_and_digits():
    assert words("We\u2019re #Hiring: 2 sales_reps — C++ 'now'") == [
        "we're", "hiring", "2", "sales", "reps", "c", "now",
    ]  # fmt: skip


def test_visible_leaves_out_what_only_machines_read():
    assert visible("a\x00b\u202ec\U000e0041d\ud83de\u200df\r\n\tg") == "abcde\u200df\r\n\tg"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\U000e0100\U000e01ef\u3164\u115fb", "ab"),  # selectors and fillers, which can carry a text
        ("x" + "\u200d\u200c" * 20 + "y", "x\u200cy"),  # so can a row of joiners
        ("می\u200cخواهم", "می\u200cخواهم"),  # one joins letters
        ("❤\ufe0f\u200d🔥 1\ufe0f\u20e3", "❤\ufe0f\u200d🔥 1\ufe0f\u20e3"),
    ],
)
def test_visible_leaves_no_room_for_a_text_that_nobody_sees(text: str, seen: str) -> None:
    assert visible(text) == seen
