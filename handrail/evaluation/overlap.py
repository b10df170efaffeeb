"""Finds evaluation texts that are too near to a training example to measure anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML
from sklearn.feature_extraction.text import CountVectorizer

NEAR = 0.7
"""From this share of common letter groups on (Jaccard), two texts count as one."""


def normalised(text: str) -> str:
    """Return the letters and digits of a text in lower case, without accents and marks."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"[\W_]+", " ", bare).strip()


def near_duplicates(texts: Sequence[str], examples: Sequence[str]) -> dict[int, str]:
    """Return the texts, by their place, that are nearly an example, with that example.

    Compared are the groups of three neighbouring letters of the normalised texts.
    """
    letters = CountVectorizer(analyzer=_letter_groups, binary=True, dtype=np.int32)
    known = letters.fit_transform(examples)
    asked = letters.transform(texts)
    sizes = np.array([len(_letter_groups(text)) for text in texts])
    known_sizes = np.asarray(known.sum(axis=1)).ravel()
    common = (asked @ known.T).tocoo()
    shares = common.data / (sizes[common.row] + known_sizes[common.col] - common.data)
    near = shares >= NEAR
    return {
        int(row): examples[int(column)]
        for row, column in zip(common.row[near], common.col[near], strict=True)
    }


def training_examples(folder: Path) -> list[str]:
    """Return the example texts of all YAML files of training data under `folder`."""
    return [
        line.removeprefix("- ")
        for file in sorted(folder.rglob("*.yml"))
        for entry in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]
        for line in entry.get("examples", "").splitlines()
    ]


def _letter_groups(text: str) -> set[str]:
    plain = f" {normalised(text)} "
    return {plain[start : start + 3] for start in range(max(1, len(plain) - 2))}
