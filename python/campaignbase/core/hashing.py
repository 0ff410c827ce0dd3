"""The fingerprint of a text. Pure."""

import hashlib


def content_hash(text: str) -> str:
    """sha256 of the text's UTF-8, lower-case hex.

    Source: sql/functions/content_hash.sql computes the same.
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
