"""The risk detector: what must raise it, what must not, its files and its Rasa component."""

import logging
import statistics
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.risk import Risk, RiskDefinitionError, RiskDetectorModel
from bot.nlu.risk.definition import load_definition
from bot.nlu.risk_detector import RISK, RiskDetector

ENGLISH = Path(__file__).parents[2] / "data" / "safety" / "en.yml"
DEFINITION = load_definition(ENGLISH)

OWN_RISK = [
    "am i bad for wanting to die",
    "attempted last night, i'm still alive",
    "been suicidal since he posted it",
    "dont save me, i want to go",
    "ending my life is the only option",
    "every night i pray i wont wake up",
    "Feeling suicidal after the assault",
    "having suicidal thoughts",
    "he told me to kill myself",
    "i am exhausted of being alive",
    "I am thinking of harming myself",
    "i am want to die",
    "i can't live with what he did to me anymore",
    "I can't promise I won't kill myself",
    "i cant take this pain anymore i want it to end",
    "i cut myself",
    "I don't think I'll make it through the night",
    "I don't want to exist anymore",
    "I don't want to wake up anymore",
    "i dont wanna do this life thing anymore",
    "I feel like I might do something stupid tonight",
    "I feel so low I might take my life",
    "i hate life i wanna die",
    "i hate this life i want to end it",
    "I have no reason to stay alive",
    "I just can't anymore. I want to be gone",
    "I just want to rest forever",
    "i just want to stop existing",
    "i need help i might kill myself",
    "I need someone to stop me from killing myself",
    "I pray to God to take my life",
    "i started self harming again",
    "I still want to die",
    "i swallowed a load of tablets and im scared",
    "i think about sewerslide everyday",
    "I took an overdose",
    "i wanna be unalived",
    "i want god to take me",
    "i want this all to stop, I want to die",
    "I want to be dead so badly",
    "I want to be with my mum in heaven",
    "i want to dei",
    "i want to die 😭😭",
    "I want to sleep and never wake up again",
    "I won't be around much longer",
    "I won't bother anyone anymore after today",
    "i won't make it to morning",
    "I'd be better off dead",
    "I'd be happier dead",
    "I'd do anything to not exist",
    "i'd rather be dead than have my parents see those pics",
    "I'll be with grandpa soon in heaven",
    "I'm not joking i will kill myself",
    "I'm so done with living",
    "i'm too tired to keep living",
    "I've been planning my funeral",
    "Id be better dead",
    "im about to swallow these tablets",
    "im going to commit",
    "ima kms tn",
    "Ive had a lot of paracetamol and now im scared",
    "last attempt failed, i'm going to try again",
    "let me die please",
    "life has no meaning for me anymore",
    "looking after my kids is the only thing stopping me from ending it",
    "lowkey wanna unalive myself",
    "make it stop i want to die",
    "my arms are covered in cuts, i did it again",
    "no one would care if I was dead",
    "s3lf h4rm",
    "see u on the other side",
    "soon I'll be gone and nobody has to deal with me",
    "su!cidal",
    "suicde",
    "the world is better off without me",
    "there's no other way out for me",
    "There's no way I can live through this",
    "theres nothing here for me anymore i want to go",
    "tonight is my last night",
    "unalive myself",
    "who would care if I died",
    "why won't god just take me",
]

SOMEONE_ELSES_RISK = [
    "a friend sent me a goodbye message and turned off her phone",
    "girl on tiktok says shes gonna end her life tonight",
    "he keeps saying everyone would be better off without him",
    "He wants to end his life",
    "how do I help a suicidal friend",
    "I think my friend is going to commit suicide",
    "I'm scared my son will kill himself",
    "I'm worried my daughter is self-harming",
    "my 13 year old says she wants to die",
    "my boyfriend says he'll kill himself if I leave",
    "my brother overdosed",
    "my child said she wishes she was never born",
    "my cousin self harms",
    "my daughter told her teacher she wants to die",
    "my flatmate just told me he's suicidal",
    "my friend is on a bridge and wants to jump",
    "my friend texted me goodbye and now she isnt answering",
    "my friend wants to kms",
    "My husband says he will end his life if I go",
    "my little brother says he wants to kill himself",
    "my roommate is cutting herself in the bathroom",
    "my sister cut her wrists",
    "my student has written a suicide note",
    "my wife took all her pills",
    "she said she is going to jump off a bridge",
]

