"""HTTP in and out of get-negative-prompt: GET would need a body, so POST as the client sends it."""

from fastapi import APIRouter

from functions.edge.auth import UserCaller
from functions.edge.clients import ClientsDep
from functions.edge.content import check_mode
from functions.edge.negatives import negative_rows
from functions.edge.openapi import refused
from functions.edge.prompts.negative import GROUPS, compose, wanted_groups
from functions.get_negative_prompt.schema import GetNegativePromptRequest, GetNegativePromptResponse, NegativeGroup
from shared.errors import ErrorCode

router = APIRouter()


@router.post("/get-negative-prompt", responses=refused(ErrorCode.ADULT_NOT_VERIFIED))
async def get_negative_prompt(
    request: GetNegativePromptRequest,
    caller: UserCaller,  # noqa: ARG001
    clients: ClientsDep,
) -> GetNegativePromptResponse:
    """The groups that there are, and those that apply as one text. Read at most a minute ago."""
    check_mode(request.content_mode, clients.settings.adult_content)
    rows = await negative_rows(clients, request.model_type, request.content_mode)
    wanted = wanted_groups(request.prompt, request.content_mode)
    terms: dict[int, list[str]] = {}
    for row in rows:
        terms.setdefault(row["priority_group"], []).append(row["negative_prompt"])
    return GetNegativePromptResponse(
        baseNegativePrompt=compose(None, [row for row in rows if row["priority_group"] in wanted], request.prompt),
        modelType=request.model_type,
        contentMode=request.content_mode,
        groups=[
            NegativeGroup(group=group, name=GROUPS[group], negativePrompt=", ".join(found), applies=group in wanted)
            for group, found in terms.items()
        ],
    )
