"""What Schemathesis (https://schemathesis.readthedocs.io) finds in the document, against the running functions."""

from typing import Any

import schemathesis
from schemathesis import Case
from schemathesis.checks import CheckContext
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.transport import Response

from devstack.project import Project
from tests.attacks.conftest import Attacker, assert_no_crash
from tests.fixtures.operations import BESIDE, DOCUMENT

EXAMPLES = 6

CONFIG = SchemathesisConfig(
    projects=ProjectsConfig(
        default=ProjectConfig(
            generation=GenerationConfig(
                max_examples=EXAMPLES, deterministic=True, no_shrink=True, with_security_parameters=False
            )
        )
    )
)
schema = schemathesis.openapi.from_dict(DOCUMENT, config=CONFIG)


def no_crash(_: CheckContext, response: Response, case: Case) -> None:
    assert_no_crash(response.status_code, response.text, f"{case.method} {case.path}")


@schema.parametrize()
def test_no_crash_and_nothing_that_is_not_documented(case: Case, attacker: Attacker, project: Project) -> None:
    raw: dict[str, Any] = case.operation.definition.raw
    security: list[Any] = raw["security"]
    headers = attacker.credentials[next(iter(security[0]))] if security else {}
    beside = BESIDE.get(raw["operationId"])
    if beside is not None and isinstance(case.body, dict):
        case.body = {**case.body, **beside}
    case.call_and_validate(
        base_url=project.functions_url,
        headers=headers,
        checks=[
            no_crash,
            schemathesis.checks.status_code_conformance,
            schemathesis.checks.content_type_conformance,
            schemathesis.checks.response_schema_conformance,
        ],
    )
