"""What the OpenAPI shows as an example does what it says."""

from typing import Any

from tests.api.conftest import Api
from tests.api.test_resources import HIRING, made

from campaignbase.api.schemas.base import AN_ID


async def test_each_body_has_an_example_that_is_taken(local: Api) -> None:
    document = (await local.alice.get("/openapi.json")).json()
    row = await made(local.alice, "/content", content=HIRING)
    post = await made(local.alice, "/posts", platform="x", post_text="x")
    campaign = await made(local.alice, "/campaigns", name="Lake")
    conditions, actions = {"contains_keyword": ["x"]}, {"add_category": "offer"}
    rule = {"name": "r", "rule_type": "categorization", "conditions": conditions, "actions": actions}
    places = {
        "{content_id}": row["id"],
        "{post_id}": post["id"],
        "{campaign_id}": campaign["id"],
        "{rule_id}": (await made(local.alice, "/rules", **rule))["id"],
        "/categories/{name}/": "/categories/old name/",
        "/tags/{name}/": "/tags/old name/",
        "/categories/{name}": "/categories/store_news",  # as POST made it
        "/tag-groups/{name}": "/tag-groups/postage",
        "/tags/{name}": "/tags/free shipping",
    }
    for kind in ("/categories", "/tags"):
        for name in ("old name", "new name", "other name"):
            await made(local.alice, kind, name=name)
    tried = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            offered = operation.get("requestBody", {"content": {}})["content"].get("application/json")
            if offered is None:
                continue
            body = example(document, offered["schema"])
            if body.get("ids") == [AN_ID]:
                body = {"ids": [row["id"]]}
            address = path
            for place, value in places.items():
                address = address.replace(place, value)
            answer = await local.alice.request(method, address, json=body)
            assert answer.is_success, (method, path, answer.text)
            tried.append(path)
    assert len(tried) >= 29


def example(document: Any, schema: Any) -> Any:
    offered = schema.get("anyOf", [schema])[0]
    model = document["components"]["schemas"][offered["$ref"].rpartition("/")[2]]
    return model["examples"][0]
