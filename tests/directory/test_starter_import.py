"""Importing a starter CSV: what arrives, what is left alone, and that bad files change nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from directory.errors import BadDataError
from directory.exchange.files import import_file
from directory.exchange.starter import LIMITS, read_starter
from directory.exchange.starter_rows import service_id
from directory.models import Organization, Phone, Provenance, Schedule, Service

GOOD = {
    "id": "fr-line",
    "organization": "Ministry",
    "name": "Line",
    "country": "FR",
    "needs": "child_helpline;missing_child",
    "audiences": "child;parent_carer",
    "languages": "fr;en",
    "phone": "01 42 34 56 78",
    "phone_international": "+33142345678",
    "hours": "Every day",
    "hours_osm": "Mo-Su 09:00-17:00",
    "timezone": "Europe/Paris",
    "cost": "free",
    "anonymous": "yes",
    "minimum_age": "5",
    "maximum_age": "25",
    "description": "A line.",
    "source_url": "https://example.org/line",
    "source_seen": "2026-11",
    "confidence": "high",
}


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(LIMITS), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def count(engine: Engine) -> int:
    with Session(engine, future=True) as session:
        return int(session.execute(select(func.count(Service.id))).scalar() or 0)


def test_given_a_good_row_then_its_facts_arrive_with_their_source(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "s.csv", GOOD))
    with Session(engine, future=True) as session:
        service = session.execute(select(Service)).scalar_one()
        phone = session.execute(select(Phone)).scalar_one()
        schedule = session.execute(select(Schedule)).scalar_one()
        source = session.execute(select(Provenance)).scalar_one()
    assert (service.id, service.slug) == (service_id("fr-line"), "fr-line")
    assert (service.minimum_age, service.maximum_age, service.anonymous) == (5, 25, True)
    assert (phone.number, phone.e164, phone.country) == ("01 42 34 56 78", "+33142345678", "FR")
    assert phone.reachable_from_abroad is True
    assert (schedule.opening_hours, schedule.timezone_name) == ("Mo-Su 09:00-17:00", "Europe/Paris")
    assert (source.source_url, source.source_seen) == ("https://example.org/line", "2026-11")


def test_given_a_changed_row_when_imported_again_then_the_old_number_is_gone(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "s.csv", GOOD))
    changed = {**GOOD, "phone": "119", "phone_international": "", "needs": "child_helpline"}
    report = import_file(engine, write(tmp_path / "s.csv", changed))
    assert (report.created, report.updated, report.unchanged) == (0, 1, 0)
    with Session(engine, future=True) as session:
        assert [phone.number for phone in session.execute(select(Phone)).scalars()] == ["119"]


@pytest.mark.parametrize("state", ["in_review", "verified", "withdrawn", "expired"])
def test_given_a_row_past_draft_when_imported_again_then_it_is_left_alone(
    engine: Engine, tmp_path: Path, state: str
) -> None:
    import_file(engine, write(tmp_path / "s.csv", GOOD))
    with engine.begin() as connection:
        set_state = "UPDATE service SET vetting_state = :s, assured_date = :a, valid_until = :v"
        values = {"s": state, "a": "2026-11-01", "v": "2027-05-01"}
        connection.execute(text(set_state), values)
    report = import_file(engine, write(tmp_path / "s.csv", {**GOOD, "name": "Other", "phone": ""}))
    assert (report.updated, report.kept) == (0, 1)
    with Session(engine, future=True) as session:
        assert session.execute(select(Service.name)).scalar_one() == "Line"
        assert session.execute(select(Organization.name)).scalar_one() == "Ministry"
        assert session.execute(select(func.count(Phone.id))).scalar() == 1


FAULTS = [
    ("id", "FR Line"),
    ("id", ""),
    ("organization", ""),
    ("name", "x" * 301),
    ("name", "a\x07b"),
    ("country", "France"),
    ("country", "XX"),
    ("country", "fr"),
    ("needs", "emergency"),
    ("needs", "help"),
    ("needs", ""),
    ("needs", "child_helpline;child_helpline"),
    ("audiences", "everyone"),
    ("languages", "french"),
    ("languages", "FR"),
    ("phone", "12"),
    ("phone", "ask at the desk"),
    ("phone_international", "0142345678"),
    ("sms", "1"),
    ("whatsapp", "119"),
    ("web_chat_url", "javascript:alert(1)"),
    ("website", "www.example.org"),
    ("email", "at example"),
    ("hours_osm", "9 to 5"),
    ("timezone", "Paris"),
    ("cost", "cheap"),
    ("anonymous", "maybe"),
    ("minimum_age", "five"),
    ("minimum_age", "121"),
    ("maximum_age", "4"),
    ("description", ""),
    ("source_url", "from memory"),
    ("source_url", ""),
    ("source_seen", "last year"),
    ("source_seen", "2026-13"),
    ("confidence", "sure"),
]


@pytest.mark.parametrize(("column", "value"), FAULTS)
def test_given_a_bad_cell_then_the_error_names_line_and_column_and_nothing_is_imported(
    engine: Engine, tmp_path: Path, column: str, value: str
) -> None:
    other = {**GOOD, "id": "fr-other", column: value}
    with pytest.raises(BadDataError) as caught:
        import_file(engine, write(tmp_path / "s.csv", GOOD, other))
    assert any(
        problem.place == "line 3" and problem.field == column for problem in caught.value.problems
    ), str(caught.value)
    assert count(engine) == 0


def test_given_several_bad_rows_then_all_are_reported(engine: Engine, tmp_path: Path) -> None:
    rows = [{**GOOD, "id": f"fr-{n}", "cost": "?"} for n in range(30)]
    with pytest.raises(BadDataError, match="and 10 more") as caught:
        import_file(engine, write(tmp_path / "s.csv", *rows))
    assert len(caught.value.problems) == 30


def test_given_an_id_twice_then_the_error_names_both_lines(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="line 3, column id: is already the id of line 2"):
        import_file(engine, write(tmp_path / "s.csv", GOOD, GOOD))


def test_given_a_cell_over_two_lines_then_later_errors_still_name_the_right_line(
    tmp_path: Path,
) -> None:
    note = {**GOOD, "notes": "one\ntwo"}
    with pytest.raises(BadDataError) as caught:
        read_starter(write(tmp_path / "s.csv", note, {**GOOD, "id": "fr-2", "cost": "?"}))
    places = {(problem.place, problem.field) for problem in caught.value.problems}
    assert places == {("line 2", "notes"), ("line 4", "cost")}


def test_given_a_latin_1_file_then_the_error_says_it_is_not_utf_8(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "s.csv"
    path.write_bytes(write(path, {**GOOD, "name": "Écoute"}).read_text().encode("latin-1"))
    with pytest.raises(BadDataError, match="not UTF-8"):
        import_file(engine, path)


def test_given_missing_columns_then_the_error_names_those_that_must_be_there(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "s.csv"
    path.write_text("id,name\nfr-line,Line\n")
    with pytest.raises(BadDataError, match="line 1: the columns must be id, organization"):
        import_file(engine, path)


@pytest.mark.parametrize("extra", [",one more", None])
def test_given_a_row_of_another_length_then_the_error_names_its_line(
    engine: Engine, tmp_path: Path, extra: str | None
) -> None:
    path = write(tmp_path / "s.csv", GOOD)
    lines = path.read_text().splitlines()
    lines[1] = lines[1] + extra if extra else "fr-line,Ministry"
    path.write_text("\n".join(lines))
    with pytest.raises(BadDataError, match="line 2: has not exactly 27 cells"):
        import_file(engine, path)


def test_given_a_huge_cell_then_it_is_refused(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="line 2"):
        import_file(engine, write(tmp_path / "s.csv", {**GOOD, "notes": "x" * 200_000}))


def test_given_another_kind_of_file_then_the_error_names_the_kinds(
    engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(BadDataError, match=r"must be a folder, or end in \.csv, \.json, \.zip"):
        import_file(engine, tmp_path / "services.xlsx")


def test_given_an_import_then_progress_is_told_row_by_row(engine: Engine, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    rows = [{**GOOD, "id": f"fr-{n}"} for n in range(3)]
    import_file(engine, write(tmp_path / "s.csv", *rows), lambda *step: told.append(step))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_given_a_name_with_a_script_in_it_then_it_is_kept_as_text(
    engine: Engine, tmp_path: Path
) -> None:
    import_file(engine, write(tmp_path / "s.csv", {**GOOD, "name": "<script>alert(1)</script>"}))
    with Session(engine, future=True) as session:
        assert session.execute(select(Service.name)).scalar_one() == "<script>alert(1)</script>"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cells=st.lists(
        st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=20),
        min_size=26,
        max_size=26,
    )
)
def test_given_any_cells_then_the_file_is_read_or_refused_with_a_reason(
    tmp_path: Path, cells: list[str]
) -> None:
    text_file = io.StringIO(newline="")
    csv.writer(text_file).writerows([list(LIMITS), cells])
    path = tmp_path / "s.csv"
    path.write_bytes(text_file.getvalue().encode())
    with pytest.raises(BadDataError, match=r"s\.csv, line"):
        read_starter(path)


def test_given_two_directories_then_ids_are_the_same_in_both(
    new_engine: Callable[[], Engine], tmp_path: Path
) -> None:
    ids = []
    for engine in (new_engine(), new_engine()):
        import_file(engine, write(tmp_path / "s.csv", GOOD))
        with Session(engine, future=True) as session:
            ids.append(session.execute(select(Phone.id)).scalar_one())
    assert ids[0] == ids[1]
