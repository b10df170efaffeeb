"""Decides what a message says about a place that it names: lived in, come from, denied.

The decisions are the ordered `cues` of a language file; this module compiles and tries them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from bot.nlu.places.language_file import CueEntry, LanguageFile, PlaceFileError
from bot.nlu.places.normalisation import WORD_END, WORD_START, normalise
from bot.nlu.places.stored_names import Meaning, NameKind
from bot.nlu.scripts import HAN

# Stands in a context for another place of the message; `<place>` in a cue matches it.
PLACE_MARK = "_place_"
# Stands for the preposition at the end of a context; `<in>` in a cue matches it.
_IN_MARK = "_in_"
# Stands before a person who is not the writer; `<other>` in a cue matches both.
_OTHER_MARK = "@"

_CLASS = re.compile(r"(?<!\?P)<(\w+)>")
_SPACE = re.compile(r"\s+")
# In Chinese a sentence ends without a space, and a space is a pause.
_SENTENCE_END = re.compile(rf"[.!?]+(?:\s|(?=[{HAN}]))|\u3002|\n")
_PAUSE = re.compile(rf"(?<=[{HAN}])[^\S\n]+")
# "in Charlotte's room", "in Jordan's car": persons own more than places do.
_POSSESSED = re.compile(r"'\w")
_MAX_CONTEXT = 120
_MAX_NESTING = 5


class Role(IntEnum):
    """What a message says of a place; the higher one wins. Below MENTIONED no country follows."""

    DENIED = 0
    ELSEWHERE = 1
    MENTIONED = 2
    COMES_FROM = 3
    ASKED = 4
    LIVES = 5


_KINDS = {
    "place": frozenset(NameKind) - {NameKind.DEMONYM, NameKind.PHONE, NameKind.STATE_CODE},
    "country": frozenset({NameKind.COUNTRY, NameKind.ABBREVIATION}),
    "demonym": frozenset({NameKind.DEMONYM, NameKind.COUNTRY_OR_DEMONYM}),
    "phone": frozenset({NameKind.PHONE}),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name in its message, as the cues see it.

    `careful`: also a word, or a person's name. `plain`: written like a word, in lower case.
    `ends`: nothing follows that belongs to it. `subject`: whom the words before speak about.
    """

    kind: NameKind
    careful: bool
    plain: bool
    before: str
    after: str
    subject: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Cue:
    """A compiled `CueEntry`."""

    role: Role
    before: re.Pattern[str]
    after: re.Pattern[str]
    kinds: frozenset[NameKind]
    subjects: frozenset[str]
    loose: bool
    not_careful: bool

    def fits(self, phrase: Phrase) -> bool:
        """Tell whether the words around a name are those of this cue."""
        return (
            phrase.kind in self.kinds
            and (not self.subjects or phrase.subject in self.subjects)
            and not (self.not_careful and phrase.careful)
            and (phrase.ends or self.loose or not self._needs_end(phrase))
            and self.before.search(phrase.before) is not None
            and self.after.match(phrase.after) is not None
        )

    def _needs_end(self, phrase: Phrase) -> bool:
        if self.role < Role.MENTIONED:
            return False
        is_word = phrase.plain and phrase.kind not in _KINDS["country"]
        return phrase.careful or (self.role is Role.MENTIONED and is_word)


