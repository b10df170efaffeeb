"""Measures the understanding on any CSV: what was heard in each row, and a summary (W5, S8)."""

import asyncio
import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from bot.privacy import configure_logging
from handrail.train import trained_model

console = Console()

# Intents that trigger the safety answer by themselves, and the labels that call for it (S1).
ACUTE = ("suicidal", "immediate_danger", "safe_word")

Row = dict[str, str]
Result = dict[str, Any]


class BadTable(ValueError):  # noqa: N818
    """A CSV that cannot be evaluated; says where and why."""


def evaluate(
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns text, lang and, if known, label.")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the report (JSON).")],
) -> None:
    """Report what the assistant understands of each text, and how well."""
    try:
        rows = read_rows(file)
    except (OSError, BadTable) as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        raise typer.Exit(1) from None
    results = asyncio.run(understand(rows))
    summary = summarize(rows, results)
    report = {"summary": summary, "rows": results}
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False), encoding="utf-8")
    console.print(summary_table(summary))
    console.print(f"Report: {out}")


def read_rows(file: Path) -> list[Row]:
    """Return the rows of the CSV.

    Raises:
        BadTable: a needed column is missing, or a row has no text.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {"text", "lang"} - set(reader.fieldnames or ())
        if missing:
            raise BadTable(f"{file}: the column {', '.join(sorted(missing))} is missing.")
        rows = []
        for row in reader:
            if not (row["text"] or "").strip():
                raise BadTable(f"{file}, line {reader.line_num}: the text is empty.")
            rows.append(row)
    return rows


async def understand(rows: list[Row]) -> list[Result]:
    """Return per row: line, intent, confidence, risk (kind, pattern, or none), country, language.

    Texts are not repeated in the results.
    """
    # Rasa's own logging would print the texts.
    configure_logging()
    # Imported here because it takes seconds, and the other commands do not need it.
    from rasa.core.agent import Agent

    agent = Agent.load(str(trained_model()))
    results = []
    for number, row in enumerate(track(rows, "Reading texts", console=console), start=2):
        parsed = await agent.parse_message(row["text"].lstrip("/"))
        risk = parsed.get("risk") or {}
        entities = {entity["entity"]: entity["value"] for entity in parsed["entities"]}
        results.append(
            {
                "line": number,
                "label": row.get("label") or None,
                "intent": parsed["intent"]["name"],
                "confidence": round(float(parsed["intent"]["confidence"]), 4),
                "risk": risk.get("kind"),
                "risk_pattern": risk.get("pattern"),
                "country": entities.get("country"),
                "audience": entities.get("audience"),
                "language": row["lang"],
            }
        )
    return results


def summarize(rows: list[Row], results: list[Result]) -> dict[str, Any]:
    """Return the figures of S8 per language, as far as the labels allow."""
    by_language: dict[str, list[tuple[Row, Result]]] = defaultdict(list)
    for row, result in zip(rows, results, strict=True):
        by_language[row["lang"]].append((row, result))
    return {language: _figures(pairs) for language, pairs in sorted(by_language.items())}


def _figures(pairs: list[tuple[Row, Result]]) -> dict[str, Any]:
    from sklearn.metrics import classification_report

    figures: dict[str, Any] = {"rows": len(pairs)}
    labelled = [(row, result) for row, result in pairs if row.get("label")]
    if not labelled:
        return figures
    truth = [row["label"] for row, _ in labelled]
    heard = [result["intent"] for _, result in labelled]
    scores = classification_report(
        truth, heard, labels=sorted(set(truth)), output_dict=True, zero_division=0
    )
    figures["macro_f1"] = scores["macro avg"]["f1-score"]
    figures["accuracy"] = sum(t == h for t, h in zip(truth, heard, strict=True)) / len(truth)
    figures["intents"] = {label: scores[label] for label in sorted(set(truth))}
    figures["acute_recall"] = _share_flagged(p for p in labelled if _is_acute(p[0]))
    figures["false_alarms"] = _share_flagged(
        p for p in labelled if p[0]["label"] == "out_of_scope" and not p[0].get("risk")
    )
    located = [(row, result) for row, result in labelled if "country" in row]
    if located:
        figures |= _country_figures(located)
    return figures


def _is_acute(row: Row) -> bool:
    return bool(row.get("risk")) or row["label"] in ACUTE


def _share_flagged(pairs: Any) -> float | None:
    """Return the share that would get the safety answer, by either means (S1)."""
    flagged = [result["risk"] is not None or result["intent"] in ACUTE for _, result in pairs]
    return sum(flagged) / len(flagged) if flagged else None


def _country_figures(pairs: list[tuple[Row, Result]]) -> dict[str, float | None]:
    found = [(row, result) for row, result in pairs if result["country"]]
    expected = [(row, result) for row, result in pairs if row["country"]]
    right = sum(result["country"] == row["country"] for row, result in found)
    return {
        "country_precision": right / len(found) if found else None,
        "country_recall": right / len(expected) if expected else None,
    }


def summary_table(summary: dict[str, Any]) -> Table:
    """Return the summary as a table, one language a row."""
    columns = (
        *("rows", "macro_f1", "accuracy", "acute_recall", "false_alarms"),
        *("country_precision", "country_recall"),
    )
    table = Table("language", *columns)
    for language, figures in summary.items():
        table.add_row(language, *(_shown(figures.get(column)) for column in columns))
    return table


def _shown(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"
