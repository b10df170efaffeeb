"""Logging that cannot carry a person's words (P3).

Rasa prints message texts at DEBUG, and its structured tracebacks print the local variables of
every frame. Neither is possible after `configure_logging`, whatever LOG_LEVEL says.
"""

import logging
import sys

import structlog


class NoDebug(logging.Filter):
    """Drops records below INFO: the level at which Rasa and its libraries quote messages."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep INFO and above."""
        return record.levelno >= logging.INFO


def configure_logging() -> None:
    """Set levels and structlog's processors for this process; safe to call more than once."""
    logging.basicConfig(
        stream=sys.stdout, level=logging.WARNING, format="%(levelname)-8s %(name)s  %(message)s"
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in root.handlers:
        handler.addFilter(NoDebug())
    logging.getLogger("bot").setLevel(logging.INFO)
    # Python's warnings are for developers; those of Rasa's many dependencies fill pages.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            _without_values,
            structlog.processors.KeyValueRenderer(key_order=["event", "level"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )


def _without_values(
    logger: structlog.typing.WrappedLogger, method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Keep what happened; drop every other value, which could quote a message or a traceback."""
    kept = ("event", "level", "event_info", "action_name")
    return {key: value for key, value in event.items() if key in kept}
