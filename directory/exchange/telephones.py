"""Checking the telephone numbers of a file against the numbering plans of their countries.

Only numbers with `country` or `e164` can be checked: HSDS has no country for a number, and foreign
directories write numbers in many ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Table, or_, select
from sqlalchemy.engine import Connection

from directory import phones
from directory.vocabulary import INTERNATIONAL

# Numbers that work in their country only, and that numbering plans do not list, look like this.
_SHORT_NUMBER = re.compile(r"[0-9*#]{1,10}")
_NO_SHORT_NUMBERS = phones.ShortNumbers(())


def check_telephones(
    connection: Connection, staged: Table, place: str, fault: Callable[[str, str, str], None]
) -> None:
    """Give each staged number that cannot be right to `fault`: its place, column, what is wrong.

    `place` names the column that holds the place. The numbers come country by country, because
    the patterns of all countries together are more than the re module keeps compiled, and to
    compile one takes longer than to check a hundred numbers.
    """
    columns = staged.c
    query = (
        select(columns.number, columns.country, columns.e164, columns[place])
        .where(or_(columns.country.is_not(None), columns.e164.is_not(None)))
        .order_by(columns.country, columns.e164)
    )
    for number, country, e164, read_at in connection.execute(
        query.execution_options(stream_results=True)
    ):
        for column, what in _faults(number, country, e164):
            fault(read_at, column, what)


def _faults(number: str, country: str | None, e164: str | None) -> list[tuple[str, str]]:
    if e164 is None and _SHORT_NUMBER.fullmatch(phones.dialable(number)):
        return []
    # Without a country, only an international form can be checked.
    dialled = number if country or number.startswith("+") else str(e164)
    try:
        known = phones.check(dialled, country or INTERNATIONAL, _NO_SHORT_NUMBERS).e164
    except ValueError as error:
        return [("number", str(error))]
    if e164 is not None and e164 != known:
        return [("e164", f"is not the number of this row, which would be {known or 'empty'}")]
    return []
