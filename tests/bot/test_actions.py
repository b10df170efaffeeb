"""needs.yml and what each need asks of the directory."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from actions.countries import country_button, offered_countries
from actions.needs import FILE, NeedsError, load_needs, needs
from handrail.settings import ROOT


def test_every_need_slot_value_of_the_domain_has_an_entry() -> None:
    domain = YAML(typ="safe").load((ROOT / "bot/domain/domain.yml").read_text())
    values = {m["value"] for m in domain["slots"]["need"]["mappings"] if "value" in m}
    assert values | {"find_service", "suicidal", "immediate_danger"} == set(needs())


def test_a_child_is_shown_child_helplines_first() -> None:
    need = needs()["disclose_abuse"]
    assert need.services_for("child")[0] == "child_helpline"
    assert need.services_for("adult")[0] == "sexual_violence_support"


def test_own_behaviour_never_leads_to_services_for_children() -> None:
    assert needs()["own_behaviour"].services_for(None) == ("own_behaviour_support",)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("x: {services: [magic]}", "magic"),
        ("x: {child: [child_helpline]}", "'services' is missing"),
        ("x: {services: [child_helpline], audience: aliens}", "aliens"),
        ("x: {services: [child_helpline], colour: red}", "colour"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place_and_the_remedy(
    tmp_path: Path, content: str, complaint: str
) -> None:
    file = tmp_path / "needs.yml"
    file.write_text(content)
    with pytest.raises(NeedsError, match=complaint) as caught:
        load_needs(file)
    assert "need x" in str(caught.value) and str(file) in str(caught.value)
    assert FILE.name == "needs.yml"


def test_the_countries_offered_are_those_where_most_people_speak_the_language() -> None:
    assert "US" in offered_countries("en") and len(offered_countries("en")) == 6
    assert country_button("GB", "en")["title"] == "United Kingdom"
