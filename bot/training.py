"""Trains the model. Use this instead of `rasa train`, for the reasons given in bot/server.py."""

import argparse
import logging
import os

from bot.privacy import configure_logging

DATA = ["data/nlu", "data/rules", "data/stories"]


def main() -> None:
    """Train from the current data; the working directory is the project's root."""
    parser = argparse.ArgumentParser(prog="python -m bot.training", description=__doc__)
    parser.add_argument("--out", required=True, help="folder for the model")
    parser.add_argument("--name", required=True, help="file name of the model without .tar.gz")
    parser.add_argument("--config", default="bot/config.yml")
    given = parser.parse_args()

    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    configure_logging()
    # Which component is being trained is worth a line: training takes a minute or two.
    logging.getLogger("rasa.engine.training").setLevel(logging.INFO)
    # Imported only now: Rasa takes seconds to load, and logging must be configured before.
    import rasa

    rasa.train(
        domain="bot/domain",
        config=given.config,
        training_files=DATA,
        output=given.out,
        fixed_model_name=given.name,
        # handrail.train knows by itself whether a model matches; Rasa's own way to find out, by
        # fingerprints of all features, takes longer than training.
        force_training=True,
    )


if __name__ == "__main__":
    main()
