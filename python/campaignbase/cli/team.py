"""`campaignbase evaluate --simulate-team`: what a team would see, with and without learning from it."""

import asyncio
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from campaignbase.cli import accuracy_svg, output
from campaignbase.errors import InputError
from campaignbase.models import LabeledText
from campaignbase.pipeline.team import Looking, Recent, Wave, recently, simulate_team

WAVES = 20
ARMS = {"with learning": True, "without": False}


def simulate(
    file: Path,
    descriptions: Path | None,
    texts: int,
    corrected: float,
    looking: str,
    seed: int,
    picture: Path | None,
    *,
    as_json: bool,
) -> None:
    from campaignbase.ingest.labeled import read_descriptions, read_labeled

    if looking not in get_args(Looking):
        raise InputError(f"--looking {looking!r}: expected one of {', '.join(get_args(Looking))}")
    if picture is not None and not picture.parent.is_dir():
        raise InputError(f"--picture {picture}: there is no folder {picture.parent}")
    rows = read_labeled(file)
    meanings = {} if descriptions is None else read_descriptions(descriptions)
    named = {row.category for row in rows}
    for name in meanings:
        if name not in named:
            raise InputError(f"there is a description of {name!r}; no row of {file} has that label")
    random.Random(seed).shuffle(rows)
    arriving = rows[:texts]
    wave = -(-len(arriving) // WAVES)
    told = f"{output.plural(len(arriving), 'text')} in {output.plural(-(-len(arriving) // wave), 'wave')}"
    output.say(f"{told}, {corrected:.0%} of them looked at ({looking})")
    waves = {
        name: asyncio.run(
            _simulate(
                arriving,
                meanings,
                corrected,
                looking,  # type: ignore[arg-type]
                seed,
                learning=learning,
            )
        )
        for name, learning in ARMS.items()
    }
    curves = {name: recently(found) for name, found in waves.items()}
    if picture is not None:
        try:
            picture.write_text(draw(curves), encoding="utf-8")
        except OSError as error:
            raise InputError(f"--picture {picture}: {error.strerror}") from None
        output.say(f"picture: {picture}")
    if as_json:
        output.emit({"seed": seed, "looking": looking, "corrected": corrected, **_document(waves)})
        return
    columns = ("arrived", *(f"{word} {name}" for name in ARMS for word in ("filed", "right")))
    output.table(columns, [_line(line) for line in zip(*curves.values(), strict=True)])
    output.say("of the last four waves: share that machines filed alone, and how often they were right")


def draw(curves: Mapping[str, Sequence[Recent]]) -> str:
    """The curves as SVG."""
    xs = [f"{one.arrived:,}" for one in next(iter(curves.values()))]
    series: dict[str, list[float | None]] = {}
    for name, found in curves.items():
        series[f"filed without a person, {name}"] = [one.applied for one in found]
        series[f"right, of those, {name}"] = [one.right for one in found]
    return accuracy_svg.lines(xs, series, "What machines file alone, and how right, as texts arrive")


async def _simulate(
    texts: Sequence[LabeledText],
    descriptions: Mapping[str, str],
    corrected: float,
    looking: Looking,
    seed: int,
    *,
    learning: bool,
) -> list[Wave]:
    from campaignbase import wiring

    with tempfile.TemporaryDirectory() as folder:
        store = await wiring.open_store(str(Path(folder) / "team.db"))
        try:
            workspace = await wiring.find_workspace(store, "default")
            with output.progress("with learning" if learning else "without", len(texts)) as bar:
                return await simulate_team(
                    store,
                    workspace,
                    texts,
                    lambda: wiring.worker(store).run_once(),
                    wave=-(-len(texts) // WAVES),
                    share=corrected,
                    looking=looking,
                    learning=learning,
                    descriptions=descriptions,
                    seed=seed,
                    on_wave=lambda wave: bar(wave.arrived),
                )
        finally:
            await store.close()


def _line(found: Sequence[Recent]) -> tuple[str, ...]:
    told = [f"{found[0].arrived:,}"]
    for one in found:
        told += [f"{one.applied:.3f}", "" if one.right is None else f"{one.right:.3f}"]
    return tuple(told)


def _document(waves: Mapping[str, Sequence[Wave]]) -> dict[str, Any]:
    return {name.replace(" ", "_"): found for name, found in waves.items()}
