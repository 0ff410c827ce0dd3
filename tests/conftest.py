"""What every test may rely on: no key or database of the developer's own environment reaches it."""

import os

from hypothesis import settings

# the same cases in every run, however slow the machine; `make proof` draws thousands from seeds it prints
settings.register_profile("seeded", derandomize=True, deadline=None)
settings.load_profile("seeded")

OURS = ("CAMPAIGNBASE_", "SUPABASE_", "OPENAI_", "ANTHROPIC_", "AYRSHARE_", "REDIS_URL", "API_URL")


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
