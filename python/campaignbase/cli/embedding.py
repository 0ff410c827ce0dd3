"""The checks of `campaignbase doctor` on embedders: which one and why, whether it works, how fast."""

import time
from contextlib import aclosing
from dataclasses import replace

from campaignbase.cli.check import Check, Level, failed
from campaignbase.errors import CampaignbaseError
from campaignbase.ports import Embedder
from campaignbase.settings import Settings

SPEED_TEXTS = 2000
SLOW_TEXTS_PER_SECOND = 2000
REINSTALL = "pip install --force-reinstall campaignbase"
PROBE = "spring sale on rain jackets"
PATIENCE = 20  # seconds of a lease, half of which an embedder may take


async def run(loaded: Settings, speed: bool) -> list[Check]:
    from campaignbase import wiring

    found = []
    if loaded.openai_api_key is not None:
        async with aclosing(wiring.embedders(loaded, PATIENCE)) as embedders:
            found.append(await _hosted(embedders.default))
    return [*found, *await _shipped(speed, default=not found)]


async def _hosted(embedder: Embedder) -> Check:
    """One short text is sent: a key that is refused is found here and not by a worker at night."""
    why = "of new workspaces, because OPENAI_API_KEY is set"
    try:
        started = time.perf_counter()
        await embedder.embed([PROBE])
        return Check(
            "embedder", "ok", f"{embedder.model} {why}; answers in {time.perf_counter() - started:.2f} s"
        )
    except CampaignbaseError as error:
        check = failed("embedder", error, "try again later")
        return replace(check, detail=f"{embedder.model} {why}: {check.detail}")


async def _shipped(speed: bool, default: bool) -> list[Check]:
    from campaignbase import wiring

    try:
        started = time.perf_counter()
        embedder = wiring.shipped_embedder()
        (vector,) = await embedder.embed([PROBE])
        loaded = time.perf_counter() - started
        why = "of new workspaces, as no OPENAI_API_KEY is set" if default else "of workspaces it began"
        detail = f"{embedder.model} {why}; loads in {loaded:.2f} s"
        level: Level = "ok" if vector.any() else "fail"
        fix = None if vector.any() else REINSTALL
        if speed:
            texts = [
                f"spring sale number {place}: rain jackets until Thursday" for place in range(SPEED_TEXTS)
            ]
            started = time.perf_counter()
            await embedder.embed(texts)
            rate = SPEED_TEXTS / (time.perf_counter() - started)
            detail += f", {rate:,.0f} short texts a second"
            if level == "ok" and rate < SLOW_TEXTS_PER_SECOND:
                level, fix = "warn", "close what else keeps this machine busy, and look again"
    except (CampaignbaseError, ImportError, OSError) as error:
        detail = f"{type(error).__name__}: {error}"
        return [Check("embedder", "fail", detail, REINSTALL)]
    note = "English first: look at labels of other languages before you trust them"
    return [Check("embedder", level, detail, fix), Check("language", "ok", note)]
