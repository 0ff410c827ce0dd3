"""The checks of `campaignbase doctor` on what a database says of its deployment, in one answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from campaignbase.cli import output
from campaignbase.cli.check import Check
from campaignbase.core.media import MAX_BYTES, TYPES
from campaignbase.schema.expected import Expected

Status = Mapping[str, Any]

PUSH = "supabase db push --remote"
SWEEP = "select private.schedule_sweep()"
LATE_SECONDS, LOST_SECONDS = 60, 600  # a job that is due; a worker looks every 2 s, or 30 s
SHOWN = 3
_URL, _KEY = "campaignbase_functions_url", "campaignbase_functions_key"
_SECRETS = (
    f"set {_URL} and {_KEY} under [db.vault] in supabase/config.toml, then: {PUSH}; or by SQL:"
    " select vault.create_secret('<value>', '<name>')"
)

# what this check itself needs
MAY_ASK = (
    "by SQL, as postgres: grant usage on schema private to service_role; grant execute on function"
    " public.deployment_status, private.deployed_state to service_role"
)


def checks(status: Status, expected: Expected, project: str | None) -> Iterator[Check]:
    """`project`: its URL; None: a Postgres, which may lack what a Supabase project has."""
    yield _schema(status, expected)
    yield _grants(status, expected)
    yield _policies(status, expected)
    yield _publication(status, expected, project)
    yield _bucket(status, project)
    yield _sweep(status, project)
    yield _vault(status, project)
    yield _worker(status)


def pokes(status: Status) -> bool:
    """Are edge functions woken from here?"""
    secrets = status["secrets"] or {}
    return bool(status["extensions"]["pg_net"] and secrets.get("url") and secrets.get("key"))


def _schema(status: Status, expected: Expected) -> Check:
    applied: Mapping[str, str] | None = status["migrations"]
    ours = expected.migrations
    if status["vector"] is None:
        fix = _sql("create extension vector with schema extensions")
        return Check("schema", "fail", "the extension vector is not there", fix)
    if applied is None:
        return Check("schema", "ok", "there; this database keeps no record of migrations")
    newer = [version for version in applied if version > max(ours)]
    if newer:
        detail = f"migration {max(newer)} is newer than this package"
        return Check("schema", "fail", detail, "pip install --upgrade campaignbase")
    missing = sorted(ours.keys() - applied.keys())
    if missing:
        detail = f"{len(missing)} of {len(ours)} migrations are not applied, the first is {missing[0]}"
        return Check("schema", "fail", detail, PUSH)
    other = sorted(version for version, digest in ours.items() if applied[version] != digest)
    if other:
        detail = f"migration {other[0]} was applied in another text than this package's"
        fix = "use the package's version it was pushed with, or move the rows: docs/deploy.md, Upgrades"
        return Check("schema", "fail", detail, fix)
    return Check("schema", "ok", f"{len(ours)} migrations applied")


def _grants(status: Status, expected: Expected) -> Check:
    there = set(status["grants"])
    missing = sorted(grant for grant in expected.grants - there if not _by_table(grant, there))
    if missing:
        fix = "; ".join(_statement("grant", "to", grant) for grant in missing[:SHOWN])
        return Check("grants", "fail", f"missing: {_some(missing)}", _sql(fix))
    surplus = sorted(
        grant
        for grant in there - expected.grants
        if _object(grant) in expected.objects and not _column(grant)
    )
    if surplus:
        fix = "; ".join(_statement("revoke", "from", grant) for grant in surplus[:SHOWN])
        return Check("grants", "fail", f"more than the migrations grant: {_some(surplus)}", _sql(fix))
    return Check("grants", "ok", f"all {len(expected.grants)} there, no other")


def _policies(status: Status, expected: Expected) -> Check:
    open_ones = sorted(expected.tables & set(status["unprotected"]))
    if open_ones:
        fix = _sql("; ".join(f"alter table {table} enable row level security" for table in open_ones[:SHOWN]))
        return Check("policies", "fail", f"row level security is off: {_some(open_ones)}", fix)
    missing = sorted(expected.policies - set(status["policies"]))
    if not status["storage"]:
        missing = [policy for policy in missing if not policy.startswith("storage.")]
    if missing:
        table, _, name = missing[0].partition(": ")
        fix = f'run its statement again, create policy "{name}" on {table} in supabase/migrations/'
        return Check("policies", "fail", f"missing: {_some(missing)}", fix)
    return Check("policies", "ok", f"all {len(expected.policies)} there, row level security on")


def _publication(status: Status, expected: Expected, project: str | None) -> Check:
    if status["publication"] is None:
        if project is None:
            return Check("publication", "ok", "none, as there is no Realtime here")
        tables = ", ".join(sorted(expected.published))
        fix = _sql(f"create publication supabase_realtime for table {tables}")
        return Check("publication", "fail", "supabase_realtime is not there: nobody is told of rows", fix)
    missing = sorted(expected.published - set(status["publication"]))
    if missing:
        fix = _sql(f"alter publication supabase_realtime add table {', '.join(missing)}")
        return Check("publication", "fail", f"supabase_realtime lacks {', '.join(missing)}", fix)
    return Check("publication", "ok", f"supabase_realtime has {', '.join(sorted(expected.published))}")


def _bucket(status: Status, project: str | None) -> Check:
    bucket = status["bucket"]
    if not status["storage"] and project is None:
        return Check("bucket", "ok", "none, as there is no storage here")
    if bucket is None:
        types = ", ".join(f"'{kind}'" for kind in dict.fromkeys(TYPES.values()))
        fix = (
            "insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values"  # noqa: S608
            f" ('media', 'media', false, {MAX_BYTES}, array[{types}])"
        )
        return Check("bucket", "fail", "there is no bucket media: no file can be uploaded", _sql(fix))
    if bucket["public"]:
        fix = _sql("update storage.buckets set public = false where id = 'media'")
        return Check("bucket", "fail", "the bucket media is public: anybody reads every file", fix)
    size = f"{bucket['limit'] / 2**20:.0f} MB a file" if bucket["limit"] else "no limit on size"
    return Check("bucket", "ok", f"media, private, {size}")


def _sweep(status: Status, project: str | None) -> Check:
    found = status["extensions"]
    missing = [name for name in ("pg_net", "pg_cron") if not found[name]]
    if missing:
        detail = f"without {' and '.join(missing)}: edge functions are not woken, the worker does it all"
        fix = f"enable them under Database, Extensions, then {_sql(SWEEP)}"
        return Check("sweep", "ok" if project is None else "warn", detail, fix)
    sweep = status["sweep"]
    again = _sql(SWEEP)
    if sweep is None or not sweep["active"]:
        return Check("sweep", "warn", "pg_cron does not sweep: a lost poke waits for the next", again)
    last = sweep["last"]
    if last is not None and last["status"] == "failed":
        detail = f"pg_cron's last sweep failed: {output.short(last['message'], 100)}"
        return Check("sweep", "warn", detail, again)
    return Check("sweep", "ok", "pg_net and pg_cron are there, pg_cron sweeps every ten seconds")


def _vault(status: Status, project: str | None) -> Check:
    if not status["extensions"]["vault"]:
        fix = "enable supabase_vault under Database, Extensions"
        detail = "without Vault: edge functions are not woken, the worker does it all"
        return Check("vault", "ok" if project is None else "warn", detail, fix)
    secrets = status["secrets"]
    if secrets is None:
        fix = _sql("grant select on vault.decrypted_secrets to postgres")
        return Check("vault", "warn", "the role that owns the schema may not read Vault", fix)
    missing = [name for name, there in ((_URL, secrets["url"]), (_KEY, secrets["key"])) if not there]
    if missing:
        detail = f"{' and '.join(missing)} not set: edge functions are not woken, the worker does it all"
        return Check("vault", "warn", detail, _SECRETS)
    if project is not None and _host(secrets["url"]) != _host(project):
        detail = f"{_URL} is {secrets['url']}, the project is {project}"
        fix = f"unless that is a domain of its own, set {_URL} to {project.rstrip('/')}/functions/v1: {PUSH}"
        return Check("vault", "warn", detail, fix)
    if refused := status["refused_pokes"]:
        many = output.plural(refused, "request")
        fix = f"create a secret key for it (Project settings, API keys), set {_KEY} to it: {PUSH}"
        return Check("vault", "warn", f"{many} of pg_net refused in the last hour: is {_KEY} valid?", fix)
    return Check("vault", "ok", f"both secrets are there, functions at {secrets['url']}")


def _worker(status: Status) -> Check:
    workers, late = status["workers"], status["late_seconds"]
    if workers:
        return Check("worker", "ok", f"at work now: {output.short(_some(workers), 200)}")
    if late is None:
        return Check("worker", "ok", "nothing is due, so none can be seen")
    detail = f"a job is due since {late:.0f} s and nobody works"
    if late < LATE_SECONDS:
        return Check("worker", "ok", f"{detail} yet")
    fix = "start one: campaignbase worker; as a service: docs/deploy.md"
    return Check("worker", "warn" if late < LOST_SECONDS else "fail", detail, fix)


def _by_table(grant: str, there: set[str]) -> bool:
    """A column's, where the whole table is granted."""
    role, privilege, name = grant.split(" ", 2)
    return f"{role} {privilege} {name.rpartition('.')[0]}" in there


def _object(grant: str) -> str:
    return grant.split(" ", 2)[2]


def _column(grant: str) -> bool:
    return _object(grant).count(".") > 1


def _statement(verb: str, word: str, grant: str) -> str:
    role, privilege, name = grant.split(" ", 2)
    if _column(grant):
        table, _, column = name.rpartition(".")
        return f"{verb} {privilege} ({column}) on {table} {word} {role}"
    kind = {"execute": "function ", "usage": "schema "}.get(privilege, "")
    return f"{verb} {privilege} on {kind}{name} {word} {role}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _host(url: str) -> str | None:
    return urlsplit(url).hostname


def _sql(statement: str) -> str:
    return f"by SQL, as postgres: {statement}"
