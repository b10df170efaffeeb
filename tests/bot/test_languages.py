"""Each language's files: their own examples hold, and no language lacks what the others have."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.nlu.data_file import language_files
from bot.nlu.person import PersonModel
from bot.nlu.places.gazetteer import gazetteer_for
from bot.nlu.places.matcher import read_message
from bot.nlu.risk import RiskDetectorModel
from bot.nlu.risk.definition import load_definition
from bot.nlu.tokenizer import word_splitter
from bot.settings import PROJECT_ROOT

DATA = PROJECT_ROOT / "data"
LANGUAGES = list(language_files(DATA / "safety"))

NEEDS_AND_RISKS = {
    *("disclose_abuse", "image_abuse", "online_grooming", "violence_at_home"),
    *("worried_about_someone", "report_material", "own_behaviour", "suicidal"),
    *("immediate_danger", "distress", "missing_child", "find_service"),
}

# How a person of each language says where they live.
HOMES = {
    "en": ("I live in Kenya", "KE"),
    "es": ("vivo en Perú", "PE"),
    "fr": ("j'habite au Sénégal", "SN"),
    "pt": ("moro no Brasil", "BR"),
    "ar": ("أنا من مصر", "EG"),
    "ru": ("я живу в Казахстане", "KZ"),
    "zh": ("我在马来西亚", "MY"),
    "no": ("jeg bor i Norge", "NO"),
}


def training_examples(language: str) -> dict[str, list[str]]:
    """The examples of each intent."""
    found: dict[str, list[str]] = {}
    for file in sorted((DATA / "nlu" / language).glob("*.yml")):
        for entry in YAML(typ="safe").load(file.read_text(encoding="utf-8"))["nlu"]:
            assert entry["metadata"]["language"] == language, file
            found.setdefault(entry["intent"], []).extend(entry["examples"].splitlines())
    return found


def test_given_a_language_then_it_has_all_its_files() -> None:
    for kind in ("person", "places"):
        assert list(language_files(DATA / kind)) == LANGUAGES
    assert sorted(folder.name for folder in (DATA / "nlu").iterdir()) == sorted(LANGUAGES)
    assert sorted(HOMES) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_a_language_then_it_has_enough_examples_of_each_intent(language: str) -> None:
    examples = training_examples(language)
    assert set(examples) == set(training_examples("en"))
    needed, others = (150, 40) if language == "en" else (80, 25)
    for intent, texts in examples.items():
        assert len(texts) >= (needed if intent in NEEDS_AND_RISKS else others), intent


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_the_examples_of_risk_patterns_and_guards_then_they_hold(language: str) -> None:
    file = DATA / "safety" / f"{language}.yml"
    definition, model = load_definition(file), RiskDetectorModel.load(file)
    assert definition.language == language and definition.safe_words
    missed = [
        (pattern.id, text)
        for pattern in definition.patterns
        for text in pattern.examples
        if pattern.id not in {risk.pattern for risk in model.detect_all(text)}
    ]
    fired = [
        (guard.id, text)
        for guard in definition.guards
        for text in guard.examples
        if model.detect_all(text)
    ]
    assert (missed, fired) == ([], [])


def decided(model: PersonModel, text: str) -> dict[str, str]:
    """The ids of the entries that decided, with the values that they gave."""
    return {finding.entry: finding.value for finding in model.find(text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_the_examples_of_person_entries_then_they_hold(language: str) -> None:
    model = PersonModel.load(DATA / "person" / f"{language}.yml")
    assert model.definition.language == language
    wrong = []
    for entity in ("audience", "contact_way"):
        for entry in getattr(model.definition, entity):
            wrong += [text for text in entry.fires if entry.id not in decided(model, text)]
            # The entry may still say what it means for a writer who is hurt.
            wrong += [t for t in entry.quiet if decided(model, t).get(entry.id) == entry.value]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_a_sentence_about_home_then_its_country_is_found(language: str) -> None:
    text, country = HOMES[language]
    assert read_message(gazetteer_for(language), word_splitter()(text)).country == country


@pytest.mark.parametrize(
    "text", ["وعايزة أموت", "فعايز اموت", "سيقتلني الآن", "حيقتلني دلوقتي", "بدي اقتل حالي"]
)
def test_given_arabic_words_written_together_then_a_risk_is_detected(text: str) -> None:
    assert RiskDetectorModel.load(DATA / "safety" / "ar.yml").detect(text) is not None


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("ساكن بالقاهره", "EG"),
        ("ساكنة بالسعودية", "SA"),
        ("أسكن للأردن", "JO"),
        ("صاحبي عايش بلبنان", None),
    ],
)
def test_given_a_preposition_joined_to_an_arabic_name_then_the_country_is_found(
    text: str, country: str | None
) -> None:
    assert read_message(gazetteer_for("ar"), word_splitter()(text)).country == country


@pytest.mark.parametrize(
    ("text", "audience"), [("لبنتي", "parent_carer"), ("وعمري 13 سنة", "child")]
)
def test_given_an_arabic_word_with_and_or_for_then_the_person_is_found(
    text: str, audience: str
) -> None:
    model = PersonModel.load(DATA / "person" / "ar.yml")
    assert [finding.value for finding in model.find(text)] == [audience]


@pytest.mark.parametrize(
    "text", ["我想死", "我唔想做人啦", "不想活了", "我想自殺", "他拿着刀在门口"]
)
def test_given_chinese_in_either_script_then_a_risk_is_detected(text: str) -> None:
    assert RiskDetectorModel.load(DATA / "safety" / "zh.yml").detect(text) is not None
