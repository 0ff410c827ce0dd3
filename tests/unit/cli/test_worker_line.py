from dataclasses import replace

import pytest

from campaignbase.cli import worker_line
from campaignbase.cli.worker_line import Line, age, tell_hearing, text
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.worker.watch import Hearing, Queue, Snapshot

IDLE = Snapshot(BatchReport(), Queue(), Hearing("connected"), 0.0, True, True, True)
BUSY = replace(
    IDLE,
    total=BatchReport(claimed=1300, accepted=1298, labeled=1204, review=94),
    queue=Queue(waiting=1200, leased=34, oldest_seconds=3.4),
    rate=180.4,
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (IDLE, "connected · 0 waiting · 0 rows/s"),
        (
            BUSY,
            (
                "connected · 1,234 waiting, oldest 3 s · 180 rows/s · 1,204 assets labeled,"
                " 94 assets left for review"
            ),
        ),
        (replace(IDLE, hearing=Hearing("reconnecting")), "reconnecting · 0 waiting · 0 rows/s"),
        (replace(IDLE, hearing=Hearing("sweeping")), "sweeping · 0 waiting · 0 rows/s"),
        # what matters more than how it hears
        (replace(IDLE, reachable=False), "database away · 0 waiting · 0 rows/s"),
        (replace(IDLE, queue=Queue(dead=2)), "connected · 0 waiting, 2 dead · 0 rows/s"),
    ],
)
def test_text_says_what_matters_first(seen: Snapshot, expected: str) -> None:
    assert text(seen) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h"), (200000, "56 h")],
)
def test_age_keeps_to_one_unit(seconds: float, expected: str) -> None:
    assert age(seconds) == expected


@pytest.mark.parametrize(
    ("living", "line", "told"),
    [
        (True, "realtime: connected", ""),  # the line itself says so
        (True, "realtime: no answer; reconnecting", "realtime: no answer; reconnecting\n"),
        (False, "realtime: connected", "realtime: connected\n"),
    ],
)
def test_tell_hearing_leaves_to_the_living_line_what_it_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], living: bool, line: str, told: str
) -> None:
    monkeypatch.setattr(Line, "living", lambda: living)
    tell_hearing(line)
    assert capsys.readouterr().err == told


async def test_when_piped_a_line_comes_with_each_change_and_the_last_one_is_true(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Line, "living", staticmethod(lambda: False))
    monkeypatch.setattr(worker_line, "PLAIN_SECONDS", 0.0)
    done = replace(BUSY, queue=Queue(), rate=0.0)
    seen = iter([IDLE, BUSY, BUSY, done, done])
    with pytest.raises(RuntimeError, match="StopIteration"):  # they are used up
        await Line(lambda: next(seen)).show()
    assert capsys.readouterr().err.splitlines() == [text(BUSY), text(done)]
