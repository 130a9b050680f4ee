"""The enhancement dialog, and the components that asked a dead function instead."""

from typing import Any
from uuid import uuid4

import pytest

from tests.clients.conftest import Caller, refusal

PROMPT = "a red cat on a roof"
DIALOG = {
    "original_prompt": PROMPT,
    "job_type": "sdxl_image_high",
    "enhancement_model": "qwen_instruct",
    "format": "png",
    "quality": "high",
    "contentType": "sfw",
    "selectedPresets": ["cinematic"],
}
pytestmark = pytest.mark.usefixtures("no_workers")


@pytest.fixture
def answer(caller: Caller) -> dict[str, Any]:
    """PromptEnhancementModal's."""
    found: dict[str, Any] = caller.call(dialog=("enhance-prompt", {"body": DIALOG}))["dialog"]
    return found


async def test_the_dialog_s_own_names_are_understood(answer: dict[str, Any]) -> None:
    """F2: the original wanted prompt, jobType and selectedModel, and answered 400."""
    assert answer["success"] is True
    assert PROMPT in answer["enhanced_prompt"]
    assert answer["enhanced_prompt"] != PROMPT
    assert answer["enhancement_metadata"]["model_used"]
    assert answer["enhancement_metadata"]["job_type"] == "sdxl_image_high"


async def test_the_words_of_a_template_are_not_in_it(answer: dict[str, Any]) -> None:
    """F4: without a worker the original put a language model's instructions into the prompt."""
    assert answer["enhancement_strategy"] == "rules"
    assert not any(words in answer["enhanced_prompt"].lower() for words in ("you are", "expert", "prompt engineer"))


async def test_the_body_of_those_who_called_generate_content_is_understood_too(caller: Caller) -> None:
    """F2: useAutoEnhancement, PromptManagementTab and PromptTestingTab."""
    body = {"prompt": PROMPT, "enhancement_only": True, "jobType": "sdxl_image_high", "format": "image"}
    answer = caller.call(test=("enhance-prompt", {"body": body}))["test"]
    assert PROMPT in answer["enhanced_prompt"]
    assert answer["enhancement_metadata"]["quality"] == "high"


async def test_an_exact_copy_s_canned_words_are_left_alone(caller: Caller) -> None:
    """Q16, F5: the original turned an empty prompt down before it looked for an exact copy."""
    metadata = {"exact_copy_mode": True, "reference_mode": "copy"}
    bodies = {name: {**DIALOG, "original_prompt": name, "metadata": metadata} for name in ("same", "")}
    answers = caller.call(
        words=("enhance-prompt", {"body": bodies["same"]}), nothing=("enhance-prompt", {"body": bodies[""]})
    )
    found = [(answer["enhanced_prompt"], answer["enhancement_strategy"]) for answer in answers.values()]
    assert found == [("same", "skip_for_exact_copy"), ("", "skip_for_exact_copy")]


async def test_bad_input_is_an_error_that_names_what_may_be_said(caller: Caller) -> None:
    bodies = {
        "empty": {**DIALOG, "original_prompt": " "},
        "type": {**DIALOG, "job_type": "sdxl_image_huge"},
        "model": {**DIALOG, "enhancement_model": uuid4().hex},
    }
    answers = caller.call(**{name: ("enhance-prompt", {"body": body}) for name, body in bodies.items()})
    assert {name: refusal(answer) for name, answer in answers.items()} == {
        "empty": (400, "invalid_request"),
        "type": (400, "invalid_job_type"),
        "model": (400, "invalid_request"),
    }
    assert "sdxl_image_fast" in str(answers["type"])
    assert "qwen_instruct" in str(answers["model"])
