"""What the demo tells to type next can be typed."""

from pathlib import Path

import pytest

from campaignbase.cli.demo_screen import activation


@pytest.mark.parametrize(
    ("folder", "on_path", "line"),
    [
        ("here", False, "source .venv/bin/activate"),
        ("elsewhere", False, "source {}/here/.venv/bin/activate"),
        ("here", True, None),
    ],
)
def test_screen_says_how_the_shell_finds_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, on_path: bool, line: str | None
) -> None:
    made = tmp_path / "here" / ".venv" / "bin"
    made.mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (made / "activate").touch()
    command = made / "campaignbase"
    command.touch(0o755)
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setattr("sys.prefix", str(made.parent))
    monkeypatch.setenv("PATH", str(made) if on_path else "/nonexistent")
    assert activation() == (None if line is None else line.format(tmp_path))
