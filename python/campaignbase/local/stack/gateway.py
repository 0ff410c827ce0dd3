"""The gateway and the supervisor that keeps it running: started, awaited, recognized, asked, stopped."""

import contextlib
import http.client
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaignbase.errors import CampaignbaseError
from campaignbase.local.cluster import is_free
from campaignbase.local.stack import parts
from campaignbase.local.stack.functions import of_project
from campaignbase.local.stack.keys import Keys
from campaignbase.local.stack.process import Process

READY_SECONDS = 30.0
ORPHAN_SECONDS = 3.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Gateway(Process):
    """`pid` is the supervisor's: while that runs, a gateway that ends is started again."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def condition(self) -> str:
        """For people: whether it answers, and how often it had to be started again."""
        told = self.health()
        if told is None:
            return "does not answer; it is started again, and its log says why"
        if told["starts"] == 1:
            return "answers"
        again = told["starts"] - 1
        return f"answers; started again {again} time{'s' if again > 1 else ''}, last since it {told['ended']}"

    def health(self) -> dict[str, Any] | None:
        """What its door /health says; None while it does not answer."""
        told = health_of(self.port)
        return told if told is not None and told["supervisor"] == self.pid else None

    def await_free_port(self) -> None:
        """A supervisor that was killed is survived by its gateway, for a moment."""
        until = time.monotonic() + ORPHAN_SECONDS
        while not is_free(self.port) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)


def health_of(port: int) -> dict[str, Any] | None:
    """What the gateway on this port says of itself; None where there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            told = json.load(answer)
        return {**told, "supervisor": int(told["supervisor"])}
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException):
        return None


def start(
    found: parts.Parts,
    *,
    port: int,
    database_port: int,
    database: str,
    keys: Keys,
    kept: Path,
    log: Path,
    functions: Path | None = None,
    schemas: Sequence[str] = ("public",),
    embeddings: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Gateway:
    """Start one and return when it answers.

    Args:
        kept: the folder for what it keeps: objects and mails.
        functions: the folder of edge functions, None for none; a file .env in it is their environment, what
            config.toml beside it says of them holds.
        embeddings: what serves the shipped embedder, by its `command` and `model`; None: nothing does.
        environment: of functions, where nothing else sets these.
    Raises:
        CampaignbaseError: it ended before it answered, or did not answer in time; nothing is left of it.
    """
    said = {
        "port": port,
        "databasePort": database_port,
        "database": database,
        "publishableKey": keys.publishable,
        "secretKey": keys.secret,
        "jwtSecret": keys.jwt_secret,
        "schemas": list(schemas),
        "objects": str(kept / "objects"),
        "mails": str(kept / "mails"),
        "functions": None if functions is None else {"folder": str(functions), **of_project(functions)},
        "embeddings": embeddings,
        "environment": dict(environment or {}),
    }
    command = [str(found.deno), "run", "--allow-all", "--no-lock", "--cached-only", "--no-prompt", "--quiet"]
    if functions is not None and (functions / ".env").is_file():
        command.append(f"--env-file={functions / '.env'}")
    log.parent.mkdir(parents=True, exist_ok=True)
    command += ["--config", str(found.config), str(parts.GATEWAY)]
    with log.open("a") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "campaignbase.local.stack.supervisor"],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
        )
    try:
        gateway = Gateway(process.pid, Process.of(process.pid).started, port)
        _tell(process, json.dumps({"command": command, "config": said}))
        _await_ready(process, gateway, log)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    process.returncode = 0  # it outlives this object, which would complain of that
    return gateway


def _tell(process: "subprocess.Popen[bytes]", text: str) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:  # it died: its log says of what
            pipe.write(text.encode())


def _await_ready(process: "subprocess.Popen[bytes]", gateway: Gateway, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        code = process.poll()
        if code is not None:
            raise CampaignbaseError(_with_log(f"the stack's gateway ended with {code}", log))
        if gateway.health() is not None:
            return
        time.sleep(_POLL_SECONDS)
    raise CampaignbaseError(
        _with_log(f"the stack's gateway did not answer within {READY_SECONDS:.0f} s", log)
    )


def _with_log(told: str, log: Path) -> str:
    last = log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([told, f"{log} ends with:", *last])
