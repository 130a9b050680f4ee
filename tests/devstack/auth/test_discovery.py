"""What anyone may ask."""

from supabase_auth.helpers import JWKSetParser

from tests.fixtures.auth_service import Service


async def test_health_names_the_service(service: Service) -> None:
    answer = await service.request("GET", "/health")
    assert answer.json()["name"] == "GoTrue"


async def test_settings_say_that_only_addresses_sign_up_and_at_once(service: Service) -> None:
    settings = (await service.request("GET", "/settings")).json()
    assert settings["external"] == {"email": True, "phone": False, "anonymous_users": False}
    assert (settings["mailer_autoconfirm"], settings["disable_signup"]) == (True, False)


async def test_the_signing_key_is_public_and_the_rest_is_not(service: Service) -> None:
    answer = await service.request("GET", "/.well-known/jwks.json")
    (key,) = JWKSetParser.validate_json(answer.content)["keys"]
    assert (key["kty"], key["alg"]) == ("EC", "ES256")
    assert "d" not in key
    assert service.keys.jwt_secret not in answer.text


async def test_the_official_client_verifies_tokens_with_it(service: Service) -> None:
    session = await service.sign_up()
    response = await service.new_client().get_claims(session.access_token)
    assert response is not None
    assert response["claims"]["sub"] == session.user.id
