"""Who the help is for and how a person can be in contact, from what they write."""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.person import PersonDefinitionError, PersonModel
from bot.nlu.person.definition import Entry, load_definition
from bot.nlu.person.reading import UNKNOWN, Reader
from bot.nlu.person_extractor import PersonExtractor, person_model
from bot.settings import PROJECT_ROOT

ENGLISH = PROJECT_ROOT / "data" / "person" / "en.yml"

AUDIENCES = {
    "child": """
        I'm 13
        im only 12 years old
        i am fourteen
        i’m 14 and he won't stop writing
        I m 16 and in trouble
        i'm14
        hello, i'm 16yo and need somebody
        I'm a 15-year-old girl
        Hi im 12 hes 40
        me (14f) and my cousin
        I'm 14,my stepdad comes in
        14f
        15 yrs
        boy, 14
        my age is 12 years
        I'm 16 turning 17 in June
        I am 17 and pregnant
        as a 14 year old can I call you
        I'm 13 and my little brother is being hit
        I'm 16 and my daughter is two
        I told him I'm 14 but he keeps writing
        he knows i am only 12
        Is this ok for kids? I'm 9
        i've just turned 15
        I'll be 16 next month
        when I'm 18 I will leave
        I'm not 18 yet
        what if I'm under 16
        i am in 7th grade
        im in eighth grade
        I'm in year 10
        I'm in high school
        8th standard student
        I'm a kid
        im just a teenager
        I am a minor, can I still call
        I'm underage
    """,
    "adult": """
        I am 34
        im thirty-five
        I am thirty four years old and single
        I'm 18
        i've just turned 18
        I'm a 45 year old man
        26 female
        over 18
        18+
        I'm an adult
        as a grown man I am ashamed
        I'm a married woman
        I'm in my fifties
        when I was a child
        I was abused as a child by a priest
        years ago when I was 8
        40 years ago a neighbour abused me
        it happened decades ago
        my husband
        my wife throws things at me
        my ex-husband will not leave me alone
        I am his wife
        I'm a mum and my husband hits me
        I am a teacher and my partner beats me
        my husband hits me in front of our daughter
        he hits me and the kids, I'm 41
        my son beats me when he wants money
        tell my kids I'm sorry
    """,
    "parent_carer": """
        my daughter
        my son is 9
        my daughter is 12
        our kids are scared of him
        my step-daughter is scared
        our youngest son cries at night
        my 4 year old said something strange
        my three children
        I am 34 and my daughter is being groomed
        someone sent my son a video
        my student
        one of my pupils has bruises
        my little brother
        my younger sister gets strange messages
        my kid sister is being hurt
        My 12 year old cousin is being blackmailed
        my niece says her uncle hurts her
        my sister is 13 and has a boyfriend of 30
        I'm a teacher
        I'm a mum, 12 year old daughter is scared
        I'm a teacher, 15 years in this school
        im her dad
        I am a foster mum
        I am a social worker
        as a parent, what should I look for?
        my friend
        asking for a friend
        I'm worried about my best friend
        my best friend was raped
        can you help my friend
        not for me, it's for my sister
        a child in my class
        my neighbour's kid
        my friend's daughter is being abused
        I am worried about a child in our street
        help for a 9 year old girl
        she is 14
    """,
    "bystander": """
        I came across a video
        I'm 34 and I came across a video of a child
        I stumbled upon a website with child abuse
        found pictures of children on a second hand laptop
        somebody sent me a video of a child being abused
        someone in my group posted a video of a child
        we found csam on a server
        I want to report a site
        how do I report illegal content
        i saw a man hitting a child in the supermarket
    """,
    "worried_about_self": """
        I have thoughts about kids
        I get urges about children
        I'm worried about my own thoughts
        I looked at illegal pictures
        i keep looking at illegal images
        how can I stop watching child porn
        I am attracted to minors and have never done anything
        am i a paedophile
        I'm afraid I will touch a child
        I don't trust myself around kids
        I'm a teacher and I have feelings for a pupil
        why am i attracted to younger kids im only 14
    """,
}

