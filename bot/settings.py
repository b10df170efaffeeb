"""What the Rasa process reads from its environment: once, when a part is created, never at import.

The variables are set by `handrail run`; docs/settings.md lists them all.
"""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class BotSettings:
    """Settings of the Rasa process."""

    directory_url: str
    emergency_file: Path
    # Signs session tokens and seals choices; a new one each start makes old tokens expire.
    secret_key: bytes | None

    @classmethod
    def from_environment(cls) -> "BotSettings":
        """Read HANDRAIL_* variables; each has a default that suits one machine."""
        data = PROJECT_ROOT / "data" / "services"
        secret = os.environ.get("HANDRAIL_SECRET_KEY", "")
        return cls(
            directory_url=os.environ.get(
                "HANDRAIL_DIRECTORY_URL", f"sqlite:///{PROJECT_ROOT / 'var' / 'directory.sqlite3'}"
            ),
            emergency_file=Path(
                os.environ.get("HANDRAIL_EMERGENCY_FILE", data / "emergency_numbers.csv")
            ),
            secret_key=secret.encode() or None,
        )
