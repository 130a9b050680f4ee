import json

import jwt

from tools.bench.users import SigningKey


def test_the_key_set_verifies_a_user_s_token() -> None:
    key = SigningKey()
    (public,) = jwt.PyJWKSet(json.loads(key.jwks)["keys"]).keys
    claims = jwt.decode(key.token("somebody"), public, algorithms=["ES256"], audience="authenticated")
    assert (claims["sub"], claims["role"]) == ("somebody", "authenticated")
