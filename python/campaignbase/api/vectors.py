"""`/v1/embeddings` alone, for programs on this machine: what the offline stack starts for its edge functions.

`python -m campaignbase.api.vectors`, told {"token": ...} in a line on stdin, which stays open: its end is the
program's too. It tells {"port": ...} in a line on stdout when it answers.
"""

import json
import sys
import threading

import uvicorn
from fastapi import FastAPI

from campaignbase import wiring
from campaignbase.api import problems
from campaignbase.api.access import identify
from campaignbase.api.auth import Caller, LocalUser
from campaignbase.api.limits import BodyLimit, Limits
from campaignbase.api.routers import embeddings

HOST = "127.0.0.1"
RATE = "1000000/minute"  # nobody to be fair to


class Shipped:
    """As much of a backend as the router asks for."""

    def __init__(self, token: str) -> None:
        self._user = LocalUser(token)
        self.shipped = wiring.shipped_embedder()

    async def caller(self, authorization: str | None) -> Caller:
        return await self._user.caller(authorization)


def create(token: str) -> FastAPI:
    app = FastAPI(title="Campaignbase vectors", openapi_url=None)
    app.state.backend = Shipped(token)
    app.state.limits = Limits(RATE)
    app.state.identify = identify
    problems.install(app)
    app.include_router(embeddings.routes)
    app.add_middleware(BodyLimit)
    return app


def main() -> None:
    app = create(json.loads(sys.stdin.readline())["token"])
    config = uvicorn.Config(app, host=HOST, port=0, log_level="warning", access_log=False)
    listening = config.bind_socket()
    listening.listen()  # who asks before it serves waits
    server = uvicorn.Server(config)

    def end() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    sys.stdout.write(json.dumps({"port": listening.getsockname()[1]}) + "\n")
    sys.stdout.flush()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
