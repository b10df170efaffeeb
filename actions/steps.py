"""The steps that actions take: ask for the country, show services, admit not to understand."""

from dataclasses import replace
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.countries import country_button, offered_countries
from actions.lookup import find_services
from actions.situation import Situation
from directory.cards import service_card
from directory.search import FoundService
from directory.vocabulary import INTERNATIONAL

Events = list[dict[str, Any]]
DEFAULT_LANGUAGE = "en"


def ask_country(dispatcher: CollectingDispatcher, situation: Situation) -> Events:
    """Ask for the country; in an acute risk, international crisis services come first."""
    language = situation.language or DEFAULT_LANGUAGE
    if situation.acute_now and (services := find_services(situation)):
        say_services(dispatcher, "utter_services_crisis_anywhere", services, kind="safety")
    if situation.ambiguous_country:
        question, offered = "utter_ask_country_ambiguous", situation.ambiguous_country
    elif situation.intent == "inform_country":
        question, offered = "utter_ask_country_again", offered_countries(language)
    else:
        question, offered = "utter_ask_country", offered_countries(language)
    buttons = [country_button(country, language) for country in offered]
    dispatcher.utter_message(response=question, buttons=buttons)
    return [SlotSet("acute", situation.acute), SlotSet("misunderstood", 0)]


def show_services(dispatcher: CollectingDispatcher, situation: Situation) -> Events:
    """Show up to three services, or say honestly that there is none and what else helps (C4)."""
    services = find_services(situation)
    if not services and situation.contact_way:
        dispatcher.utter_message(response="utter_no_such_way")
        situation = replace(situation, contact_way=None)
        services = find_services(situation)
    if not services:
        dispatcher.utter_message(response="utter_no_services")
        return [SlotSet("acute", None), SlotSet("shown", [])]
    if situation.acute:
        say_services(dispatcher, "utter_services_crisis", services, kind="safety")
    elif all(service.country == INTERNATIONAL for service in services):
        say_services(dispatcher, "utter_services_international", services)
    else:
        say_services(dispatcher, "utter_services_found", services)
    return [
        SlotSet("acute", None),
        SlotSet("contact_way", situation.contact_way),
        SlotSet("shown", [service.id for service in services]),
    ]


def say_services(
    dispatcher: CollectingDispatcher,
    response: str,
    services: tuple[FoundService, ...],
    kind: str = "services",
) -> None:
    """Say a sentence of the catalogue with the services' cards."""
    cards = [service_card(service) for service in services]
    dispatcher.utter_message(response=response, json_message={"kind": kind, "services": cards})


def not_understood(dispatcher: CollectingDispatcher, situation: Situation) -> Events:
    """Ask once for other words; after that, give the menu and the country's helplines (C6)."""
    times = situation.misunderstood + 1
    if times < 2:
        off_topic = situation.intent == "out_of_scope"
        dispatcher.utter_message(response="utter_out_of_scope" if off_topic else "utter_rephrase")
        return [SlotSet("misunderstood", times)]
    dispatcher.utter_message(response="utter_still_not_understood")
    if situation.country is None:
        events = ask_country(dispatcher, situation)
    else:
        events = show_services(dispatcher, situation)
    return [*events, SlotSet("misunderstood", times)]
