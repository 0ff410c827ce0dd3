"""The report of `campaignbase evaluate --live` as one HTML file: tables, and pictures as SVG, no script."""

from collections.abc import Sequence
from html import escape

from campaignbase.cli import accuracy_svg as draw
from campaignbase.cli import wording
from campaignbase.core.accuracy import DRIFT, LiveAccuracy, Rate

MOST_CONFUSED = 14  # labels in the picture; the table below has all pairs
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem .2rem 0; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child, .text { text-align: left; }
svg { max-width: 100%; height: auto; } p.note { color: #555; max-width: 44rem; }
"""


def page(found: LiveAccuracy, workspace: str) -> str:
    title = f"{found.field.capitalize()} labels of {workspace} since {found.since}"
    parts = [f"<h1>{escape(title)}</h1>", _summary(found)]
    if found.decisions:
        parts += [_weeks(found), _sources(found), _calibration(found), _labels(found), _confusion(found)]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _summary(found: LiveAccuracy) -> str:
    if not found.decisions:
        return "<p>No machine decided anything in this time.</p>"
    audit = (
        f"Of rows picked at random {_of(found.audit)} are right: of all that nobody had judged,"
        f" {_percent(found.audit.low)} to {_percent(found.audit.high)} (95 %)."
        if found.audit.judged
        else "No audit was judged: who is not asked says nothing, and people correct what is wrong first."
    )
    return (
        f"<p>{found.decisions:,} decisions of machines, {_percent(found.coverage)} named a label."
        f" People judged {_of(found.judged)} right; {_percent(found.never_corrected)} were never corrected."
        f" {audit}</p>"
    )


def _weeks(found: LiveAccuracy) -> str:
    weeks = [week.start.isoformat() for week in found.weeks]
    lines: dict[str, list[float | None]] = {
        "named a label": [week.coverage for week in found.weeks],
        "never corrected": [week.never_corrected for week in found.weeks],
        "right, of those judged": [week.judged.share for week in found.weeks],
    }
    shares = {
        wording.who(source) if source != "nobody" else "nobody was sure": [
            week.shares.get(source, 0.0) for week in found.weeks
        ]
        for source in sorted({name for week in found.weeks for name in week.shares})
    }
    rows = [
        (
            week.start.isoformat(),
            f"{week.decisions:,}",
            _percent(week.coverage),
            f"{week.judged.judged:,}",
            _percent(week.judged.share),
            _percent(week.never_corrected),
            "" if week.drift is None else f"{week.drift:.2f}{' !' if week.drifts else ''}",
        )
        for week in found.weeks
    ]
    columns = ("week of", "decisions", "named", "judged", "right", "never corrected", "drift")
    return (
        "<h2>Over time</h2>"
        + draw.lines(weeks, lines)
        + draw.stacked(weeks, shares)
        + _table(columns, rows)
        + '<p class="note">Right, of those judged, is too low where people correct more than they confirm;'
        " never corrected is too high. Drift is the share of a week's labels that are others than in the"
        f" weeks before; beyond {DRIFT:.0%} it is marked.</p>"
    )


def _sources(found: LiveAccuracy) -> str:
    rows = [
        (
            wording.who(one.source) if one.source else "nobody was sure",
            f"{one.decisions:,}",
            _percent(one.share),
            f"{one.judged.judged:,}",
            _percent(one.judged.share),
            _percent(one.audit.share),
            _percent(one.never_corrected) if one.source else "",
        )
        for one in found.sources
    ]
    columns = ("source", "decisions", "share", "judged", "right", "right at random", "never corrected")
    return "<h2>By source</h2>" + _table(columns, rows)


def _calibration(found: LiveAccuracy) -> str:
    if not found.calibration:
        return ""
    points = {
        f"{wording.who(one.source)} (off by {one.error:.2f})": [
            (band.mean_score, band.judged_right / band.judged, band.judged) for band in one.bands
        ]
        for one in found.calibration
    }
    return (
        "<h2>How sure, and how right</h2>"
        + draw.scatter(points, "mean score", "right, of those judged")
        + '<p class="note">On the line a score of 0.9 is right nine times in ten; larger dots are more.</p>'
    )


def _labels(found: LiveAccuracy) -> str:
    rows = [
        (
            one.label,
            f"{one.decisions:,}",
            f"{one.precision.judged:,}",
            _percent(one.precision.share),
            f"{one.recall.judged:,}",
            _percent(one.recall.share),
        )
        for one in found.labels
    ]
    columns = ("label", "decisions", "judged", "precision", "belong here", "recall")
    return "<h2>By label</h2>" + _table(columns, rows)


def _confusion(found: LiveAccuracy) -> str:
    if not found.confusion:
        return ""
    weight: dict[str, int] = {}
    for one in found.confusion:
        for name in (one.machine_label, one.label):
            weight[name or ""] = weight.get(name or "", 0) + one.judged
    names = sorted(sorted(weight, key=lambda name: -weight[name])[:MOST_CONFUSED])
    cells = {(one.machine_label or "", one.label or ""): one.judged for one in found.confusion}
    wrong = [one for one in found.confusion if one.machine_label != one.label]
    rows = [(one.machine_label or "(nothing)", one.label or "(nothing)", str(one.judged)) for one in wrong]
    table = _table(("machines said", "people said", "times"), rows, texts=2) if rows else ""
    return "<h2>What is taken for what</h2>" + draw.grid(names, cells) + table


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    head = "".join(
        f'<th class="text">{escape(column)}</th>' if place < texts else f"<th>{escape(column)}</th>"
        for place, column in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="text">{escape(cell)}</td>' if place < texts else f"<td>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _of(found: Rate) -> str:
    return "none" if found.share is None else f"{found.right:,} of {found.judged:,} ({found.share:.1%})"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"
