"""What the writers of a chaos run note down, as they do it: one JSON object a line.

`python -m tests.chaos.check LEDGER DATABASE_URL` compares it with the database and knows nothing else.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

# Who ended which job, told by the database itself: `writer` is the name of the connection, `leased_by` whose
# turn it was. Jobs end by being deleted.
WATCH = """
create schema chaos;
create table chaos.finished (
    job bigint not null, attempt integer not null, target uuid not null, leased_by text, writer text,
    at timestamptz not null default clock_timestamp()
);
create function chaos.note() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into chaos.finished (job, attempt, target, leased_by, writer)
    values (old.id, old.attempt, old.target_id, old.leased_by, current_setting('application_name'));
    return null;
end
$$;
create trigger note_finished after delete on private.jobs for each row execute function chaos.note();
grant usage on schema chaos to public;
grant select on chaos.finished to public;
"""


class Ledger:
    """Lines reach the file before a method returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", buffering=1, encoding="utf-8")

    def close(self) -> None:
        self._file.close()

    def inserting(self, workspace: str, ids: Sequence[str]) -> None:
        """Before they are sent: from now on they may be there, or not."""
        self._note("inserting", workspace=workspace, ids=list(ids))

    def inserted(self, ids: Sequence[str]) -> None:
        """The database said so: they must stay, and be labeled once."""
        self._note("inserted", ids=list(ids))

    def worker(self, name: str, pid: int) -> None:
        self._note("worker", name=name, pid=pid)

    def frozen(self, name: str, leases: Iterable[tuple[int, int]]) -> None:
        """It held these when it was stopped, and slept past their end."""
        self._note("frozen", name=name, leases=[list(lease) for lease in leases])

    def refused(self, name: str, count: int) -> None:
        """So many of its answers were told to be stale."""
        self._note("refused", name=name, count=count)

    def received(self, message: str, payload: Mapping[str, Any]) -> None:
        """A signed delivery arrived at a receiver, which said so."""
        self._note("received", message=message, type=payload["type"], target=payload["data"]["id"])

    def expected(self, event_type: str, ids: Sequence[str]) -> None:
        """Each of these must be told of, once, at each endpoint."""
        self._note("expected", type=event_type, ids=list(ids))

    def _note(self, event: str, **facts: object) -> None:
        self._file.write(json.dumps({"event": event, **facts}) + "\n")


def watch(admin_url: str) -> None:
    """Let the database note who ends jobs."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute(WATCH.encode())
