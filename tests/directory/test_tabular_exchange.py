"""HSDS tabular data: the whole directory out and in again without loss, safe for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from directory.database import open_session, open_transaction
from directory.errors import BadDataError
from directory.exchange import package
from directory.exchange.datapackage import ADDITIONAL_COLUMNS
from directory.exchange.files import export_file, import_file
from directory.exchange.formulas import harmless, original
from directory.exchange.incoming import Row
from directory.exchange.tables import DATAPACKAGE, FILES, exchanged_columns
from directory.exchange.tabular_reader import read_tabular
from directory.exchange.values import must_not_be_empty
from directory.info import mark_as_demonstration
from directory.models import TaxonomyTerm, metadata
from tests.directory.test_hsds_exchange import DATA, full_service, write
from tests.starter_data import SERVICES


def everything(engine: Engine) -> dict[str, list[Any]]:
    """All rows that are exchanged, by table."""
    with open_session(engine) as session:
        return {
            name: session.execute(
                select(*exchanged_columns(name)).order_by(metadata.tables[name].c.id)
            ).all()
            for name in FILES
        }


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("target", ["out", "out.zip"])
def test_given_a_record_of_every_kind_then_another_directory_gets_the_same(
    new_engine: Callable[[], Engine], tmp_path: Path, target: str
) -> None:
    first, second = new_engine(), new_engine()
    import_file(first, write(tmp_path / "in.json", [full_service()]))
    assert export_file(first, tmp_path / target) == 1
    report = import_file(second, tmp_path / target)
    assert (report.created, report.ignored) == (1, ())
    assert everything(second) == everything(first)
    assert import_file(second, tmp_path / target).unchanged == 1


def test_given_the_starter_directory_then_csv_and_json_carry_the_same(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    import_file(first, DATA / "services.csv")
    export_file(first, tmp_path / "out.zip")
    assert import_file(second, tmp_path / "out.zip").created == SERVICES
    assert everything(second) == everything(first)
    export_file(first, tmp_path / "first.json")
    export_file(second, tmp_path / "second.json")
    assert (tmp_path / "first.json").read_text() == (tmp_path / "second.json").read_text()


NAMES = [
    '=HYPERLINK("https://example.org","here")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\tindented",
    "'quoted'",
    "'=already",
    "''=twice",
    "＝wide",
    "<script>alert(1)</script>",
    'a, "b"\r\nc\rd\ne;',
    "naïve, 日本語, العربية",
    " space around ",
    "O'Brien",
]


def test_given_formulas_and_scripts_then_no_cell_runs_and_nothing_is_lost(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    first, second = new_engine(), new_engine()
    services = [
        {**without_lists(), "id": f"00000000-0000-4000-8000-{n:012}", "name": name}
        for n, name in enumerate(NAMES)
    ]
    import_file(first, write(tmp_path / "in.json", services))
    export_file(first, tmp_path / "out")
    cells = [row["name"] for row in read_csv(tmp_path / "out" / "services.csv")]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r\n＝"]
    import_file(second, tmp_path / "out")
    export_file(second, tmp_path / "out.json")
    assert [s["name"] for s in json.loads((tmp_path / "out.json").read_text("utf-8"))] == NAMES


def without_lists() -> dict[str, Any]:
    service = {k: v for k, v in full_service().items() if not isinstance(v, (list, dict))}
    del service["slug"]
    return {**service, "organization": {"id": full_service()["id"], "name": "O", "description": ""}}


@given(st.text())
def test_given_any_text_then_its_cell_runs_nothing_and_gives_the_text_back(value: str) -> None:
    cell = harmless(value)
    assert (original(cell) if cell else cell) == value
    if cell and cell[0] in "=+-@\t\r\n":
        assert set(cell) <= set("+-0123456789 ().,/")


@pytest.mark.parametrize("number", ["+44 20 7946 0000", "+442079460000", "+44 (0)20-7946", "-1.5"])
def test_given_a_telephone_number_then_its_cell_is_the_number(number: str) -> None:
    assert harmless(number) == number


def test_given_an_export_then_its_datapackage_describes_exactly_its_files(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    export_file(engine, tmp_path / "out")
    resources = json.loads((tmp_path / "out" / DATAPACKAGE).read_text("utf-8"))["resources"]
    files = {file.name for file in (tmp_path / "out").iterdir()} - {DATAPACKAGE}
    assert files == {resource["path"] for resource in resources}
    tables = {r["name"]: read_csv(tmp_path / "out" / r["path"]) for r in resources}
    for resource in resources:
        header = (tmp_path / "out" / resource["path"]).read_text("utf-8").splitlines()[0]
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert header.split(",") == list(fields)
        assert resource["description"]
        for row in tables[resource["name"]]:
            for name, cell in row.items():
                follows(fields[name]["constraints"], cell)
            for key in resource["schema"].get("foreignKeys", []):
                ids = {parent["id"] for parent in tables[key["reference"]["resource"]]}
                assert row[key["fields"]] in ids | {""}


def follows(constraints: dict[str, Any], cell: str) -> None:
    assert cell or not constraints["required"]
    assert not cell or cell in constraints.get("enum", [cell])


def test_then_every_additional_column_that_is_described_exists() -> None:
    for table, names in ADDITIONAL_COLUMNS.items():
        assert names.keys() <= {column.name for column in exchanged_columns(table)}


def test_given_the_vetting_state_then_no_file_tells_it(engine: Engine, tmp_path: Path) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    export_file(engine, tmp_path / "out")
    columns = read_csv(tmp_path / "out" / "services.csv")[0].keys()
    assert not columns & {"vetting_state", "valid_until", "version", "last_editor"}


def test_given_a_demonstration_then_no_file_claims_that_somebody_assured_it(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    with open_transaction(engine) as connection:
        mark_as_demonstration(connection)
    export_file(engine, tmp_path / "out")
    assert read_csv(tmp_path / "out" / "services.csv")[0]["assured_date"] == ""


def test_given_terms_of_ours_then_only_those_in_use_are_written(
    engine: Engine, tmp_path: Path
) -> None:
    export_file(engine, tmp_path / "empty")
    assert read_csv(tmp_path / "empty" / "taxonomy_terms.csv") == []
    assert read_csv(tmp_path / "empty" / "taxonomies.csv") == []
    import_file(engine, DATA / "services.csv")
    export_file(engine, tmp_path / "out")
    used = {row["taxonomy_term_id"] for row in read_csv(tmp_path / "out" / "attributes.csv")}
    assert {row["id"] for row in read_csv(tmp_path / "out" / "taxonomy_terms.csv")} == used
    with open_session(engine) as session:
        assert len(session.execute(select(TaxonomyTerm.id)).all()) > len(used)


def test_given_an_empty_directory_then_its_export_can_be_imported(
    engine: Engine, tmp_path: Path
) -> None:
    assert export_file(engine, tmp_path / "out.zip") == 0
    assert import_file(engine, tmp_path / "out.zip").created == 0


def test_given_the_same_directory_twice_then_the_archives_are_the_same(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    export_file(engine, tmp_path / "a.zip")
    export_file(engine, tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_given_a_folder_with_other_files_then_nothing_is_written_into_it(
    engine: Engine, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").touch()
    with pytest.raises(BadDataError, match=r"letter\.txt; export into an empty folder"):
        export_file(engine, folder)
    assert [file.name for file in folder.iterdir()] == ["letter.txt"]


def test_given_a_folder_of_an_earlier_export_then_it_is_renewed(
    engine: Engine, tmp_path: Path
) -> None:
    export_file(engine, tmp_path / "out")
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    assert export_file(engine, tmp_path / "out") == 1
    assert len(read_csv(tmp_path / "out" / "services.csv")) == 1


def test_given_an_export_that_fails_then_the_old_file_stays(engine: Engine, tmp_path: Path) -> None:
    export_file(engine, tmp_path / "out.zip")
    before = (tmp_path / "out.zip").read_bytes()
    with open_transaction(engine) as connection:
        connection.execute(text("DROP TABLE provenance"))
    with pytest.raises(Exception, match="directory"):
        export_file(engine, tmp_path / "out.zip")
    assert (tmp_path / "out.zip").read_bytes() == before
    assert [file.name for file in tmp_path.glob("*unfinished*")] == []


def test_given_files_for_some_tables_then_the_others_stay_as_they_are(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "in.json", [full_service()]))
    export_file(engine, tmp_path / "out")
    for file in set(FILES.values()) - {"services.csv", "organizations.csv"}:
        (tmp_path / "out" / file).unlink()
    before = everything(engine)
    assert import_file(engine, tmp_path / "out").unchanged == 1
    assert everything(engine) == before


class Collected:
    """Keeps what a reader finds."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row, str]] = []
        self.faults: list[tuple[str, str | None, str]] = []
        self.left_out: list[str] = []
        self.tables: Sequence[str] = ()

    def add(self, table: str, row: Row, place: str) -> None:
        self.rows.append((table, row, place))

    def add_columns(
        self, table: str, columns: Mapping[str, Sequence[Any]], places: Sequence[str]
    ) -> None:
        for values, place in zip(zip(*columns.values(), strict=True), places, strict=True):
            row = dict(zip(columns, values, strict=True))
            self.add(table, {name: v for name, v in row.items() if v is not None}, place)

    def fault(self, place: str, field: str | None, what: str) -> None:
        self.faults.append((place, field, what))

    def ignored(self, name: str) -> None:
        self.left_out.append(name)

    def covers(self, tables: Sequence[str]) -> None:
        self.tables = tables


