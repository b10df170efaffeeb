"""The way to a service: the next question if one is needed, else up to three services (C3, C4)."""

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.lookup import find_services, should_ask_audience
from actions.situation import Situation
from actions.steps import Events, ask_country, not_understood, say_services, show_services


class ActionHelp(Action):
    """Asks for what is missing (two questions at most), then shows services."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_help"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Decide the next step from the situation and take it."""
        situation = Situation.of(tracker)
        understood = [SlotSet("misunderstood", 0)]
        if not situation.need_known:
            if situation.intent == "inform_country" and situation.country is None:
                # A "country" that is none, out of the blue: more likely something else was meant.
                return not_understood(dispatcher, situation)
            dispatcher.utter_message(response="utter_menu")
            return understood
        if situation.intent == "affirm" and situation.shown:
            # The same list again would help nobody; what is in the way may (VERA-MH, Koko trial).
            dispatcher.utter_message(response="utter_ask_barrier")
            return understood
        if situation.country is None:
            return [*understood, *ask_country(dispatcher, situation)]
        if not situation.acute and should_ask_audience(situation):
            dispatcher.utter_message(response="utter_ask_audience")
            return [*understood, SlotSet("asked_audience", True)]
        return [*understood, *show_services(dispatcher, situation)]


class ActionMoreServices(Action):
    """Shows the next services for the need in hand; at the end, asks what is in the way."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_more_services"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Show up to three services that were not shown yet."""
        situation = Situation.of(tracker)
        if situation.country is None:
            return ask_country(dispatcher, situation)
        services = find_services(situation, fresh=False)
        if not services:
            dispatcher.utter_message(response="utter_no_more_services")
            return [SlotSet("misunderstood", 0)]
        say_services(dispatcher, "utter_services_more", services)
        return [SlotSet("shown", [*situation.shown, *(service.id for service in services)])]


class ActionOtherWay(Action):
    """Asks how the person would like to be in contact, or uses what the message says."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_other_way"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Show services for the way that was named, else offer the ways."""
        situation = Situation.of(tracker)
        if situation.tells(tracker, "contact_way") and situation.country:
            return show_services(dispatcher, situation)
        dispatcher.utter_message(response="utter_ask_contact_way")
        return [SlotSet("misunderstood", 0)]


class ActionChangeCountry(Action):
    """Takes back the country, or takes the one that the message names (C7)."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_change_country"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Ask for the country again, or go on with the new one."""
        situation = Situation.of(tracker)
        if situation.tells(tracker, "country"):
            return show_services(dispatcher, situation)
        forgotten = replace(situation, country=None)
        return [SlotSet("country", None), *ask_country(dispatcher, forgotten)]


class ActionChangeLanguage(Action):
    """Offers the languages, or goes on in the one that was tapped (C9)."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_change_language"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Ask which language; once it is chosen, say so in it and go on where we were."""
        situation = Situation.of(tracker)
        if not situation.tells(tracker, "chosen_language"):
            dispatcher.utter_message(response="utter_ask_language")
            return [SlotSet("misunderstood", 0)]
        dispatcher.utter_message(response="utter_language_changed")
        return ActionHelp().run(dispatcher, tracker, domain)


class ActionFallback(Action):
    """Answers a message that was not understood; never the same way twice in a row."""

    def name(self) -> str:
        """Return the action's name in the domain."""
        return "action_fallback"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Ask once for other words; after that, the menu and a place to call."""
        return not_understood(dispatcher, Situation.of(tracker))