class Cues:
    """The decision list of one language."""

    def __init__(self, language: LanguageFile, source: str) -> None:
        """Compile the cues; raises `PlaceFileError` naming `source` and the entry at fault."""
        self._classes = {
            **language.words,
            "filler": language.filler,
            "greeting": language.greetings,
            "self": [f"{_OTHER_MARK}?{word}" for word in language.self_words],
            "other": [f"{_OTHER_MARK}[\\w']+"],
            "place": [PLACE_MARK],
            "in": [_IN_MARK],
        }
        self._source = source
        self._cues = [self._compile(entry) for entry in language.cues]
        persons = language.persons.dict()
        self._person = self._pattern(
            "persons",
            f"{WORD_START}(?:"
            + "|".join(
                f"(?P<{name}>{_alternatives(persons[name])})"
                for name in ("home", "close", "writer", "thing", "other")
                if persons[name]
            )
            + f")(?!'){WORD_END}",
        )
        # Words that lead from a preposition to a name ("in [the north of] Peru") are left out.
        self._lead = self._pattern("lead", f"(?: (?:{_alternatives(language.lead)}))+$")
        prepositions = _alternatives(language.prepositions)
        self._preposition = self._pattern(
            "prepositions", f"{WORD_START}(?:{prepositions}){language.after_preposition}$"
        )
        adverbs = _alternatives(language.adverbs)
        self._adverbs = self._pattern("adverbs", f"{WORD_START}(?:{adverbs}){WORD_END}\\s?")
        ends = _alternatives(language.continues)
        self._phrase_end = self._pattern(
            "continues", f"$|[^\\w\\s'-]| [^\\w\\s]| (?:{ends}){WORD_END}"
        )
        self._past = self._pattern(
            "past", f"{WORD_START}(?:{_alternatives(language.past)}){WORD_END}"
        )
        self.correction = self._pattern(
            "corrections", f"(?i){WORD_START}(?:{_alternatives(language.corrections)}){WORD_END}"
        )

    def role(self, meaning: Meaning, text: str, before: str, after: str) -> Role | None:
        """Return the role of the name `text`, between two contexts (see `context`), or None."""
        kind = meaning.kind
        if _POSSESSED.match(after) and (meaning.careful or kind not in _KINDS["country"]):
            return None
        if kind is not NameKind.DEMONYM:
            before = self._lead.sub("", before)
        subject, before = self._subject(self._adverbs.sub("", before).strip())
        before = self._preposition.sub(_IN_MARK, before)
        phrase = Phrase(
            kind=kind,
            careful=meaning.careful,
            plain=text.islower(),
            before=before,
            after=after,
            subject=subject,
            ends=self._phrase_end.match(after) is not None,
        )
        role = next((cue.role for cue in self._cues if cue.fits(phrase)), None)
        sentence = before + _SENTENCE_END.split(after)[0]
        return None if role is Role.MENTIONED and self._past.search(sentence) else role

    def _subject(self, before: str) -> tuple[str, str]:
        """Return whom `before` speaks about last, and the text with other persons marked."""
        nearest, pieces, position = "nobody", [], 0
        for match in self._person.finditer(before):
            nearest = match.lastgroup or nearest
            if nearest == "other":
                pieces.append(before[position : match.start()])
                position = match.start()
        return nearest, _OTHER_MARK.join((*pieces, before[position:]))

    def _compile(self, entry: CueEntry) -> Cue:
        where = f"cues.{entry.id}"
        # A mark may stand right before a Chinese word: marks end with "_".
        before = f"(?:{WORD_START}|(?<=_)|(?!\\w))(?:{entry.before})$" if entry.before else ""
        return Cue(
            role=Role[entry.role.upper()],
            before=self._pattern(f"{where}.before", before),
            after=self._pattern(f"{where}.after", entry.after),
            kinds=frozenset[NameKind]().union(*(_KINDS[kind] for kind in entry.kinds)),
            subjects=frozenset(entry.subject),
            loose=entry.loose,
            not_careful=entry.not_careful,
        )

    def _pattern(self, where: str, template: str) -> re.Pattern[str]:
        try:
            return re.compile(self._expand(template))
        except (re.error, KeyError, RecursionError) as error:
            raise PlaceFileError(f"{self._source}: {where}: {error}") from error

    def _expand(self, template: str) -> str:
        for _ in range(_MAX_NESTING):
            template = _CLASS.sub(self._class_pattern, template)
        return template

    def _class_pattern(self, reference: re.Match[str]) -> str:
        return f"(?:{_alternatives(self._classes[reference.group(1)])})"


def context(text: str, places: Iterable[tuple[int, int]], start: int, end: int) -> tuple[str, str]:
    """Return the normalised text before and after `text[start:end]`, for `Cues.role`.

    The first begins with the sentence and has a mark for each of the other `places` (character
    ranges in order); single spaces, none at its end.
    """
    pieces: list[str] = []
    position = 0
    for place_start, place_end in places:
        if place_end <= start:
            pieces += (normalise(text[position:place_start]), PLACE_MARK)
            position = place_end
    before = _PAUSE.sub(",", "".join((*pieces, normalise(text[position:start]))))
    sentence = _SPACE.sub(" ", _SENTENCE_END.split(before)[-1]).strip()
    after = _SPACE.sub(" ", _PAUSE.sub(",", normalise(text[end : end + _MAX_CONTEXT])))
    return sentence[-_MAX_CONTEXT:], after


def _alternatives(patterns: Iterable[str]) -> str:
    # Of an empty list nothing matches.
    return "|".join(patterns) or "(?!)"
