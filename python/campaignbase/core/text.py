r"""What there is to read of a row, and the shared definitions of blank, word and case. Pure.

Everything but `words` has a twin in SQL and must stay equal to it, so it is defined without locale:

blank        nothing but space, tab, CR and LF.
word count   maximal runs of characters other than space, tab, CR and LF: `[^ \t\r\n]+`.
fold         each code point to its simple lower case (Postgres: lower() under C.UTF-8 or any libc UTF-8
             locale; under plain C it leaves all beyond ASCII alone, and ICU differs in U+0130 and the final
             sigma), then FOLD_FROM to FOLD_TO by position, as translate() does.
search text  the fold with each run of whitespace made one space.
word         letters, digits and '_' of scripts that put spaces between words. Everything else separates:
             punctuation, symbols, currency, emoji, and the scripts written without spaces (Thai, Lao,
             Burmese, Khmer, kana, Chinese), so that a keyword in those is found anywhere.

`SEPARATORS` and `WORD_CHARACTERS` go between the brackets of a character class, in Python and Postgres alike.
"""

import re
import unicodedata
from collections.abc import Sequence

WHITESPACE = " \t\r\n"

# What word lists say of a text does not change after so many characters, which would take seconds to read.
# Rules, the embedding and the hash are of the whole text.
READ_CHARACTERS = 50_000

# ' and its curly and modifier forms; no-break and narrow no-break space
FOLD_FROM = "\u2018\u2019\u02bc\u00a0\u202f"
FOLD_TO = "'''  "

SEPARATORS = (
    r"\u0001-\u002F\u003A-\u0040\u005B-\u005E\u0060\u007B-\u00BF\u00D7\u00F7"  # ASCII and Latin-1
    r"\u037E\u0387\u055A-\u055F\u0589-\u058A\u05BE\u05C0\u05C3\u05C6\u05F3-\u05F4"  # Greek, Armenian, Hebrew
    r"\u0600-\u060F\u061B\u061D-\u061F\u066A-\u066D\u06D4\u0964-\u0965"  # Arabic, Devanagari
    r"\u0E00-\u0EFF\u1000-\u109F\u1361-\u1368\u1780-\u17FF"  # Thai, Lao; Burmese; Ethiopic; Khmer
    r"\u2000-\u2BFF\u2E00-\uA4CF\uE000-\uFAFF"  # punctuation and symbols; kana, Chinese, Yi; private use
    r"\uFE00-\uFE6F\uFEFF-\uFF0F\uFF1A-\uFF20\uFF3B-\uFF40\uFF5B-\uFFFF"  # variation selectors, full width
    r"\U0001F000-\U0010FFFF"  # emoji, rare Chinese, private use
)
WORD_CHARACTERS = (
    r"\u0030-\u0039\u0041-\u005A\u005F\u0061-\u007A\u00C0-\u00D6\u00D8-\u00F6"
    r"\u00F8-\u037D\u037F-\u0386\u0388-\u0559\u0560-\u0588\u058B-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5"
    r"\u05C7-\u05F2\u05F5-\u05FF\u0610-\u061A\u061C\u0620-\u0669\u066E-\u06D3\u06D5-\u0963"
    r"\u0966-\u0DFF\u0F00-\u0FFF\u10A0-\u1360\u1369-\u177F\u1800-\u1FFF"
    r"\u2C00-\u2DFF\uA4D0-\uDFFF\uFB00-\uFDFF\uFE70-\uFEFE\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A"
    r"\U00010000-\U0001EFFF"
)

# A text is searched by the words of its beginning, and a word by its own.
SEARCHED_CHARACTERS = 100_000
SEARCHED_WORD_CHARACTERS = 64

# The two that join and part letters belong to words of Persian and Hindi, and to emoji.
_JOINERS = "\u200c\u200d"
# nobody sees more than one of them in a row, nor these, which are neither control nor format characters: the
# joiner of graphemes, fillers of Hangul, vowels of Khmer that are none, and selectors but for those of emoji
_JOINER_RUN = re.compile(f"[{_JOINERS}]+(?=[{_JOINERS}])")
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\U000e0100-\U000e01ef]"
)

