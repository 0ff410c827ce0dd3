"""What a key must hold to ask each route; one table, and whatever is not in it no key may ask.

Only keys have scopes: a signed-in user may do what row level security allows her.
"""

from collections.abc import Mapping, Sequence

from fastapi import Request

from campaignbase.api.problems import ProblemError

# nobody is asked for anything here
OPEN = frozenset({("GET", "/health/live"), ("GET", "/health/ready"), ("GET", "/metrics")})
# of the file's one user, or of an owner: no key may, whatever it holds
NEVER = frozenset(
    {
        ("POST", "/api-keys"),
        ("GET", "/api-keys"),
        ("GET", "/api-keys/log"),
        ("DELETE", "/api-keys/{key_id}"),
        ("POST", "/jobs/replay"),  # of every workspace of the file
        ("GET", "/cache"),
        ("DELETE", "/cache"),
    }
)
NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("POST", "/campaigns"): ("campaigns:write",),
    ("GET", "/campaigns"): ("campaigns:read",),
    ("GET", "/campaigns/{campaign_id}"): ("campaigns:read",),
    ("PATCH", "/campaigns/{campaign_id}"): ("campaigns:write",),
    # its content and posts go too
    ("DELETE", "/campaigns/{campaign_id}"): ("campaigns:write", "content:write", "posts:write"),
    ("GET", "/campaigns/{campaign_id}/content"): ("content:read",),
    ("POST", "/content"): ("content:write",),
    ("POST", "/content/bulk"): ("content:write",),
    ("GET", "/content"): ("content:read",),
    ("GET", "/content/events"): ("content:read",),
    ("GET", "/content/{content_id}"): ("content:read",),
    ("PATCH", "/content/{content_id}"): ("content:write",),
    ("DELETE", "/content/{content_id}"): ("content:write",),
    ("PUT", "/content/{content_id}/file"): ("content:write",),
    ("GET", "/content/{content_id}/file"): ("content:read",),
    ("GET", "/content/{content_id}/files"): ("content:read",),
    ("POST", "/content/categorize"): ("content:write",),
    ("GET", "/content/{content_id}/labels"): ("content:read",),
    ("POST", "/content/{content_id}/feedback"): ("content:write",),
    ("GET", "/search/semantic"): ("search:read",),
    ("POST", "/search"): ("search:read",),
    ("GET", "/categories"): ("vocabulary:read",),
    ("POST", "/categories"): ("vocabulary:write",),
    ("PUT", "/categories/{name}"): ("vocabulary:write",),
    ("DELETE", "/categories/{name}"): ("vocabulary:write",),
    ("GET", "/categories/tree"): ("vocabulary:read",),
    ("POST", "/categories/{name}/merge"): ("vocabulary:write",),
    ("POST", "/tags/{name}/merge"): ("vocabulary:write",),
    ("POST", "/categories/{name}/distinct"): ("vocabulary:write",),
    ("POST", "/tags/{name}/distinct"): ("vocabulary:write",),
    ("GET", "/categories/duplicates"): ("vocabulary:read",),
    ("GET", "/tags/duplicates"): ("vocabulary:read",),
    # with beginnings of texts
    ("GET", "/proposals"): ("vocabulary:read", "content:read"),
    ("POST", "/proposals/{proposal_id}/promote"): ("vocabulary:write", "content:write"),
    ("POST", "/proposals/{proposal_id}/refuse"): ("vocabulary:write",),
    ("GET", "/tag-groups"): ("vocabulary:read",),
    ("PUT", "/tag-groups/{name}"): ("vocabulary:write",),
    ("DELETE", "/tag-groups/{name}"): ("vocabulary:write",),
    ("GET", "/settings/promote-after"): ("vocabulary:read",),
    ("PUT", "/settings/promote-after"): ("vocabulary:write",),
    ("GET", "/tags"): ("vocabulary:read",),
    ("POST", "/tags"): ("vocabulary:write",),
    ("PUT", "/tags/{name}"): ("vocabulary:write",),
    ("DELETE", "/tags/{name}"): ("vocabulary:write",),
    ("GET", "/rules"): ("rules:read",),
    ("POST", "/rules"): ("rules:write",),
    ("POST", "/rules/preview"): ("rules:read", "content:read"),
    ("POST", "/rules/test"): ("rules:read", "content:read"),
    ("GET", "/rules/suggestions"): ("rules:read", "content:read"),
    ("PATCH", "/rules/{rule_id}"): ("rules:write",),
    ("DELETE", "/rules/{rule_id}"): ("rules:write",),
    ("POST", "/posts"): ("posts:write",),
    ("GET", "/posts"): ("posts:read",),
    ("GET", "/posts/{post_id}"): ("posts:read",),
    ("PATCH", "/posts/{post_id}"): ("posts:write",),
    ("DELETE", "/posts/{post_id}"): ("posts:write",),
    ("GET", "/approvals"): ("content:read", "posts:read"),
    ("POST", "/content/{content_id}/approval"): ("content:write", "posts:write"),
    ("GET", "/content/{content_id}/approvals"): ("content:read",),
    ("POST", "/posts/{post_id}/approval"): ("posts:write",),
    ("GET", "/posts/{post_id}/approvals"): ("posts:read",),
    ("GET", "/statistics/content"): ("content:read",),
    ("GET", "/statistics/posts"): ("posts:read",),
    ("GET", "/statistics/spending"): ("operations:read",),
    ("GET", "/jobs"): ("operations:read",),
    ("GET", "/jobs/dead"): ("operations:read",),
    ("POST", "/v1/embeddings"): ("embeddings:read",),
}


def check(request: Request, held: Sequence[str]) -> None:
    """Raises ProblemError 403: the key may not ask this."""
    place = (request.method, template(request))
    needed = NEEDED.get(place)
    if needed is None:
        raise ProblemError(403, f"no API key may {request.method} {place[1]}; sign in as an owner")
    missing = [scope for scope in needed if scope not in held]
    if missing:
        raise ProblemError(
            403,
            f"this API key lacks {' and '.join(missing)}; it holds {', '.join(held)};"
            " an owner can make another one",
        )


def template(request: Request) -> str:
    """The route that was matched: no ids, no query."""
    return str(getattr(request.scope.get("route"), "path_format", "other"))
