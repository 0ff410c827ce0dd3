"""pg_net, pg_cron and Vault of the stack: put into the database, given their secrets, their workers run."""

import subprocess
import sys
from pathlib import Path

from campaignbase.local.postgres import Server
from campaignbase.local.stack.gateway import Gateway
from campaignbase.local.stack.keys import Keys
from campaignbase.local.stack.process import Process
from campaignbase.local.stand_ins.install import install, keep_secret
from campaignbase.schema.connection import connect


def start(server: Server, gateway: Gateway, keys: Keys, log: Path) -> Process:
    """Make the database poke the gateway's edge functions and sweep every ten seconds."""
    install(server.admin_url)
    keep_secret(server.admin_url, "campaignbase_functions_url", f"{gateway.url}/functions/v1")
    keep_secret(server.admin_url, "campaignbase_functions_key", keys.secret)
    with connect(server.url) as connection:
        connection.execute("select private.schedule_sweep()")
    with log.open("a") as out:
        workers = subprocess.Popen(
            [sys.executable, "-m", "campaignbase.local.stand_ins", server.admin_url],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
        )
    started = Process.of(workers.pid)
    workers.returncode = 0  # it outlives this object, which would complain of that
    return started
