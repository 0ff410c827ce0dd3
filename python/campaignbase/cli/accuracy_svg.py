"""Pictures of shares as SVG text: lines, stacked bars, points, a grid. Every word is escaped."""

from collections.abc import Mapping, Sequence
from html import escape

# told apart by people who see fewer colors too; source: Okabe and Ito
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#999999")
WIDTH, HEIGHT, LEFT, TOP, FOOT = 640, 220, 44, 12, 40
BELOW = HEIGHT - FOOT + 16  # the words under the axis
LEGEND = 18  # a line of it
SQUARE = 26  # of the grid
NAME_WIDTH = 150
NOTHING = "(nothing)"


def lines(
    xs: Sequence[str], series: Mapping[str, Sequence[float | None]], title: str = "Shares by week"
) -> str:
    """Shares, 0..1, over time; None leaves a gap."""
    drawn = [_axes(xs)]
    for number, (name, values) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        run: list[str] = []
        for place, value in enumerate(values):
            if value is not None:
                run.append(f"{_x(place, len(xs)):.1f},{_y(value):.1f}")
                drawn.append(
                    f'<circle cx="{_x(place, len(xs)):.1f}" cy="{_y(value):.1f}" r="3" fill="{color}">'
                    f"<title>{escape(name)}, {escape(xs[place])}: {value:.1%}</title></circle>"
                )
            if value is None or place == len(values) - 1:
                if len(run) > 1:
                    points = " ".join(run)
                    drawn.append(
                        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>'
                    )
                run = []
    return _svg(title, [*drawn, _legend(list(series))], len(series))


def stacked(xs: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """Shares that add up to 1, a bar a week."""
    width = min(40.0, 0.7 * (WIDTH - LEFT) / max(1, len(xs)))
    drawn = [_axes(xs)]
    for place, week in enumerate(xs):
        below = 0.0
        for number, (name, values) in enumerate(series.items()):
            drawn.append(
                f'<rect x="{_x(place, len(xs)) - width / 2:.1f}" y="{_y(below + values[place]):.1f}"'
                f' width="{width:.1f}" height="{_y(below) - _y(below + values[place]):.1f}"'
                f' fill="{COLORS[number % len(COLORS)]}">'
                f"<title>{escape(name)}, {escape(week)}: {values[place]:.1%}</title></rect>"
            )
            below += values[place]
    return _svg("Who decided, by week", [*drawn, _legend(list(series))], len(series))


def scatter(series: Mapping[str, Sequence[tuple[float, float, int]]], across: str, up: str) -> str:
    """(x, y, how many) in 0..1, with the line on which both are equal."""
    most = max(count for points in series.values() for _, _, count in points)
    reach = HEIGHT - TOP - FOOT
    drawn = [
        _axes([]),
        f'<path d="M{LEFT} {_y(0)} L{LEFT + 2 * reach} {_y(1)}" stroke="#bbb" stroke-dasharray="4"/>',
        f'<text x="{LEFT + 2 * reach}" y="{BELOW}" text-anchor="end">{escape(across)} 1.0</text>',
        f'<text x="{LEFT}" y="{BELOW}">0.0</text>',
        f'<text x="{LEFT + 6}" y="{TOP + 8}">{escape(up)}</text>',
    ]
    for number, (name, points) in enumerate(series.items()):
        for x, y, count in points:
            drawn.append(
                f'<circle cx="{LEFT + 2 * reach * x:.1f}" cy="{_y(y):.1f}"'
                f' r="{3 + 7 * (count / most) ** 0.5:.1f}" fill-opacity="0.7"'
                f' fill="{COLORS[number % len(COLORS)]}">'
                f"<title>{escape(name)}: {x:.2f}, right {y:.1%} of {count:,}</title></circle>"
            )
    return _svg("Scores beside the share that was right", [*drawn, _legend(list(series))], len(series))


def grid(names: Sequence[str], cells: Mapping[tuple[str, str], int]) -> str:
    """Machines' labels down, people's across; the darker the more."""
    most = max((cells.get((down, across), 0) for down in names for across in names), default=0) or 1
    drawn = []
    for row, down in enumerate(names):
        y = TOP + row * SQUARE
        drawn.append(f'<text x="{NAME_WIDTH - 6}" y="{y + 17}" text-anchor="end">{_name(down)}</text>')
        for column, across in enumerate(names):
            count = cells.get((down, across), 0)
            color = "#009e73" if down == across else "#d55e00"
            strength = 0.05 if not count else 0.15 + 0.85 * count / most
            x = NAME_WIDTH + column * SQUARE
            drawn.append(
                f'<rect x="{x}" y="{y}" width="{SQUARE - 2}" height="{SQUARE - 2}" fill="{color}"'
                f' fill-opacity="{strength:.2f}"><title>'
                f"machines {escape(down or NOTHING)}, people {escape(across or NOTHING)}:"
                f" {count:,}</title></rect>"
            )
            if count:
                drawn.append(f'<text x="{x + 12}" y="{y + 16}" text-anchor="middle">{count}</text>')
    bottom = TOP + len(names) * SQUARE
    for column, across in enumerate(names):
        x = NAME_WIDTH + column * SQUARE + 14
        drawn.append(
            f'<text x="{x}" y="{bottom + 10}" text-anchor="end" transform="rotate(-45 {x} {bottom + 10})">'
            f"{_name(across)}</text>"
        )
    width, height = NAME_WIDTH + len(names) * SQUARE + 8, bottom + NAME_WIDTH * 3 // 4
    return _open("What machines said, down, and people, across", width, height) + "".join(drawn) + "</svg>"


def _name(label: str) -> str:
    shown = label or NOTHING
    return escape(shown if len(shown) <= 20 else f"{shown[:19]}…")


def _axes(xs: Sequence[str]) -> str:
    drawn = [
        f'<line x1="{LEFT}" y1="{_y(share)}" x2="{WIDTH}" y2="{_y(share)}" stroke="#e5e5e5"/>'
        f'<text x="{LEFT - 6}" y="{_y(share) + 4}" text-anchor="end">{share:.0%}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    ]
    every = max(1, -(-len(xs) // 8))  # so many labels fit
    drawn += [
        f'<text x="{_x(place, len(xs)):.1f}" y="{BELOW}" text-anchor="middle">{escape(label)}</text>'
        for place, label in enumerate(xs)
        if place % every == 0
    ]
    return "".join(drawn)


def _legend(names: Sequence[str]) -> str:
    return "".join(
        f'<rect x="{LEFT}" y="{HEIGHT - 14 + LEGEND * number}" width="10" height="10"'
        f' fill="{COLORS[number % len(COLORS)]}"/>'
        f'<text x="{LEFT + 16}" y="{HEIGHT - 5 + LEGEND * number}">{escape(name)}</text>'
        for number, name in enumerate(names)
    )


def _svg(title: str, drawn: Sequence[str], entries: int) -> str:
    return _open(title, WIDTH + 20, HEIGHT + LEGEND * entries) + "".join(drawn) + "</svg>"


def _open(title: str, width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="system-ui, sans-serif" font-size="11" style="background: #fff">'
        f"<title>{escape(title)}</title>"
    )


def _x(place: int, count: int) -> float:
    return LEFT + (WIDTH - LEFT) * (place + 0.5) / max(1, count)


def _y(share: float) -> float:
    return round(HEIGHT - FOOT - (HEIGHT - TOP - FOOT) * share, 1)
