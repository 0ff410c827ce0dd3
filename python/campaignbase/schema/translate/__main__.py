"""`python -m campaignbase.schema.translate URL`: write sql/sqlite/ from a database with our migrations."""

import argparse
import sys
from collections.abc import Sequence

from campaignbase.errors import CampaignbaseError
from campaignbase.schema.translate import source


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m campaignbase.schema.translate", description=__doc__)
    parser.add_argument("url", help="a Postgres with the platform and the migrations")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    parser.add_argument("--draft", action="store_true", help="let twins be missing; the report names them")
    options = parser.parse_args(arguments)
    try:
        translation = source.translate_project(options.url, strict=not options.draft)
    except CampaignbaseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    folder = source.sqlite_folder()
    if options.check:
        stale = source.stale(translation, folder)
        for path in stale:
            sys.stderr.write(f"{path} is stale; run: campaignbase translate\n")
        return 1 if stale else 0
    changed = source.write(translation, folder)
    sys.stdout.write(f"{translation.summary}; {len(changed)} files changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
