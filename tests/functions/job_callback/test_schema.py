"""Every shape in which a worker ever reported, read into one."""

from typing import Any

import pytest
from pydantic import ValidationError

from functions.job_callback.schema import JobCallbackRequest

JOB_ID = "348f115d-9fe0-4a8c-a234-70efcafeeab3"
PATH = f"145191e0-ba6f-4ba7-a344-a432361a8571/{JOB_ID}/1-0.png"


def read(**fields: Any) -> JobCallbackRequest:
    return JobCallbackRequest.model_validate({"job_id": JOB_ID, "status": "completed", **fields})


def one_output(asset: Any) -> dict[str, Any]:
    (output,) = read(assets=[asset]).reported_outputs()
    return output


def refused(**fields: Any) -> set[str]:
    """The fields at fault."""
    with pytest.raises(ValidationError) as caught:
        read(**fields)
    return {str(problem["loc"][0]) for problem in caught.value.errors()}


@pytest.mark.parametrize("name", ["job_id", "jobId", "id"])
def test_the_job_is_named_in_each_spelling(name: str) -> None:
    request = JobCallbackRequest.model_validate({name: JOB_ID, "status": "failed"})
    assert str(request.job_id) == JOB_ID


class TestAssets:
    def test_a_bare_path(self) -> None:
        assert one_output(PATH) == {"index": 0, "path": PATH, "thumbnail_path": None, "metadata": {}}

    def test_type_url_and_metadata(self) -> None:
        asset = {
            "type": "image",
            "url": PATH,
            "thumbnail_url": "u/j/1-0.thumb.webp",
            "metadata": {"asset_index": 2, "width": 64, "height": 32, "seed": 5, "scheduler": "euler"},
        }
        assert one_output(asset) == {
            "index": 2,
            "path": PATH,
            "thumbnail_path": "u/j/1-0.thumb.webp",
            "metadata": asset["metadata"],
        }

    def test_asset_type_and_temp_storage_path(self) -> None:
        asset = {
            "assetType": "video",
            "tempStoragePath": PATH,
            "fileSizeBytes": 5,
            "mimeType": "video/mp4",
            "durationSeconds": 5.0625,
            "assetIndex": 1,
        }
        assert one_output(asset) == {
            "index": 1,
            "path": PATH,
            "thumbnail_path": None,
            "metadata": {"duration_seconds": 5.0625},
        }

    @pytest.mark.parametrize("asset", [f"workspace-temp/{PATH}", {"url": f"workspace-temp/{PATH}"}])
    def test_the_bucket_s_name_in_front_is_dropped(self, asset: Any) -> None:
        assert one_output(asset)["path"] == PATH

    def test_an_index_of_zero_is_one(self) -> None:
        assets = [{"url": "b", "metadata": {"asset_index": 1}}, {"url": "a", "assetIndex": 0}]
        assert [output["index"] for output in read(assets=assets).reported_outputs()] == [1, 0]

    def test_without_an_index_the_place_in_the_list_counts(self) -> None:
        assert [output["index"] for output in read(assets=["a", "b", {"url": "c"}]).reported_outputs()] == [0, 1, 2]

    def test_a_failed_upload_does_not_shift_the_others(self) -> None:
        """K7: the index is the worker's, not the place in the list."""
        assets = [{"url": f"{i}.png", "metadata": {"asset_index": i}} for i in (1, 2)]
        assert [output["index"] for output in read(assets=assets).reported_outputs()] == [1, 2]

    def test_the_documents_results_are_the_assets(self) -> None:
        assert read(results={"assets": [{"tempStoragePath": PATH}]}).reported_outputs()[0]["path"] == PATH

    @pytest.mark.parametrize("asset", [5, None, {}, {"url": 5}, {"type": "image"}, {"url": "a", "metadata": ["x"]}, []])
    def test_anything_else_is_refused(self, asset: Any) -> None:
        with pytest.raises(ValidationError):
            read(assets=[asset])

    def test_a_whole_number_told_as_a_fraction_is_whole(self) -> None:
        assert one_output({"url": PATH, "metadata": {"width": 64.0, "seed": "7"}})["metadata"] == {
            "width": 64,
            "seed": 7,
        }

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("width", [0, -1, 64.5, "wide", 2**31, [64]]),
            ("height", [0, -1, 64.5, "high", 2**31]),
            ("seed", [-1, 1.5, "random", 2**63]),
            ("duration_seconds", [-1, "long", 10**9]),
        ],
    )
    @pytest.mark.parametrize("list_name", ["assets", "outputs"])
    def test_a_number_that_fits_no_column_is_the_worker_s_mistake(
        self, list_name: str, name: str, values: list[Any]
    ) -> None:
        """Refused as such, rather than a defect of ours that the worker would report again and again."""
        for value in values:
            output = {"index": 0, "path": PATH, "metadata": {name: value}}
            assert refused(**{list_name: [output]}) == {list_name}

    @pytest.mark.parametrize("index", [-1, 100, 1.5, "first"])
    def test_an_index_out_of_any_bounds_is_refused(self, index: Any) -> None:
        assert refused(assets=[{"url": PATH, "assetIndex": index}]) == {"assets"}
        assert refused(outputs=[{"index": index, "path": PATH}]) == {"outputs"}


