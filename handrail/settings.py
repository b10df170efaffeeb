"""Where things are and on which ports they listen; read from the environment once, by a command."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Settings of a deployment on one machine; docs/settings.md lists the variables."""

    host: str
    rasa_port: int
    action_port: int
    admin_port: int
    directory_url: str
    credentials: str
    cors_origins: tuple[str, ...]

    @classmethod
    def from_environment(cls) -> "Settings":
        """Read HANDRAIL_* variables; the defaults suit one machine.

        Raises:
            ValueError: a port is not a number.
        """
        return cls(
            host=os.environ.get("HANDRAIL_HOST", "127.0.0.1"),
            rasa_port=_port("HANDRAIL_RASA_PORT", 5005),
            action_port=_port("HANDRAIL_ACTION_PORT", 5055),
            admin_port=_port("HANDRAIL_ADMIN_PORT", 8000),
            directory_url=os.environ.get(
                "HANDRAIL_DIRECTORY_URL", f"sqlite:///{ROOT / 'var' / 'directory.sqlite3'}"
            ),
            credentials=os.environ.get("HANDRAIL_CREDENTIALS", "bot/credentials.yml"),
            cors_origins=tuple(os.environ.get("HANDRAIL_CORS_ORIGINS", "").split()),
        )

    @property
    def ports(self) -> dict[str, int]:
        """The port of each process, by the process's name."""
        return {"rasa": self.rasa_port, "actions": self.action_port, "admin": self.admin_port}


def _port(variable: str, default: int) -> int:
    value = os.environ.get(variable, str(default))
    if not value.isdigit():
        raise ValueError(f"{variable} must be a port number, but is {value!r}.")
    return int(value)
