"""What Schemathesis (https://schemathesis.readthedocs.io) finds in the document, against the running functions."""

from typing import Any

import schemathesis
from schemathesis import Case
from schemathesis.checks import CheckContext
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.transport import Response

from devstack.project import Project
from tests.attacks.conftest import Attacker
from tests.fixtures.operations import DOCUMENT

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
    """503 is an answer where nobody serves what was asked for."""
    code = response.json().get("code") if response.status_code >= 500 else None
    assert response.status_code < 500 or code == "type_unavailable", f"{case.method} {case.path}: {response.text[:300]}"


@schema.parametrize()
def test_no_crash_and_nothing_that_is_not_documented(case: Case, attacker: Attacker, project: Project) -> None:
    security: list[Any] = case.operation.definition.raw["security"]
    headers = attacker.credentials[next(iter(security[0]))] if security else {}
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
