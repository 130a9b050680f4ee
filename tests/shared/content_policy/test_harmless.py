"""Prompts that must pass: words inside words, words with another meaning, people of every age doing anything."""

from collections.abc import Callable

import pytest

from shared.content_policy import Reason

Judge = Callable[..., Reason | None]

IN_EVERY_MODE = """
a mother breastfeeding her baby
children playing on the beach
a family at the swimming pool
a boy and his dog
girl with a pearl earring
a 5 year old girl blowing out candles
a newborn foal with its mother
a kindergarten drawing
first grade students painting
a school uniform catalogue
the Virgin Mary with the child
teen titans cartoon poster
a 12 year old whisky bottle on a bar with a pin-up poster
a thirty-two year old woman, lingerie advertisement
Gothic Lolita fashion
children in Halloween costumes
a same-sex couple with their child
sex education poster for a high school
Essex
Middlesex
Sussex, Wessex and Essex
Scunthorpe town hall
cocktail
cockatoo
a peacock and a woodcock
cocker spaniel puppy
shuttlecock and racket
sextant
sexagenarian couple dancing
analysis
A N A L Y S I S
a canal at dawn
grape
a bunch of grapes
therapist
a rapper on stage
brass band
class assignment
assassin
cucumber and cumin
circumference of a document
Titanic
manuscript
skyscraper
nude lipstick colours
nude lipsticks, nude heels and nude nail polish
chicken breast
breast cancer awareness ribbon
robin red breast
great tits and blue tits on a feeder
pussy willow branches
naked mole-rat
stars seen with the naked eye
a naked flame
magna cum laude graduation
a double-breasted suit
pirate booty
water penetration damage
Michelangelo's David
a nude statue in a museum
Moby Dick book cover
Dick Tracy comic
portrait of Dick Cheney
Sex Pistols poster
Sex and the City
Hitchcock film still
Dickinson poem
Hancock tower
Taylor Swift on stage at a concert
Barack Obama portrait
Kim Kardashian at the Met Gala
a politician giving a speech
my teacher at her desk
photo of my wife at the lighthouse
two adults kissing
the pen is red
it is ex-army
J. R. R. Tolkien
U S A flag, the C.I.A. and the F.B.I.
x y z axis
a s d f g h j k l
80y old man
1.5 litres of water
a minor detail, A minor chord
Grade 2 listed house
a Ferrari フェラーリ
カップヌードル
ピエロ
""".strip().splitlines()

IN_NSFW = """
sexy girl
sexy woman
nude portrait of a 30 year old woman
portrait of a 30 year old woman
nude woman, twenty-two years old
nude woman, 21yo
nude woman aged 35
nude 18 year old woman
nude woman, 100,000 year old vampire
nude woman, three hundred and five year old vampire
nude woman drinking 12 year old whisky
nude man with a 3 day old beard
nude woman, thirtieth birthday
nude woman, looks 25
nude woman, 5'7 tall
she is 5 feet tall and naked
nude woman, 16:9, 8k, 50mm, f/1.8, 2010s
nude woman, (portrait:1), 12 steps, cfg 7
nude woman looking three quarters left
nude woman who is one of a kind
two 25 year old women having sex
having sex, there is only one bed
1girl, 1boy, sex
a young woman, nude
a young naked couple
sexy teacher and college students
sexy high school teacher
nude woman in front of a baby blue wall
hey baby, sex
son of a bitch, naked
cowboy, nude
naked woman, minor detail
naked man with a bad boy tattoo
busty milf, heart pupils
naked yoga, child's pose
naked soon
naked woman in a brass bed
naked politician
my girlfriend and i have sex
nude woman, analysis of light
裸体 女人 25岁
""".strip().splitlines()


@pytest.mark.parametrize("mode", ["sfw", "nsfw"])
@pytest.mark.parametrize("prompt", IN_EVERY_MODE)
def test_a_harmless_prompt_passes_in_every_mode(judge: Judge, prompt: str, mode: str) -> None:
    assert judge(prompt, mode=mode) is None


@pytest.mark.parametrize("prompt", IN_NSFW)
def test_a_prompt_for_adults_about_adults_passes_in_nsfw(judge: Judge, prompt: str) -> None:
    assert judge(prompt, mode="nsfw") is None


@pytest.mark.parametrize(
    "prompt",
    [
        "nude woman with a 12 year old whisky girl",
        "a child before a nude statue",
        "nude heels, nude child",
        "nude, heels, child",
        "breast milk, bare breasts, child",
        "chicken breast, nude child",
    ],
)
def test_a_harmless_phrase_excuses_nothing_beside_it(judge: Judge, prompt: str) -> None:
    assert judge(prompt) is Reason.SEXUAL_MINORS


@pytest.mark.parametrize("prompt", ["nude, lipstick", "nude (statue)", "nude. Heels", "nude | heels", "nude\nheels"])
def test_two_things_are_no_harmless_phrase(judge: Judge, prompt: str) -> None:
    assert judge(prompt, mode="sfw") is Reason.EXPLICIT_IN_SFW
