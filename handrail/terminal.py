"""What the directory's commands share: where they print, what they open, how they fail."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.engine import Engine

from directory.batches import Progress as OnProgress
from directory.database import open_engine
from directory.errors import DirectoryError
from handrail.settings import Settings

console = Console()

# What a shell expects of a program that Ctrl-C ended.
_INTERRUPTED = 130


def open_directory() -> Engine:
    """The directory that HANDRAIL_DIRECTORY_URL names."""
    return open_engine(Settings.from_environment().directory_url)


@contextmanager
def reporting(left: str = "Nothing was changed.") -> Iterator[None]:
    """Turn the directory's errors into one message and exit status 1.

    `left` says in what state they leave everything; Ctrl-C ends with exit status 130.
    """
    try:
        yield
    except (DirectoryError, OSError, ValueError) as error:
        console.print(f"[red]{left}[/red]", escape(str(error)), highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("Interrupted.")
        raise typer.Exit(_INTERRUPTED) from None


@contextmanager
def watched(what: str) -> Iterator[OnProgress]:
    """A progress bar while something long runs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