DANGER_NOW = [
    "a child on the call is being hurt right now",
    "call the police",
    "can you send police",
    "daddy is hurting mummy",
    "emergency help",
    "grandpa is touching my sister right now",
    "he hav gun",
    "he is alone with my little sister right now",
    "he is beating me",
    "he is hurting me",
    "he is threatening to kill me right now",
    "he not let me go out",
    "he pushed me down the stairs just now",
    "he says he'll hurt my kids",
    "he tied me up",
    "he'll be back in 5 minutes",
    "He's throwing things at me",
    "he's touching me right now",
    "he's trying to break down the door",
    "help help help",
    "help hes hurting me",
    "help i cant get out",
    "Help me, I have to leave before he wakes up",
    "hes here",
    "hes in the kitchen looking for a knife",
    "hes kicking the door in",
    "hes on his way home and he's angry",
    "hes outside with a bat",
    "hes threatening to kill us",
    "I am being held in a house",
    "I am kept in a house with other girls, we cannot leave",
    "i am locked in a room",
    "I am not safe in this house",
    "I can hear his footsteps",
    "I can hear the neighbour hitting her children",
    "i cant get out",
    "i dont feel safe he is drunk",
    "I just saw a kid being pulled into a van",
    "I need help immediately",
    "i need police right now",
    "I need the police",
    "i ran away and they are looking for me",
    "i think hes coming",
    "I'm going to be forced to marry tomorrow",
    "I'm scared he will kill me",
    "I'm tied up",
    "I'm trapped in his flat",
    "im 15 and my dad is making me marry a man next week",
    "im hiding in the wardrobe",
    "im in trouble and need help now",
    "im not allowed to leave",
    "im stuck in his house and he took my phone",
    "it is happening now",
    "locked in the bathroom he's screaming outside",
    "mayday help",
    "my boyfriend is strangling me",
    "my brother is alone with him right now",
    "my brother is beating me up",
    "my brother says he will kill me because I have a boyfriend",
    "my dad has a knife and he's screaming at mum",
    "my dad is kicking my brother",
    "My dad is touching me now",
    "my daughter is meeting a man from the internet tonight",
    "my ex is at my door",
    "my ex said he's on his way to my house to hurt me",
    "my friend is being beaten by her dad right now",
    "my neighbour is beating his wife right now",
    "my parents are taking me abroad to get married next week",
    "my parents found out and will kill me tonight",
    "my sister is unconscious, he hit her",
    "my uncle is touching me right now",
    "need an ambulance",
    "omg he is coming",
    "please come quick",
    "send someone please",
    "someone is breaking into my house",
    "someone just grabbed me on the street",
    "someone put something in my drink and I'm alone with him",
    "someone's been following me since the bus stop",
    "someone's climbing through the window",
    "the door handle is moving",
    "there's a man dragging a girl into a car outside",
    "they are fighting and there is blood",
    "they are sending me to be married on Friday",
    "they have taken my passport and phone",
    "They put me in a room and locked it",
    "they want to kill me because I'm gay",
    "they will come for me tonight",
    "they're going to kill my brother",
    "we are locked inside a truck",
    "we're hiding in the basement from my dad",
    "we're not safe",
]

