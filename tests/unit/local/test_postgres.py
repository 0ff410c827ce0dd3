"""`campaignbase db`: start, find, stop and reset a real server."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import psycopg
import pytest

from campaignbase.errors import InputError, NotConfiguredError, UnreachableError
from campaignbase.local import binaries, postgres
from campaignbase.local.binaries import Tools
from campaignbase.local.cluster import Cluster


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row and row[0]


def started(folder: Path) -> postgres.Server:
    """A running server with the platform alone, the fastest to have."""
    return postgres.start(data=folder, migrations=False)


@pytest.mark.parametrize("version", binaries.VERSIONS)
def test_start_serves_the_migrated_schema_as_postgres(version: int, open_folder: Path) -> None:
    server = postgres.start(version, open_folder)
    assert one(server.url, "show server_version_num").__str__()[:2] == str(version)
    assert one(server.url, "select rolsuper from pg_roles where rolname = current_user") is False
    assert one(server.url, "select current_user") == "postgres"
    assert one(server.url, "show wal_level") == "logical"
    assert one(server.url, "show timezone") == "UTC"
    assert one(server.url, "select name from public.workspaces") == "default"
    assert one(server.url, "select '[1]'::extensions.vector::text") == "[1]"


def test_start_again_finds_the_running_server(open_folder: Path) -> None:
    server = started(open_folder)
    pid = one(server.url, "select pg_postmaster_start_time()")
    assert started(open_folder) == server
    assert one(server.url, "select pg_postmaster_start_time()") == pid


def test_rows_and_port_outlive_a_stop(open_folder: Path) -> None:
    server = started(open_folder)
    with psycopg.connect(server.url) as connection:
        connection.execute("create table kept as select 7 as n")
    assert postgres.stop(data=open_folder) is True
    assert postgres.status(data=open_folder) is None
    assert started(open_folder) == server
    assert one(server.url, "select n from kept") == 7


def test_asking_and_stopping_make_nothing(open_folder: Path) -> None:
    assert postgres.status(data=open_folder / "none") is None
    assert postgres.stop(data=open_folder / "none") is False
    assert list(open_folder.iterdir()) == []
    assert postgres.stop(data=open_folder) is False


def test_url_says_how_to_start(open_folder: Path) -> None:
    with pytest.raises(UnreachableError) as caught:
        postgres.url(data=open_folder)
    assert str(caught.value) == f"no Postgres runs in {open_folder}; start it with: campaignbase db start"
    server = started(open_folder)
    assert postgres.url(data=open_folder) == server.url
    assert server.url == f"postgresql://postgres@127.0.0.1:{server.port}/postgres?sslmode=disable"


def test_reset_removes_every_row_and_keeps_the_port(open_folder: Path) -> None:
    server = started(open_folder)
    with psycopg.connect(server.url) as connection:
        connection.execute("create table gone as select 7 as n")
    assert postgres.reset(data=open_folder, migrations=False) == server
    assert one(server.url, "select to_regclass('gone')") is None


def test_the_version_of_the_data_needs_no_naming(open_folder: Path) -> None:
    postgres.start(16, open_folder, migrations=False)
    postgres.stop(data=open_folder)
    assert started(open_folder).version == 16


def test_data_of_another_version_is_refused(open_folder: Path) -> None:
    postgres.start(16, open_folder, migrations=False)
    postgres.stop(16, open_folder)
    with pytest.raises(InputError) as caught:
        postgres.start(18, open_folder)
    assert str(caught.value) == (
        f"the data in {open_folder} was made by Postgres 16, asked for was 18; "
        f"ask for that version or name another folder with --data"
    )


def test_a_taken_port_is_refused(open_folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError) as caught:
            postgres.start(data=open_folder, port=port)
    assert str(caught.value) == (
        f"port {port} of 127.0.0.1 is taken by another program; "
        f"stop that one, or name another port with --port"
    )


def test_another_port_than_the_running_one_is_refused(open_folder: Path) -> None:
    server = started(open_folder)
    with pytest.raises(InputError) as caught:
        postgres.start(data=open_folder, port=server.port + 1)
    assert str(caught.value) == (
        f"the Postgres in {open_folder} runs on port {server.port}, asked for was {server.port + 1}; "
        f"stop it first with: campaignbase db stop"
    )


def test_a_killed_server_starts_again(open_folder: Path) -> None:
    server = started(open_folder)
    os.kill(int((open_folder / "data" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
    assert started(open_folder) == server


def test_a_pid_that_now_belongs_to_another_program_is_no_server(open_folder: Path) -> None:
    """As after a restart of the machine, when numbers are given out again."""
    server = started(open_folder)
    pid_file = open_folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop(data=open_folder)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert postgres.status(data=open_folder) is None
    assert postgres.stop(data=open_folder) is False
    assert started(open_folder) == server


def test_an_initdb_that_was_killed_is_made_again(open_folder: Path) -> None:
    (open_folder / "data.new").mkdir()
    (open_folder / "data.new" / "PG_VERSION").write_text("18\n")
    assert one(started(open_folder).url, "select 1") == 1


def test_two_processes_that_start_at_once_share_one_server(open_folder: Path) -> None:
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from campaignbase.local import postgres
        print(postgres.start(18, Path({str(open_folder)!r})).url)
        """
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    both = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, text=True)
        for _ in range(2)
    ]
    urls = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert urls == {f"{postgres.url(18, open_folder)}\n"}


