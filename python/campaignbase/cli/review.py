"""`campaignbase review`: decide what nobody was sure about, key by key, what teaches most first."""

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.labeling import label_waiting
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.core.blend import blend
from campaignbase.core.names import find_name
from campaignbase.core.review import teaching_order
from campaignbase.errors import InputError
from campaignbase.models import ContextRequest, Correction
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.learning import ReviewRow
from campaignbase.ports import Store

SHORTLIST = 9  # one key each
KEPT_BACK = 5  # decisions that can still be taken back; earlier ones are written
SHOWN_CHARACTERS = 600
_KEYS = "enter or a accept · 1-9 pick · / search · n none fits · s skip · u undo · q quit"
_ANSWERS: dict[str, tuple[str, Correction | None]] = {
    "s": ("skipped", None),
    "n": ("left empty", Correction(confirm=("category",))),
}
_ACCEPT, _BACKSPACES, _END = ("\r", "\n", "a", ""), ("\x7f", "\b"), ("\x03", "\x04", "q")


@dataclass(frozen=True, slots=True)
class Waiting:
    row: ReviewRow
    teaches: float  # more is more; only for comparing
    shortlist: tuple[str, ...]  # names, likeliest first


def register(app: typer.Typer) -> None:
    app.command()(review)


def review(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Rows to look at.")] = 20,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Decide what nobody was sure about. First comes what teaches most: unsure, like many others, a label
    with few examples.

    On a terminal single keys decide; else a line each: a, 3, /word, a category, n, s, u or q. --json lists.

    Example:  campaignbase review
    Example:  campaignbase review --limit 50 --json
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[list[Waiting], Counter[str]]:
        names = {category.id: category.name for category in await store.categories(home.id)}
        waiting = await _waiting(store, home, names, limit)
        if run.json or not waiting:
            return waiting, Counter()
        sitting = Sitting(waiting, sorted(names.values()), _keys() if _on_terminal() else None)
        counts = sitting.counts
        with sitting.ended_by(signal.SIGTERM, signal.SIGHUP):
            for key, correction in sitting.decided():
                refusal = await write_decision(store, key, correction)
                if refusal is not None:
                    output.say(f"{key[:8]} is not written: {refusal}")
                    counts["filed" if correction.category is not None else "left empty"] -= 1
                    counts["not written"] += 1
        if run.embedded and counts["filed"]:  # what is learned from it
            await label_waiting(store, loaded=run.settings)
        return waiting, counts

    waiting, counts = run.run_in_workspace(act)
    if run.json:
        output.emit({"rows": [_document(one) for one in waiting]})
    elif not waiting:
        output.say("nothing waits for a person")
    else:
        words = ("filed", "left empty", "skipped", *(["not written"] if counts["not written"] else []))
        parts = ", ".join(f"{counts[word]} {word}" for word in words)
        output.say(f"{parts}, of {output.plural(len(waiting), 'row')}")


class _EndedError(Exception):
    """A signal came while a key was awaited."""


class Sitting:
    """One person in front of the rows."""

    def __init__(
        self, waiting: Sequence[Waiting], names: Sequence[str], keys: Callable[[], str] | None
    ) -> None:
        """`keys`: gives the next key; None: lines come from stdin."""
        self._waiting = waiting
        self._names = names
        self._keys = keys
        self.counts: Counter[str] = Counter()
        self._reading = self._ended = False

    @contextmanager
    def ended_by(self, *signals: signal.Signals) -> Iterator[None]:
        """Inside, these are the answer `q`: what was decided is written. Main thread only."""

        def end(_number: int, _frame: object) -> None:
            self._ended = True
            if self._reading:
                raise _EndedError

        before = {number: signal.signal(number, end) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def decided(self) -> Iterator[tuple[str, Correction]]:
        """What to write, a few decisions after each was made, so that it can be taken back; then the rest."""
        done: list[tuple[int, str, Correction | None]] = []  # place, what became of the row, what to write
        written = place = 0
        while place < len(self._waiting):
            one = self._waiting[place]
            self._show(one, place)
            answer = self._ask(one)
            if answer is None:
                break
            if answer == "u":
                if len(done) == written:
                    output.say(
                        "nothing to take back here; correct a row: campaignbase categorize ID --category NAME"
                    )
                else:
                    place, became, _ = done.pop()
                    self.counts[became] -= 1
                continue
            done.append((place, *_ANSWERS.get(answer, ("filed", Correction(category=answer)))))
            self.counts[done[-1][1]] += 1
            place += 1
            while len(done) - written > KEPT_BACK:
                yield from self._step(done[written])
                written += 1
        for step in done[written:]:
            yield from self._step(step)

    def _step(self, done: tuple[int, str, Correction | None]) -> Iterator[tuple[str, Correction]]:
        place, _, correction = done
        if correction is not None:
            yield self._waiting[place].row.id, correction

    def _ask(self, one: Waiting) -> str | None:
        """A category, s, n or u; None: enough."""
        while True:
            given = self._read()
            if given is None or given in _END:
                return None
            if given in _ACCEPT:
                if one.shortlist:
                    return one.shortlist[0]
                output.say("nothing came near; / searches the categories")
            elif given in ("s", "n", "u"):
                return given
            elif given.isdigit() and 1 <= int(given) <= len(one.shortlist):
                return one.shortlist[int(given) - 1]
            elif given.startswith("/"):
                found = self._search(given[1:])
                if found is not None:
                    return found
            else:
                named = find_name(given, self._names) if self._keys is None else None
                if named is not None:
                    return named
                output.say(_KEYS)

    def _search(self, word: str) -> str | None:
        """A category by a part of its name; on a terminal the list follows what is typed."""
        if self._keys is None:
            found = self._matching(word)
            if len(found) == 1:
                return found[0]
            output.say(f"{len(found)} categories have {word!r}: {', '.join(found[:SHORTLIST]) or 'none'}")
            return None
        while True:
            found = self._matching(word)[:SHORTLIST]
            listed = "  ".join(f"{number} {name}" for number, name in enumerate(found, 1))
            output.say(f"/{word}  {listed or 'no category has this'}")
            key = self._read()
            if key is None or key in ("\x03", "\x04", "\x1b"):
                return None
            if key in ("\r", "\n") and found:
                return found[0]
            if key.isdigit() and 1 <= int(key) <= len(found):
                return found[int(key) - 1]
            word = word[:-1] if key in _BACKSPACES else word + key if key.isprintable() else word

    def _matching(self, word: str) -> list[str]:
        wanted = word.casefold().strip()
        found = [name for name in self._names if wanted in name.casefold()]
        return sorted(found, key=lambda name: (not name.casefold().startswith(wanted), name))

    def _read(self) -> str | None:
        if self._ended:
            return None
        try:
            self._reading = True
            if self._keys is not None:
                return self._keys()
            line = sys.stdin.readline()
            return line.strip() if line else None
        except _EndedError:
            return None
        finally:
            self._reading = False

    def _show(self, one: Waiting, place: int) -> None:
        text = output.clean(one.row.text or "(nothing to read)")
        more = " …" if len(text) > SHOWN_CHARACTERS else ""
        output.say(f"\n{place + 1} of {len(self._waiting)} · {one.row.id[:8]}")
        output.say(f"{text[:SHOWN_CHARACTERS]}{more}")
        for reason in one.row.reasons[:2]:
            output.say(f"  {output.short(reason, 160)}")
        output.say("  ".join(f"[{number}] {name}" for number, name in enumerate(one.shortlist, 1)))
        if place == 0:
            output.say(_KEYS)


async def write_decision(store: Store, key: str, correction: Correction) -> str | None:
    """None when written; else why not: the row or its label is gone, or somebody else decided."""
    try:
        asset = (await store.explain(key)).asset
        if asset is not None and asset.category_source == "human":
            label = asset.primary_category or "no category"
            return f"somebody decided meanwhile: {label}; to overrule: campaignbase categorize {key[:8]}"
        await store.correct(key, correction)
    except InputError as error:
        return str(error)
    return None


async def _waiting(store: Store, home: WorkspaceRow, names: dict[str, str], limit: int) -> list[Waiting]:
    rows = await store.review_rows(home.id)
    confirmed = Counter(names.get(key, "") for key in (await store.confirmed(home.id)).category_ids)
    chosen = teaching_order(rows, confirmed, limit)
    requests = [
        ContextRequest("categorize_content", row.id, row.embedding, row.content_hash) for row, _ in chosen
    ]
    context = await store.categorization_context(requests)
    found = []
    for row, teaches in chosen:
        item = context.items.get(row.id)
        likely: list[str] = [row.candidate] if row.candidate is not None else []
        if item is not None:
            head = context.workspaces[home.id].head
            filed = [(neighbor.category_id, neighbor.similarity) for neighbor in item.neighbors]
            ranked = blend(item.trained, filed, 0 if head is None else head.train_rows)
            likely += [names.get(key, "") for key, share in ranked if share > 0.01]
            likely += [names.get(key, "") for key, _ in item.categories]
        shortlist = [name for name in dict.fromkeys(likely) if name in names.values()]
        found.append(Waiting(row, teaches, tuple(shortlist[:SHORTLIST])))
    return found


def _document(one: Waiting) -> dict[str, object]:
    return {
        "id": one.row.id,
        "text": one.row.text,
        "candidate": one.row.candidate,
        "score": one.row.score,
        "reasons": one.row.reasons,
        "waiting_since": one.row.waiting_since,
        "teaches": round(one.teaches, 4),
        "shortlist": one.shortlist,
    }


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _keys() -> Callable[[], str]:
    def key() -> str:
        try:
            return str(typer.getchar())
        except (KeyboardInterrupt, EOFError):
            return "q"

    return key
