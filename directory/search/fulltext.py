"""Free text search over the words of services (service_text), alike on SQLite and PostgreSQL.

All words that are asked for must be there, the last one perhaps only begun. When no service has
them, `similar` finds words that are nearly the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import and_, false, func, literal, literal_column, select, text
from sqlalchemy.orm import Session

from directory.models import Service, ServiceText
from directory.search.text import asked_words

MOST_WORDS = 16
"""Further words of a question are passed over."""

# Words shorter than this must be right: nearly everything is similar to them.
_SHORTEST_SIMILAR = 4
# How similar a word must be: as PostgreSQL counts trigrams (0 to 1), as rapidfuzz counts (to 100).
_ENOUGH_TRIGRAMS = 0.4
_ENOUGH_RATIO = 80
# In SQLite: how many similar words may stand in for one, and how many are compared at most.
_STAND_INS = 12
_COMPARED = 100_000

# Spelled out in SQL: PostgreSQL's index is on this very expression.
_SIMPLE = literal_column("'simple'")


@dataclass(frozen=True)
class TextMatch:
    """For a query in which ServiceText is joined: `condition`, and `rank` to sort by, best first.

    Services of the same rank are in no order; sort them by something else too.
    """

    condition: Any
    rank: Any


_NOTHING = TextMatch(false(), ServiceText.service_id)


def found_by(session: Session, asked: str, among: Any) -> TextMatch:
    """What finds services for a text: by similar words if no service `among` has its words.

    `among` is an SQL condition on Service.
    """
    exact = matching(_dialect(session), asked)
    query = select(Service.id).join(ServiceText, ServiceText.service_id == Service.id)
    if session.execute(query.where(among, exact.condition).limit(1)).first():
        return exact
    return similar(session, asked)


def matching(dialect: str, asked: str) -> TextMatch:
    """Services that have all the words, the last one perhaps only begun; none for no words.

    Any text may be asked: what means something to a database is never part of a word. Both
    databases (`dialect` is "sqlite" or "postgresql") find the same services in the same order:
    those first that have the words near the beginning, where the name is.
    """
    asked_for = _words(asked)
    if not asked_for:
        return _NOTHING
    condition = _are_in_sqlite if dialect == "sqlite" else _are_in_postgresql
    return TextMatch(condition(asked_for), _places(dialect, asked_for))


def similar(session: Session, asked: str) -> TextMatch:
    """Services that have a word like each one that is asked for; none for no words.

    Here the databases differ. PostgreSQL compares the trigrams of each word with those of a
    service's whole text (pg_trgm's word_similarity) and puts the most similar first; SQLite takes
    the twelve most similar of all words that the directory has, as rapidfuzz sees them, in no
    order. Words of fewer than four letters must be there as they are.
    """
    asked_for = _words(asked)
    if not asked_for:
        return _NOTHING
    if _dialect(session) == "sqlite":
        return _like_in_sqlite(session, asked_for)
    return _like_in_postgresql(session, asked_for)


def _dialect(session: Session) -> str:
    name: str = session.get_bind().dialect.name
    return name


def _words(asked: str) -> list[str]:
    return list(dict.fromkeys(asked_words(asked)))[:MOST_WORDS]


def _places(dialect: str, asked_for: Sequence[str]) -> Any:
    """The sum of the words' distances from the beginning."""
    position = func.instr if dialect == "sqlite" else func.strpos
    body = literal(" ") + ServiceText.body
    first, *others = (position(body, f" {word}") for word in asked_for)
    return sum(others, first)


def _are_in_sqlite(asked_for: Sequence[str]) -> Any:
    quoted = [f'"{word}"' for word in asked_for]
    return _fts5(" AND ".join(quoted) + " *")


def _fts5(query: str) -> Any:
    rows = text("SELECT rowid FROM service_text_fts WHERE service_text_fts MATCH :fts5_query")
    return ServiceText.id.in_(rows.bindparams(fts5_query=query))


def _are_in_postgresql(asked_for: Sequence[str]) -> Any:
    quoted = [f"'{word}'" for word in asked_for]
    return _tsvector_has(" & ".join(quoted) + ":*")


def _tsvector_has(query: str) -> Any:
    tsvector = func.to_tsvector(_SIMPLE, ServiceText.body)
    return tsvector.op("@@")(func.to_tsquery(_SIMPLE, query))


def _like_in_sqlite(session: Session, asked_for: Sequence[str]) -> TextMatch:
    known = _known_words(session)
    groups = [" OR ".join(f'"{word}"' for word in _stand_ins(word, known)) for word in asked_for]
    if not all(groups):
        return _NOTHING
    query = " AND ".join(f"({group})" for group in groups)
    return TextMatch(_fts5(query), ServiceText.service_id)


def _known_words(session: Session) -> list[str]:
    """The different words of all services, the most frequent ones if there are too many."""
    # In the temporary schema, which readers may write to; it goes with the transaction.
    session.execute(
        text(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.service_word"
            " USING fts5vocab('main', 'service_text_fts', 'row')"
        )
    )
    query = text("SELECT term FROM temp.service_word ORDER BY doc DESC, term LIMIT :count")
    known: list[str] = session.execute(query, {"count": _COMPARED}).scalars().all()
    return known


def _stand_ins(word: str, known: Sequence[str]) -> list[str]:
    if len(word) < _SHORTEST_SIMILAR:
        return [word]
    longer = [other for other in known if len(other) > len(word)]
    near = [
        *process.extract(
            word, known, scorer=fuzz.ratio, score_cutoff=_ENOUGH_RATIO, limit=_STAND_INS
        ),
        # Part of a compound, such as "notruff" in "kindernotruf".
        *process.extract(
            word, longer, scorer=fuzz.partial_ratio, score_cutoff=_ENOUGH_RATIO, limit=_STAND_INS
        ),
    ]
    best = sorted(near, key=lambda found: (-found[1], found[0]))
    return list(dict.fromkeys(found[0] for found in best))[:_STAND_INS]


def _like_in_postgresql(session: Session, asked_for: Sequence[str]) -> TextMatch:
    threshold = select(
        func.set_config("pg_trgm.word_similarity_threshold", str(_ENOUGH_TRIGRAMS), True)
    )
    session.execute(threshold)
    conditions = [
        _tsvector_has(f"'{word}'")
        if len(word) < _SHORTEST_SIMILAR
        else literal(word).op("<%")(ServiceText.body)
        for word in asked_for
    ]
    first, *others = (func.word_similarity(word, ServiceText.body) for word in asked_for)
    return TextMatch(and_(*conditions), -sum(others, first))
