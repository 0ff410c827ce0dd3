r"""The regular expressions a rule may use: a subset that Python and Postgres read alike.

Pure. `translate_regex` scans a pattern once, left to right, with a stack of open groups; its twin in SQL does
the same. What it accepts (EBNF; positions in refusals count characters from 1):

    pattern    = branch { "|" branch } ;
    branch     = piece { piece } ;                       (* never empty *)
    piece      = atom [ quantifier ] | anchor ;
    atom       = literal | "." | escape | class | ( "(" | "(?:" ) pattern ")" ;
    anchor     = "^" | "$" | "\b" ;                      (* start and end of the text, edge of a word *)
    quantifier = "?" | "*" | "+" | "{" m "}" | "{" m "," n "}" ;  (* m <= n, 1 <= n <= 100, 1-3 digits *)
    escape     = "\" ( "d" | "D" | "s" | "S" | "w" | "W" | "n" | "r" | "t" | mark ) ;
    class      = "[" [ "^" ] item { item } "]" ;
    item       = escape | character | character "-" character | "-" ;  (* a bare "-" first or last *)
    literal    = any character but  \ . [ ] { } ( ) * + ? ^ $ |  ;
    character  = any character but  \ [ ] -  ;
    mark       = ASCII punctuation or space ;

Meaning: `.` is all but LF; `\d` 0-9; `\s` space, tab, CR, LF; `\w` and `\b` as in `text.WORD_CHARACTERS`.
Case does not count: letters are folded here, and the text is folded (`text.fold`) before matching. A range
is of two digits, two ASCII letters of one case or two characters beyond ASCII, in order after folding.

Repetition: `*` and `+` not on a group that repeats anything inside (by `*`, `+` or `{..}` with n > 1); `{..}`
with n > 1 not on a group that holds `*` or `+`. Written out, a pattern has at most MAX_PARTS parts: an atom,
`^` and `$` are one each, `\b` is WORD_EDGE_PARTS (over 16 in a row are too much for Postgres), `{m,n}` counts
its piece n times.

Postgres builds a machine before it matches, which takes it minutes for some short patterns. So `\b` may not
stand in a group that may match no character at all, nor in a part that may be missing (`?`, `*`, `{0,n}`);
and written out, at most MAX_OPTIONAL parts may be missing, such a group counting as one.

A refusal is the first one met. At one quantifier the order is: braces, nothing_to_repeat, anchor_repeated,
quantifier_twice, nested, bare_edge, too_big, too_optional; at a `)`: group_close, empty, bare_edge, too_big,
too_optional; at the end: group_open (the innermost), then empty.
"""

import functools
import re
from dataclasses import dataclass

import regex

from campaignbase.core.text import SEPARATORS, WORD_CHARACTERS, fold

MAX_REPEAT = 100
MAX_PARTS = 1000
MAX_OPTIONAL = 50
WORD_EDGE_PARTS = 80
MATCH_SECONDS = 0.1
MILLION_SECONDS = 1.0  # more for each million characters: four times what the default rules take

REFUSALS = {
    "anchor_repeated": r"an anchor (^, $ or \b) cannot be repeated",
    "braces": "expected {m} or {m,n}, m <= n, n from 1 to 100; a literal brace needs a backslash before it",
    "bare_edge": r"\b inside a part that may match no character at all; put it outside that part",
    "class_bracket": "'[' inside a class needs a backslash before it; POSIX classes are not allowed",
    "class_empty": "a class needs at least one character",
    "class_hyphen": "'-' inside a class must stand first or last, or after a backslash",
    "class_open": "'[' is never closed",
    "class_range": "a range goes up, from digit to digit, letter to letter of one case, or all beyond ASCII",
    "empty": "an empty pattern, group or alternative",
    "escape": r"unknown escape; known: \b \d \D \s \S \w \W \n \r \t and a backslash before punctuation",
    "group_close": "')' closes nothing",
    "group_kind": "only (...) and (?:...) are allowed; no lookaround, names or flags",
    "group_open": "'(' is never closed",
    "nested": "a repeated group may not repeat without limit inside, nor be repeated without limit itself",
    "nothing_to_repeat": "nothing to repeat before it",
    "quantifier_twice": "one quantifier is enough; lazy and possessive ones are not allowed",
    "stray_close": "a literal ']' or '}' needs a backslash before it",
    "too_big": "written out, the pattern has more than 1000 parts",
    "too_optional": "written out, more than 50 parts of the pattern may be missing",
}

