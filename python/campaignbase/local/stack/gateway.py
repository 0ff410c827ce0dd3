"""The gateway's process: started, awaited, recognized, stopped."""

import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from campaignbase.errors import CampaignbaseError
from campaignbase.local.stack import parts
from campaignbase.local.stack.keys import Keys
from campaignbase.local.stack.process import Process

READY_SECONDS = 30.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Gateway(Process):
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


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
) -> Gateway:
    """Start one and return when it answers.

    Args:
        kept: the folder for what it keeps: objects and mails.
        functions: the folder of edge functions, None for none; a file .env in it is their environment.
    Raises:
        CampaignbaseError: it ended before it answered, or did not answer in time; nothing is left of it.
    """
    import psutil  # type: ignore[import-untyped]  # comes with the extra `local`

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
        "functions": None if functions is None else str(functions),
    }
    command = [str(found.deno), "run", "--allow-all", "--no-lock", "--cached-only", "--no-prompt", "--quiet"]
    if functions is not None and (functions / ".env").is_file():
        command.append(f"--env-file={functions / '.env'}")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as out:
        process = subprocess.Popen(
            [*command, "--config", str(found.config), str(parts.GATEWAY)],
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
        )
    try:
        _tell(process, json.dumps(said))
        _await_ready(process, port, log)
        gateway = Gateway(process.pid, psutil.Process(process.pid).create_time(), port)
    except BaseException:
        process.kill()
        process.wait()
        raise
    process.returncode = 0  # it outlives this object, which would complain of that
    return gateway


def _tell(process: "subprocess.Popen[bytes]", text: str) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin as pipe:  # it died: its log says of what
            pipe.write(text.encode())


def _await_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        code = process.poll()
        if code is not None:
            raise CampaignbaseError(_with_log(f"the stack's gateway ended with {code}", log))
        if _answers(port, process.pid):
            return
        time.sleep(_POLL_SECONDS)
    raise CampaignbaseError(
        _with_log(f"the stack's gateway did not answer within {READY_SECONDS:.0f} s", log)
    )


def _answers(port: int, pid: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(json.load(answer)["pid"] == pid)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _with_log(told: str, log: Path) -> str:
    last = log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([told, f"{log} ends with:", *last])
