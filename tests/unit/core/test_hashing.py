import pytest

from campaignbase.core.hashing import content_hash


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # published test vectors of SHA-256 (FIPS 180-2)
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("é", "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"),  # sha256sum of c3 a9
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
)
def test_content_hash_is_sha256_in_hex(text, expected):
    assert content_hash(text) == expected
