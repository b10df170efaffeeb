"""Countries in what people write: names, demonyms, cities, states and telephone prefixes.

`find_country` is all that other packages need; `gazetteer_for` loads a language ahead of time.
"""

from bot.nlu.places.gazetteer import gazetteer_for
from bot.nlu.places.matcher import PlaceResult, find_country

__all__ = ["PlaceResult", "find_country", "gazetteer_for"]
