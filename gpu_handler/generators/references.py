"""Reference pictures that an order names. No generator uses them yet, and an order is told so."""

from typing import Final

from shared.messages import JobOrder

_NAMES: Final = frozenset(
    {
        "reference_image_url",
        "referenceImageUrl",
        "reference_image",
        "start_reference_url",
        "start_reference_image_url",
        "startReferenceImageUrl",
        "end_reference_url",
        "end_reference_image_url",
        "endReferenceImageUrl",
        "image",
        "first_frame",
        "last_frame",
    }
)


def names_reference(order: JobOrder) -> bool:
    return any(order.config.get(name) or order.metadata.get(name) for name in _NAMES)


def requires_reference(order: JobOrder) -> bool:
    """Whether the job is to fail rather than to go on without its reference."""
    return names_reference(order) and bool(
        order.config.get("reference_required") or order.metadata.get("reference_required")
    )