EVERYDAY = [
    "are you a robot",
    "are zombies alive",
    "bloody hell it's cold",
    "call me an uber",
    "can you help me",
    "dad is coming up the stairs with breakfast, it's mother's day",
    "dad's going to kill me, I scratched the car",
    "do I have to pay",
    "drop dead gorgeous dress",
    "emergency vet number",
    "finish it, you can do it",
    "get me out of debt",
    "happening now: sale at the mall",
    "he attacked the ball well",
    "he broke my heart",
    "he burned his hand on the grill",
    "he hit me with a snowball",
    "he is blackmailing me with pictures",
    "he is next to me on the sofa",
    "he is trying to get me to join the gym",
    "he just hit a pothole",
    "he locked himself out of his flat",
    "he lost the will to exercise",
    "he took his own sweet time",
    "he's a lady killer",
    "he's coming back next week",
    "he's coming over later to watch the match",
    "he's doing it again, leaving socks everywhere",
    "he's hitting the ball really well",
    "he's in my class",
    "help me choose a dress",
    "hit me with your best shot",
    "hope I never see that film again",
    "how do I call the police in Peru",
    "how do I delete this chat",
    "hurry up",
    "I am attracted to children and want help to never act on it",
    "I am attracted to minors but have never done anything",
    "I bruised my leg at hockey",
    "I can hear the neighbours' tv",
    "I can't get out of this contract",
    "I can't go on holiday this year",
    "I can't leave work until six",
    "I died 20 times in Elden Ring",
    "I died laughing",
    "I don't want to live in a big city",
    "I ended up crying at the film",
    "I feel empty",
    "I feel hopeless about maths",
    "I feel invisible at work",
    "I feel lonely",
    "I feel sad today",
    "I give up smoking",
    "I give up, this puzzle is impossible",
    "I got kicked out of the group chat",
    "I hate Mondays",
    "I have nothing to do",
    "I hung up on him",
    "I hurt my back lifting boxes",
    "I jumped for joy",
    "I just got attacked by mosquitoes",
    "I locked myself out again",
    "I love the view from the bridge",
    "I missed my train",
    "I nearly died of embarrassment",
    "I need help with my CV",
    "I saw illegal images online",
    "I slit the envelope open",
    "I think a kid in my class is being abused at home",
    "I took a handful of crisps",
    "I took some paracetamol for my headache",
    "I want to go to bed",
    "I was attacked by a swan",
    "I was robbed last year",
    "I watched a show where a man jumps off a bridge",
    "I wish I had stayed in bed",
    "I wish I was at home",
    "I woke up late",
    "I won't be here next week, I'm on holiday",
    "I would never do that to myself",
    "I'll be back in 5 minutes",
    "I'm a failure at cooking",
    "I'm afraid my mum will die of cancer",
    "I'm alone at home, bored",
    "I'm chasing a refund",
    "I'm dead inside until I've had coffee",
    "I'm dead on my feet",
    "I'm dead 😂",
    "I'm done with this game",
    "I'm drowning in laundry",
    "I'm following a recipe",
    "I'm getting married next month",
    "I'm going to a funeral tomorrow",
    "I'm going to lose it if this bus is late again",
    "I'm hiding your present",
    "I'm not here to argue",
    "I'm reading a book about a girl who kills herself",
    "I'm sick of everything in my wardrobe",
    "I'm stuck at home with a cold",
    "I'm useless at football",
    "I'm worried about money",
    "I've had enough cake",
    "is it safe to eat raw eggs",
    "is there training on suicide prevention",
    "it's snowing outside my window",
    "let me go to the toilet",
    "let's hang out",
    "my aunt left me some money in her will",
    "my bike got locked up by the council",
    "my brother has a gun in GTA",
    "my brother hurt himself playing rugby",
    "my brother is beating me in Mario Kart",
    "my calves are killing me",
    "my dad broke his leg skiing",
    "my dad is gonna kill me for denting the car",
    "my emergency contact is my sister",
    "my ex keeps texting me",
    "my favourite band is Suicidal Tendencies",
    "my friend hurt her back",
    "my friend is waiting outside",
    "my grandfather collects knives",
    "my husband is coming home from his business trip tonight",
    "my mum is on her way to pick me up",
    "my nan takes a lot of pills",
    "my passport expires next week",
    "my passport is in the drawer",
    "my sister's wedding is tomorrow",
    "my son wants an axe for Minecraft",
    "my stepdad comes into my room at night",
    "my team is beating yours",
    "my team is shouting",
    "my uncle touched me when I was small",
    "need a plumber urgently",
    "neighbours are so noisy",
    "no I don't want to kill myself",
    "no idea where I am in this book",
    "no one cares about my haircut",
    "nobody is hurting me",
    "nobody likes pineapple on pizza",
    "nobody loves me",
    "over my dead body",
    "police have guns",
    "pray for me, exam tomorrow",
    "save me a seat",
    "save me some cake",
    "send help, I'm drowning in paperwork lol",
    "she slapped the bonnet",
    "She slays every single time",
    "she won't let it go",
    "she'll be back in an hour",
    "she's coming to my birthday",
    "she's to die for",
    "skydiving: I jumped out of a plane!",
    "someone hit my car",
    "someone is knocking, it's the pizza",
    "tell me a joke",
    "That concert was killer",
    "that film made me cry",
    "the baby is crying because she's hungry",
    "the bathroom door is locked, who's in there",
    "the boss will have my head",
    "the doctor gave me new pills",
    "the funeral is on Friday",
    "the kids are outside playing",
    "the kids next door are playing and screaming",
    "the knife is in the drawer",
    "the line went dead",
    "the panda is in danger of extinction",
    "the pills make me dizzy",
    "the plumber is coming now",
    "the police followed up on my report",
    "the police were friendly",
    "the postman is at my door",
    "the singer harmed his reputation",
    "there is blood orange juice in the fridge",
    "there's no point in arguing with him",
    "they say they will send my video to my school",
    "they won't let me return the dress",
    "this ladder isn't safe",
    "this plant is dying",
    "ugh kill me, so much homework",
    "we got a new knife block",
    "we live in a small house",
    "we locked in a mortgage rate",
    "we're hiding for the surprise party",
    "we're just killing time before the film",
    "what's the point of homework",
    "who cares",
    "why do I even bother cooking",
    "would anyone miss me if I left the party early",
]

