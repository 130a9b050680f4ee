from gpu_handler.attempt.reports import end_report, job_metadata
from gpu_handler.failures import CANCELLED, PREEMPTED
from gpu_handler.generators.fake import FakeGenerator
from shared.messages import Asset, Output
from tests.fixtures.orders import PROMPT, job_order

OUTPUTS = [
    Output(index=1, path="u/j/2-1.png", metadata={"seed": 8}),
    Output(index=0, path="u/j/1-0.png", thumbnail_path="u/j/1-0.thumb.webp", metadata={"seed": 7}),
]


def test_assets_are_named_in_index_order() -> None:
    report = end_report("job", "completed", OUTPUTS, {})

    assert report.assets == [
        Asset(type="image", url="u/j/1-0.png", thumbnail_url="u/j/1-0.thumb.webp", metadata={"seed": 7}),
        Asset(type="image", url="u/j/2-1.png", thumbnail_url=None, metadata={"seed": 8}),
    ]


def test_a_film_is_named_a_video() -> None:
    report = end_report("job", "completed", [Output(index=0, path="u/j/1-0.mp4")], {})

    assert report.assets[0].type == "video"


def test_a_completion_carries_no_error() -> None:
    report = end_report("job", "completed", [], {})

    assert (report.error_code, report.error_message, report.retryable) == (None, None, False)


def test_a_failure_carries_its_code_and_sentence_and_the_outputs_there_are() -> None:
    report = end_report("job", "failed", OUTPUTS, {}, PREEMPTED)

    assert (report.error_code, report.error_message, report.retryable) == ("preempted", PREEMPTED.message, True)
    assert len(report.assets) == 2


def test_a_cancellation_asks_for_no_other_attempt() -> None:
    report = end_report("job", "cancelled", [], {}, CANCELLED)

    assert (report.status, report.error_code, report.retryable) == ("cancelled", "cancelled", False)


def test_the_metadata_tells_how_the_job_was_made() -> None:
    stages = {"load": 0.5, "generate": 2.25, "upload": 0.1}
    order = job_order(num_images=3, seed=5, compel_enabled=True, compel_weights="(sea:1.3)")

    metadata = job_metadata(order, FakeGenerator(), "worker-1", stages, ["Twice.", "Once.", "Twice."])

    assert metadata == {
        "job_type": "sdxl_image_fast",
        "original_prompt": PROMPT,
        "seed": 5,
        "num_images": 3,
        "model_variant": "fake",
        "worker_used": "sdxl",
        "worker_id": "worker-1",
        "device": "none",
        "versions": {},
        "model_load_seconds": 0.0,
        "generation_time": 2.25,
        "stage_seconds": stages,
        "warnings": ["Twice.", "Once."],
        "final_prompt": f"{PROMPT}, (sea:1.3)",
        "compel_enabled": True,
        "compel_weights": "(sea:1.3)",
        "compel_success": True,
        "enhancement_strategy": "compel",
    }
