"""The `handrail` command: run, train and evaluate the assistant, and keep its directory."""

import typer

from handrail.directory_commands import directory_app
from handrail.evaluation.command import evaluate
from handrail.run import run
from handrail.train import train
from handrail.translations import app as translations_app

app = typer.Typer(
    help=__doc__, no_args_is_help=True, pretty_exceptions_show_locals=False, add_completion=False
)
app.command()(run)
app.command()(train)
app.command()(evaluate)
app.add_typer(directory_app, name="directory")
app.add_typer(translations_app, name="translations")
