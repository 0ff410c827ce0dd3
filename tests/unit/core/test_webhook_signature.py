"""Signatures against the official vector, tests/cases/webhooks.json, and forgeries of every byte."""

import base64
import hmac
import random

import pytest
from tests.support.webhook_cases import CASES, forgeries, named

from campaignbase.core.webhook_signature import SignatureError, signed_headers, verify


@pytest.mark.parametrize("case", CASES["sign"], ids=named)
def test_signed_headers_are_those_of_the_table(case):
    headers = signed_headers(case["secrets"], case["id"], case["timestamp"], case["body"].encode())
    assert headers == {
        "webhook-id": case["id"],
        "webhook-timestamp": str(case["timestamp"]),
        "webhook-signature": case["signature"],
    }


@pytest.mark.parametrize("case", CASES["verify"], ids=named)
def test_verify_accepts_and_refuses_as_the_table_says(case):
    if case["accepted"]:
        found = verify(case["secret"], case["headers"], case["body"].encode(), now=case["now"])
        assert found == case["headers"]["webhook-id"]
    else:
        with pytest.raises(SignatureError):
            verify(case["secret"], case["headers"], case["body"].encode(), now=case["now"])


def test_verify_refuses_2000_forgeries_of_a_delivery_it_accepts():
    genuine, forged = forgeries(2000, random.Random(20260101))
    assert verify(genuine.secret, genuine.headers, genuine.body, now=genuine.now) == "msg_1"
    accepted = []
    for case in forged:
        try:
            verify(case.secret, case.headers, case.body, now=case.now)
            accepted.append(case)
        except SignatureError:
            pass
    assert len(forged) == 2000
    assert accepted == []


def test_verify_reads_a_body_that_is_not_text():
    key = b"k" * 32
    secret = "whsec_" + base64.b64encode(key).decode()
    body = bytes(range(256))
    signature = base64.b64encode(hmac.digest(key, b"m.7." + body, "sha256")).decode()
    headers = {"webhook-id": "m", "webhook-timestamp": "7", "webhook-signature": f"v1,{signature}"}
    assert verify(secret, headers, body, now=7) == "m"


@pytest.mark.parametrize("secrets", [[], ["whsec_short"], ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], ["whsec_é"]])
def test_signed_headers_never_sign_with_less_than_a_secret(secrets):
    with pytest.raises(SignatureError):
        signed_headers(secrets, "m", 7, b"{}")
