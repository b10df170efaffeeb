"""Bad files: each fault is told with its file, its place and what to do; nothing is taken over."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from directory.database import open_session
from directory.errors import BadDataError
from directory.exchange.files import export_file, import_file
from directory.exchange.json_stream import read_records
from directory.exchange.values import LONGEST_TEXT
from directory.models import Organization, Service

ORGANIZATION = "00000000-0000-4000-8000-000000000001"
SERVICE = "00000000-0000-4000-8000-000000000002"
OTHER = "00000000-0000-4000-8000-000000000003"
PHONE = "00000000-0000-4000-8000-000000000004"

Tables = dict[str, list[dict[str, Any]]]


def tables() -> Tables:
    """A good package: an organization, a service and its number."""
    return {
        "organizations.csv": [{"id": ORGANIZATION, "name": "Org", "description": "What it is"}],
        "services.csv": [
            {"id": SERVICE, "organization_id": ORGANIZATION, "name": "One", "status": "active"}
        ],
        "phones.csv": [{"id": PHONE, "service_id": SERVICE, "number": "+44 20 7946 0000"}],
    }


def csv_text(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list({name: None for row in rows for name in row}))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def folder(path: Path, content: Tables, **raw: bytes) -> Path:
    """The package as a folder; `raw` files, named without .csv, replace those of `content`."""
    path.mkdir()
    for name, rows in content.items():
        (path / name).write_text(csv_text(rows), encoding="utf-8", newline="")
    for name, data in raw.items():
        (path / f"{name}.csv").write_bytes(data)
    return path


def json_file(path: Path, content: Tables) -> Path:
    """The same records as a nested document."""
    organization = content["organizations.csv"][0]
    services = [
        {
            **{name: value for name, value in row.items() if name != "organization_id"},
            "organization": organization,
            "phones": [
                {name: value for name, value in phone.items() if name != "service_id"}
                for phone in content["phones.csv"]
            ],
        }
        for row in content["services.csv"]
    ]
    path.write_text(json.dumps(services), encoding="utf-8")
    return path


def refusal(engine: Engine, path: Path) -> str:
    """What the import says; and it has taken nothing over."""
    with pytest.raises(BadDataError) as caught:
        import_file(engine, path)
    with open_session(engine) as session:
        for model in (Service, Organization):
            assert session.execute(select(func.count(model.id))).scalar() == 0
    return str(caught.value)


def test_given_the_good_package_then_it_is_imported(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    assert import_file(new_engine(), folder(tmp_path / "in", tables())).created == 1
    assert import_file(new_engine(), json_file(tmp_path / "in.json", tables())).created == 1


# File, column, value, and what is said about it: in both formats.
VALUES = [
    ("services.csv", "status", "open", "must be one of active, inactive"),
    ("services.csv", "assured_date", "31.12.2026", "must be a date, YYYY-MM-DD"),
    ("services.csv", "assured_date", "2026-02-30", "must be a date, YYYY-MM-DD"),
    ("services.csv", "last_modified", "2026-01-01T25:00:00Z", "must be a date and time"),
    ("services.csv", "id", "S-1", "must be a UUID"),
    ("services.csv", "name", "x" * 301, "is longer than 300 characters"),
    ("services.csv", "name", "  ", "must not be empty"),
    ("services.csv", "description", "x" * (LONGEST_TEXT + 1), "is longer than 1000000 char"),
    ("services.csv", "name", "bell\x07", "holds the control character U+0007; take it out"),
    ("services.csv", "url", " JavaScript:alert(1)", "must be the address of a page"),
    ("organizations.csv", "parent_organization_id", "none", "must be a UUID"),
    ("phones.csv", "type", "drum", "must be one of voice, text"),
]


@pytest.mark.parametrize(
    ("file", "column", "value", "what"), VALUES, ids=[f"{v[1]}-{v[3][:30]}" for v in VALUES]
)
def test_given_a_wrong_value_then_both_formats_say_where_it_is_and_what_it_must_be(
    engine: Engine, tmp_path: Path, file: str, column: str, value: str, what: str
) -> None:
    content = tables()
    content[file][0][column] = value
    assert what in refusal(engine, json_file(tmp_path / "in.json", content))
    told = refusal(engine, folder(tmp_path / "in", content))
    assert f"in, {file}, line 2, column {column}: {what}" in told


NUMBERS = [
    ({"minimum_age": "twelve"}, "must be a number"),
    ({"minimum_age": "1_0"}, "must be a number"),
    ({"minimum_age": "nan"}, "must be a number"),
    ({"minimum_age": "1e999"}, "is too large for a number"),
    ({"minimum_age": "-1"}, "must be an age in years"),
    ({"minimum_age": "18", "maximum_age": "5"}, "is below minimum_age"),
    ({"anonymous": "maybe"}, "must be true or false"),
]


@pytest.mark.parametrize(("values", "what"), NUMBERS)
def test_given_a_wrong_number_in_a_cell_then_it_is_named(
    engine: Engine, tmp_path: Path, values: dict[str, str], what: str
) -> None:
    content = tables()
    content["services.csv"][0].update(values)
    told = refusal(engine, folder(tmp_path / "in", content))
    assert f"services.csv, line 2, column {list(values)[-1]}: {what}" in told


PHONES = [
    ({"number": "call us", "country": "GB"}, "number: holds characters that cannot be dialled"),
    ({"number": "+44 1", "country": "GB"}, "number: is not a telephone number"),
    ({"number": "020 7946 0000 1111 2222", "country": "GB"}, "number: is not"),
    ({"number": "020 3879 8560", "country": "Britain"}, "country: is longer than 2"),
    ({"number": "020 3879 8560", "country": "gb"}, "country: must be a code of two capital"),
    ({"number": "020 3879 8560", "country": "GB", "e164": "+442038798561"}, "e164: is not the"),
    ({"number": "119", "reachable_from_abroad": "true"}, "reachable_from_abroad: needs"),
]


@pytest.mark.parametrize(("values", "what"), PHONES)
def test_given_a_number_that_cannot_be_one_in_its_country_then_it_is_refused(
    engine: Engine, tmp_path: Path, values: dict[str, str], what: str
) -> None:
    content = tables()
    content["phones.csv"][0].update(values)
    told = refusal(engine, folder(tmp_path / "in", content))
    assert f"phones.csv, line 2, column {what}" in told


@pytest.mark.parametrize(
    "values",
    [
        {"number": '"+44 1234 234567"'},
        {"number": "0800 CALL US"},
        {"number": "116 111", "country": "FR"},
        {"number": "020 3879 8560", "country": "GB", "e164": "+442038798560"},
    ],
)
def test_given_a_number_without_country_or_a_short_one_then_it_is_taken_as_it_is(
    engine: Engine, tmp_path: Path, values: dict[str, str]
) -> None:
    content = tables()
    content["phones.csv"][0].update(values)
    assert import_file(engine, folder(tmp_path / "in", content)).created == 1
    export_file(engine, tmp_path / "out")
    with (tmp_path / "out" / "phones.csv").open(newline="", encoding="utf-8") as lines:
        assert next(csv.DictReader(lines))["number"] == values["number"]


def test_given_a_service_of_a_missing_organization_then_it_is_named(
    engine: Engine, tmp_path: Path
) -> None:
    content = tables()
    content["services.csv"][0]["organization_id"] = OTHER
    told = refusal(engine, folder(tmp_path / "in", content))
    assert "in, services.csv, line 2, column organization_id: " in told
    assert OTHER in told


def test_given_a_service_without_organization_then_both_formats_say_so(
    engine: Engine, tmp_path: Path
) -> None:
    content = tables()
    content["services.csv"][0]["organization_id"] = ""
    told = refusal(engine, folder(tmp_path / "in", content))
    assert "services.csv, line 2, column organization_id: must not be empty" in told
    (tmp_path / "in.json").write_text(
        json.dumps([{"id": SERVICE, "name": "One", "status": "active"}]), encoding="utf-8"
    )
    assert "/0: organization_id is missing" in refusal(engine, tmp_path / "in.json")


def test_given_an_id_twice_with_other_facts_then_both_formats_refuse_it(
    engine: Engine, tmp_path: Path
) -> None:
    content = tables()
    content["services.csv"].append({**content["services.csv"][0], "name": "Two"})
    content["phones.csv"] = []
    told = refusal(engine, json_file(tmp_path / "in.json", content))
    assert f"in.json, /1, column name: the id {SERVICE} is used twice" in told
    del content["phones.csv"]
    told = refusal(engine, folder(tmp_path / "in", content))
    assert f"in, services.csv, line 3, column name: the id {SERVICE} is used twice" in told


HEADER = b"id,organization_id,name,status\r\n"
ROW = f"{SERVICE},{ORGANIZATION},".encode()
# The bytes of services.csv, and what is said.
BYTES = [
    (HEADER + ROW + "Café,active\r\n".encode("latin-1"), "line 2: is not UTF-8 (byte 78 of"),
    (HEADER.decode().encode("utf-16"), "line 1: is not UTF-8"),
    (b"", "line 1: is empty; the first line must hold the names"),
    (b"\xef\xbb\xbf\r\n", "line 1: is empty"),
    (b"id;organization_id;name;status\r\n", "line 1: is not separated by commas"),
    (b"id,organisation,name,status\r\n", "line 1, column organization_id: is missing; the col"),
    (b"id,organization_id,name,status,name\r\n", "line 1, column name: is there twice"),
    (HEADER + ROW + b"One\r\n", "line 2: has 3 cells instead of 4"),
    (HEADER + ROW + b"One,active,,,5\r\n", "line 2: has 7 cells instead of 4"),
    (HEADER + ROW + b"O\0ne,active\r\n", "line 2: holds a NUL character; take it out"),
    (HEADER + ROW + b'"One,active\r\n', "line 2: is not CSV as RFC 4180 has it"),
    (HEADER + ROW + b'"One" two,active\r\n', "line 2: is not CSV as RFC 4180 has it"),
    (HEADER + ROW + b'"' + b"x" * (LONGEST_TEXT + 2) + b'",active\r\n', "line 2: a cell is long"),
    (HEADER + b'\r\n"a\r\nb",,,\r\n,,x,y\r\n', "line 5, column id: must not be empty"),
    (HEADER + ROW + b"One,\r\n", "line 2, column status: must not be empty"),
]


@pytest.mark.parametrize(("data", "what"), BYTES, ids=[what for _, what in BYTES])
def test_given_a_file_that_is_no_such_table_then_its_line_is_named(
    engine: Engine, tmp_path: Path, data: bytes, what: str
) -> None:
    told = refusal(engine, folder(tmp_path / "in", tables(), services=data))
    assert f"in, services.csv, {what}" in told


def test_given_faults_in_several_files_then_all_of_them_are_told(
    engine: Engine, tmp_path: Path
) -> None:
    content = tables()
    content["services.csv"][0] |= {"status": "open", "minimum_age": "x"}
    content["phones.csv"][0]["type"] = "drum"
    told = refusal(engine, folder(tmp_path / "in", content)).splitlines()
    assert [line.split(": ")[0] for line in told] == [
        "in, services.csv, line 2, column status",
        "in, services.csv, line 2, column minimum_age",
        "in, phones.csv, line 2, column type",
    ]


def test_given_columns_and_files_without_a_place_then_they_are_named_and_the_rest_is_imported(
    engine: Engine, tmp_path: Path
) -> None:
    content = tables()
    content["services.csv"][0] |= {"colour": "red", "vetting_state": "verified"}
    content["extra.csv"] = [{"id": "1"}]
    report = import_file(engine, folder(tmp_path / "in", content))
    assert report.created == 1
    assert report.ignored == ("extra.csv", "service.colour", "service.vetting_state")


@pytest.mark.parametrize("name", ["in.txt", "in.xlsx", "in"])
def test_given_another_kind_of_file_then_it_says_what_can_be_imported(
    engine: Engine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    told = refusal(engine, tmp_path / name)
    assert "must be a folder, or end in .csv, .json, .zip" in told


def test_given_no_such_file_then_it_is_an_operating_system_error(
    engine: Engine, tmp_path: Path
) -> None:
    for name in ("none.zip", "none.json"):
        with pytest.raises(FileNotFoundError):
            import_file(engine, tmp_path / name)


def test_given_a_script_in_a_name_then_it_is_kept_as_text_and_the_json_stays_valid(
    engine: Engine, tmp_path: Path
) -> None:
    name = '</script><script>alert("1")</script>\u2028'
    content = tables()
    content["services.csv"][0]["name"] = name
    import_file(engine, json_file(tmp_path / "in.json", content))
    export_file(engine, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))[0]["name"] == name


JSON_BYTES = [
    (b"", "in.json, line 1, character 1: not JSON"),
    (b"  \n", "in.json, line 2, character 1: not JSON"),
    (b"<html>", "in.json, line 1, character 1: not JSON"),
    (b"id,name\n1,x\n", "in.json, line 1, character 1: not JSON"),
    (b'[{"id": 1},\n {"id" 2}]', "in.json, line 2, character 8: not JSON"),
    (b'[{"id": 1}', "in.json, line 1, character 11: not JSON"),
    (b'[{"id": 1}] x', "in.json, line 1, character 13: not JSON: something follows"),
    (b'{"contents": [{}], 5}', "in.json, line 1, character 20: not JSON"),
    (b'["\n', "in.json, line 1, character 3: not JSON"),
    ('[\n{"name": "Café"}]'.encode("latin-1"), "in.json, line 2 (byte 15): is not UTF-8"),
    ("[]".encode("utf-16"), "in.json, line 1 (byte 0): is not UTF-8"),
    (b"[" * 200_000, "nested too deeply"),
    (b'{"a":' * 200_000, "nested too deeply"),
    (b'[{"minimum_age": -Infinity}]', "in.json, /0: not JSON: -Infinity is not a JSON number"),
    (b"5", "in.json, /: must be an object"),
    (b"[[]]", "in.json, /0: must be an object"),
    (b"{}", "in.json, /: is no record of HSDS; those are service, organization"),
    (b'[{"type": "Feature", "geometry": {}}]', "in.json, /0: is no record of HSDS"),
]


@pytest.mark.parametrize(("data", "what"), JSON_BYTES, ids=[what for _, what in JSON_BYTES])
def test_given_a_file_that_is_no_hsds_json_then_its_place_is_named(
    engine: Engine, tmp_path: Path, data: bytes, what: str
) -> None:
    (tmp_path / "in.json").write_bytes(data)
    assert what in refusal(engine, tmp_path / "in.json")


def test_given_a_long_list_then_it_is_read_piece_by_piece_and_a_late_fault_is_found(
    tmp_path: Path,
) -> None:
    path = tmp_path / "in.json"
    lines = [json.dumps({"id": n, "text": "ü" * 1000}, ensure_ascii=False) for n in range(5000)]
    path.write_text("[\n" + ",\n".join(lines) + "\n, oops]", encoding="utf-8")
    told: list[tuple[int, int]] = []
    records = read_records(path, (), lambda done, total: told.append((done, total)))
    first = next(records)
    assert (first[0], first[2]["id"]) == ("/0", 0)
    size = path.stat().st_size
    assert told[-1][0] < size / 4
    seen = 1
    with pytest.raises(BadDataError, match="line 5002, character 3: not JSON"):
        for pointer, _, record in records:
            assert pointer == f"/{record['id']}"
            seen += 1
    assert (seen, told[-1]) == (5000, (size, size))
