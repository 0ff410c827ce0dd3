"""What a member does, with supabase-py: sign up, insert, be told of the labels, search, upload.

campaignbase stack start --worker        # or a hosted project with a worker
SUPABASE_URL=... SUPABASE_PUBLISHABLE_KEY=... python examples/member.py
"""

import asyncio
import os
import uuid
from typing import Any

from supabase import AsyncClientOptions, acreate_client

PICTURE = b"\x89PNG\r\n\x1a\n"


async def main() -> None:
    client = await acreate_client(
        os.environ["SUPABASE_URL"],
        os.environ["SUPABASE_PUBLISHABLE_KEY"],
        AsyncClientOptions(auto_refresh_token=False),
    )
    email = f"{uuid.uuid4().hex}@example.com"
    signed_up = await client.auth.sign_up({"email": email, "password": "correct horse 42"})
    if signed_up.session is None:
        raise SystemExit("this project wants the address confirmed first")
    await client.realtime.set_auth(signed_up.session.access_token)
    print("signed up")

    labeled: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    live = asyncio.Event()

    def changed(change: dict[str, Any]) -> None:
        row = change["data"]["record"]
        if row["label_state"] in ("labeled", "review") and not labeled.done():
            labeled.set_result(row)

    channel = client.channel("content")
    channel.on_postgres_changes("UPDATE", changed, "content_assets", "public")
    channel.on_system(lambda _: live.set())  # joined is not live: only this says that changes come
    await channel.subscribe()
    await live.wait()

    new = {"content": "Spring sale: 20% off everything in store, this week only"}
    [row] = (await client.table("content_assets").insert(new).execute()).data
    print("inserted")
    told = await labeled
    print(f"labeled: {told['primary_category']}")

    # the nearest to a row we have; a text of your own goes through the edge function semantic-search
    [stored] = (await client.table("content_assets").select("embedding").eq("id", row["id"]).execute()).data
    asked = {"query_embedding": stored["embedding"], "match_count": 3}
    hits = (await client.rpc("semantic_search_content", asked).execute()).data
    print(f"found: {[hit['content'] for hit in hits]}")

    path = f"{row['workspace_id']}/{row['id']}/picture.png"
    await client.storage.from_("media").upload(path, PICTURE, {"content-type": "image/png"})
    await client.table("content_assets").update({"file_path": path}).eq("id", row["id"]).execute()
    signed = await client.storage.from_("media").create_signed_url(path, 60)
    print(f"uploaded: {'token=' in signed['signedURL']}")

    await client.remove_all_channels()
    await client.auth.sign_out()
    print("signed out")


if __name__ == "__main__":
    asyncio.run(main())
