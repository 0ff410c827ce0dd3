"""Whatever the OpenAPI allows, and what it does not: no server error, and every answer as it says."""

import os
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.conftest import settings as settings_of
from tests.api.serving import serving

from campaignbase.api.app import create_app, open_backend

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SAMPLE = 5  # cases an operation and mode
FULL = 20_000


def ask_all(database: Path, examples: int, number: int) -> Counter[str]:
    """How many cases each operation got; raises with the first that answers otherwise than it should."""
    asked: Counter[str] = Counter()
    app = create_app(open_backend(settings_of(), str(database)), rate="10000000/minute")
    with serving(app) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json").exclude(path="/content/events")
        for found in schema.get_all_operations():
            operation = found.ok()
            for mode in GenerationMode:

                @seed(number)
                @settings(
                    max_examples=examples,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )
                @given(case=operation.as_strategy(generation_mode=mode))
                def ask(case: schemathesis.Case) -> None:
                    asked[case.operation.label] += 1
                    case.validate_response(case.call(), checks=CHECKS)

                ask()
    return asked


def test_a_sample_of_what_the_openapi_allows(tmp_path: Path) -> None:
    asked = ask_all(tmp_path / "a.db", SAMPLE, 4)
    assert len(asked) >= 35
    assert sum(asked.values()) >= 200


@pytest.mark.proof
def test_twenty_thousand_cases(tmp_path: Path) -> None:
    number = int(os.environ.get("SEED", "0")) or int.from_bytes(os.urandom(4))
    asked: Counter[str] = Counter()
    round_ = 0
    while sum(asked.values()) < FULL:
        asked += ask_all(tmp_path / f"{round_}.db", 100, number + round_)
        round_ += 1
    print(f"SEED={number}: {sum(asked.values()):,} cases over {len(asked)} operations, 0 server errors")
