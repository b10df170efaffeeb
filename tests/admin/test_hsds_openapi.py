"""Our OpenAPI document and its page tell exactly what there is, and answers are as they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import text
from starlette.routing import Mount, Route

from admin.app import create_app
from admin.hsds.parameters import PARAMETERS
from admin.settings import AdminSettings
from directory.database import open_engine, open_transaction
from directory.exchange.files import import_file
from tests.admin import hsds_directory

ROOT = Path(__file__).parents[2]
HSDS = ROOT.parent / "shared" / "hsds" / "schema"
FULL_SERVICE = ROOT / "tests" / "directory" / "full_service.json"
Serve = Callable[[str], AbstractContextManager[httpx.Client]]


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """A service with everything that HSDS knows, verified."""
    url = f"sqlite:///{tmp_path_factory.mktemp('foreign') / 'directory.sqlite3'}"
    engine = open_engine(url)
    import_file(engine, FULL_SERVICE)
    with open_transaction(engine) as connection:
        connection.execute(
            text(
                "UPDATE service SET vetting_state = 'verified', assured_date = '2026-01-01',"
                " valid_until = '2999-01-01'"
            )
        )
    with serve(url) as client:
        yield client


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> Iterator[httpx.Client]:
    """Public services among hidden ones."""
    url = f"sqlite:///{tmp_path_factory.mktemp('mixed') / 'directory.sqlite3'}"
    hsds_directory.fill(open_engine(url))
    with serve(url) as client:
        yield client


@pytest.fixture(params=["mixed", "foreign", "demo"])
def client(request: pytest.FixtureRequest) -> httpx.Client:
    """Directories of different kinds."""
    found: httpx.Client = request.getfixturevalue(request.param)
    return found


def document(client: httpx.Client) -> dict[str, Any]:
    """Our OpenAPI document."""
    answer: dict[str, Any] = client.get("/hsds/openapi.json").json()
    return answer


def routes(tmp_path: Path) -> set[str]:
    """The paths that the API really has."""
    app = create_app(AdminSettings(directory_url=f"sqlite:///{tmp_path / 'none.sqlite3'}"))
    (api,) = (route for route in app.routes if isinstance(route, Mount))
    return {route.path for route in api.routes if isinstance(route, Route)}


# The document


def test_given_the_routes_then_the_document_tells_exactly_these(
    demo: httpx.Client, tmp_path: Path
) -> None:
    assert set(document(demo)["paths"]) == routes(tmp_path)


def test_given_the_document_then_every_parameter_and_schema_of_it_is_used(
    demo: httpx.Client,
) -> None:
    told = document(demo)
    used = json.dumps(told)
    for kind, names in told["components"].items():
        for name in names:
            assert f'"#/components/{kind}/{name}"' in used, (kind, name)
    assert set(PARAMETERS) <= set(told["components"]["parameters"])


def test_given_the_document_then_its_schemas_are_schemas_and_its_examples_fit(
    demo: httpx.Client,
) -> None:
    told = document(demo)
    for schema in told["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for operations in told["paths"].values():
        for media in operations["get"]["responses"]["200"]["content"].values():
            for example in media.get("examples", {}).values():
                assert faults(told, media["schema"], example["value"]) == []


def test_given_the_root_then_it_names_the_profile_and_the_document(demo: httpx.Client) -> None:
    about = demo.get("/hsds/").json()
    assert about["version"] == "3.0"
    assert demo.get(about["openapi_url"]).json()["openapi"] == "3.1.0"
    assert "profile" in demo.get(about["profile"]).text


# The page for people


class Page(HTMLParser):
    """Collects headings, tags and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: set[str] = set()
        self.anchors: set[str] = set()
        self.headings: list[str] = []
        self._heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        self.addresses |= {str(values[name]) for name in ("href", "src") if name in values}
        self.anchors |= {str(values["id"])} if "id" in values else set()
        self._heading = self._heading or tag == "h3"

    def handle_endtag(self, tag: str) -> None:
        self._heading = self._heading and tag != "h3"

    def handle_data(self, data: str) -> None:
        if self._heading:
            self.headings.append(data)


