"""Many signed-in users, and the signing key of the project they come from."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

KEY_ID = "bench"
HOUR = 3600
CREDITS = 1_000_000


@dataclass(frozen=True, slots=True)
class User:
    id: str
    token: str


class SigningKey:
    """ES256, as new Supabase projects sign."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwks(self) -> str:
        public = ECAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return json.dumps({"keys": [{**public, "alg": "ES256", "kid": KEY_ID, "use": "sig"}]})

    def token(self, user_id: str) -> str:
        claims = {
            "sub": user_id,
            "role": "authenticated",
            "aud": "authenticated",
            "exp": int(time.time()) + HOUR,
        }
        return jwt.encode(claims, self._key, algorithm="ES256", headers={"kid": KEY_ID})


async def new_users(database: Any, key: SigningKey, count: int) -> list[User]:
    """Signed up in SQL, where the auth service would take a tenth of a second for each password."""
    ids = [str(uuid4()) for _ in range(count)]
    await database.execute("insert into auth.users (id) select unnest($1::uuid[])", ids)
    await database.execute("select public.grant_credits(id, $2, 'bench') from unnest($1::uuid[]) id", ids, CREDITS)
    return [User(user_id, key.token(user_id)) for user_id in ids]
