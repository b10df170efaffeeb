"""What all tables share: one registry, names for constraints, and typed columns.

SQLAlchemy 1.4 has no types of its own. The stand-ins below give `Mapped` and `mapped_column`
their SQLAlchemy 2 meaning for the type checker, so that the move to 2 replaces this import only.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sqlalchemy import CheckConstraint, DateTime, Enum, MetaData, String, TypeDecorator
from sqlalchemy.orm import registry

T = TypeVar("T")

if TYPE_CHECKING:

    class Mapped(Generic[T]):
        """A column: an SQL expression on the class, a value on an instance."""

        @overload
        def __get__(self, instance: None, owner: Any) -> Any: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object, owner: Any) -> Any: ...
        def __set__(self, instance: object, value: T) -> None: ...

    def mapped_column(*args: Any, **options: Any) -> Any: ...

else:
    from sqlalchemy import Column as mapped_column  # noqa: N813 (its name in SQLAlchemy 2)
    from sqlalchemy.orm import Mapped

__all__ = [
    "Base",
    "Mapped",
    "URL_LENGTH",
    "UtcDateTime",
    "age_check",
    "choice",
    "identifier",
    "mapped_column",
    "metadata",
    "not_blank",
    "now",
    "url_type",
    "uuid_type",
]

# Named so that a migration can change any of them on any database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_registry = registry(metadata=metadata)

# The longest address that all common browsers open.
URL_LENGTH = 2048


@_registry.as_declarative_base()
class Base:
    """Base of every mapped class."""

    if TYPE_CHECKING:
        __table__: Any

        def __init__(self, **values: Any) -> None: ...


class UtcDateTime(TypeDecorator):
    """A moment in UTC, always time-zone aware in Python, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Bring an aware datetime to UTC; a naive one is a programming error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without time zone cannot be stored")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """SQLite gives back a naive datetime; it is UTC because that is what was stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(timezone.utc)


def uuid_type() -> Any:
    """A UUID as text of 36 characters, which every database has."""
    return String(36)


def url_type() -> Any:
    """An absolute web address."""
    return String(URL_LENGTH)


def identifier() -> Any:
    """The primary key of an HSDS record."""
    return mapped_column(uuid_type(), primary_key=True)


def choice(name: str, *values: str) -> Any:
    """Text limited to `values`, by a CHECK constraint in the database as well as in Python."""
    return Enum(
        *values,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=max(len(value) for value in values),
    )


def age_check(column: str) -> Any:
    """An age in years that a person can have."""
    return CheckConstraint(f"{column} >= 0 AND {column} <= 120", name=column)


def not_blank(column: str) -> Any:
    """A text that says something."""
    return CheckConstraint(f"length(trim({column})) > 0", name=column)
