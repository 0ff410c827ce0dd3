"""`campaignbase evaluate --live` on a terminal: tables, and a bar a week."""

from campaignbase.cli import output, wording
from campaignbase.core.accuracy import DRIFT, Calibration, LiveAccuracy, Rate

BAR = 16  # characters of a full one
EIGHTHS = " ▏▎▍▌▋▊▉█"
MOST_LABELS, MOST_PAIRS = 20, 12


def show(found: LiveAccuracy) -> None:
    if not found.decisions:
        output.say(f"no machine decided a {found.field} since {found.since}")
        return
    output.say(
        f"{found.field} since {found.since}: {output.plural(found.decisions, 'decision')} of machines,"
        f" {_percent(found.coverage)} named one"
    )
    output.say(f"people judged {_told(found.judged)}; never corrected {_percent(found.never_corrected)}")
    if found.audit.judged:
        output.say(f"of rows picked at random {_told(found.audit)}: {_interval(found.audit)}")
    output.table(
        ("source", "decisions", "share", "judged", "right", "at random", "never corrected", "mean score"),
        [
            (
                wording.who(one.source) if one.source else "nobody was sure",
                one.decisions,
                _percent(one.share),
                one.judged.judged,
                _share(one.judged),
                _share(one.audit),
                _percent(one.never_corrected) if one.source else "",
                output.score(one.mean_score),
            )
            for one in found.sources
        ],
    )
    output.say("by week: the bar is the share that named one, the dots are the others")
    output.table(
        ("week of", "decisions", "named", "", "judged", "right", "never corrected", "drift"),
        [
            (
                week.start.isoformat(),
                week.decisions,
                _percent(week.coverage),
                bar(week.coverage),
                week.judged.judged,
                _share(week.judged),
                _percent(week.never_corrected),
                "" if week.drift is None else f"{week.drift:.2f}{' !' if week.drifts else ''}",
            )
            for week in found.weeks
        ],
    )
    _labels(found)
    _confused(found)
    _calibrated(found.calibration)
    if any(week.drifts for week in found.weeks):
        output.say(f"! more than {DRIFT:.0%} of the labels of that week are others than before")
    if found.open_audits:
        rows = output.plural(found.open_audits, "row")
        output.say(f"{rows} of an audit wait to be judged: the view audit_queue lists them")
    elif not found.audit.judged:
        output.say("who is not asked says nothing: campaignbase evaluate --live --audit 50")


def bar(share: float) -> str:
    eighths = round(share * BAR * 8)
    full, rest = divmod(eighths, 8)
    return (EIGHTHS[8] * full + (EIGHTHS[rest] if rest else "")).ljust(BAR, "·")


def _labels(found: LiveAccuracy) -> None:
    output.table(
        ("label", "decisions", "judged", "precision", "belong here", "recall"),
        [
            (
                one.label,
                one.decisions,
                one.precision.judged,
                _share(one.precision),
                one.recall.judged,
                _share(one.recall),
            )
            for one in found.labels[:MOST_LABELS]
        ],
    )
    if len(found.labels) > MOST_LABELS:
        output.say(f"and {len(found.labels) - MOST_LABELS} more labels: --json or --html has them all")


def _confused(found: LiveAccuracy) -> None:
    wrong = [pair for pair in found.confusion if pair.machine_label != pair.label]
    if wrong:
        output.table(
            ("machines said", "people said", "times"),
            [
                (one.machine_label or "(nothing)", one.label or "(nothing)", one.judged)
                for one in wrong[:MOST_PAIRS]
            ],
        )


def _calibrated(found: tuple[Calibration, ...]) -> None:
    rows = [
        (
            wording.who(one.source),
            f"{band.sure_from / 100:.2f}",
            band.judged,
            output.score(band.mean_score),
            right,
        )
        for one in found
        for band in one.bands
        for right in [f"{band.judged_right / band.judged:.2f}"]
    ]
    if rows:
        output.table(("source", "score from", "judged", "mean score", "right"), rows)


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _share(found: Rate) -> str:
    return "" if found.share is None else f"{found.share:.1%}"


def _told(found: Rate) -> str:
    if found.share is None:
        return "none"
    return f"{found.judged:,} and found {found.right:,} right ({found.share:.1%})"


def _interval(found: Rate) -> str:
    return f"of all that nobody had judged, {found.low or 0:.1%} to {found.high or 0:.1%} are right (95 %)"
