"""How SQL looks: what a formatter cannot check, also inside function bodies."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.each import each

SQL = Path(__file__).parents[2] / "sql"
GENERATED = {"functions/default_vocabulary.sql"}  # holds the vocabulary as one long JSON text
FOLDERS = ("functions", "policies", "rpc", "storage", "tables", "triggers", "views")
OURS = sorted(path for folder in FOLDERS for path in SQL.glob(f"{folder}/*.sql"))
FUNCTIONS = [
    path
    for path in OURS
    if path.parent.name in ("functions", "rpc") and str(path.relative_to(SQL)) not in GENERATED
]
PER_TABLE = [path for path in OURS if path.parent.name in ("policies", "triggers")]
WIDTH = 120
LENGTH = 400

KEYWORDS = (
    "add after all alter and any array as asc before begin between by cascade case check column "
    "comment constraint create cross declare default definer delete desc distinct do else elsif "
    "end except exception exists execute false filter for foreign from function generated grant "
    "group having if immutable in index inner insert intersect into invoker is join key "
    "language lateral left like limit loop materialized not null offset on or order ordinality "
    "over parallel partition perform policy primary raise recursive references referencing "
    "return returning returns revoke right row rows safe schema security select set stable "
    "strict table then to trigger true union unique update using values view volatile when "
    "where while window with "
)
# upper-case words of the language: what plpgsql's tg_op holds is a string and stripped before
SHOUTED = re.compile(r"\b(" + "|".join(KEYWORDS.upper().split()) + r")\b")
# what a comment may not start with: code that was only switched off
SWITCHED_OFF = re.compile(
    r"^\s*--\s*(select|insert into|update|delete from|create|alter|drop|grant|revoke|perform|return|end if"
    r"|where|and|or)\b.*[;(=]\s*$"
)
TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\"[^\"]*\"|/\*.*?\*/", re.DOTALL)
OBJECT = re.compile(
    r"^create (?:unique )?(table|function|trigger|policy|view|index) "
    r"(?:\"[^\"]+\"|(?:(?:public|private)\.)?(\w+))",
    re.MULTILINE,
)


def name(path: Path) -> str:
    return str(path.relative_to(SQL))


def code(text: str) -> str:
    """The text without comments, strings and quoted names; as long and with the same lines."""
    return TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    return enumerate(path.read_text().splitlines(), 1)


each_file = each(OURS, name)
each_function = each(FUNCTIONS, name)


def test_there_is_something_to_check() -> None:
    assert len(OURS) > 100
    assert len(FUNCTIONS) > 80
    assert len(INSPECT) > 5


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("select 'It''s NOT' -- FROM\nfrom x", "select             \nfrom x"),
        ('policy "All ON"', "policy         "),
        ("$$ begin SELECT 1; end $$", "$$ begin SELECT 1; end $$"),  # bodies are code
    ],
)
def test_code_is_what_is_neither_text_nor_comment(text: str, rest: str) -> None:
    assert re.sub(r" +(?=\n|$)", "", code(text)) == re.sub(r" +(?=\n|$)", "", rest)


@pytest.mark.parametrize(
    ("line", "off"),
    [
        ("-- select id from x;", True),
        ("    -- update public.jobs set state = 'dead';", True),
        ("-- and x.id =", True),
        ("-- or that policy would call itself", False),
        ("-- select what a worker may see", False),
        ("-- one or more", False),
    ],
)
def test_switched_off_is_code_and_not_a_sentence(line: str, off: bool) -> None:
    assert bool(SWITCHED_OFF.match(line)) is off


@each_file
def test_keywords_are_lower_case(path: Path) -> None:
    if name(path) in GENERATED:
        return
    found = [
        f"line {number}: {hit[0]}"
        for number, line in enumerate(code(path.read_text()).splitlines(), 1)
        for hit in SHOUTED.finditer(line)
    ]
    assert not found


@each_file
def test_files_and_lines_are_short_and_without_tabs(path: Path) -> None:
    if name(path) in GENERATED:
        return
    text = path.read_text()
    assert len(text.splitlines()) <= LENGTH
    assert "\t" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert [number for number, line in lines(path) if line != line.rstrip()] == []
    # the text of a comment on an object is prose
    long = [number for number, line in lines(path) if len(line) > WIDTH and not line.startswith("'")]
    assert long == []


@each_file
def test_no_code_is_switched_off(path: Path) -> None:
    if name(path) in GENERATED:
        return
    assert [number for number, line in lines(path) if SWITCHED_OFF.match(line)] == []


@each_file
def test_a_file_is_one_object_and_has_its_name(path: Path) -> None:
    text = path.read_text()
    made = [(kind, found) for kind, found in OBJECT.findall(code(text)) if kind != "index"]
    if path.parent.name == "storage":  # a bucket, by insert, and its policies where there is storage
        assert made == []
        return
    if path in PER_TABLE:
        kinds = {kind for kind, _ in made}
        assert kinds <= {path.parent.name.removesuffix("s").replace("policie", "policy")}
        if path.stem in ("private", "realtime"):  # of no one table
            return
        on = set(re.findall(r"\bon (?:table )?(?:public|private|auth)\.(\w+)", code(text)))
        assert on == {path.stem}
        return
    kind = {"functions": "function", "rpc": "function", "tables": "table", "views": "view"}[path.parent.name]
    assert made == [(kind, path.stem)]


@each_function
def test_a_function_states_its_card(path: Path) -> None:
    text = path.read_text()
    schema = "public" if path.parent.name == "rpc" else "private"
    assert f"create function {schema}.{path.stem}(" in text
    head = text[: text.index("as $")]
    search_path, *advice = re.findall(r"^    set (.*)$", head, re.MULTILINE)
    assert search_path == "search_path = ''"
    # advice for the planner is allowed, under a comment that says why
    assert all(re.fullmatch(r"enable_\w+ = off|statement_timeout = 0", line) for line in advice)
    assert not advice or re.search(r"^    -- .+\n    set (?:enable_|statement_timeout)", head, re.MULTILINE)
    parts = ("returns ", r"language (?:sql|plpgsql)\b", "set search_path")  # an argument may be a language
    order = [found.start() for part in parts if (found := re.search(rf"\n    {part}", head))]
    # out arguments say what is returned
    assert len(order) == (2 if re.search(r"^    out \w+ ", head, re.MULTILINE) else 3)
    assert order == sorted(order)
    assert f"comment on function {schema}.{path.stem} is" in text
    assert re.search(
        rf"^revoke execute on function {schema}\.{path.stem} from public, anon", text, re.MULTILINE
    )


@each_function
def test_a_definer_function_is_private_and_says_why(path: Path) -> None:
    text = path.read_text()
    definer = re.findall(r"^    security definer(.*)$", text, re.MULTILINE)
    if path.parent.name == "rpc":
        assert not definer
        assert re.search(r"^    security invoker", text, re.MULTILINE)
    for reason in definer:
        assert re.fullmatch(r"  -- .{10,}", reason), "the line says why"


@each_function
def test_who_may_run_a_function_is_said_by_name(path: Path) -> None:
    text = path.read_text()
    granted = re.findall(r"^grant execute on function [\w.]+ to (.*);$", text, re.MULTILINE)
    revoked = re.findall(r"^revoke execute on function [\w.]+ from (.*);$", text, re.MULTILINE)
    assert len(revoked) == 1
    to, off = {role for roles in granted for role in roles.split(", ")}, set(revoked[0].split(", "))
    assert to <= {"authenticated", "service_role"}
    # every role is either granted or revoked, and none is both
    assert to | off == {"public", "anon", "authenticated", "service_role"}
    assert not to & off


@each([path for path in OURS if path.parent.name == "tables"], name)
def test_constraints_are_named_after_their_table(path: Path) -> None:
    text = code(path.read_text())
    kinds = r"(?:check|unique|primary key|foreign key)"
    named = re.findall(rf"\bconstraint (\w+)\s+{kinds} ?\(", text)
    assert len(named) == len(re.findall(rf"\b{kinds} ?\(", text))
    assert all(constraint.startswith(f"{path.stem}_") for constraint in named)
    assert re.search(rf"^comment on table (public|private)\.{path.stem} is\s*$", text, re.MULTILINE)


@each([path for path in PER_TABLE if path.parent.name == "policies"], name)
def test_a_policy_is_a_sentence_for_one_command_and_one_role(path: Path) -> None:
    for statement in re.findall(r"^create policy .*?;", path.read_text(), re.MULTILINE | re.DOTALL):
        assert re.match(
            r'create policy "[a-z][a-z ]+[a-z]"\n'
            r"on public\.\w+ for (select|insert|update|delete) to authenticated\n",
            statement,
        ), statement


INSPECT = sorted(SQL.glob("inspect/*.sql"))


@each(INSPECT, name)
def test_an_inspection_is_one_query_under_its_comment(path: Path) -> None:
    text = path.read_text()
    body = code(text).strip()
    assert text.startswith("-- ")
    assert re.match(r"(with|select)\b", body)
    assert body.endswith(";")
    assert body.count(";") == 1
    assert not SHOUTED.search(body)
    assert [number for number, line in lines(path) if len(line) > WIDTH or line != line.rstrip()] == []


def test_load_names_every_file_once() -> None:
    listed = re.findall(r"^\\ir (\S+)$", (SQL / "load.sql").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(["schemas.sql", "extensions.sql", "sequences.sql", *map(name, OURS)])
