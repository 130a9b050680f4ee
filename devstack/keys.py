"""The project's keys: what a hosted project shows under "API keys" and "JWT keys".

New projects sign with ES256 and hand out ``sb_publishable_…`` and ``sb_secret_…`` keys; the legacy HS256 secret and the
anon and service_role keys signed with it work beside them
(https://supabase.com/docs/guides/auth/signing-keys, https://supabase.com/docs/guides/api/api-keys).
"""

import base64
import json
import secrets
import time
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

TEN_YEARS: Final = 10 * 365 * 24 * 3600


@dataclass(frozen=True)
class Keys:
    """All secrets of one local project."""

    jwt_secret: str
    signing_key: str
    """The ES256 private key, PEM."""
    signing_key_id: str
    publishable_key: str
    secret_key: str
    anon_key: str
    service_role_key: str

    @classmethod
    def generate(cls) -> "Keys":
        private_key = ec.generate_private_key(ec.SECP256R1())
        pem = private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        jwt_secret = secrets.token_urlsafe(32)
        return cls(
            jwt_secret=jwt_secret,
            signing_key=pem.decode(),
            signing_key_id=secrets.token_hex(8),
            publishable_key=f"sb_publishable_{secrets.token_urlsafe(24)}",
            secret_key=f"sb_secret_{secrets.token_urlsafe(24)}",
            anon_key=_legacy_key("anon", jwt_secret),
            service_role_key=_legacy_key("service_role", jwt_secret),
        )

    @classmethod
    def load_or_generate(cls, path: Path) -> "Keys":
        """Keys outlive a restart, so tokens and copied keys stay good until ``make reset``."""
        if path.exists():
            return cls(**json.loads(path.read_text()))
        keys = cls.generate()
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(keys)))
        return keys

    def sign(self, claims: dict[str, Any]) -> str:
        """An ES256 token with these claims and the key's id in its header."""
        return jwt.encode(claims, self.signing_key, algorithm="ES256", headers={"kid": self.signing_key_id})

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of an ES256 or legacy HS256 token. Raises ``jwt.InvalidTokenError``."""
        algorithm = jwt.get_unverified_header(token).get("alg")
        key: Any = self._public_key if algorithm == "ES256" else self.jwt_secret
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=["ES256" if algorithm == "ES256" else "HS256"],
            options={"verify_aud": False},
        )
        return claims

    def jwks(self) -> dict[str, Any]:
        """The public half, as ``/auth/v1/.well-known/jwks.json`` serves it."""
        public = ECAlgorithm.to_jwk(self._public_key, as_dict=True)
        return {"keys": [{**public, "alg": "ES256", "kid": self.signing_key_id, "use": "sig", "key_ops": ["verify"]}]}

    def verification_jwks(self) -> dict[str, Any]:
        """The public key and the legacy secret together, for PostgREST's ``jwt-secret``."""
        encoded = base64.urlsafe_b64encode(self.jwt_secret.encode()).rstrip(b"=").decode()
        return {"keys": [*self.jwks()["keys"], {"kty": "oct", "k": encoded, "alg": "HS256"}]}

    def role_of(self, api_key: str) -> str | None:
        """``anon`` or ``service_role`` for one of the four API keys, ``None`` for anything else."""
        if api_key in (self.publishable_key, self.anon_key):
            return "anon"
        if api_key in (self.secret_key, self.service_role_key):
            return "service_role"
        return None

    def role_token(self, role: str) -> str:
        """The legacy key of a role: what the gateway puts in place of an ``sb_`` key."""
        return self.anon_key if role == "anon" else self.service_role_key

    @cached_property
    def _public_key(self) -> ec.EllipticCurvePublicKey:
        key = serialization.load_pem_private_key(self.signing_key.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.public_key()


def _legacy_key(role: str, secret: str) -> str:
    now = int(time.time())
    claims = {"iss": "supabase-local", "role": role, "iat": now, "exp": now + TEN_YEARS}
    return jwt.encode(claims, secret, algorithm="HS256")
