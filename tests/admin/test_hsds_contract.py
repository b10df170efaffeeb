"""The API keeps its own OpenAPI document: schemathesis asks whatever the document allows, and not.

It checks, among other things, that no question makes the server fail, that status, headers and
content are as the document says, that what is wrong is refused and what is right is not.
"""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from tests.admin.hsds_directory import uid

EXAMPLES = 10

# 404 for a right id that is not there, 422 for parameters that contradict each other.
CONFIG = {
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "404", "422"]}},
    "generation": {"database": "none"},
}


@pytest.fixture(scope="module")
def api(rich: httpx.Client) -> schemathesis.BaseSchema:
    """The API of the directory, as it describes itself."""
    config = SchemathesisConfig.from_dict(CONFIG)
    return schemathesis.openapi.from_url(f"{rich.base_url}/hsds/openapi.json", config=config)


everything = schemathesis.pytest.from_fixture("api")


@everything.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_given_any_question_then_the_answer_is_as_the_document_says(
    case: schemathesis.Case,
) -> None:
    case.call_and_validate()


@pytest.mark.parametrize(
    ("path", "id_"),
    [
        ("services", uid("service", "one")),
        ("organizations", uid("organization", "open")),
        ("service_at_locations", uid("sal", "one")),
        ("taxonomies", uid("taxonomy")),
        ("taxonomy_terms", uid("term", "used")),
    ],
)
def test_given_a_record_that_is_there_then_the_answer_is_as_the_document_says(
    api: schemathesis.BaseSchema, path: str, id_: str
) -> None:
    case = api[f"/{path}/{{id}}"]["GET"].Case(path_parameters={"id": id_})
    assert case.call_and_validate().status_code == 200
