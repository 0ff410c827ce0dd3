"""Certificates for servers on loopback that pretend to be somebody on the internet."""

import json
import ssl
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Certificates(NamedTuple):
    authority: Path  # what a client is told to trust
    chain: Path  # of the server
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))


def make(folder: Path, *hosts: str) -> Certificates:
    """An authority of its own, and a certificate by it for these names."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = _name("a test's authority")
    begins = datetime.now(UTC) - timedelta(days=1)
    ends = begins + timedelta(days=30)

    def certificate(
        subject: x509.Name, public: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )
        for extension in extensions:
            critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage)
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(authority_key, hashes.SHA256())

    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    identity = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    made.authority.write_bytes(
        certificate(
            authority_name,
            authority_key.public_key(),
            x509.BasicConstraints(ca=True, path_length=0),
            # Python 3.13 asks for it
            x509.KeyUsage(
                key_cert_sign=True,
                crl_sign=True,
                digital_signature=False,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            identity,
        ).public_bytes(serialization.Encoding.PEM)
    )
    made.chain.write_bytes(
        certificate(
            _name(hosts[0]),
            key.public_key(),
            x509.BasicConstraints(ca=False, path_length=None),
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]),
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identity),
        ).public_bytes(serialization.Encoding.PEM)
    )
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), *sys.argv[1:])
        print(json.dumps({name: path.read_text() for name, path in made._asdict().items()}))
