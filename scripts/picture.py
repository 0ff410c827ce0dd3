#!/usr/bin/env python3
"""Draws what a command prints on a terminal: `scripts/picture.py OUT.svg TITLE COMMAND [ARG ...]`."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 100


def main() -> None:
    out, title, *command = sys.argv[1:]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(_run(command)))
    console.save_svg(out, title=title)
    # the font is named, never fetched
    path = Path(out)
    path.write_text(re.sub(r"@font-face \{.*?\}\s*", "", path.read_text("utf-8"), flags=re.DOTALL), "utf-8")


def _run(command: list[str]) -> str:
    """Data as on a terminal; talk and progress bars (stderr) are not drawn."""
    screen, terminal = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(terminal)
        printed = bytearray()
        while True:
            try:
                chunk = os.read(screen, 65536)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            printed += chunk
        if process.wait():
            sys.exit(f"{command[0]} ended with {process.returncode}")
    return printed.decode("utf-8").replace("\r\n", "\n")


if __name__ == "__main__":
    main()
