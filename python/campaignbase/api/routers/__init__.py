"""One module a resource."""

from typing import Any

from fastapi import APIRouter

from campaignbase.api.bodies import StrictRoute
from campaignbase.api.problems import DOCUMENTED


def router(tag: str, **options: Any) -> APIRouter:
    return APIRouter(tags=[tag], responses=DOCUMENTED, route_class=StrictRoute, **options)