RISK_BESIDE_HARMLESS_WORDS = [
    "he's coming home from work and I'm scared he'll hit me",
    "I'm at school and I want to kill myself",
    "I'm in the cinema toilet and he is outside with a knife",
    "my boss won't let me leave the restaurant, he took my passport",
    "we were watching a film and now he won't let me leave",
    "at my birthday party he locked me in the bathroom",
    "he lost at FIFA and now he's hitting me",
    "I failed my exam and want to die",
    "failed my boards, my parents will never forgive me, I want to end my life",
    "my game friend wants to kill himself",
    "after dinner he will hurt me",
    "lol i want to die fr",
    "i read a book about suicide and I want to do it too",
    "I met a guy online and he's outside my house right now",
    "a man from instagram is outside my door",
    "I'm at a party and a guy won't let me leave the room",
    "I'm at a hotel party, someone put something in my drink",
    "the driver of my uber is hurting me",
    "my friend's dad is outside with a gun, he's drunk",
    "my dog is barking, someone is breaking in",
    "mum and dad are fighting over money and he has a knife",
    "he got angry about dinner and he's hitting mum",
    "he is angry because I burnt dinner and he is coming upstairs",
    "my brother is drunk at the wedding and says he will kill me",
    "I'm being followed from the gym",
    "I'm hiding in the school toilets from him",
    "he won't let me go to school or leave the house",
    "I hate school, everyone bullies me and I want to die",
    "my job is killing me and I want to end my life",
    "sick of everything, work, home, I just want to die",
    "I'm tired, I can't do this anymore, I want to die",
    "I lost my phone with the photos and he will post them, I want to die",
    "my life is over, he sent the video to my class",
    "the video is everywhere, my life is ruined and I want to die",
    "i'm drunk and i want to kill myself",
    "i know people say this as a joke but i really want to die",
    "I joke about it but I really want to kill myself",
    "no joke I want to die",
    "i'm not being dramatic I want to kill myself",
    "I keep saying I'm fine but I want to die",
    "I'm okay now but tonight I will end it",
    "I was better for years but now I want to kill myself again",
    "10 years ago my uncle abused me and I want to die",
    "it happened when I was 9 and I want to kill myself",
    "I was abused as a child and I have been cutting since",
    "I used to cut and today I did it again",
    "i was a happy kid but since he touched me i wish i was dead",
    "not sure if I'm suicidal but I don't want to be here",
    "I don't want to die but I can't stop cutting",
    "I don't want to hurt myself but the urge is so strong",
    "I don't want to kill myself but I wish I was dead",
    "I'm scared of dying but I don't want to live",
    "I don't want to die I just want the pain to end",
    "I never wanted to live",
    "I never feel safe, I want to die",
    "no one knows I'm suicidal",
    "nobody knows that I want to kill myself",
    "I can't tell anyone that I want to die",
    "without her I want to die",
    "no, I want to die",
    "I don't know, I want to die",
    "not good. I want to kill myself",
    "I haven't told anyone but I tried to kill myself",
    "I've never told anyone but I want to kill myself",
    "never told anyone I self harm",
    "dont tell anyone i want to kill myself",
    "I do not feel well and I am thinking of suicide",
    "i cant sleep and keep thinking of suicide",
    "Why shouldn't I kill myself",
    "why not just kill myself",
    "I can't think of a reason not to kill myself",
    "give me one reason not to kill myself",
    "there's no reason not to end it",
    "I'm trying not to kill myself",
    "trying not to hurt myself tonight",
    "it's hard not to cut",
    "no he is coming",
    "he is not drunk but he has a knife",
    "I'm not okay, he is hitting me",
    "they never let me leave",
    "I'm never safe at home",
    "nobody knows I'm locked in here",
    "nobody can hear me, I'm locked in",
    "I can't talk, he is in the next room",
    "not safe",
    "I don't feel safe",
    "please don't call, he is here",
    "he is not letting me out",
    "he does not let me out of the house",
]