def test_given_the_routes_then_the_page_shows_exactly_these_without_script_or_strangers(
    demo: httpx.Client, tmp_path: Path
) -> None:
    answer = demo.get("/hsds/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    page = Page()
    page.feed(answer.text)
    shown = {heading[4:] for heading in page.headings if heading.startswith("GET ")}
    assert shown == routes(tmp_path)
    assert not {"script", "style", "link", "img", "iframe", "form"} & page.tags
    inner = {address[1:] for address in page.addresses if address.startswith("#")}
    assert inner <= page.anchors
    assert {address for address in page.addresses if not address.startswith("#")} == {
        "openapi.json"
    }


# Answers


def faults(told: dict[str, Any], schema: dict[str, Any], content: Any) -> list[str]:
    """What is wrong with the content, by our own schemas."""
    whole = {**schema, "components": told["components"]}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [
        f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(content)
    ]


LISTS = {
    "services": ["", "full=true", "minimal=true", "search=talk"],
    "organizations": ["", "full=true", "full_service=true"],
    "service_at_locations": ["", "full=true"],
    "taxonomies": [""],
    "taxonomy_terms": ["", "top_only=true"],
}


@pytest.mark.parametrize("name", LISTS)
def test_given_any_answer_then_it_is_as_our_document_says(client: httpx.Client, name: str) -> None:
    told = document(client)
    schemas = [told["paths"][path]["get"] for path in (f"/{name}", f"/{name}/{{id}}")]
    listed, single = (
        operation["responses"]["200"]["content"]["application/json"]["schema"]
        for operation in schemas
    )
    for query in LISTS[name]:
        page = client.get(f"/hsds/{name}?per_page=5&{query}").json()
        assert faults(told, listed, page) == []
    for record in page["contents"]:
        content = client.get(f"/hsds/{name}/{record['id']}").json()
        assert faults(told, single, content) == []


@pytest.mark.parametrize("query", ["full=true", "minimal=true", ""])
def test_given_lines_then_each_is_one_of_the_records_of_the_document(
    client: httpx.Client, query: str
) -> None:
    told = document(client)
    listed = told["paths"]["/services"]["get"]["responses"]["200"]["content"]
    items = listed["application/json"]["schema"]["properties"]["contents"]["items"]
    answer = client.get(f"/hsds/services?format=ndjson&{query}")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == client.get("/hsds/services").json()["total_items"]
    for line in lines[:20]:
        assert faults(told, items, line) == []


def hsds_schema(name: str) -> dict[str, Any]:
    """A schema of the specification. Skips the test where the specification is not at hand."""
    if not HSDS.exists():
        pytest.skip("the HSDS specification is not at hand (../shared/hsds)")
    if name.startswith("taxonomy"):
        tabular = json.loads((HSDS / "compiled" / "tabular.json").read_text())
        found: dict[str, Any] = tabular["properties"][name]["items"]
        return found
    compiled: dict[str, Any] = json.loads((HSDS / "compiled" / f"{name}.json").read_text())
    return compiled


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("services", "service_list"),
        ("services?full=true", "service"),
        ("services/{id}", "service"),
        ("organizations", "organization_list"),
        ("organizations?full=true", "organization"),
        ("organizations?full_service=true", "organization"),
        ("organizations/{id}", "organization"),
        ("organizations/{id}?full_service=true", "organization"),
        ("service_at_locations", "service_at_location_list"),
        ("service_at_locations?full=true", "service_at_location"),
        ("service_at_locations/{id}", "service_at_location"),
        ("taxonomies", "taxonomy"),
        ("taxonomies/{id}", "taxonomy"),
        ("taxonomy_terms", "taxonomy_term"),
        ("taxonomy_terms/{id}", "taxonomy_term"),
    ],
)
def test_given_any_record_then_it_is_as_hsds_says(
    client: httpx.Client, path: str, schema: str
) -> None:
    validator = Draft202012Validator(hsds_schema(schema), format_checker=FormatChecker())
    if "{id}" not in path:
        records = client.get(f"/hsds/{path}").json()["contents"][:5]
    else:
        ids = [one["id"] for one in client.get(f"/hsds/{path.split('/')[0]}").json()["contents"]]
        records = [client.get("/hsds/" + path.format(id=id_)).json() for id_ in ids[:5]]
    for record in records:
        messages = [
            f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(record)
        ]
        assert messages == []


def test_given_the_page_of_hsds_then_ours_has_its_properties_and_parameters(
    demo: httpx.Client,
) -> None:
    if not HSDS.exists():
        pytest.skip("the HSDS specification is not at hand (../shared/hsds)")
    theirs = json.loads((HSDS / "openapi.json").read_text())
    ours = document(demo)
    pages = (d["components"]["schemas"]["Page"]["properties"] for d in (theirs, ours))
    assert set(next(pages)) <= set(next(pages))
    assert set(theirs["paths"]) <= set(ours["paths"])
    for path, item in theirs["paths"].items():
        wanted = {name_of(theirs, entry) for entry in item["get"].get("parameters", ())}
        have = {name_of(ours, entry) for entry in ours["paths"][path]["get"].get("parameters", ())}
        assert wanted <= have


def name_of(told: dict[str, Any], parameter: dict[str, Any]) -> str:
    """The name of a parameter that may be a reference."""
    if "$ref" in parameter:
        parameter = told["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]]
    name: str = parameter["name"]
    return name
