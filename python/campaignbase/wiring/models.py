"""Which models are asked: the embedders, the analyst, and how much they may cost."""

import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from campaignbase.cache.answers import CachedAnswers
from campaignbase.cache.manager import CacheManager
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.pipeline.budgeted import PATIENCE, BudgetedAnalyst
from campaignbase.pipeline.compare import Collection
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import LEASE_SECONDS
from campaignbase.pipeline.paid import PaidAnswers
from campaignbase.ports import Analyst, Budget, Embedder
from campaignbase.ports.cache import Answers
from campaignbase.providers import vecs_collection
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.providers.minilm import MiniLMEmbedder
from campaignbase.providers.minilm import installed as minilm_installed
from campaignbase.providers.offline import OfflineAnalyst
from campaignbase.providers.openai import MODEL as OPENAI_MODEL
from campaignbase.providers.openai import OpenAIEmbedder
from campaignbase.providers.openai_analyst import OpenAIAnalyst
from campaignbase.providers.static import StaticEmbedder
from campaignbase.settings import Settings
from campaignbase.wiring.clock import SystemClock

LOCAL = frozenset({StaticEmbedder.model, MiniLMEmbedder.model, OfflineAnalyst.name})  # run in this process
EMBEDDING_SHARE = 0.5  # of a lease: the rest is for the analyst and the database
_EXTRA_IS_MISSING = "pip install 'campaignbase[minilm]', then run this again"
_KEY_IS_MISSING = "set OPENAI_API_KEY in the environment or in .env, then run this again"
ANALYSIS_SHARE = 0.375  # of a lease


def shipped_embedder() -> Embedder:
    return StaticEmbedder()


def local_embedder(name: str) -> Embedder:
    """By the name of its model, `shipped` or `minilm`.

    Raises:
        InputError: there is no such embedder on this machine.
    """
    if name in ("shipped", StaticEmbedder.model):
        return StaticEmbedder()
    if name in ("minilm", MiniLMEmbedder.model):
        return MiniLMEmbedder()
    raise InputError(f"no embedder {name!r} runs on this machine; there is: shipped, minilm")


def local_embedder_names() -> list[str]:
    """Of those that can be asked here without a key."""
    return ["shipped", *(["minilm"] if minilm_installed() else [])]


def named_embedder(name: str, loaded: Settings) -> Embedder:
    """As `local_embedder`, and `openai`.

    Raises:
        InputError: there is no such embedder.
        NotConfiguredError: its key is not set, or its extra is missing.
    """
    if name not in ("openai", OPENAI_MODEL):
        found = local_embedder(name)
        if isinstance(found, MiniLMEmbedder) and not minilm_installed():
            raise NotConfiguredError(f"{found.model} is not there; {_EXTRA_IS_MISSING}")
        return found
    if loaded.openai_api_key is None:
        raise NotConfiguredError(f"{OPENAI_MODEL} needs a key: {_KEY_IS_MISSING}")
    return OpenAIEmbedder(
        loaded.openai_api_key.get_secret_value(), loaded.openai_base_url, clock=SystemClock()
    )


@contextmanager
def collections(url: str) -> Iterator[Callable[[int, int], Collection]]:
    """What opens empty collections of vecs in that Postgres, by number and width.

    Raises:
        NotConfiguredError: the extra is not installed.
        InputError: that is no Postgres.
    """
    client = vecs_collection.connect(url)
    try:
        yield lambda number, width: vecs_collection.VecsCollection(
            client, f"campaignbase_compare_{number}", width
        )
    finally:
        client.disconnect()