def read(path: Path) -> Collected:
    found = Collected()
    read_tabular(path, found, lambda done, total: None)
    return found


TAXONOMY = "id,name,description\n00000000-0000-4000-8000-000000000001,Name,Text\n"


def packed(path: Path, **files: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_given_an_archive_of_a_folder_then_its_files_are_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"export/taxonomies.csv": TAXONOMY}
    files["__MACOSX/export/taxonomies.csv"] = b"\0"
    path = packed(tmp_path / "in.zip", **files)
    assert [(table, place) for table, _, place in read(path).rows] == [
        ("taxonomy", "taxonomies.csv, line 2")
    ]


def test_given_names_that_lead_out_of_the_archive_then_nothing_is_written(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    path = packed(inside / "in.zip", **{"../../evil.csv": "x", "/etc/taxonomies.csv": TAXONOMY})
    found = read(path)
    assert (len(found.rows), found.left_out) == (1, ["evil.csv"])
    assert {file.name for file in tmp_path.rglob("*")} == {"inside", "in.zip"}


def test_given_an_archive_that_unpacks_to_far_more_then_it_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "in.zip", **{"taxonomies.csv": b"\n" * (package.SMALL_FILE + 1)})
    with pytest.raises(BadDataError, match="zip bomb"):
        read(path)