def test_a_named_folder_closed_to_the_system_user_is_refused(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tools, "can_enter", lambda tools, folder: False)
    with pytest.raises(InputError, match=f"^{open_folder} is closed to the system user"):
        started(open_folder)


def test_a_project_closed_to_the_system_user_keeps_its_data_elsewhere(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, shared = open_folder / "project", open_folder / "shared"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setattr(binaries, "SHARED_ROOT", shared)
    monkeypatch.setattr(Tools, "can_enter", lambda tools, folder: not folder.is_relative_to(project))
    said: list[str] = []
    server = postgres.start(18, migrations=False, say=said.append)
    assert server.folder.parent == shared
    assert said[0].startswith(f"{project}/.campaignbase/postgres-18 is closed to the system user")
    assert said[0].endswith(f"; the data is kept in {server.folder}")
    assert postgres.url(18) == server.url


def test_the_default_folder_is_below_the_project_and_out_of_git(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(open_folder)
    server = postgres.start(18, migrations=False)
    assert server.folder == open_folder / ".campaignbase" / "postgres-18"
    assert (open_folder / ".campaignbase" / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_made_is_an_error(open_folder: Path) -> None:
    (open_folder / "file").write_text("")
    with pytest.raises(NotConfiguredError) as caught:
        started(open_folder / "file" / "data")
    assert str(caught.value) == (
        f"cannot make the folder {open_folder}/file/data (Not a directory); name another one with --data"
    )


def test_a_start_that_fails_shows_the_end_of_the_log(open_folder: Path) -> None:
    started(open_folder)
    postgres.stop(data=open_folder)
    with (open_folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")
    with pytest.raises(Exception, match='invalid value for parameter "shared_buffers": "nonsense"'):
        started(open_folder)
    assert Cluster(binaries.find(18), open_folder).running_port() is None


def test_the_version_that_was_started_needs_no_naming(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(open_folder)
    started_16 = postgres.start(16)
    try:
        assert postgres.url() == started_16.url
    finally:
        assert postgres.stop()
    assert postgres.status() is None


def test_of_two_versions_the_one_that_runs_needs_no_naming(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(open_folder)
    (open_folder / ".campaignbase" / "postgres-18").mkdir(parents=True)
    started_16 = postgres.start(16, migrations=False)
    assert postgres.url() == started_16.url
    assert postgres.wanted_folder() == started_16.folder
    assert postgres.stop()
    assert postgres.wanted_folder() == open_folder / ".campaignbase" / "postgres-18"
