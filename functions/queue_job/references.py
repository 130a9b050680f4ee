"""The references of a submission, as the job keeps them."""

from typing import Any, Final
from uuid import UUID

from functions.edge.references import REFERENCE_PLAN, ROLES, reduced, unsigned
from functions.edge.settings import Settings
from functions.queue_job.schema import SPELLINGS, QueueJobRequest
from shared.bounds import STRENGTH

_OURS: Final = frozenset({*ROLES, *REFERENCE_PLAN})
_OTHER_SPELLINGS: Final = frozenset(spelling for name in ROLES for spelling in SPELLINGS[name])


def settled(request: QueueJobRequest, user_id: UUID, settings: Settings) -> QueueJobRequest:
    """With every reference reduced, and no other spelling of one left in the metadata. Raises ``ApiError``."""
    references = {name: getattr(request, name) for name in ROLES if getattr(request, name)}
    metadata = {
        key: unsigned(value, settings)
        for key, value in request.metadata.items()
        # A flag of the same name is the client's own.
        if key not in _OURS and not (key in _OTHER_SPELLINGS and isinstance(value, str))
    }
    found = {name: reduced(name, reference, user_id, settings) for name, reference in references.items()}
    return request.model_copy(update={**dict.fromkeys(ROLES), **found, "metadata": metadata})


def metadata_of(request: QueueJobRequest) -> dict[str, Any]:
    """What the job's metadata says of its references; nothing where there are none."""
    if not request.has_reference:
        return {}
    values = {name: getattr(request, name) for name in (*ROLES, *REFERENCE_PLAN)}
    if request.reference_strength is None:
        values["reference_strength"] = STRENGTH
    if request.reference_fit is None:
        values["reference_fit"] = "cover"
    return {name: value for name, value in values.items() if value is not None}
