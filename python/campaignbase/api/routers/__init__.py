"""One module a resource."""

from typing import Any

from fastapi import APIRouter

from campaignbase.api.idempotency import IdempotentRoute
from campaignbase.api.problems import DOCUMENTED


def router(tag: str, **options: Any) -> APIRouter:
    return APIRouter(tags=[tag], responses=DOCUMENTED, route_class=IdempotentRoute, **options)
