from pathlib import Path

import pytest

from campaignbase.errors import InputError
from campaignbase.local.stack.functions import of_project
from campaignbase.schema import files


@pytest.mark.parametrize(
    ("text", "unchecked", "disabled"),
    [
        (None, [], []),  # no file: the platform's defaults
        ("", [], []),
        ("[functions.a]\nverify_jwt = false\n[functions.b]\nverify_jwt = true\n[functions.c]\n", ["a"], []),
        ("[functions.a]\nenabled = false\n[functions.b]\nenabled = true\n", [], ["a"]),
        ("[functions]\nverify_jwt = false\n", [], []),  # of no function
    ],
)
def test_of_project_reads_what_differs_from_the_defaults(
    tmp_path: Path, text: str | None, unchecked: list[str], disabled: list[str]
) -> None:
    if text is not None:
        (tmp_path / "config.toml").write_text(text)
    assert of_project(tmp_path / "functions") == {"unchecked": unchecked, "disabled": disabled}


def test_of_project_names_the_file_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[functions.a\n")
    with pytest.raises(InputError, match=r"config\.toml: .+; correct it, then start again$"):
        of_project(tmp_path / "functions")


def test_ours_check_their_callers_themselves() -> None:
    told = of_project(files.supabase_folder() / "functions")
    assert told == {"unchecked": ["embed", "deliver", "semantic-search"], "disabled": []}