def embedders(loaded: Settings | None = None, lease_seconds: int = LEASE_SECONDS) -> Embedders:
    """What can be embedded with; close it when done.

    With an OpenAI key, a workspace without vectors takes OpenAI's; the shipped model stays there for those
    whose vectors it made. Without settings, the shipped one alone.
    """
    shipped = shipped_embedder()
    others: list[Embedder] = [MiniLMEmbedder()] if minilm_installed() else []
    missing = {} if others else {MiniLMEmbedder.model: _EXTRA_IS_MISSING}
    if loaded is None or loaded.openai_api_key is None:
        return Embedders(shipped, others, {**missing, OPENAI_MODEL: _KEY_IS_MISSING})
    openai = OpenAIEmbedder(
        loaded.openai_api_key.get_secret_value(),
        loaded.openai_base_url,
        clock=SystemClock(),
        deadline=lease_seconds * EMBEDDING_SHARE,
    )
    return Embedders(openai, [shipped, *others], missing)


def offline_analyst() -> Analyst:
    return OfflineAnalyst()


def hosted_analyst(loaded: Settings | None, lease_seconds: int = LEASE_SECONDS) -> HostedAnalyst | None:
    """The model that settings name, not opened yet; None: rows are decided offline.

    Raises:
        NotConfiguredError: its key is missing, or its price is not known.
        InputError: the prices cannot be read.
    """
    wanted = None if loaded is None else loaded.analysis()
    if loaded is None or wanted is None:
        return None
    key, url = {
        "anthropic": (loaded.anthropic_api_key, loaded.anthropic_base_url),
        "openai": (loaded.openai_api_key, loaded.openai_base_url),
    }[wanted]
    if key is None:
        name = f"{wanted.upper()}_API_KEY"
        raise NotConfiguredError(
            f"CAMPAIGNBASE_ANALYSIS is {wanted}, {name} is not set; set it, or unset both"
        )
    made: type[HostedAnalyst] = AnthropicAnalyst if wanted == "anthropic" else OpenAIAnalyst
    return made(
        key.get_secret_value(),
        loaded.campaignbase_model,
        url,
        clock=SystemClock(),
        prices=loaded.campaignbase_model_prices,
        language=loaded.campaignbase_reason_language,
        deadline=lease_seconds * ANALYSIS_SHARE,
    )


def gate_command(loaded: Settings | None) -> str:
    """What asks the golden set about the model that settings name."""
    wanted = None if loaded is None else loaded.analysis()
    if loaded is None or wanted is None:
        return "campaignbase train gate"
    model = loaded.campaignbase_model
    named = "" if model is None else f" --model {shlex.quote(model)}"
    return f"campaignbase train gate --analysis {wanted}{named}"


@asynccontextmanager
async def open_analyst(
    budget: Budget,
    loaded: Settings | None,
    lease_seconds: int = LEASE_SECONDS,
    *,
    brief: bool = True,
    say: Callable[[str], None] | None = None,
    gated: bool = True,
) -> AsyncIterator[Analyst]:
    """Who says what texts are about, within the budgets of their workspaces.

    Args:
        brief: nobody comes back soon to a row that waits, so none waits for a provider.
        say: told once when rows begin to be decided offline instead.
        gated: it must have passed on the golden set; False: the gate itself asks.
    Raises:
        NotConfiguredError, InputError: as `hosted_analyst`.
    """
    hosted = hosted_analyst(loaded, lease_seconds)
    if hosted is None:
        yield offline_analyst()
        return
    patience = 0.0 if brief else PATIENCE
    found = BudgetedAnalyst(
        hosted,
        offline_analyst(),
        budget,
        SystemClock(),
        patience=patience,
        say=say,
        gated=gated,
        gate_command=gate_command(loaded),
    )
    try:
        yield found
    finally:
        await found.close()


def paid(loaded: Settings | None) -> bool:
    """Does any of these models cost money?"""
    return loaded is not None and (loaded.openai_api_key is not None or loaded.analysis() is not None)


def answers(cache: CacheManager, budget: Budget | None = None) -> Answers:
    """Providers, asked through the cache. `budget`: None where nobody may count what embedders cost."""
    return CachedAnswers(cache, LOCAL, None if budget is None else PaidAnswers(budget, SystemClock()))
