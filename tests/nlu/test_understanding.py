"""What the trained assistant understands in all languages: its bars, and what stays unclear."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handrail.evaluation.understanding import Understood, understand
from handrail.settings import ROOT

SETS = sorted((ROOT / "tests" / "nlu").glob("*.csv"))

# Language to sentences of four words and more.
SENTENCES = {
    "en": ["My uncle keeps texting me at night", "could you give me a number to call"],
    "es": ["mi tío me escribe por las noches", "me das un numero para llamar xfa"],
    "fr": ["mon oncle m'écrit toutes les nuits", "c'est quoi le numéro pour appeler"],
    "pt": ["meu tio me escreve toda noite", "vc pode me dar um número pra ligar"],
    "ar": ["عمي يكتب لي كل ليلة", "ممكن تعطوني رقم أتصل عليه"],
    "ru": ["мой дядя пишет мне каждую ночь", "дайте номер куда можно позвонить"],
    "zh": ["我叔叔每天晚上给我发消息", "可以給我一個能打的電話嗎"],
    "no": ["onkelen min skriver til meg hver natt", "kan eg få eit nummer eg kan ringje"],
}

# Nothing of this tells a language that an answer should come in.
UNCLEAR = [
    *("ok", "Maria", "13", "WhatsApp", "lol", "👍", "123456", "Ali", "???"),
    *("https://example.org/help?id=7", "maria.k@example.org", "18:30"),
    # Arabic, Russian and Chinese in Latin letters: their writers may not read another script.
    *("ana 5ayfa mn baba awi", "3ayza akalem 7ad delwa2ty", "bkhaf mno kteer"),
    *("pomogite mne pozhaluysta", "ya bolshe ne mogu tak"),
    "wo bu zhidao zenme ban",
]


@pytest.fixture(scope="module")
def heard(model: Path) -> Callable[[str], Understood]:
    """What the assistant understands of the texts of this file; read once."""
    texts = [*UNCLEAR, *(text for texts in SENTENCES.values() for text in texts)]
    understood = dict(zip(texts, asyncio.run(understand(texts)), strict=True))
    return understood.__getitem__


@pytest.mark.parametrize(
    ("language", "text"), [(name, text) for name, texts in SENTENCES.items() for text in texts]
)
def test_given_a_sentence_then_its_language_is_clear(
    heard: Callable[[str], Understood], language: str, text: str
) -> None:
    assert heard(text).language == language


@pytest.mark.parametrize("text", UNCLEAR)
def test_given_a_name_a_number_or_romanised_text_then_the_language_is_unclear(
    heard: Callable[[str], Understood], text: str
) -> None:
    assert heard(text).language is None


def test_given_the_evaluation_sets_then_every_language_reaches_its_bars(
    model: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "handrail", "evaluate", *map(str, SETS)]
    options = ["--out", str(tmp_path / "report.json"), "--bars", "tests/nlu/bars.yml"]
    result = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
