"""Forks workers out of a process that has loaded everything: a hundred of them cost no hundred starts.

Each is a process of its own, with its own connections. Reads one JSON object a line: {module, function,
arguments, environment, out, err}; answers with the pid.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from typing import Any, NoReturn

LOADED = (
    "campaignbase.cli.app",
    "campaignbase.cli.worker",
    "campaignbase.stores.postgres",
    "campaignbase.stores.sqlite",
    "campaignbase.worker.listener",
)


def main() -> None:
    from campaignbase.providers.static import FOLDER, load_model

    for name in LOADED:
        importlib.import_module(name)
    load_model(FOLDER)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: they leave no zombies
    os.setpgid(0, 0)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _be(json.loads(line))
        print(pid, flush=True)
    os.killpg(0, signal.SIGKILL)  # whoever started this has ended, and so do the workers


def _be(told: dict[str, Any]) -> NoReturn:
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(told["out"], flags), 1)
        os.dup2(os.open(told["err"], flags), 2)
        os.environ.update(told["environment"])
        function = getattr(importlib.import_module(told["module"]), told["function"])
        code = function(told["arguments"])
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 it must not come back into the loop
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
