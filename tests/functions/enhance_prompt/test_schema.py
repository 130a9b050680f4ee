"""Every document's body, and what is refused."""

from typing import Any

import pytest
from pydantic import ValidationError

from functions.edge.enhancement import Wish
from functions.enhance_prompt.schema import EnhancePromptRequest

SDXL = {"prompt": "a red cat", "family": "sdxl", "format": "image", "quality": "fast", "content_mode": "sfw"}


def read(**body: Any) -> EnhancePromptRequest:
    return EnhancePromptRequest.model_validate(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"prompt": "a red cat"}, {}, id="the least"),
        pytest.param(
            {"prompt": "a red cat", "model_type": "qwen_base", "content_mode": "nsfw", "use_case": "enhancement"},
            {"model": "qwen_base", "content_mode": "nsfw"},
            id="2025-08-16",
        ),
        pytest.param(
            {
                "prompt": "a red cat",
                "jobType": "wan_video_high",
                "format": "video",
                "quality": "high",
                "selectedModel": "qwen_instruct",
                "contentType": "sfw",
                "metadata": {"exact_copy_mode": False, "reference_mode": None},
            },
            {"family": "wan", "format": "video", "quality": "high"},
            id="the original function",
        ),
        pytest.param(
            {
                "original_prompt": "a red cat",
                "job_type": "sdxl_image_high",
                "enhancement_model": "qwen_instruct",
                "format": "png",
                "quality": "high",
                "contentType": "sfw",
                "selectedPresets": {"style": "noir"},
            },
            {"quality": "high"},
            id="F2: the dialog of the React client",
        ),
        pytest.param(
            {"prompt": "a red cat", "job_type": "sdxl_image_fast", "quality": "fast", "enhancement_type": "cinematic"},
            {"style": "cinematic"},
            id="2025-07-30, the chat worker's",
        ),
        pytest.param(
            {"prompt": "a red cat", "config": {"enhancement_type": "custom", "system_prompt": "Write a haiku."}},
            {"style": "custom", "instructions": "Write a haiku."},
            id="2025-07-30, a chat job's",
        ),
        pytest.param(
            {"prompt": "a red cat", "format": "video", "quality": "high"},
            {"family": "wan", "format": "video", "quality": "high"},
            id="format and quality choose the type",
        ),
        pytest.param(
            {"prompt": "a red cat", "use_case": "roleplay"},
            {"family": "chat", "format": "text", "use_case": "roleplay"},
            id="a chat's text",
        ),
        pytest.param(
            {
                "prompt": "a red cat",
                "metadata": {"reference_mode": "modify", "originalEnhancedPrompt": "a dog, oil on canvas"},
            },
            {"base_prompt": "a dog, oil on canvas"},
            id="a change",
        ),
    ],
)
def test_a_document_s_body_is_read(body: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(**body).wish == Wish(**SDXL | expected)


def test_an_exact_copy_needs_no_prompt() -> None:
    """F5"""
    assert read(metadata={"exact_copy_mode": True}).wish.is_exact_copy


@pytest.mark.parametrize("body", [{"regeneration": True}, {"use_cache": False}, {"metadata": {"useCache": False}}])
def test_a_fresh_one_may_be_asked_for(body: dict[str, Any]) -> None:
    assert read(prompt="a cat", **body).is_fresh
    assert not read(prompt="a cat").is_fresh


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "prompt is empty"),
        ({"prompt": "  "}, "prompt is empty"),
        ({"metadata": {"reference_mode": "modify"}}, "prompt is empty"),
        ({"prompt": "x", "referenceMode": "style"}, "reference_mode"),
        ({"prompt": "x", "use_cache": "no"}, "use_cache"),
        ({"prompt": "x", "metadata": []}, "metadata"),
        ({"prompt": "x", "config": 0}, "config"),
        ({"prompt": "x" * 1001}, "1000"),
        ({"prompt": "a", "system_prompt": "x" * 2001}, "2000"),
        ({"prompt": "a", "job_type": "rv51_fast"}, "sdxl_image_fast, sdxl_image_high"),
        ({"prompt": "a", "model": "gpt"}, "qwen_instruct"),
        ({"prompt": "a", "contentType": "adult"}, "nsfw"),
        ({"prompt": "a", "use_case": "poetry"}, "roleplay"),
        ({"prompt": "a", "enhancement_type": "wild"}, "cinematic"),
        ({"prompt": "a", "enhancement_type": "base", "selectedModel": "qwen_instruct"}, "base is qwen_base"),
        ({"prompt": "a", "language": "zh"}, "SDXL does not read Chinese"),
        ({"prompt": "a", "language": "de"}, "'en' or 'zh'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(body: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        read(**body)