NO_AUDIENCE = """
    I need help
    for me
    it is for me
    my school
    my mum doesn't know
    my mum's boyfriend hurts me
    my brother hurts me
    my little brother comes into my bed
    my 16 year old brother hits me
    my uncle came to my room
    my friend's brother hurt me
    my friends laugh at me
    it happened at my friend's house
    my friend said you could help
    I'm scared of my friend finding out
    my teacher touches me
    a teacher helped me
    at 12 he comes home
    in 10 minutes
    13 missed calls
    it costs 14 dollars
    bus 14 to the city
    I'm 15 minutes from home
    I'm 8 months pregnant
    I'm 5 foot 2
    he's 15 years older than me
    he thinks I'm 14
    he asked if I'm 14
    I feel like I'm 5
    when I was 9
    two years ago when I was 8
    since I turned 13 he hits me
    my boyfriend is 17
    he is 34
    I told him I'm 18
    I'm a child psychologist
    I'm a student
    I'm at university
    I live in a children's home
    he treats me like his daughter
    I am the eldest daughter
    my student loan
    my inner child
    it's not my daughter, it's me
    I share a room with my little sister
    we are hiding with my little brother
    he has kids of his own
    my sister's husband
    my parents are divorced
    he is a grown man
    my husband looks at pictures of children
    he says he is attracted to children
    I'm not attracted to kids
    I think my boss looks at child porn
    I have thoughts of ending it
    I came across a video of me
    I came across your page
    I want to report my uncle
    he sent me a picture
"""

CONTACT_WAYS = {
    "text": """
        can I text someone
        I'd rather text than talk
        sms only
        is there a number I can text
        can someone talk to me by text
    """,
    "write": """
        I can't talk, he hears me
        I can't talk, my dad is here
        I can't talk to anyone on the phone
        cant talk right now
        I can't call
        I can't make a phone call
        I can't call my husband checks my phone
        I'm too shy to call
        I don't want to call
        not on the phone
        not safe to talk, he's in the next room
        please no calls
        I am deaf
        my parents will hear me
        if I call my dad will hear it
        I'd rather not call
    """,
    "chat": """
        I'd rather chat
        can I chat with someone
        is there a live chat
        chat please
        can't call, is there a chat?
        I prefer typing
        no phone credit
        I have no airtime
        i have no phone only a laptop
    """,
    "email": """
        by email
        email please
        can I email someone
        I would prefer email
        I want to contact a helpline by email
    """,
    "whatsapp": """
        whatsapp please
        are they on whatsapp
        can i use whats app
        do you have a WhatsApp number
        can I message someone on WhatsApp
    """,
    "call": """
        I want to speak to someone on the phone
        can I call someone
        I'd rather talk on the phone
        is there a hotline i can ring
        a phone call please
        I want to call
    """,
}

NO_CONTACT_WAY = """
    he texts me every night
    I got a text from him
    I texted him
    should I text him back
    can I text my friend
    he threatens me by text
    he wants me to text him
    we chatted online
    he wants to chat with me
    I met him in a chat
    delete this chat please
    he emailed me
    my email was hacked
    can I email him back
    on whatsapp he sends pictures
    he wants to talk to me on whatsapp
    we talk on whatsapp
    he calls me at night
    I missed his call
    can I call the police
    please do not call my house
    will you call my parents
    I hear him talk on the phone
    I can't talk about it
    I can't talk to my mum
    I can't call my mum
    I can't speak English well
    he can't talk
    he is not on the phone
    can you hear me
    no one can hear me
    he took my credit card
    I need someone to talk to
"""


def sentences(text: str) -> list[str]:
    """Return the lines of a table without their indentation."""
    return [line.strip() for line in text.strip().splitlines()]


def rows(table: dict[str, str]) -> list[tuple[str, str]]:
    """Return (value, sentence) of each line of a table."""
    return [(value, line) for value, text in table.items() for line in sentences(text)]


def entries(kind: str, field: str) -> list[Any]:
    """Return (entry, sentence) of each example in the English file."""
    definition = load_definition(ENGLISH)
    return [
        pytest.param(entry, sentence, id=f"{entry.id}: {sentence}")
        for entry in getattr(definition, kind)
        for sentence in getattr(entry, field)
    ]


def create(tmp_path: Path, **config: Any) -> PersonExtractor:
    """Create the component as Rasa does."""
    return PersonExtractor.create(
        {**PersonExtractor.get_default_config(), **config},
        LocalModelStorage.create(tmp_path),
        Resource("person"),
        ExecutionContext(GraphSchema({})),
    )