MINIMAL = """
language: xx
typos: {shortest: 4}
words: {want: "want, need"}
patterns:
  - {id: suicide.die, kind: suicide, match: ["<want> to? die"], examples: [want to die]}
guards:
  - {id: joke, scope: message, cancels: [suicide], match: [just kidding], examples: [x]}
"""

SPANISH = """
language: es
typos: {shortest: 5}
patterns:
  - {id: suicide.die, kind: suicide, match: [quiero morir], examples: [quiero morir]}
"""

CHINESE = """
language: zh
typos: {shortest: 2}
words: {want: "想, 想要"}
patterns:
  - {id: suicide.die, kind: suicide, match: ["<want> 死"], examples: [我想死]}
"""


@pytest.fixture(scope="module")
def english() -> RiskDetectorModel:
    return RiskDetectorModel.load(ENGLISH)


def loaded(folder: Path, content: str) -> RiskDetectorModel:
    path = folder / "xx.yml"
    path.write_text(content, encoding="utf-8")
    return RiskDetectorModel.load(path)


# Sentences


@pytest.mark.parametrize(
    ("pattern", "example"),
    [(p, example) for p in DEFINITION.patterns for example in p.examples],
    ids=lambda value: getattr(value, "id", None),
)
def test_each_example_of_a_pattern_fires_that_pattern(english, pattern, example):
    assert pattern.id in {risk.pattern for risk in english.detect_all(example)}


@pytest.mark.parametrize(
    ("guard", "example"),
    [(g, example) for g in DEFINITION.guards for example in g.examples],
    ids=lambda value: getattr(value, "id", None),
)
def test_each_example_of_a_guard_fires_nothing(english, guard, example):
    assert english.detect_all(example) == []


@pytest.mark.parametrize("text", OWN_RISK)
def test_a_person_in_danger_of_suicide_or_self_harm_is_detected(english, text):
    assert english.detect(text) is not None


@pytest.mark.parametrize("text", SOMEONE_ELSES_RISK)
def test_a_worry_about_someone_elses_suicide_is_detected(english, text):
    assert english.detect(text).kind == "suicide"


@pytest.mark.parametrize("text", DANGER_NOW)
def test_danger_now_is_detected(english, text):
    assert english.detect(text).kind == "danger"


@pytest.mark.parametrize("text", RISK_BESIDE_HARMLESS_WORDS)
def test_a_risk_is_detected_beside_denials_everyday_topics_and_the_past(english, text):
    assert english.detect(text) is not None


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_talk_and_disclosures_without_acute_risk_fire_nothing(english, text):
    assert english.detect_all(text) == []


@pytest.mark.parametrize(
    ("text", "third_person"),
    [
        ("I want to kill myself", False),
        ("my friend wants to kill herself", True),
        ("my son said he wants to die", True),
        ("my dad died and I want to die", False),
        ("he posted my photos and now I want to die", False),
        ("my daughter doesn't want to live anymore", True),
        ("everyone would be better off without me", False),
        ("he has a knife", False),
        ("there is a child screaming next door", True),
    ],
)
def test_whose_life_it_is_about_is_told(english, text, third_person):
    assert english.detect(text).third_person is third_person


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE",
        "i wanna diiiiie",
        "i wnat to die",
        "I want to d1e",
        "I wánt to díe",
        "\N{FULLWIDTH LATIN SMALL LETTER I} want to die",
        "i w a n t t o d i e",
        "i want to d.i.e",
        "iwanttodie",
        "i want to\u200b die",
        "I dont want too live",
        "i want to k*ll myself",
        "i want to 🔪 myself",
    ],
)
def test_disguised_and_misspelt_words_are_read(english, text):
    assert english.detect(text).kind == "suicide"


