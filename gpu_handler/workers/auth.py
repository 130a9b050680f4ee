"""Who may call a worker: whoever shares its secret, shown by a token for this worker's URL (``WorkerTokens``)."""

from fastapi import Depends
from starlette.requests import Request

from gpu_handler.workers.errors import Refused
from shared.errors import ErrorCode
from shared.tokens import InvalidToken, WorkerTokens


def only_functions(tokens: WorkerTokens, url: str) -> object:
    """A dependency that raises ``Refused`` (401) without a token that was made for a call to ``url``."""

    async def check(request: Request) -> None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise InvalidToken("no bearer token")
            tokens.check_call(token.strip(), url)
        except InvalidToken:
            raise Refused(ErrorCode.UNAUTHENTICATED, "The call carries no token for this worker.") from None

    return Depends(check)
