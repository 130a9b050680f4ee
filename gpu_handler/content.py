"""The content policy once more, on what really arrived: a worker trusts no queue and no caller of RunPod's API."""

from dataclasses import replace

from gpu_handler.classification import OutputClassifier, check_outputs
from gpu_handler.failures import BadInput, ContentRefused
from gpu_handler.generators.protocol import Generated
from shared import content_policy
from shared.bounds import PROMPT_CHARACTERS
from shared.messages import JobOrder
from shared.prompt_weights import terms, with_terms


def check_content(order: JobOrder) -> None:
    """Raises ``ContentRefused``, and ``BadInput`` for texts longer than any submission's."""
    given = (order.prompt, order.compel_weights, order.metadata.get("original_prompt"))
    texts = [str(text) for text in given if text]
    if any(len(text) > PROMPT_CHARACTERS for text in texts):
        raise BadInput(f"A prompt may have at most {PROMPT_CHARACTERS} characters.")
    texts.append(with_terms(order.prompt, terms(order.compel_weights)))
    # Each text once, as at submission.
    refusal = content_policy.check(list(dict.fromkeys(texts)), content_mode=order.content_mode)
    if refusal is not None:
        raise ContentRefused(refusal.message)


def judged(generated: Generated, order: JobOrder, classifier: OutputClassifier) -> Generated:
    """With the classifier's score in the metadata where the mode asks for one. Raises ``ContentRefused``."""
    score = check_outputs(classifier, generated.shown, order.content_mode)
    if score is None:
        return generated
    return replace(generated, metadata={**generated.metadata, "nudity_score": round(score, 4)})
