"""The simple forms of English words. A form nobody uses does no harm: it is only never found."""


def plurals(word: str) -> list[str]:
    """The word and its plurals, the slang one with ``z`` among them."""
    if not (word.isascii() and word.isalpha()):
        return [word]
    forms = [word, f"{word}s", f"{word}z"]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.append(f"{word}es")
    if word.endswith("y"):
        forms.append(f"{word[:-1]}ies")
    return forms


def verb_forms(verb: str) -> list[str]:
    """The verb, its -s, -ed, -ing, -in and -er forms."""
    stem = verb.removesuffix("e")
    past = f"{stem}ed"
    return [*plurals(verb), past, f"{stem}ing", f"{stem}in", *plurals(f"{stem}er")]
