"""Stored numbers that do not work, contradict themselves or cost money, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from directory.database import open_session, open_transaction
from directory.errors import BadDataError
from directory.health.phone_check import PhoneProblem, check_phones
from directory.models import Phone
from directory.vocabulary import derived_id
from tests.directory.conftest import Directory

SHORT_NUMBERS = Path("data/services/short_numbers.csv")
EMERGENCY_NUMBERS = Path("data/services/emergency_numbers.csv")


def problems(directory: Directory) -> list[PhoneProblem]:
    with open_session(directory.engine) as session:
        return check_phones(session, SHORT_NUMBERS, EMERGENCY_NUMBERS)


@pytest.mark.parametrize(
    ("country", "number", "e164"),
    [
        ("FR", "119", None),
        ("DE", "116 111", None),
        ("GB", "0800 1111", None),
        ("GB", "020 3879 8560", "+442038798560"),
        ("GB", "+44 20 3879 8560", "+442038798560"),
        ("AE", "116111", None),
        ("FR", "3919", None),
        ("CL", "*4141", None),
        ("ZZ", "+44 20 3879 8560", "+442038798560"),
        ("PE", "912 345 678", "+51912345678"),
    ],
)
def test_given_a_good_number_then_there_is_no_problem(
    directory: Directory, country: str, number: str, e164: str | None
) -> None:
    directory.add("helpline", country=country, phone=number, e164=e164)
    assert problems(directory) == []


@pytest.mark.parametrize(
    ("country", "number", "what"),
    [
        ("GB", "12", "is not a valid number in GB"),
        ("GB", "call us", "cannot be dialled"),
        ("DE", "0800 1111 ext 5", "cannot be dialled"),
        ("ZZ", "+1 555", "is not a"),
    ],
)
def test_given_a_number_that_cannot_be_one_then_it_is_an_error(
    directory: Directory, country: str, number: str, what: str
) -> None:
    id_ = directory.add("helpline", country=country, phone=number)
    (problem,) = problems(directory)
    assert (problem.level, problem.service_id, problem.slug) == ("error", id_, "helpline")
    assert (problem.number, problem.country) == (number, country)
    assert what in problem.what


def test_given_another_international_form_then_it_is_an_error(directory: Directory) -> None:
    directory.add("helpline", country="GB", phone="020 3879 8560", e164="+442038798561")
    (problem,) = problems(directory)
    assert problem.level == "error"
    assert "+442038798560" in problem.what
    assert "+442038798561" in problem.what


def test_given_a_short_number_with_an_international_form_then_it_is_an_error(
    directory: Directory,
) -> None:
    directory.add("helpline", country="DE", phone="116111", e164="+49116111", abroad=True)
    (problem,) = problems(directory)
    assert problem.level == "error"
    assert "cannot be called from abroad" in problem.what


@pytest.mark.parametrize(
    ("country", "number", "what"),
    [
        ("GB", "0871 123 4567", "premium-rate"),
        ("NL", "0900 0113", "premium-rate"),
        ("DE", "0180 5 123456", "shared-cost"),
        ("CH", "0848 80 20 40", "shared-cost"),
    ],
)
def test_given_a_number_that_costs_money_then_it_is_a_warning(
    directory: Directory, country: str, number: str, what: str
) -> None:
    directory.add("helpline", country=country, phone=number)
    (problem,) = problems(directory)
    assert problem.level == "warning"
    assert what in problem.what


def test_given_the_emergency_number_as_a_helpline_then_it_is_a_warning(
    directory: Directory,
) -> None:
    directory.add("helpline", country="DE", phone="1 1 2")
    directory.add("elsewhere", country="PE", phone="112")
    of_germany = [problem for problem in problems(directory) if problem.country == "DE"]
    assert [(problem.level, problem.what) for problem in of_germany] == [
        ("warning", "is an emergency number there, not a helpline")
    ]


def test_given_a_withdrawn_service_then_its_number_is_not_looked_at(directory: Directory) -> None:
    directory.add("gone", country="GB", phone="12", vetting_state="withdrawn")
    assert problems(directory) == []


def test_given_a_number_of_an_organization_then_it_is_looked_at_too(directory: Directory) -> None:
    with open_transaction(directory.engine) as connection:
        connection.execute(
            insert(Phone).values(
                id="p", organization_id=derived_id("org"), number="12", country="GB"
            )
        )
    (problem,) = problems(directory)
    assert (problem.phone_id, problem.service_id, problem.service) == ("p", None, None)


def test_given_several_problems_then_errors_come_first(directory: Directory) -> None:
    directory.add("a", country="CH", phone="0848 80 20 40")
    directory.add("b", country="GB", phone="12")
    directory.add("c", country="DE", phone="12")
    found = [(problem.level, problem.country) for problem in problems(directory)]
    assert found == [("error", "DE"), ("error", "GB"), ("warning", "CH")]


def test_given_text_and_whatsapp_numbers_then_they_are_looked_at(directory: Directory) -> None:
    directory.add("helpline", country="GB", phone=None, sms="12", whatsapp="+442038798560")
    assert [problem.number for problem in problems(directory)] == ["12"]


def test_given_a_broken_list_then_it_says_so(directory: Directory, tmp_path: Path) -> None:
    path = tmp_path / "short_numbers.csv"
    path.write_text("country,number\n", encoding="utf-8")
    with open_session(directory.engine) as session, pytest.raises(BadDataError):
        check_phones(session, path, EMERGENCY_NUMBERS)
