"""What keys and lines mean in front of the rows that wait."""

import signal
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from campaignbase.cli.review import Sitting, Waiting, write_decision
from campaignbase.models import Correction, NewContent
from campaignbase.models.learning import ReviewRow
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock

NAMES = ["event", "giveaway", "offer", "recruiting"]
THEN = datetime(2026, 1, 1, tzinfo=UTC)


def waiting(count: int, shortlist: tuple[str, ...] = ("offer", "event")) -> list[Waiting]:
    rows = [ReviewRow(f"id-{number}", "text", None, None, (), THEN, None, None) for number in range(count)]
    return [Waiting(row, 1.0, shortlist) for row in rows]


def filed(number: int, category: str) -> tuple[str, Correction]:
    return f"id-{number}", Correction(category=category)


def empty(number: int) -> tuple[str, Correction]:
    return f"id-{number}", Correction(confirm=("category",))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("\r", [filed(0, "offer")]),  # the first of the shortlist
        ("a2", [filed(0, "offer"), filed(1, "event")]),
        ("s2", [filed(1, "event")]),
        ("n\r", [empty(0), filed(1, "offer")]),
        ("9\r", [filed(0, "offer")]),  # there is no ninth
        ("/re\r", [filed(0, "recruiting")]),  # what begins with it comes first
        ("/gix\x7f\r", [filed(0, "giveaway")]),
        ("/e2", [filed(0, "giveaway")]),  # event, then those that have an e in them
        ("/zz\x1b\r", [filed(0, "offer")]),  # escape leaves the search
        ("au2", [filed(0, "event")]),  # taken back, and decided again
        ("asuu2", [filed(0, "event")]),
        ("uq", []),
        ("\x03", []),
    ],
)
def test_keys(keys: str, expected: list[tuple[str, Correction]]) -> None:
    typed = iter(keys + "q")
    assert list(Sitting(waiting(3), NAMES, lambda: next(typed)).decided()) == expected


def test_lines_name_a_category_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("Recruiting\n/give\n/e\n2\n"))
    sitting = Sitting(waiting(9), NAMES, None)
    # of several that are found none is taken; the end of the input is the end
    assert list(sitting.decided()) == [filed(0, "recruiting"), filed(1, "giveaway"), filed(2, "event")]
    assert sitting.counts == {"filed": 3}


def test_what_was_decided_a_few_rows_ago_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter("aaaaaaa" + "u" * 6 + "q")
    sitting = Sitting(waiting(9), NAMES, lambda: next(typed))
    steps = sitting.decided()
    assert [next(steps), next(steps)] == [filed(0, "offer"), filed(1, "offer")]
    assert list(steps) == []  # the other five were taken back, and these two cannot be
    assert sitting.counts["filed"] == 2
    assert "nothing to take back here" in capsys.readouterr().err


def test_nothing_near_is_nothing_to_accept(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter("\r/of\rq")
    assert list(Sitting(waiting(1, ()), NAMES, lambda: next(typed)).decided()) == [filed(0, "offer")]
    assert "nothing came near" in capsys.readouterr().err


async def test_what_changed_meanwhile_is_told_and_the_rest_is_written(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    [home] = await store.workspaces()
    new = [NewContent(content="one"), NewContent(content="two", primary_category="event")]
    waits, taken = (await store.insert_content(home.id, new)).ids
    offer, gone = Correction(category="offer"), "99999999-9999-4999-8999-999999999999"
    assert await write_decision(store, gone, offer) == f"no content or campaign with id '{gone}'"
    told = await write_decision(store, taken, offer)
    assert told == f"somebody decided meanwhile: event; to overrule: campaignbase categorize {taken[:8]}"
    refused = await write_decision(store, waits, Correction(category="ofer"))
    assert refused == "unknown category 'ofer'; did you mean 'offer'?"
    assert await write_decision(store, waits, offer) is None
    labels = {row.id: row.primary_category for row in await store.content(home.id)}
    assert labels == {waits: "offer", taken: "event"}
    await store.close()


@pytest.mark.parametrize("where", ["aa/", "aa"])
def test_a_signal_that_ends_it_loses_no_decision(where: str) -> None:
    keys = iter(where)

    def key() -> str:
        pressed = next(keys, None)
        if pressed is None:
            signal.raise_signal(signal.SIGTERM)
        return pressed or "a"

    before = signal.getsignal(signal.SIGTERM)
    sitting = Sitting(waiting(5), NAMES, key)
    with sitting.ended_by(signal.SIGTERM):
        assert list(sitting.decided()) == [filed(0, "offer"), filed(1, "offer")]
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_signal_between_two_keys_ends_it_too() -> None:
    sitting = Sitting(waiting(9), NAMES, lambda: "a")
    with sitting.ended_by(signal.SIGTERM):
        decided = sitting.decided()
        assert next(decided) == filed(0, "offer")
        signal.raise_signal(signal.SIGTERM)
        assert len(list(decided)) == 5  # no further key is read
