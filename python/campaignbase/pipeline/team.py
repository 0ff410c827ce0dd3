"""A team at work, simulated on texts whose labels are known: what machines file alone, wave by wave.

Texts arrive in waves and are labeled as a worker does; then a person looks at some and says what is right.
The answers of machines are told as they stood before she looked.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from campaignbase.core.review import teaching_order
from campaignbase.errors import InputError
from campaignbase.models import Category, ContentAsset, Correction, LabeledText, NewContent, Workspace
from campaignbase.ports import Store

Looking = Literal["queue", "random"]


@dataclass(frozen=True, slots=True)
class Wave:
    """Texts that arrived together."""

    arrived: int  # texts, this wave's included
    rows: int
    applied: int  # filed by a machine alone
    right: int  # of those
    sources: Mapping[str, int]  # who filed them
    looked_at: int  # a person said what is right, of these texts or earlier ones
    version: int | None  # of the head that was live


@dataclass(frozen=True, slots=True)
class Recent:
    """How it went lately."""

    arrived: int
    applied: float  # 0..1, share of the texts that machines filed alone
    right: float | None  # 0..1, of those; None: there are none


def recently(waves: Sequence[Wave], count: int = 4) -> list[Recent]:
    """At each wave how it and the waves before went, `count` together: a wave alone is few texts."""
    found = []
    for place, wave in enumerate(waves):
        last = waves[max(0, place + 1 - count) : place + 1]
        applied, rows = sum(one.applied for one in last), sum(one.rows for one in last)
        right = sum(one.right for one in last) / applied if applied else None
        found.append(Recent(wave.arrived, applied / rows, right))
    return found


async def simulate_team(
    store: Store,
    workspace: Workspace,
    texts: Sequence[LabeledText],
    label_waiting: Callable[[], Awaitable[object]],
    *,
    wave: int = 100,
    share: float = 0.1,
    looking: Looking = "random",
    learning: bool = True,
    descriptions: Mapping[str, str] | None = None,
    seed: int = 0,
    on_wave: Callable[[Wave], None] = lambda _: None,
) -> list[Wave]:
    """The waves, in order of arrival. The workspace's vocabulary becomes the labels of the texts; no rules.

    Args:
        texts: in the order in which they arrive; of equal ones the first.
        label_waiting: labels all that waits, and learns, as a worker does.
        share: 0..1, of the texts of each wave: so many a person looks at after it.
        looking: "random": at random ones of the wave, whoever filed them. "queue": at what the review queue
            offers first; where nothing waits, at random ones.
        learning: without it what she says goes into the golden set, which nothing learns from.
    """
    arriving = list({row.text: row for row in reversed(texts)}.values())[::-1]
    if not arriving or wave < 1 or not 0 <= share <= 1:
        raise InputError(
            f"a team needs texts, a wave of at least 1 and a share from 0 to 1; got {len(arriving)} texts,"
            f" {wave} and {share}"
        )
    await _vocabulary(store, workspace.id, sorted({row.category for row in texts}), descriptions or {})
    chance = random.Random(seed)
    truth: dict[str, str] = {}
    seen: set[str] = set()
    waves: list[Wave] = []
    for start in range(0, len(arriving), wave):
        rows = arriving[start : start + wave]
        ids = (await store.insert_content(workspace.id, [NewContent(content=row.text) for row in rows])).ids
        truth |= {key: row.category for key, row in zip(ids, rows, strict=True)}
        version = next((one.version for one in await store.heads(workspace.id) if one.active), None)
        await label_waiting()
        stored = {asset.id: asset for asset in await store.content(workspace.id, limit=len(rows))}
        found = [stored[key] for key in ids]
        looked_at = await _looked_at(
            store, workspace.id, ids, seen, round(share * len(rows)), looking, chance
        )
        for key in looked_at:
            await store.correct(key, Correction(category=truth[key]))
        seen |= set(looked_at)
        if not learning:
            await store.set_golden(looked_at, True)
        await label_waiting()  # nothing waits; what is new is learned
        waves.append(_wave(start + len(rows), found, truth, len(looked_at), version))
        on_wave(waves[-1])
    return waves


async def _vocabulary(
    store: Store, workspace_id: str, names: Sequence[str], descriptions: Mapping[str, str]
) -> None:
    for rule in await store.rules(workspace_id):
        await store.remove_rule(workspace_id, rule.id)
    shipped = await store.categories(workspace_id)
    for category in sorted(shipped, key=lambda one: one.parent_id is None):  # what is below others goes first
        if category.name not in names:
            await store.remove_category(workspace_id, category.name)
    await store.add_categories(
        workspace_id, [Category("", name, description=descriptions.get(name)) for name in names]
    )


async def _looked_at(
    store: Store,
    workspace_id: str,
    arrived: Sequence[str],
    seen: set[str],
    count: int,
    looking: Looking,
    chance: random.Random,
) -> list[str]:
    chosen: list[str] = []
    if looking == "queue":
        names = {category.id: category.name for category in await store.categories(workspace_id)}
        filed = Counter(names[key] for key in (await store.confirmed(workspace_id)).category_ids)
        waiting = await store.review_rows(workspace_id)
        chosen = [row.id for row, _ in teaching_order(waiting, filed, count)]
    others = [key for key in arrived if key not in seen and key not in chosen]
    return chosen + chance.sample(others, min(count - len(chosen), len(others)))


def _wave(
    arrived: int, found: Sequence[ContentAsset], truth: Mapping[str, str], looked_at: int, version: int | None
) -> Wave:
    filed = [asset for asset in found if asset.primary_category is not None]
    return Wave(
        arrived=arrived,
        rows=len(found),
        applied=len(filed),
        right=sum(asset.primary_category == truth[asset.id] for asset in filed),
        sources=dict(Counter(str(asset.category_source) for asset in filed)),
        looked_at=looked_at,
        version=version,
    )