def test_the_persons_own_risk_comes_before_someone_elses(english):
    risks = english.detect_all("my friend wants to kill herself and I want to die too")

    assert [risk.third_person for risk in risks][0] is False
    assert any(risk.third_person for risk in risks)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_at_all_is_read_without_an_error(english, text):
    english.detect(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "💀💀💀", "\x00\x07", "مرحبا", "?!?!", "k*" * 5000, "a " * 5000, "zxqj " * 2000],
)
def test_strange_and_long_text_is_read_within_two_seconds(english, text):
    start = time.process_time()

    assert english.detect(text) is None
    assert time.process_time() - start < 2


def test_a_typical_message_costs_less_than_one_and_a_half_milliseconds(english):
    texts = EVERYDAY + DANGER_NOW + OWN_RISK
    for text in texts:
        english.detect(text)
    costs = []
    for text in texts:
        start = time.process_time()
        english.detect(text)
        costs.append(time.process_time() - start)

    assert statistics.median(costs) < 0.0015


# Files


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("kind: suicide", "kind: sadness", "suicide.die"),
        ("<want> to? die", "<wish> to? die", "suicide.die"),
        ("<want> to? die", "to die?*", "suicide.die"),
        ("<want> to? die", "die?", "suicide.die"),
        ("examples: [want to die]", "examples: []", "suicide.die"),
        ("cancels: [suicide]", "cancels: [danger]", "joke"),
        ("scope: message", "scope: page", "joke"),
        ("match: [just kidding]", "regex: [just kidding]", "joke"),
        ("id: suicide.die", "id: Suicide!", "Suicide!"),
        ('words: {want: "want, need"}', 'words: {want: "<need>, want"}', "need"),
        ("language: xx", "language: xx\nspellings: {die: dye}", "die"),
        ("typos: {shortest: 4}", "typos: {}", "shortest"),
        ("patterns:", "patterns: [", "YAML"),
    ],
)
def test_given_a_fault_in_a_file_then_the_error_names_the_file_and_the_entry(
    tmp_path, old, new, named
):
    assert old in MINIMAL

    with pytest.raises(RiskDefinitionError) as error:
        loaded(tmp_path, MINIMAL.replace(old, new))

    assert "xx.yml" in str(error.value)
    assert named in str(error.value)


def test_given_two_patterns_with_one_id_then_the_file_is_refused(tmp_path):
    lines = MINIMAL.splitlines()
    pattern = next(line for line in lines if "suicide.die" in line)

    with pytest.raises(RiskDefinitionError, match="'suicide.die' is used twice"):
        loaded(tmp_path, MINIMAL.replace(pattern, f"{pattern}\n{pattern}"))


def test_given_no_file_then_the_error_names_it(tmp_path):
    with pytest.raises(RiskDefinitionError, match="missing.yml"):
        RiskDetectorModel.load(tmp_path / "missing.yml")


def test_a_guard_silences_the_patterns_that_it_cancels(tmp_path):
    model = loaded(tmp_path, MINIMAL)

    assert model.detect("I need to die") == Risk("suicide", "suicide.die", third_person=False)
    assert model.detect("I need to die. Just kidding") is None


@pytest.mark.parametrize(
    ("content", "risk", "no_risk"),
    [(SPANISH, "¡QUIERO MORÍR!", "quiero dormir"), (CHINESE, "我想要死", "我想吃饭")],
)
def test_another_language_is_a_matter_of_adding_a_file(tmp_path, content, risk, no_risk):
    model = loaded(tmp_path, content)

    assert model.detect(risk) is not None
    assert model.detect(no_risk) is None


# Component


@pytest.fixture
def storage(tmp_path) -> LocalModelStorage:
    (tmp_path / "model").mkdir()
    return LocalModelStorage.create(tmp_path / "model")


RESOURCE = Resource("risk_detector")
CONTEXT = ExecutionContext(GraphSchema({}), model_id="test")


def trained(storage: LocalModelStorage, **changes) -> RiskDetector:
    """Trains the component, and returns it as a Rasa server loads it."""
    config = {**RiskDetector.get_default_config(), **changes}
    RiskDetector.create(config, storage, RESOURCE, CONTEXT).train(TrainingData())
    return RiskDetector.load(config, storage, RESOURCE, CONTEXT)