_NOT_SEARCHED = re.compile(f"[{SEPARATORS}_]+")
_FOLD_TABLE = str.maketrans(FOLD_FROM, FOLD_TO)
_WHITESPACE_RUN = re.compile(r"[ \t\r\n]+")
_NON_WHITESPACE_RUN = re.compile(r"[^ \t\r\n]+")
_WORD_CHARACTER = re.compile(f"[{WORD_CHARACTERS}]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def is_blank(text: str | None) -> bool:
    return text is None or not text.strip(WHITESPACE)


def asset_text(
    content: str | None, prompt: str | None = None, alt_text: str | None = None, file_path: str | None = None
) -> str | None:
    """The first of content, prompt, alt text and file name that is not blank, untrimmed; None for nothing."""
    file_name = None if file_path is None else file_path.rsplit("/", 1)[-1]
    return next((text for text in (content, prompt, alt_text, file_name) if not is_blank(text)), None)


def campaign_text(
    name: str | None,
    content_style: str | None = None,
    visual_style: str | None = None,
    hashtag_strategy: str | None = None,
    cta_pattern: str | None = None,
) -> str | None:
    """The parts that are not blank, a line each; None for nothing."""
    return _lines(name, content_style, visual_style, hashtag_strategy, cta_pattern)


def label_text(name: str | None, description: str | None = None, keywords: Sequence[str] = ()) -> str | None:
    """The text of a category or tag: name, description, keywords, a line each; None for nothing."""
    return _lines(name, description, ", ".join(keywords))


def spoken(label: str) -> str:
    """A label's text as it is embedded: names_like_this as words. The hash is that of the text as stored."""
    return label.replace("_", " ")


def _lines(*parts: str | None) -> str | None:
    return "\n".join(part for part in parts if part is not None and not is_blank(part)) or None


def beginning(text: str) -> str:
    """The part of a text that is read for language, quality, sentiment, named tags and what it speaks of."""
    return text[:READ_CHARACTERS]


def only_beginning(text: str) -> tuple[str, ...]:
    """The reason that says so, where a text is longer than its beginning."""
    if len(text) <= READ_CHARACTERS:
        return ()
    return (f"read: the first {READ_CHARACTERS:,} of {len(text):,} characters",)


def visible(text: str) -> str:
    """Without control, direction and other characters that people do not see and machines read."""
    kept = "".join(
        character
        for character in text
        if character in WHITESPACE
        or character in _JOINERS
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    )
    return _UNSEEN.sub("", _JOINER_RUN.sub("", kept))


def word_count(text: str) -> int:
    """Runs of anything but space, tab, CR and LF; a lone dash or emoji counts."""
    return sum(1 for _ in _NON_WHITESPACE_RUN.finditer(text))


def lower(text: str) -> str:
    """Each code point to its simple lower case; the length never changes."""
    # str.lower() differs from that in two places only: U+0130, and a capital sigma that ends a word
    return text.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def fold(text: str) -> str:
    """What rules compare: lower case, one form of apostrophe, plain spaces; the length never changes."""
    return lower(text).translate(_FOLD_TABLE)


def search_text(text: str) -> str:
    """The fold with runs of whitespace as one space each: what keywords and phrases are looked up in."""
    return _WHITESPACE_RUN.sub(" ", fold(text))


def is_word_character(character: str) -> bool:
    return _WORD_CHARACTER.match(character) is not None


def contains_term(searched: str, term: str) -> bool:
    """Does the term stand in the text with no word character right before or right after it?

    Args:
        searched: from `search_text`.
        term: a word or phrase as a person typed it; blank is never found.
    """
    wanted = search_text(term).strip(" ")
    if not wanted:
        return False
    start = searched.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        opens = start == 0 or not is_word_character(searched[start - 1])
        closes = end == len(searched) or not is_word_character(searched[end])
        if opens and closes:
            return True
        start = searched.find(wanted, start + 1)
    return False


def words(text: str) -> list[str]:
    """Folded words in order: runs of letters and digits of any script, inner apostrophes kept, '_' splits.

    Python only: nothing in SQL needs to agree with it.
    """
    return _WORD.findall(fold(text))


def search_words(text: str) -> list[str]:
    """What a text is searched by, sorted: `private.search_words` says the same, FTS5 on SQLite nearly.

    Nearly: a letter of a script without spaces is no word here, and FTS5 knows Unicode 6.1.
    """
    folded = lower(text[:SEARCHED_CHARACTERS]).replace("\u03c2", "\u03c3")
    found = {word[:SEARCHED_WORD_CHARACTERS] for word in _NOT_SEARCHED.split(folded) if word}
    return sorted(found)
