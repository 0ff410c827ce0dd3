"""How well made a text is, 0..1, in parts that can be shown.

Pure. score = sum of WEIGHTS[part] * part, rounded to two decimals; each part is 0..1:

length       1 from 12 to 220 words; words / 12 below; above, a straight line down to 0.3 at 800.
readability  1 up to 20 words a sentence, a straight line down to 0 at 45; times 1 up to 6 letters a word on
             average, a straight line down to 0.5 at 9.
action       1 when the text says what to do next (a sentence or clause that opens with one of ACTIONS, a
             link, a mail address, a phone number), else 0.4.
clarity      1, less the share of shouted words (capitals, four letters or more) beyond a tenth, less 0.2 for
             each run of marks (!!, ?!, ....) beyond the first; at least 0.
hashtags     1 up to five, 0.1 less for each further one; at least 0.
"""

import re

from campaignbase.core.text import fold, word_count

WEIGHTS = {"length": 0.3, "readability": 0.25, "action": 0.2, "clarity": 0.15, "hashtags": 0.1}

FEW_WORDS, MANY_WORDS, TOO_MANY_WORDS = 12, 220, 800
TOO_LONG = 0.3
EASY_SENTENCE, HARD_SENTENCE = 20.0, 45.0  # words
EASY_WORD, HARD_WORD = 6.0, 9.0  # letters
HARD_WORDS = 0.5
NO_ACTION = 0.4
SHOUTED_SHARE = 0.1
NOISE_COST = 0.2
MANY_HASHTAGS = 5
HASHTAG_COST = 0.1

ACTIONS = (
    "apply", "ask", "book", "bring", "browse", "buy", "call", "change", "check", "claim", "click", "come",
    "comment", "contact", "discover", "donate", "download", "drop", "email", "enroll", "enter", "explore",
    "find", "follow", "get", "give", "grab", "install", "join", "learn", "listen", "meet", "message", "order",
    "pick", "pre-order", "read", "register", "reply", "reserve", "rsvp", "save", "schedule", "see", "send",
    "share", "shop", "show", "sign", "start", "stop by", "subscribe", "swing by", "swipe", "tag", "take",
    "tell", "text", "try", "upgrade", "use", "visit", "vote", "watch", "write",
)  # fmt: skip

_SENTENCE_END = re.compile(r"[.!?\u2026]+(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W\d_]+")
_SHOUTED = re.compile(r"(?<!\w)[A-Z]{4,}(?!\w)")
_NOISE = re.compile(r"[!?]{2,}|\.{4,}")
_HASHTAG = re.compile(r"(?<!\w)#\w")
_CONTACT = re.compile(
    r"https?://|\bwww\.|[\w.]@\w+\.\w|(?<!\w)\+?[0-9][0-9 ()/.\-]{6,}[0-9]|\blink in bio\b", re.IGNORECASE
)
_OPENS = r"(?:^|[^\w\s'#\-$%]\s*|\b(?:to|and|or|please|now|today|just|then)\s+)"
_ACTION = re.compile(rf"{_OPENS}(?:{'|'.join(map(re.escape, ACTIONS))})\b(?!\s*[:'])", re.MULTILINE)


def quality(text: str) -> tuple[float, dict[str, float]] | tuple[None, None]:
    """(score, its parts), all 0..1 with two decimals; (None, None) when there is no word to judge."""
    found = _WORD.findall(text)
    if not found:
        return None, None
    acts = _CONTACT.search(text) is not None or _ACTION.search(fold(text)) is not None
    parts = {
        "length": _length(word_count(text)),
        "readability": _readability(text, found),
        "action": 1.0 if acts else NO_ACTION,
        "clarity": _clarity(text, len(found)),
        "hashtags": max(0.0, 1.0 - HASHTAG_COST * max(0, len(_HASHTAG.findall(text)) - MANY_HASHTAGS)),
    }
    score = sum(WEIGHTS[part] * value for part, value in parts.items())
    return round(score, 2), {part: round(value, 2) for part, value in parts.items()}


def _falling(value: float, good: float, bad: float, lowest: float) -> float:
    """1 up to `good`, `lowest` from `bad` on, a straight line between."""
    share = min(1.0, max(0.0, (value - good) / (bad - good)))
    return 1.0 - share * (1.0 - lowest)


def _length(count: int) -> float:
    return min(count / FEW_WORDS, _falling(count, MANY_WORDS, TOO_MANY_WORDS, TOO_LONG))


def _readability(text: str, found: list[str]) -> float:
    sentences = sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part))
    sentence_length = word_count(text) / sentences
    word_length = sum(len(word) for word in found) / len(found)
    by_sentence = _falling(sentence_length, EASY_SENTENCE, HARD_SENTENCE, 0.0)
    return by_sentence * _falling(word_length, EASY_WORD, HARD_WORD, HARD_WORDS)


def _clarity(text: str, count: int) -> float:
    shouted = max(0.0, len(_SHOUTED.findall(text)) / count - SHOUTED_SHARE)
    noise = max(0, len(_NOISE.findall(text)) - 1)
    return max(0.0, 1.0 - shouted - NOISE_COST * noise)