@pytest.fixture(scope="module")
def component(tmp_path_factory) -> RiskDetector:
    return trained(LocalModelStorage.create(tmp_path_factory.mktemp("model")))


def processed(component: RiskDetector, text: str) -> dict:
    [message] = component.process([Message({TEXT: text})])
    return message.as_dict(only_output_properties=True)


def test_given_a_risk_then_it_reaches_the_output_and_nothing_else_does(component):
    assert processed(component, "I want to die") == {
        TEXT: "I want to die",
        RISK: {"kind": "suicide", "pattern": "suicide.want_to_die", "third_person": False},
    }


@pytest.mark.parametrize("text", ["hello", "", "I live in Peru", "/restart", "/I want to die"])
def test_given_no_risk_or_a_command_then_the_message_has_no_risk(component, text):
    assert RISK not in processed(component, text)


@pytest.mark.parametrize("text", ["help!", "HELP !", "  help!! ", "Help！"])
def test_the_safe_word_is_recognised_however_it_is_typed(component, text):
    assert processed(component, text)[RISK]["kind"] == "safe_word"


@pytest.mark.parametrize("text", ["help", "help me find a number!", "no help! needed"])
def test_what_only_holds_the_safe_word_is_not_the_safe_word(component, text):
    assert RISK not in processed(component, text)


def test_safe_words_can_be_chosen_for_each_language(storage):
    component = trained(storage, safe_words={"en": ["blue rabbit"]})

    assert processed(component, "Blue  rabbit")[RISK]["kind"] == "safe_word"
    assert RISK not in processed(component, "help!")


def test_each_enabled_language_is_detected(storage, tmp_path):
    (tmp_path / "es.yml").write_text(SPANISH, encoding="utf-8")
    (tmp_path / "zh.yml").write_text(CHINESE, encoding="utf-8")
    component = trained(storage, folder=str(tmp_path), languages=["es", "zh"])

    assert processed(component, "quiero morir")[RISK]["kind"] == "suicide"
    assert processed(component, "我想死")[RISK]["kind"] == "suicide"


def test_given_a_trained_model_then_it_needs_the_project_files_no_longer(storage, tmp_path):
    (tmp_path / "es.yml").write_text(SPANISH, encoding="utf-8")
    config = {**RiskDetector.get_default_config(), "folder": str(tmp_path), "languages": ["es"]}
    RiskDetector.create(config, storage, RESOURCE, CONTEXT).train(TrainingData())
    (tmp_path / "es.yml").unlink()

    component = RiskDetector.load(config, storage, RESOURCE, CONTEXT)

    assert processed(component, "quiero morir")[RISK]["pattern"] == "suicide.die"


def test_given_a_changed_file_then_the_fingerprint_changes(tmp_path):
    path = tmp_path / "es.yml"
    path.write_text(SPANISH, encoding="utf-8")
    config = {"folder": str(tmp_path), "languages": ["es"]}
    before = RiskDetector.fingerprint_addon(config)

    path.write_text(SPANISH + "# changed", encoding="utf-8")

    assert RiskDetector.fingerprint_addon(config) != before


def test_given_a_language_without_a_file_then_the_error_names_the_file(storage):
    with pytest.raises(InvalidConfigException, match="qq.yml"):
        trained(storage, languages=["qq"])


def test_given_a_faulty_file_then_training_stops_with_its_error(storage, tmp_path):
    (tmp_path / "xx.yml").write_text("patterns: {}", encoding="utf-8")

    with pytest.raises(InvalidConfigException, match="xx.yml"):
        trained(storage, folder=str(tmp_path), languages=["xx"])


def test_the_persons_words_are_neither_logged_nor_kept(component, caplog, capsys):
    caplog.set_level(logging.DEBUG)

    processed(component, "canaryzebra I want to die canaryzebra, my name is canaryzebra")
    processed(component, "/canaryzebra")

    output = capsys.readouterr()
    kept = " ".join(word for model in component._models.values() for word in model._vocab.strings)
    assert "canaryzebra" not in caplog.text + output.out + output.err + kept
    assert "canaryzebra" not in repr(component._models["en"].detect("canaryzebra I want to die"))
