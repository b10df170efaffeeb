"""Whole conversations with the running stack: each person of DESIGN 1 reaches someone who helps."""

import httpx
import pytest

from tests.conversations.conftest import Person

PRAISE = ("great", "well done", "congrat", "awesome", "cool", "nice!")


def test_opening_says_what_i_am_what_i_keep_and_offers_choices(person: Person) -> None:
    assert "not a person" in person.text
    assert "keep nothing" in person.text
    assert len(person.heard) == 1
    assert len(person.heard[0]["text"].splitlines()) <= 4
    assert "I want to talk to someone" in person.choices


def test_sextortion_with_a_country_gets_its_services_in_the_same_answer(person: Person) -> None:
    person.writes("Someone is threatening to share my photos, I live in Peru")
    assert "not your fault" in person.text
    assert "Do not pay" in person.text
    assert person.services
    assert "PE" in person.countries()
    assert person.countries() <= {"PE", "ZZ"}


def test_child_being_hurt_is_believed_and_gets_a_child_helpline(person: Person) -> None:
    person.writes("my uncle touches me and i want it to stop. im 12")
    assert "believe you" in person.text
    assert "not your fault" in person.text
    assert not any(word in person.text.lower() for word in PRAISE)
    person.writes("kenya")
    assert any(s["phones"] and s["phones"][0]["number"] == "116" for s in person.services)


def test_adult_survivor_of_long_ago(person: Person) -> None:
    person.writes("When I was a child my coach abused me. I am 45 now and never told anyone.")
    assert "believe you" in person.text
    person.writes("I live in the UK")
    assert person.countries() & {"GB"}


def test_worried_parent(person: Person) -> None:
    person.writes("I think somebody online is grooming my daughter, we are in Spain")
    assert person.services
    assert "ES" in person.countries()


def test_person_who_came_across_material(person: Person) -> None:
    person.writes("I came across a video of a child being abused, where do I report it")
    assert "not save" in person.text.replace("Please do not save", "not save")
    assert "not even as proof" in person.text
    person.writes("Germany")
    assert "DE" in person.countries()


def test_person_worried_about_own_thoughts_meets_no_contempt(person: Person) -> None:
    person.writes("I have sexual thoughts about children and I need help to never act on them")
    assert "not judge" in person.text
    person.writes("I'm in the United Kingdom")
    assert person.services
    first = person.services[0]
    assert first["country"] in {"GB", "ZZ"}


def test_person_who_thinks_of_suicide_gets_the_number_first(person: Person) -> None:
    person.writes("I want to commit suicide")
    assert person.kinds[0] == "emergency"
    assert "Your life matters" in person.heard[0]["text"]
    person.writes("I'm in Australia")
    assert person.services
    assert "AU" in person.countries()


def test_person_at_risk_right_now(person: Person) -> None:
    person.writes("he is outside my door with a knife, i am in kenya")
    assert person.kinds[0] == "emergency"
    assert "999" in person.heard[0]["text"]
    assert person.services[0]["id"] == "emergency-ke"


def test_missing_child(person: Person) -> None:
    person.writes("my son did not come home from school and nobody knows where he is")
    assert "do not have to wait" in person.text
    person.writes("France")
    assert person.services


@pytest.mark.parametrize(
    ("statement", "must_say"),
    [
        ("I was raped", "believe you"),
        ("I am being abused", "believe you"),
        ("I was beaten up by my husband", "not your fault"),
        ("I am depressed", "alone"),
        ("I am being forced to have sex and I am only 12 years old", "believe you"),
        ("my stepfathr tuches me evry nite pls help", "believe you"),
        ("sum1 is blackmaling me with my nudes", "not your fault"),
    ],
)
def test_statements_that_other_assistants_missed(
    person: Person, statement: str, must_say: str
) -> None:
    person.writes(statement)
    assert must_say in person.text
    assert not any(word in person.text.lower() for word in PRAISE)
    assert person.choices or person.services


def test_forced_at_twelve_also_hears_how_to_get_help_at_once(person: Person) -> None:
    person.writes("I am being forced to have sex and I am only 12 years old, I'm in Ireland")
    assert (
        "emergency" in person.kinds
        or any(service["id"] == "emergency-ie" for service in person.services)
        or "IE" in person.countries()
    )


def test_crisis_in_the_middle_of_a_question(person: Person) -> None:
    person.writes("I was raped")
    assert "Which country" in person.text
    person.writes("i dont want to live anymore")
    assert person.kinds[0] == "emergency"
    person.writes("Peru")
    assert "105" in person.text or person.services


def test_crisis_services_come_alone_and_the_earlier_need_is_still_known(person: Person) -> None:
    person.writes("Someone is threatening to share my photos, I live in Peru")
    person.writes("i want to kill myself")
    names = {service["name"] for service in person.services}
    assert "Take It Down" not in names
    assert person.kinds == ["emergency", "safety"]
    person.writes("show me more")
    assert person.services


def test_the_same_crisis_list_is_not_repeated_while_the_country_is_asked(person: Person) -> None:
    person.writes("i want to kill myself")
    assert person.services
    person.writes("i live in atlantis")
    assert not [s for s in person.services if s["country"] == "ZZ"]
    person.writes("Kenya")
    assert "KE" in person.countries() or person.countries() == {"ZZ"}


