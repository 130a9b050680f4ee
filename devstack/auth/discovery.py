"""What anyone may ask: health, settings, and the public signing key."""

from starlette.requests import Request
from starlette.responses import JSONResponse

from devstack.auth.context import Context


async def health(request: Request) -> JSONResponse:  # noqa: ARG001
    return JSONResponse({"name": "GoTrue", "version": "local", "description": "OurVidz's stand-in for Supabase Auth"})


async def settings(request: Request) -> JSONResponse:  # noqa: ARG001
    return JSONResponse(
        {
            "external": {"email": True, "phone": False, "anonymous_users": False},
            "disable_signup": False,
            "mailer_autoconfirm": True,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "saml_enabled": False,
        }
    )


async def jwks(request: Request) -> JSONResponse:
    return JSONResponse(Context.of(request).keys.jwks(), headers={"Cache-Control": "public, max-age=600"})