@pytest.fixture
def extractor(tmp_path: Path) -> PersonExtractor:
    """The component with its default configuration."""
    return create(tmp_path)


@pytest.fixture(scope="module")
def english() -> PersonModel:
    """The English model."""
    return person_model(ENGLISH)


def read(extractor: PersonExtractor, text: str) -> dict[str, str]:
    """Return what the component makes of a message: entity to value."""
    [message] = extractor.process([Message(data={TEXT: text})])
    found = message.get(ENTITIES)
    assert len({entity["entity"] for entity in found}) == len(found)
    return {entity["entity"]: entity["value"] for entity in found}


@pytest.mark.parametrize(("audience", "sentence"), rows(AUDIENCES))
def test_who_it_is_for_is_understood(
    extractor: PersonExtractor, audience: str, sentence: str
) -> None:
    assert read(extractor, sentence).get("audience") == audience


@pytest.mark.parametrize("sentence", sentences(NO_AUDIENCE))
def test_without_strong_evidence_there_is_no_audience(
    extractor: PersonExtractor, sentence: str
) -> None:
    assert "audience" not in read(extractor, sentence)


@pytest.mark.parametrize(("way", "sentence"), rows(CONTACT_WAYS))
def test_the_way_of_contact_is_understood(
    extractor: PersonExtractor, way: str, sentence: str
) -> None:
    assert read(extractor, sentence).get("contact_way") == way


@pytest.mark.parametrize("sentence", sentences(NO_CONTACT_WAY))
def test_what_others_write_or_say_is_no_way_of_contact(
    extractor: PersonExtractor, sentence: str
) -> None:
    assert "contact_way" not in read(extractor, sentence)


@pytest.mark.parametrize("kind", ["audience", "contact_way"])
def test_every_example_that_should_fire_is_decided_by_its_entry(
    english: PersonModel, kind: str
) -> None:
    wrong = [
        (entry.id, sentence)
        for entry in getattr(english.definition, kind)
        for sentence in entry.fires
        if (kind, entry.id) not in {(f.entity, f.entry) for f in english.find(sentence)}
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("entry", "sentence"), entries("audience", "quiet") + entries("contact_way", "quiet")
)
def test_an_example_that_should_be_quiet_does_not_get_the_value_of_its_entry(
    english: PersonModel, entry: Entry, sentence: str
) -> None:
    decided = {finding.value for finding in english.find(sentence) if finding.entry == entry.id}
    assert entry.value not in decided


def test_one_message_can_say_both(extractor: PersonExtractor) -> None:
    assert read(extractor, "I'm 13 and I can't talk, he hears me") == {
        "audience": "child",
        "contact_way": "write",
    }


def test_an_entity_has_a_code_and_a_place_but_none_of_the_words(extractor: PersonExtractor) -> None:
    [message] = extractor.process([Message(data={TEXT: "Hi, I’m 13, please help"})])
    assert message.get(ENTITIES) == [
        {
            "entity": "audience",
            "value": "child",
            "start": 4,
            "end": 10,
            "confidence": 1.0,
            "extractor": "PersonExtractor",
        }
    ]


def test_entities_reach_the_parsed_message(extractor: PersonExtractor) -> None:
    [message] = extractor.process([Message(data={TEXT: "my daughter"})])
    assert ENTITIES in message.output_properties


def test_a_command_is_left_alone(extractor: PersonExtractor) -> None:
    [message] = extractor.process([Message(data={TEXT: '/inform_audience{"audience": "child"}'})])
    assert message.get(ENTITIES) is None


def test_entities_of_other_components_stay(extractor: PersonExtractor) -> None:
    place = {"entity": "country", "value": "PE", "start": 7, "end": 11}
    message = Message(data={TEXT: "I'm in Peru, it is about my son", ENTITIES: [place]})
    extractor.process([message])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["country", "audience"]
    assert message.get(ENTITIES)[0] == place


@pytest.mark.parametrize("text", ["", "   ", "!!!", "😭😭", "^ $ <5-17>", "13" * 400, "'" * 50])
def test_a_message_without_meaning_is_quiet(extractor: PersonExtractor, text: str) -> None:
    assert read(extractor, text) == {}