@pytest.mark.parametrize("spoil", [lambda b: b[:80], lambda b: b[:60] + b"\xff\xff" + b[62:]])
def test_given_a_damaged_archive_then_it_is_refused(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = packed(tmp_path / "in.zip", **{"taxonomies.csv": TAXONOMY * 3})
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BadDataError, match="cannot be read as a zip archive"):
        read(path)


@pytest.mark.parametrize(
    "files",
    [{}, {"letter.txt": "x"}, {"a/taxonomies.csv": TAXONOMY, "b/taxonomies.csv": TAXONOMY}],
)
def test_given_an_archive_without_known_files_or_with_two_of_one_name_then_it_is_refused(
    tmp_path: Path, files: dict[str, str]
) -> None:
    with pytest.raises(BadDataError, match="holds none of|holds taxonomies.csv twice"):
        read(packed(tmp_path / "in.zip", **files))


def test_given_a_byte_order_mark_and_windows_line_ends_then_they_are_no_part_of_the_data(
    tmp_path: Path,
) -> None:
    content = "\ufeff" + TAXONOMY.replace("\n", "\r\n") + "\r\n,,\r\n"
    path = packed(tmp_path / "in.zip", **{"taxonomies.csv": content.encode("utf-8")})
    found = read(path)
    assert found.faults == []
    assert [row["name"] for _, row, _ in found.rows] == ["Name"]


def test_given_values_of_each_type_then_they_are_read_as_their_columns_have_them(
    tmp_path: Path,
) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "organization_id", "name", "status", "minimum_age",
                     "anonymous", "last_modified", "assured_date", "colour"])  # fmt: skip
    id_ = "ABCDEF00-0000-4000-8000-000000000001"
    writer.writerow([id_, id_, "N", "active", "1e1", "TRUE",
                     "2026-01-02T03:04:05.5+0200", "2026-01-02", "red"])  # fmt: skip
    found = read(packed(tmp_path / "in.zip", **{"services.csv": text.getvalue()}))
    ((_, row, _),) = found.rows
    assert found.left_out == ["service.colour"]
    assert row.pop("last_modified").isoformat() == "2026-01-02T01:04:05.500000+00:00"
    assert row.pop("assured_date").isoformat() == "2026-01-02"
    assert row == {
        "id": id_.lower(),
        "organization_id": id_.lower(),
        "name": "N",
        "status": "active",
        "minimum_age": 10.0,
        "anonymous": True,
    }


HEADER = "id,organization_id,name,description,url,status,minimum_age,maximum_age,anonymous\n"
SOUND = ("N", "'=SUM(1)", "https://a.example", "active", "12", "18", "true")
CELLS = st.tuples(
    *(
        st.sampled_from((sound, "", *other))
        for sound, other in zip(
            SOUND,
            (
                (" ", "x" * 301, "two\nlines", "'=1"),
                ("\x07", "plain", "'quoted", "a\n'b"),
                ("javascript:x", "no address"),
                ("gone", "Active"),
                ("-1", "1e3", "twelve"),
                ("11",),
                ("yes", "0"),
            ),
            strict=True,
        )
    )
)


@given(st.lists(st.one_of(st.just(SOUND), CELLS), min_size=1, max_size=6))
def test_given_rows_read_together_then_they_and_their_faults_are_those_of_rows_read_alone(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    texts = []
    for number, cells in enumerate(rows):
        text = io.StringIO()
        id_ = f"00000000-0000-4000-8000-{number:012d}"
        csv.writer(text, lineterminator="\n").writerow((id_, id_, *cells))
        texts.append(text.getvalue())
    folder = tmp_path_factory.mktemp("rows")
    together = read(packed(folder / "all.zip", **{"services.csv": HEADER + "".join(texts)}))
    alone = [read(packed(folder / "one.zip", **{"services.csv": HEADER + one})) for one in texts]
    assert [row for _, row, _ in together.rows] == [row for a in alone for _, row, _ in a.rows]
    assert [fault[1:] for fault in together.faults] == [f[1:] for a in alone for f in a.faults]


def test_then_a_service_must_have_what_hsds_requires() -> None:
    needed = {c.name for c in exchanged_columns("service") if must_not_be_empty(c)}
    assert needed == {"id", "organization_id", "name", "status"}
