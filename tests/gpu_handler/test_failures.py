import pytest
import torch

from gpu_handler.failures import BadInput, ContentRefused, ModelUnavailable, describe, is_out_of_memory, log_text
from gpu_handler.http import Unreachable
from gpu_handler.retry import Unavailable
from gpu_handler.storage import StorageRefused
from tests.fixtures.orders import PROMPT, job_order


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), "out_of_memory", True),
        (RuntimeError("CUDA error: out of memory"), "out_of_memory", True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), "out_of_memory", True),
        (MemoryError(), "out_of_memory", True),
        (Unreachable("ConnectTimeout"), "network", True),
        (Unavailable("HTTP 503"), "storage", True),
        (StorageRefused("HTTP 403"), "storage", True),
        (ModelUnavailable("no /weights/sdxl"), "model_loading", True),
        (BadInput("steps: at most 50."), "bad_input", False),
        (ContentRefused("The prompt is refused."), "content_policy", False),
        (RuntimeError("shapes cannot be multiplied"), "generation_failed", True),
        (KeyError("anything"), "generation_failed", True),
    ],
)
def test_each_class_of_trouble_has_its_code(error: Exception, code: str, retryable: bool) -> None:
    failure = describe(error)

    assert (failure.code, failure.retryable) == (code, retryable)


def test_a_cpu_that_has_no_memory_left_is_out_of_memory_too() -> None:
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**48)

    assert is_out_of_memory(raised.value)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError(f"cannot draw {PROMPT} from /srv/weights/unet.safetensors"),
        OSError("/srv/weights is missing"),
        ModelUnavailable("nothing at /srv/weights"),
        StorageRefused("HTTP 403 at https://storage.test?token=signed-url-secret"),
    ],
)
def test_a_user_is_told_no_path_no_prompt_and_no_token(error: Exception) -> None:
    message = describe(error).message

    assert message.endswith(".")
    assert not any(word in message for word in ("/srv", PROMPT, "signed-url-secret", "Traceback"))


def test_a_user_is_told_what_is_wrong_with_the_order() -> None:
    assert describe(BadInput("num_images must be one of 1, 3, 6.")).message == "num_images must be one of 1, 3, 6."


def test_the_log_has_the_traceback_without_the_user_s_words() -> None:
    order = job_order(negative_prompt="fog, night")
    try:
        raise RuntimeError(f"cannot draw {PROMPT!r} without {order.negative_prompt}")
    except RuntimeError as error:
        text = log_text(error, order)

    assert "Traceback" in text
    assert "cannot draw '[prompt]' without [prompt]" in text
    assert PROMPT not in text
    assert "fog" not in text


def test_a_short_prompt_does_not_make_the_log_unreadable() -> None:
    text = log_text(RuntimeError("a tensor went astray"), job_order(prompt="a"))

    assert "[prompt] tensor went astray" in text
