"""A collection of vecs: a table of its own in schema `vecs`, beside ours and unknown to them.

Of the extra `vecs`. It wants a direct connection that may create a schema, and knows no row level security:
good for an experiment, not for the rows of a workspace.
"""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from campaignbase.errors import InputError, NotConfiguredError

ROWS_AT_ONCE = 500


class VecsCollection:
    """Implements pipeline.compare.Collection."""

    def __init__(self, client: Any, name: str, width: int) -> None:
        _drop(client, name)  # of a run that was interrupted
        self._client, self._name = client, name
        self._collection = client.create_collection(name=name, dimension=width)

    def fill(self, vectors: NDArray[np.float32], labels: Sequence[str]) -> None:
        for start in range(0, len(labels), ROWS_AT_ONCE):
            numbers = range(start, min(start + ROWS_AT_ONCE, len(labels)))
            rows = [(str(number), vectors[number].tolist(), {"label": labels[number]}) for number in numbers]
            self._collection.upsert(records=rows)
        self._collection.create_index(method="hnsw", measure="cosine_distance")

    def nearest(self, vector: NDArray[np.float32], count: int) -> list[tuple[int, float, str]]:
        found = self._collection.query(
            data=vector.tolist(), limit=count, include_value=True, include_metadata=True
        )
        return [(int(number), 1 - float(distance), more["label"]) for number, distance, more in found]

    def drop(self) -> None:
        _drop(self._client, self._name)


def connect(url: str) -> Any:
    """A client of vecs; `disconnect()` it when done.

    Raises:
        NotConfiguredError: the extra is not installed.
        InputError: this is no Postgres, or it refused.
    """
    if find_spec("vecs") is None:
        raise NotConfiguredError("vecs is not there; pip install 'campaignbase[vecs]', then run this again")
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise InputError(f"{url}: collections lie in Postgres; --database postgresql://...")
    # SQLAlchemy takes the plain scheme for psycopg 3, which vecs does not know
    address = f"postgresql+psycopg2://{url.split('://', 1)[1]}"
    try:
        client = import_module("vecs").create_client(address)
        _look_in(client, _home_of_vectors(client))
    except import_module("sqlalchemy").exc.SQLAlchemyError as error:
        told = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise InputError(
            f"{urlsplit(url).hostname or 'Postgres'} refused what collections need, a direct connection that"
            f" may create the schema vecs: {told}"
        ) from error
    return client


def _home_of_vectors(client: Any) -> str:
    """The schema of pgvector, which on Supabase is not among those that every role looks in."""
    with client.engine.connect() as connection:
        return str(
            connection.exec_driver_sql(
                "select quote_ident(nspname) from pg_catalog.pg_extension"
                " inner join pg_catalog.pg_namespace on pg_extension.extnamespace = pg_namespace.oid"
                " where extname = 'vector'"
            ).scalar()
        )


def _look_in(client: Any, schema: str) -> None:
    def begin(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select current_setting('search_path')")
            path = f"{cursor.fetchone()[0]}, {schema}"
            cursor.execute("select set_config('search_path', %s, false)", (path,))
        connection.commit()

    import_module("sqlalchemy").event.listen(client.engine, "connect", begin)
    client.engine.dispose()  # of connections that began otherwise


def _drop(client: Any, name: str) -> None:
    if any(one.name == name for one in client.list_collections()):
        client.delete_collection(name)