def test_words_that_no_pattern_knows_are_not_kept() -> None:
    reader = Reader({}, {}, {"my"})
    assert [word.text for word in reader.read("my Katharina")][1:-1] == ["my", UNKNOWN]


def test_files_are_found_from_any_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(create(tmp_path / "storage"), "my daughter") == {"audience": "parent_carer"}


def test_a_language_is_loaded_once_a_process(tmp_path: Path) -> None:
    assert person_model(ENGLISH) is person_model(ENGLISH)


def test_a_message_takes_little_time(english: PersonModel) -> None:
    text = "there is a man who keeps writing to my daughter, I'm 34 and I can't talk, he hears me"
    english.find(text)
    seconds = []
    for _ in range(200):
        start = time.process_time()
        english.find(text)
        seconds.append(time.process_time() - start)
    assert statistics.median(seconds) < 0.003


SPANISH = """
language: es
numbers: {trece: 13, doce: 12}
words: {hijo: "hijo, hija"}
masks:
  medida:
    - <0-99> minutos
writer_hurt:
  - me pega|toca
audience:
  - id: edad
    value: child
    match: [tengo <5-17> años]
    except: [medida]
    fires: [tengo trece años]
    quiet: [llega a las trece]
  - id: hijos
    value: parent_carer
    if_hurt: nothing
    match: [mi <hijo>]
    fires: [mi hija]
    quiet: [mi tía]
contact_way:
  - id: llamar
    value: text
    match: [no puedo hablar]
    fires: [no puedo hablar]
    quiet: [quiero hablar]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with English and a small Spanish file."""
    (tmp_path / "en.yml").write_text(ENGLISH.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "es.yml").write_text(SPANISH, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tengo trece años", {"audience": "child"}),
        ("TENGO 12 ANOS y no puedo hablar", {"audience": "child", "contact_way": "text"}),
        ("mi hija", {"audience": "parent_carer"}),
        ("mi hijo me pega", {}),
        ("my daughter", {"audience": "parent_carer"}),
    ],
)
def test_another_language_is_a_matter_of_adding_a_file(
    folder: Path, text: str, expected: dict[str, str]
) -> None:
    extractor = create(folder / "storage", languages=["en", "es"], folder=str(folder))
    assert read(extractor, text) == expected


def test_scripts_without_spaces_and_with_vowel_signs_can_be_matched(tmp_path: Path) -> None:
    file = tmp_path / "xx.yml"
    file.write_text(
        SPANISH.replace("mi <hijo>", "我 女 儿, मेरी बेटी, ابنتي").replace(
            "language: es", "language: xx"
        ),
        encoding="utf-8",
    )
    model = PersonModel.load(file)
    texts = ["我女儿很害怕", "मेरी बेटी डरती है", "ابنتي خائفة"]
    assert [[f.value for f in model.find(text)] for text in texts] == [["parent_carer"]] * 3


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("value: child", "value: kid", "'edad' > value"),
        ("    except: [medida]\n", "    except: [medidas]\n", "entry 'edad' excepts 'medidas'"),
        ("id: hijos", "id: edad", "the id 'edad' is used twice"),
        ("    fires: [mi hija]\n", "", "'hijos' > fires"),
        ("if_hurt: nothing", "if_hurts: nothing", "'hijos' > if_hurts"),
        ("mi <hijo>", "mi <hija>", "audience:hijos: there is no word list 'hija'"),
        ("mi <hijo>", "_ _", "audience:hijos: '_ _' would match any message"),
        ("mi <hijo>", "mi <hijo", "audience:hijos: '<hijo' is not one word"),
        ("mi <hijo>", "mi doce", "audience:hijos: 'doce' is rewritten"),
        ("language: es", "languages: es", "language: field required"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_the_entry(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    file = tmp_path / "es.yml"
    file.write_text(SPANISH.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PersonDefinitionError) as refused:
        PersonModel.load(file)
    assert str(file) in str(refused.value)
    assert complaint in str(refused.value)


@pytest.mark.parametrize("content", [None, "a: [", "- a list", ""])
def test_a_file_that_is_missing_or_no_mapping_is_refused(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "es.yml").write_text(content, encoding="utf-8")
    with pytest.raises(PersonDefinitionError, match=r"es\.yml"):
        create(tmp_path / "storage", languages=["es"], folder=str(tmp_path))
