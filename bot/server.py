"""Starts the Rasa server. Use this instead of `rasa run`.

`rasa run` reports errors to Sentry on Rasa's own account, even with telemetry off, and configures
logging that can quote messages. Rasa's Python interface does neither.
"""

import argparse
import os
import sys

from bot.privacy import configure_logging


def main() -> None:
    """Serve the model given on the command line until stopped."""
    parser = argparse.ArgumentParser(prog="python -m bot.server", description=__doc__)
    parser.add_argument("--model", required=True, help="the trained model (.tar.gz)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--endpoints", default="bot/endpoints.yml")
    parser.add_argument("--credentials", default="bot/credentials.yml")
    parser.add_argument("--cors", nargs="*", default=[], help="origins that may embed the chat")
    given = parser.parse_args()

    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    configure_logging()
    # Imported only now: Rasa takes seconds to load, and logging must be configured before.
    import rasa

    _refuse_remembering_store(given.endpoints)
    rasa.run(
        model=given.model,
        endpoints=given.endpoints,
        credentials=given.credentials,
        interface=given.host,
        port=given.port,
        cors=given.cors,
        enable_api=False,
    )


def _refuse_remembering_store(endpoints: str) -> None:
    """Stop if conversations would be kept by a store that does not forget words (P2).

    Rasa itself would fall back to such a store if it could not import ours.
    """
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.utils.common import class_from_module_path

    from bot.tracker_store import ForgetfulTrackerStore

    store = AvailableEndpoints.read_endpoints(endpoints).tracker_store
    kind = class_from_module_path(store.type) if store else None
    if kind is None or not issubclass(kind, ForgetfulTrackerStore):
        sys.exit(
            f"{endpoints}: tracker_store must be bot.tracker_store.ForgetfulTrackerStore or a "
            "kind of it, so that no message is kept."
        )


if __name__ == "__main__":
    main()