class TestError:
    @pytest.mark.parametrize("name", ["error_message", "errorMessage", "error"])
    def test_its_text_is_read_in_each_spelling(self, name: str) -> None:
        assert read(status="failed", **{name: "out of memory"}).error_message == "out of memory"

    @pytest.mark.parametrize("name", ["error_message", "errorMessage", "error"])
    def test_an_object_is_taken_apart(self, name: str) -> None:
        """K6: an error object is not stored as JSON text."""
        error = {"code": "out_of_memory", "message": "The GPU is full.", "retryable": True}
        request = read(status="failed", **{name: error})
        assert (request.error_message, request.error_code, request.retryable) == (
            *("The GPU is full.", "out_of_memory", True),
        )

    def test_fields_beside_the_object_win_over_it(self) -> None:
        error = {"code": "theirs", "message": "text", "retryable": True}
        request = read(status="failed", error=error, error_code="network", retryable=False)
        assert (request.error_code, request.retryable) == ("network", False)

    def test_a_whole_traceback_is_cut_and_heard(self) -> None:
        assert read(status="failed", error_message="x" * 100_000).error_message == "x" * 2000


class TestBounds:
    @pytest.mark.parametrize("status", ["processing", "completed", "failed", "cancelled"])
    def test_each_status_is_read(self, status: str) -> None:
        assert read(status=status).status == status

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("job_id", ["not a uuid", 5, None]),
            ("status", ["done", "queued", "", None, 5]),
            ("worker_id", ["x" * 201, 5]),
            ("claim_id", ["", "x" * 201]),
            ("progress", [-0.01, 1.01, "half"]),
            ("stage", ["x" * 101]),
            ("outputs", [[{"index": i, "path": "p"} for i in range(7)], [{"index": 0}], [{"path": "p"}], "p"]),
            ("text", ["x" * 100_001]),
            ("assets", [["p"] * 7, "p"]),
            ("error_code", ["x" * 101, 5]),
            ("enhanced_prompt", ["x" * 4001]),
            ("metadata", ["text", []]),
        ],
    )
    def test_a_field_outside_its_bounds_is_refused_and_named(self, name: str, values: list[Any]) -> None:
        for value in values:
            assert refused(**{name: value}) == {name}, value

    def test_nulls_count_as_left_out(self) -> None:
        names = set(JobCallbackRequest.model_fields) - {"job_id", "status"}
        assert read(**dict.fromkeys(names)) == read()

    def test_an_enhanced_prompt_is_read_in_both_spellings(self) -> None:
        assert read(enhancedPrompt="x").enhanced_prompt == read(enhanced_prompt="x").enhanced_prompt == "x"

    def test_who_the_worker_says_the_owner_is_has_no_field(self) -> None:
        """K2: the owner is the job's."""
        assert not {"userId", "user_id"} & set(JobCallbackRequest.model_fields)