_DIGITS = "0-9"
_NOT_DIGITS = r"\u0001-\u002F\u003A-\U0010FFFF"
_SPACES = r"\u0020\t\r\n"
_NOT_SPACES = r"\u0001-\u0008\u000B-\u000C\u000E-\u001F\u0021-\U0010FFFF"
_CLASS_ESCAPES = {
    "d": _DIGITS,
    "D": _NOT_DIGITS,
    "s": _SPACES,
    "S": _NOT_SPACES,
    "w": WORD_CHARACTERS,
    "W": SEPARATORS,
}
_CONTROL_ESCAPES = {"n": r"\n", "r": r"\r", "t": r"\t"}
_ANCHORS = {
    "^": r"\A",
    "$": r"\Z",
    "b": (
        f"(?:(?<=[{WORD_CHARACTERS}])(?![{WORD_CHARACTERS}])|(?<![{WORD_CHARACTERS}])(?=[{WORD_CHARACTERS}]))"
    ),
}
_MARKS = frozenset(" !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_SPECIAL = frozenset("\\.[]{}()*+?^$|")
_BRACES = re.compile(r"\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}")


@dataclass(frozen=True, slots=True)
class RegexTranslation:
    """`pattern` means the same to Python's `regex` and to Postgres `~`; match it against folded text."""

    pattern: str


@dataclass(frozen=True, slots=True)
class RegexRefusal:
    """`position`: 1-based character of the pattern; one past its end when something is missing there.

    `code`: key of REFUSALS.
    """

    position: int
    code: str

    @property
    def reason(self) -> str:
        return REFUSALS[self.code]


@dataclass(slots=True)
class _Piece:
    """What a quantifier would apply to: an anchor, a single atom or a closed group."""

    parts: int
    repeats: bool = False  # some n > 1, `*` or `+` inside
    unlimited: bool = False  # some `*` or `+` inside
    optional: int = 0  # parts inside that may be missing, written out
    has_edge: bool = False  # some `\b` inside
    is_bare: bool = False  # may match no character at all
    is_anchor: bool = False
    quantified: bool = False


@dataclass(slots=True)
class _Group:
    """An open group; the whole pattern is the outermost. `parts` and flags sum up its branches so far."""

    position: int
    parts: int = 0
    repeats: bool = False
    unlimited: bool = False
    optional: int = 0
    has_edge: bool = False
    is_bare: bool = False  # some branch before the current one is
    branch_is_bare: bool = True  # the current branch without its last piece is
    last: _Piece | None = None  # of the current branch; None: the branch is still empty


class _RefusedError(Exception):
    def __init__(self, index: int, code: str) -> None:
        super().__init__(code)
        self.refusal = RegexRefusal(index + 1, code)


def translate_regex(pattern: str) -> RegexTranslation | RegexRefusal:
    try:
        return RegexTranslation(_Scanner(pattern).scan())
    except _RefusedError as refused:
        return refused.refusal


def regex_find(pattern: str, folded: str) -> str | None:
    """What the pattern matches first in the folded text; None when it does not occur.

    Args:
        pattern: as the person wrote it; must be one `translate_regex` accepts.
        folded: from `text.fold`.
    Raises:
        TimeoutError: no answer in a time that grows with the text.
    """
    seconds = MATCH_SECONDS + MILLION_SECONDS * len(folded) / 1_000_000
    found = _compiled(pattern).search(folded, timeout=seconds)
    return None if found is None else found.group()


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> regex.Pattern[str]:
    translated = translate_regex(pattern)
    if isinstance(translated, RegexRefusal):
        raise ValueError(f"regex refused at character {translated.position}: {translated.reason}")
    return regex.compile(translated.pattern)


class _Scanner:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.index = 0
        self.output: list[str] = []
        self.groups = [_Group(position=-1)]

    def scan(self) -> str:
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            match character:
                case "(":
                    self._open_group()
                case ")":
                    self._close_group()
                case "|":
                    self._end_branch()
                    self._emit("|", 1)
                case "*" | "+" | "?" | "{":
                    self._quantify(character)
                case "^" | "$":
                    self._add(_Piece(parts=1, is_bare=True, is_anchor=True), _ANCHORS[character], 1)
                case ".":
                    self._add(_Piece(parts=1), r"[^\n]", 1)
                case "[":
                    self._class()
                case "\\":
                    self._escape()
                case "]" | "}":
                    raise _RefusedError(self.index, "stray_close")
                case _:
                    self._literal(character, 1)
        if len(self.groups) > 1:
            raise _RefusedError(self.groups[-1].position, "group_open")
        self._end_branch()
        return "".join(self.output)

    def _emit(self, output: str, width: int) -> None:
        self.output.append(output)
        self.index += width

    def _add(self, piece: _Piece, output: str, width: int) -> None:
        group = self.groups[-1]
        group.parts += piece.parts
        group.repeats = group.repeats or piece.repeats
        group.unlimited = group.unlimited or piece.unlimited
        group.optional += piece.optional
        group.has_edge = group.has_edge or piece.has_edge
        group.branch_is_bare = group.branch_is_bare and (group.last is None or group.last.is_bare)
        group.last = piece
        self._check_size(group)
        self._emit(output, width)

    def _check_size(self, group: _Group) -> None:
        if group.parts > MAX_PARTS:
            raise _RefusedError(self.index, "too_big")
        if group.optional > MAX_OPTIONAL:
            raise _RefusedError(self.index, "too_optional")

    def _literal(self, character: str, width: int) -> None:
        folded = fold(character)
        self._add(_Piece(parts=1), "\\" + folded if folded in _SPECIAL else folded, width)

    def _end_branch(self) -> None:
        group = self.groups[-1]
        if group.last is None:
            raise _RefusedError(self.index, "empty")
        group.is_bare = group.is_bare or (group.branch_is_bare and group.last.is_bare)
        group.branch_is_bare = True
        group.last = None

    def _open_group(self) -> None:
        width = 1
        if self.pattern.startswith("(?", self.index):
            width = 3
            if not self.pattern.startswith("(?:", self.index):
                raise _RefusedError(self.index, "group_kind")
        self.groups.append(_Group(position=self.index))
        self._emit("(?:", width)

    def _close_group(self) -> None:
        if len(self.groups) == 1:
            raise _RefusedError(self.index, "group_close")
        self._end_branch()
        group = self.groups.pop()
        if group.is_bare and group.has_edge:
            raise _RefusedError(self.index, "bare_edge")
        piece = _Piece(
            parts=group.parts,
            repeats=group.repeats,
            unlimited=group.unlimited,
            optional=max(group.optional, int(group.is_bare)),
            has_edge=group.has_edge,
            is_bare=group.is_bare,
        )
        self._add(piece, ")", 1)

    def _quantify(self, character: str) -> None:
        output, least, most = character, 1 if character == "+" else 0, None if character in "*+" else 1
        if character == "{":
            braces = _BRACES.match(self.pattern, self.index)
            if braces is None:
                raise _RefusedError(self.index, "braces")
            output = braces[0]
            least = int(braces[1])
            most = least if braces[2] is None else int(braces[2])
            if not (least <= most and 1 <= most <= MAX_REPEAT):
                raise _RefusedError(self.index, "braces")
        group = self.groups[-1]
        piece = group.last
        if piece is None:
            raise _RefusedError(self.index, "nothing_to_repeat")
        if piece.is_anchor:
            raise _RefusedError(self.index, "anchor_repeated")
        if piece.quantified:
            raise _RefusedError(self.index, "quantifier_twice")
        unlimited = most is None
        if (unlimited and piece.repeats) or (most != 1 and piece.unlimited):
            raise _RefusedError(self.index, "nested")
        if least == 0 and piece.has_edge:
            raise _RefusedError(self.index, "bare_edge")
        group.parts += piece.parts * ((most or 1) - 1)
        group.optional += piece.optional * ((most or 1) - 1) + (least == 0)
        self._check_size(group)
        piece.quantified = True
        piece.is_bare = piece.is_bare or least == 0
        group.repeats = group.repeats or most != 1
        group.unlimited = group.unlimited or unlimited
        self._emit(output, len(output))

    def _escape(self) -> None:
        escaped = self._escaped()
        if escaped == "b":
            self._add(_Piece(WORD_EDGE_PARTS, has_edge=True, is_bare=True, is_anchor=True), _ANCHORS["b"], 2)
        elif escaped in _CLASS_ESCAPES:
            self._add(_Piece(parts=1), f"[{_CLASS_ESCAPES[escaped]}]", 2)
        elif escaped in _CONTROL_ESCAPES:
            self._add(_Piece(parts=1), _CONTROL_ESCAPES[escaped], 2)
        elif escaped in _MARKS:
            self._literal(escaped, 2)
        else:
            raise _RefusedError(self.index, "escape")

    def _escaped(self) -> str:
        """The character after the backslash at the index; a lone backslash is refused."""
        if self.index + 1 == len(self.pattern):
            raise _RefusedError(self.index, "escape")
        return self.pattern[self.index + 1]

    def _class(self) -> None:
        opened = self.index
        negated = self.pattern.startswith("[^", self.index)
        self.index += 2 if negated else 1
        first = self.index
        items: list[str] = []
        while True:
            if self.index >= len(self.pattern):
                raise _RefusedError(opened, "class_open")
            if self.pattern[self.index] == "]":
                break
            items.append(self._class_item(is_first=self.index == first))
        if not items:
            raise _RefusedError(opened, "class_empty")
        self._add(_Piece(parts=1), f"[{'^' if negated else ''}{''.join(items)}]", 1)

    def _class_item(self, is_first: bool) -> str:
        character = self.pattern[self.index]
        if character == "[":
            raise _RefusedError(self.index, "class_bracket")
        if character == "-":
            if not (is_first or self.pattern.startswith("-]", self.index)):
                raise _RefusedError(self.index, "class_hyphen")
        elif character == "\\":
            return self._class_escape()
        self.index += 1
        if not self._range_follows():
            return _class_literal(character)
        return self._range_from(character)

    def _class_escape(self) -> str:
        escaped = self._escaped()
        if escaped in _CLASS_ESCAPES:
            item = _CLASS_ESCAPES[escaped]
        elif escaped in _CONTROL_ESCAPES:
            item = _CONTROL_ESCAPES[escaped]
        elif escaped in _MARKS:
            item = _class_literal(escaped)
        else:
            raise _RefusedError(self.index, "escape")
        self.index += 2
        return item

    def _range_follows(self) -> bool:
        after = self.pattern[self.index : self.index + 2]
        return len(after) == 2 and after[0] == "-" and after[1] != "]"

    def _range_from(self, low: str) -> str:
        high = self.pattern[self.index + 1]
        pair = low + high
        alike = re.fullmatch("[0-9]{2}|[a-z]{2}|[A-Z]{2}", pair) is not None or min(pair) > "\u007f"
        if not (alike and fold(low) <= fold(high)):
            raise _RefusedError(self.index, "class_range")
        self.index += 2
        return f"{fold(low)}-{fold(high)}"


def _class_literal(character: str) -> str:
    folded = fold(character)
    if folded.isascii() and not folded.isalnum():
        return f"\\u{ord(folded):04X}"
    return folded
