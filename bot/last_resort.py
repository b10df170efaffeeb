"""The numbers that the Rasa process holds itself, so that it always has an answer (S4).

Emergency numbers come from their file; a few helplines a country are copied from the directory
and refreshed, so that they outlive a failing directory but not their own verification.
"""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import cache
from pathlib import Path

from bot.settings import BotSettings
from directory.cards import ServiceCard, service_card
from directory.database import open_engine
from directory.emergency import EmergencyNumber, EmergencyNumbers
from directory.errors import DirectoryUnavailable
from directory.fallback import fallback_services
from directory.search import FoundService
from directory.vocabulary import INTERNATIONAL

logger = logging.getLogger(__name__)

# A copy older than this is refreshed in the background when it is used.
REFRESH_SECONDS = 600.0


class LastResort:
    """Emergency numbers and fallback helplines, answered from memory."""

    def __init__(self, emergency_file: Path, directory_url: str) -> None:
        """Load the emergency file now; the directory is read in the background.

        Raises what `EmergencyNumbers.load` raises: without that file the bot must not start.
        """
        self._emergency = EmergencyNumbers.load(emergency_file)
        self._directory_url = directory_url
        self._helplines: Mapping[str, tuple[FoundService, ...]] = {}
        self._demo = False
        self._refreshed_at = float("-inf")
        self._refreshing = threading.Lock()

    @property
    def demo(self) -> bool:
        """Whether the directory is a demonstration."""
        return self._demo

    def emergency_numbers(self, country: str | None) -> tuple[EmergencyNumber, ...]:
        """Return the country's emergency numbers, or none if it is unknown."""
        return self._emergency.for_country(country) if country else ()

    def helplines(self, country: str | None) -> list[ServiceCard]:
        """Return the cards of the country's fallback helplines and the international ones."""
        self.refresh_if_old()
        today = datetime.now(timezone.utc).date()
        found = (*self._helplines.get(country or "", ()), *self._helplines.get(INTERNATIONAL, ()))
        return [service_card(f) for f in found if f.valid_until is None or f.valid_until >= today]

    def refresh_if_old(self) -> None:
        """Start a refresh in the background if the copy is old; never waits for it."""
        if time.monotonic() - self._refreshed_at < REFRESH_SECONDS or self._refreshing.locked():
            return
        threading.Thread(target=self.refresh, daemon=True, name="last-resort").start()

    def refresh(self) -> None:
        """Copy the helplines from the directory; if it fails, the old copy stays."""
        with self._refreshing:
            try:
                engine = open_engine(self._directory_url)
                try:
                    now = datetime.now(timezone.utc)
                    self._helplines, self._demo = fallback_services(engine, now)
                finally:
                    engine.dispose()
            except DirectoryUnavailable as error:
                logger.warning("Fallback helplines were not refreshed: %s", error)
            self._refreshed_at = time.monotonic()


@cache
def last_resort() -> LastResort:
    """Return the process's one `LastResort`, filled as far as the directory answers."""
    settings = BotSettings.from_environment()
    resort = LastResort(settings.emergency_file, settings.directory_url)
    resort.refresh()
    return resort
