"""A built wheel works away from the repository: what it needs of the SQL travels inside."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]


class Installed:
    """The wheel in an environment of its own; third parties come from ours by a path file, no registry."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
        venv.create(folder / "env", with_pip=False)
        self.python = folder / "env" / "bin" / "python"
        site = Path(
            self._run("-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])").stdout.strip()
        )
        installer = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--quiet",
            "--no-deps",
        ]
        subprocess.run([*installer, "--no-index", "--target", str(site), wheel], check=True)
        # read as a folder of packages only: the link to this repository in it is not followed
        (site / "third_parties.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")

    def campaignbase(self, *arguments: str) -> str:
        return self._run("-m", "campaignbase", *arguments).stdout

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
        }
        done = subprocess.run(
            [str(self.python), *arguments], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done

    def package(self) -> Path:
        return Path(self._run("-c", "import campaignbase; print(campaignbase.__file__)").stdout.strip())


@pytest.fixture
def installed(open_folder: Path) -> Iterator[Installed]:
    wheel = Installed(open_folder)
    yield wheel
    wheel.campaignbase("db", "stop", "--data", "postgres")


def test_an_installed_wheel_runs_the_commands(installed: Installed) -> None:
    assert installed.folder in installed.package().parents

    demo = json.loads(installed.campaignbase("demo", "--json"))
    assert demo

    (installed.folder / "posts.csv").write_text(
        "text\nRain jackets are 30% off until it stops raining.\n", "utf-8"
    )
    installed.campaignbase("ingest", "posts.csv")
    hits = json.loads(installed.campaignbase("search", "cheaper clothes", "--json"))
    assert "Rain jackets" in json.dumps(hits)

    started = json.loads(installed.campaignbase("db", "start", "--data", "postgres", "--json"))
    assert started["url"].startswith("postgresql://postgres@127.0.0.1:")
    installed.campaignbase("ingest", "posts.csv", "--database", started["url"])
    installed.campaignbase("worker", "--once", "--database", started["url"])
    hits = json.loads(
        installed.campaignbase("search", "cheaper clothes", "--database", started["url"], "--json")
    )
    assert "Rain jackets" in json.dumps(hits)

    installed.campaignbase("translate", "--check")