def test_yes_after_services_asks_what_is_in_the_way_and_repeats_no_list(person: Person) -> None:
    person.writes("Someone is threatening to share my photos, I live in Peru").writes("ok")
    assert not person.services
    assert "I cannot call" in person.choices


def test_danger_in_a_country_without_a_known_number_does_not_ask_for_the_country(
    person: Person,
) -> None:
    person.writes("he is outside my door with a knife, i am in Eritrea")
    assert person.kinds[0] == "emergency"
    assert "do not have the number" in person.text
    assert "Tell me your country" not in person.text
    assert person.countries() == {"ZZ"}


def test_crisis_after_goodbye(person: Person) -> None:
    person.writes("bye").writes("i am going to kill myself")
    assert person.kinds[0] == "emergency"


def test_safe_word_gives_the_safety_answer_anywhere(person: Person) -> None:
    person.writes("what is grooming?")
    person.writes("help!")
    assert person.kinds[0] == "emergency"
    assert "I am here" in person.text


def test_everything_can_be_tapped(person: Person) -> None:
    person.taps("Someone hurts me or touches me")
    assert "believe you" in person.text
    person.taps(next(label for label in person.choices if label in ("India", "United States")))
    if "Me, I am under 18" in person.choices:
        person.taps("Me, I am under 18")
    assert person.services


def test_country_first_then_need_needs_no_second_question(person: Person) -> None:
    person.writes("hi, I am from Mexico").writes("my ex posts my private pictures online")
    assert "MX" in person.countries() or person.countries() == {"ZZ"}


def test_change_of_country(person: Person) -> None:
    person.writes("my husband hits me. I live in Peru")
    if "Me, I am 18 or older" in person.choices:
        person.taps("Me, I am 18 or older")
    assert "PE" in person.countries()
    person.writes("no, I meant Chile")
    assert person.countries() <= {"CL", "ZZ"}
    assert "Chile" in person.text


def test_more_services_are_new_ones_and_the_end_asks_what_is_in_the_way(person: Person) -> None:
    person.writes("i need someone to talk to, i am in the uk")
    if "Me, I am 18 or older" in person.choices:
        person.taps("Me, I am 18 or older")
    seen: set[str] = set()
    for _ in range(12):
        shown = {service["id"] for service in person.services}
        assert not shown & seen
        seen |= shown
        if "I cannot call" in person.choices:
            break
        person.taps("Show more")
    assert "I cannot call" in person.choices
    assert len(seen) > 3


def test_other_way_gives_services_without_a_call(person: Person) -> None:
    person.writes("someone threatens to share my nudes, i am in the uk")
    person.taps("Text or chat, not call").taps("By chat")
    assert person.services
    assert all(s["chat_url"] for s in person.services) or "no service" in person.text


def test_country_without_a_service_is_never_a_dead_end(person: Person) -> None:
    person.writes("my uncle hurts me").writes("I am in Tuvalu")
    if "Me, I am under 18" in person.choices:
        person.taps("Me, I am under 18")
    assert "checked service" in person.text
    assert person.services
    assert person.countries() <= {"ZZ"}


def test_not_understood_twice_gives_menu_and_a_way_to_help(person: Person) -> None:
    person.writes("qwpoeiru zmxncb")
    first = person.text
    assert "did not get that" in first or "cannot help with that" in first
    person.writes("zxcvb lkjhg qqq")
    assert person.text != first
    assert "In danger now?" in person.text
    assert "I want to talk to someone" in person.choices


def test_restart_forgets_the_country(person: Person) -> None:
    person.writes("I was raped. I live in Peru")
    person.writes("start over")
    assert "start again" in person.text
    person.writes("I was raped")
    assert "Which country" in person.text


def test_erase_forgets_everything_and_the_chat_goes_on(person: Person) -> None:
    person.writes("I was raped. I live in Peru")
    person.writes("erase everything")
    assert "forgotten" in person.text
    person.writes("I was raped")
    assert "Which country" in person.text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("is it my fault", "not your fault"),
        ("will my parents find out", "do not tell your parents"),
        ("are you a real person", "not a person"),
        ("do you save what i write", "keep nothing"),
        ("does it cost money", "free"),
        ("is it too late to report something from 20 years ago", "never too late"),
        ("what is sextortion", "crime"),
    ],
)
def test_questions_get_an_answer_and_a_next_step(
    person: Person, question: str, answer: str
) -> None:
    person.writes(question)
    assert answer in person.text
    assert person.choices


def test_deterrence_entry_is_respectful_and_one_tap_from_help(client: httpx.Client) -> None:
    person = Person(client).opens(entry="deterrence", country="GB")
    assert "against the law" in person.text
    person.taps("Get help to stop")
    assert person.services


def test_known_country_at_the_opening_names_its_number(client: httpx.Client) -> None:
    person = Person(client).opens(country="KE")
    assert "999" in person.text


def test_every_answer_with_services_says_that_it_is_demonstration_data(person: Person) -> None:
    person.writes("Someone is threatening to share my photos, I live in Peru")
    assert "demonstration data" in person.text
    assert all(service["demo"] for service in person.services)


def test_everyday_talk_is_turned_kindly_to_what_this_is_for(person: Person) -> None:
    person.writes("who won the football yesterday")
    assert "emergency" not in person.kinds
    assert person.choices
