"""`campaignbase doctor` against a project: all well, then one thing broken at a time, and what it tells."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import psycopg
import pytest
from tests.integration.stack.doctor_cases import BY_SQL, OTHERS, Case
from tests.support.cli import Cli, cli
from tests.support.postgres import Servers
from tests.support.stack import FUNCTIONS, Stack, serving

from campaignbase.local.stand_ins.install import install, keep_secret
from campaignbase.schema import apply

__all__ = ["cli"]

PARTS = {
    *("key", "database", "schema", "grants", "policies", "publication", "bucket", "sweep", "vault", "worker"),
    *(
        "data api",
        "realtime",
        "storage",
        "function deliver",
        "function semantic-search",
        "queue",
        "deliveries",
    ),
}


@dataclass
class Deployment:
    """A project as docs/deploy.md makes it, and what doctor says of it."""

    stack: Stack
    cli: Cli

    def checks(self) -> dict[str, dict[str, Any]]:
        said = self.cli("doctor", "--no-speed", "--json")
        found = said.json["checks"]
        assert (said.code, said.json["ok"]) == ((0, True) if all(one["ok"] for one in found) else (1, False))
        assert self.stack.secret_key not in said.out + said.err
        return {one["name"]: one for one in found}

    def sql(self, statement: str) -> None:
        """As the superuser: a mishap."""
        with psycopg.connect(self.stack.admin_url, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="module")
def stack(pg_servers: Servers) -> Iterator[Stack]:
    database = pg_servers.newest.database("platform")
    install(database.admin_url)
    apply.apply_migrations(database.url)
    with serving(database) as started:
        keep_secret(database.admin_url, "campaignbase_functions_url", f"{started.url}/functions/v1")
        keep_secret(database.admin_url, "campaignbase_functions_key", started.secret_key)
        with database.connect() as connection:
            connection.execute("select private.schedule_sweep()")
        yield started


@pytest.fixture
def deployment(stack: Stack, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    made = Deployment(stack, cli)
    made.sql("update private.jobs set run_at = now()")  # nobody works here
    return made


def test_a_whole_deployment_is_well(deployment: Deployment) -> None:
    checks = deployment.checks()
    told = {name: one["detail"] for name, one in checks.items() if one["level"] != "ok"}
    assert told == {"function embed": "OPENAI_API_KEY is not set: the worker embeds"}
    assert checks.keys() >= PARTS
    assert checks["data api"]["detail"] == "gives 1,000 rows at once"
    assert checks["realtime"]["detail"] == "a subscription to content_assets and campaigns stands"


@pytest.mark.parametrize("case", BY_SQL, ids=lambda case: case.broken[:50])
def test_the_line_that_is_told_mends_it(
    deployment: Deployment, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.sql(case.broken)
    with monkeypatch.context() as patched:
        if case.name == "publication":  # no subscription will stand
            patched.setattr("campaignbase.cli.project.LIVE_SECONDS", 1)
        found = deployment.checks()[case.name]
    assert (found["level"], case.told in found["detail"]) == (case.level, True), found
    before, _, statement = found["hint"].partition("by SQL, as postgres: ")
    assert (before, case.fix in statement) == ("", True), found
    with deployment.stack.connect() as connection:  # as the role it names
        connection.execute(statement.encode())
    assert deployment.checks()[case.name]["level"] == "ok"


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.broken[:50])
def test_what_is_broken_is_told_with_a_fix(deployment: Deployment, case: Case) -> None:
    deployment.sql(case.broken)
    try:
        found = deployment.checks()[case.name]
    finally:
        deployment.sql(case.mended.format(url=deployment.stack.url))
    assert (found["level"], case.told in found["detail"]) == (case.level, True), found
    assert case.fix in found["hint"], found
    assert deployment.checks()[case.name]["level"] == "ok"


def test_a_worker_at_work_is_seen(deployment: Deployment) -> None:
    at_work = "set state = 'leased', leased_by = 'host:1', run_at = now() + interval '1 hour'"
    deployment.sql(f"update private.jobs {at_work}")
    assert deployment.checks()["worker"]["detail"] == "at work now: host:1"
    deployment.sql("update private.jobs set state = 'waiting', leased_by = null, run_at = now()")


def legacy(role: str) -> str:
    return jwt.encode({"role": role, "iss": "supabase"}, "x" * 32, "HS256")


@pytest.mark.parametrize(
    ("key", "levels", "told", "fix"),
    [
        (
            legacy("service_role"),
            {"key": "warn", "database": "fail"},
            "legacy service_role key",
            "sb_secret_",
        ),
        (legacy("anon"), {"key": "fail"}, "holds the legacy anon key", "sb_secret_"),
        ("sb_publishable_x", {"key": "fail"}, "holds the publishable key", "sb_secret_"),
        ("nonsense", {"key": "warn", "database": "fail"}, "has no form that is known", "is it whole?"),
        ("sb_secret_wrong", {"key": "ok", "database": "fail"}, "a secret key", "is it another project's?"),
    ],
    ids=["legacy service_role", "legacy anon", "publishable", "nonsense", "another project's"],
)
def test_the_kind_of_a_key_is_told(
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    levels: dict[str, str],
    told: str,
    fix: str,
) -> None:
    monkeypatch.setenv("SUPABASE_SECRET_KEY", key)
    checks = deployment.checks()
    assert {name: checks[name]["level"] for name in ("key", "database") if name in checks} == levels
    assert told in checks["key"]["detail"]
    assert fix in str([checks[name]["hint"] for name in levels])


def test_a_secret_key_under_the_name_of_the_public_one_is_told(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPABASE_PUBLISHABLE_KEY", "sb_secret_x")
    said = deployment.cli("doctor", "--no-speed")
    assert (said.code, "SUPABASE_PUBLISHABLE_KEY holds a secret key" in said.out) == (1, True)


def test_functions_that_are_not_there(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    some = tmp_path / "functions"
    shutil.copytree(FUNCTIONS, some)
    shutil.copy(FUNCTIONS.parent / "config.toml", tmp_path)
    shutil.rmtree(some / "deliver")
    (some / "embed" / "index.ts").write_text("throw new Error('no')")
    rename = "update vault.secrets set name = '{}' where name = '{}'"
    key = "campaignbase_functions_key"
    with serving(deployment.stack.database, functions=some) as started:
        monkeypatch.setenv("SUPABASE_URL", started.url)
        monkeypatch.setenv("SUPABASE_SECRET_KEY", started.secret_key)
        poked = deployment.checks()
        deployment.sql(rename.format("x", key))
        try:
            alone = deployment.checks()
        finally:
            deployment.sql(rename.format(key, "x"))
    assert (poked["function deliver"]["level"], alone["function deliver"]["level"]) == ("fail", "warn")
    assert alone["function deliver"]["detail"] == "is not deployed: the worker does its work"
    assert poked["function deliver"]["hint"] == "supabase functions deploy deliver"
    assert poked["function embed"]["level"] == "fail"
    assert poked["function embed"]["detail"].startswith("answers 503: ")
    assert poked["function semantic-search"]["level"] == "ok"


def test_by_the_database_alone(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPABASE_URL")
    monkeypatch.setenv("CAMPAIGNBASE_DATABASE", deployment.stack.database_url)
    checks = deployment.checks()
    assert {name: one["detail"] for name, one in checks.items() if one["level"] != "ok"} == {}
    assert checks["grants"]["detail"].endswith("there, no other")
    deployment.sql("revoke execute on function public.claim_jobs from service_role")
    broken = deployment.checks()["grants"]
    deployment.sql("grant execute on function public.claim_jobs to service_role")
    assert (broken["level"], broken["hint"]) == (
        "fail",
        "by SQL, as postgres: grant execute on function public.claim_jobs to service_role",
    )
