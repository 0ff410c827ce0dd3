"""Next steps in the words of the door they leave by: stores name commands, callers have routes or tools.

Pure.
"""

import re
from typing import Literal

Door = Literal["routes", "tools"]
# a command as refusals say it -> what a caller of the API asks, and which tool an agent calls
# the longer before what they begin with
STEPS: tuple[tuple[str, str, str], ...] = (
    (
        "see: campaignbase tags proposals",
        "see GET /proposals",
        "see waiting_words of list_vocabulary",
    ),
    ("see: campaignbase tags groups", "see GET /tag-groups", "see list_vocabulary"),
    (
        "see: campaignbase tags, campaignbase categories",
        "see GET /tags, GET /categories",
        "see list_vocabulary",
    ),
    ("see: campaignbase categories", "see GET /categories", "see list_vocabulary"),
    ("see: campaignbase tags", "see GET /tags", "see list_vocabulary"),
    ("see: campaignbase rules", "see GET /rules", "see list_vocabulary"),
    ("see: campaignbase campaigns", "see GET /campaigns", "see list_campaigns"),
    (
        "then: campaignbase worker --replay",
        "then replay the dead jobs, POST /jobs/replay",
        "then a person has to replay the dead jobs",
    ),
    (
        "afterwards: campaignbase categorize --decided-offline",
        "afterwards label those rows again, POST /content/categorize",
        "afterwards label those rows again",
    ),
    (
        "set one: campaignbase workspace budget --set USD",
        "an owner sets one by the RPC set_daily_budget",
        "a person has to set one",
    ),
    (
        "overwrite it with --overwrite, or rename yours",
        "send ?overwrite=true to replace it, or rename yours",
        "rename yours",
    ),
)
_CREATE = re.compile(r"create it: campaignbase workspace create .*$")


def told(refusal: str, door: Door) -> str:
    for command, route, tool in STEPS:
        if door == "tools":
            refusal = refusal.replace(route, tool)  # what the API behind the tools said
        refusal = refusal.replace(command, route if door == "routes" else tool)
    named = "name one of them as ?workspace" if door == "routes" else "name one of them"
    return _CREATE.sub(named, refusal)
