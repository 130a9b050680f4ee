from collections.abc import Callable

import pytest

from shared.content_policy import Reason

Judge = Callable[..., Reason | None]

EXPLICIT = """
nude
nudes
nudity
naked
nudist
topless
sex
sexual
having sex
oral sex
porn
porno
pornography
pornstar
porn star
pornstars
pr0n
hentai
nsfw
xxx
x-rated
erotic
erotica
lewd
horny
orgasm
orgy
orgies
masturbating
masturbation
ejaculated
genitals
penis
vagina
nipples
hard-on
blow job
blowjobs
threesome
milf
bdsm
fucking
fucked
fuckin
without clothes
not wearing any clothes
bare breasts
touching herself
nudegirl
sexgirls
nackte Frau
desnuda
sexe
裸体
секс
ヌード
누드
""".strip().splitlines()

SUGGESTIVE = """
sexy
lingerie
underwear
bra
cleavage
breasts
seductive
sensual
pin-up
pinup
busty
thong
stripper
undressing
voluptuous
nude statue
sex appeal
""".strip().splitlines()

NEITHER = """
kissing
bikini
swimsuit
shirtless
romantic
beautiful
hot
wet
bare feet
bedroom
bath
muscular
dancing
dress
girl
""".strip().splitlines()


@pytest.mark.parametrize("term", EXPLICIT)
def test_an_explicit_term_is_refused_in_sfw_and_passes_in_nsfw(judge: Judge, term: str) -> None:
    assert judge(f"adults, {term}", mode="sfw") is Reason.EXPLICIT_IN_SFW
    assert judge(f"adults, {term}", mode="nsfw") is None


@pytest.mark.parametrize("term", EXPLICIT)
def test_an_explicit_term_is_a_sexual_context(judge: Judge, term: str) -> None:
    assert judge(term, "child") is Reason.SEXUAL_MINORS


@pytest.mark.parametrize("term", SUGGESTIVE)
def test_a_suggestive_term_passes_in_sfw_and_is_a_sexual_context(judge: Judge, term: str) -> None:
    assert judge(term, mode="sfw") is None
    assert judge(term, "child", mode="sfw") is Reason.SEXUAL_MINORS
    assert judge(term, "obama", mode="sfw") is Reason.SEXUAL_REAL_PERSON


@pytest.mark.parametrize("term", NEITHER)
def test_other_words_are_no_sexual_context(judge: Judge, term: str) -> None:
    assert judge(term, "child", "obama", mode="sfw") is None
