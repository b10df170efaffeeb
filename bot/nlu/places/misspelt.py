"""Finds misspelt countries where a place must follow ("I live in Argentna"), or all alone."""

from collections.abc import Iterator

from bot.nlu.places.gazetteer import Gazetteer, Mention, Word, mention
from bot.nlu.places.stored_names import Meaning, NameKind

_LONGEST = 2


def misspelt_places(
    names: Gazetteer, text: str, words: list[Word], mentions: list[Mention]
) -> Iterator[Mention]:
    """Yield the words of `text` outside `mentions` that are misspelt names of a country."""
    taken = {index for place in mentions for index in range(place.first, place.last)}
    unknown = [
        index
        for index, word in enumerate(words)
        if index not in taken and word.text not in names.filler and word.text[0].isalpha()
    ]
    alone = len(unknown) <= _LONGEST and not mentions
    for index in unknown:
        announced = index > 0 and words[index - 1].text in names.language.spelling_after
        if not (alone or announced):
            continue
        for last in (index + 2, index + 1):
            if last > len(words) or not taken.isdisjoint(range(index, last)):
                continue
            if not announced and last - index < len(unknown):
                continue
            key = " ".join(word.text for word in words[index:last])
            if countries := names.spelling.countries(key):
                yield mention(text, words, index, last, Meaning(NameKind.MISSPELT, countries))
                return
