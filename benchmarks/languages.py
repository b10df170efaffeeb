"""Which language is it: our own identifier beside lingua, on the evaluation texts.

Both choose among the same languages. Run by `python -m benchmarks.languages`.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict

from lingua import IsoCode639_1, Language, LanguageDetectorBuilder
from rich.console import Console
from rich.table import Table

from handrail.evaluation.figures import is_sentence
from handrail.evaluation.table import Row, read_rows
from handrail.evaluation.understanding import understand
from handrail.settings import ROOT

# Written Norwegian has two forms, which lingua tells apart.
NORWEGIAN = (Language.BOKMAL, Language.NYNORSK)


def main() -> None:
    """Print the share of sentences whose language each of them recognised."""
    files = sorted((ROOT / "tests" / "nlu").glob("*.csv"))
    rows = [row for file in files for row in read_rows(file) if is_sentence(row)]
    ours = [heard.language for heard in asyncio.run(understand(row.text for row in rows))]
    start = time.process_time()
    theirs = _by_lingua(rows)
    milliseconds = (time.process_time() - start) / len(rows) * 1000
    table = Table("language", "sentences", "ours", "lingua")
    counts: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row, own, other in zip(rows, ours, theirs, strict=True):
        counts[row.lang].append((own == row.lang, other == row.lang))
    for language, pairs in sorted(counts.items()):
        shares = (sum(right) / len(pairs) for right in zip(*pairs, strict=True))
        table.add_row(language, str(len(pairs)), *(f"{share:.3f}" for share in shares))
    Console().print(table, f"lingua: {milliseconds:.2f} ms a text")


def _by_lingua(rows: list[Row]) -> list[str | None]:
    codes = {row.lang for row in rows} - {"no"}
    languages = [
        Language.from_iso_code_639_1(getattr(IsoCode639_1, code.upper())) for code in sorted(codes)
    ]
    detector = LanguageDetectorBuilder.from_languages(*languages, *NORWEGIAN).build()
    found = [detector.detect_language_of(row.text) for row in rows]
    return [_code(language) if language else None for language in found]


def _code(language: Language) -> str:
    return "no" if language in NORWEGIAN else language.iso_code_639_1.name.lower()


if __name__ == "__main__":
    main()
