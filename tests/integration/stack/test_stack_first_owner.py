"""The request by which docs/deploy.md makes the first owner."""

import json
import re
from pathlib import Path

from tests.support.stack import Stack

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "deploy.md"


def test_the_request_of_the_document_makes_a_workspace_with_its_owner(stack: Stack) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    [path] = re.findall(r'curl -s "\$SUPABASE_URL(/auth/\S+)"', text)
    [body] = re.findall(r"-d '(\{.*\})'", text)
    signed = stack.request("POST", path, json=json.loads(body)).json()
    with stack.connect() as connection:
        found = connection.execute(
            "select workspaces.name, workspace_members.role from workspaces"
            " inner join workspace_members on workspaces.id = workspace_members.workspace_id"
            " where user_id = %s",
            [signed["user"]["id"]],
        ).fetchall()
    assert found == [("Fernway", "owner")]
