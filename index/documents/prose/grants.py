"""What does a clause of a decision grant: to whom, for what, and how much?

*att bevilja Luleå kommun 2 540 000 kronor till projektet Hela vägen ut*. What is known is taken out
piece by piece, first the amount; where a piece is left that is none of these, the clause is in
doubt and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from index.amount import parse_amount
from index.documents.prose.clauses import AMOUNT, GRANT_NOUN, PROJECT, unconditional, verb_of
from index.documents.prose.owners import NOUN, is_name, is_organisation
from index.problem import quoted


@dataclass(frozen=True, slots=True)
class Grant:
    """``owner`` and ``title`` are empty where the clause does not name them; ``doubt`` says what is
    not certain about ``amount``, which then is None. ``unclear``: why it is no decision at all."""

    owner: str = ""
    title: str = ""
    amount: Decimal | None = None
    currency: str = "SEK"
    doubt: str = ""
    unclear: str = ""


_A = rf"(?:{AMOUNT.pattern})"
_NO_GRANT = re.compile(
    r"\b(?:[a-zåäö]*borgen|(?:[a-zåäö]*[^\W\d_])?lån(?:et)?|kredit\w*|tilläggsanslag\w*"
    r"|(?:\w*ram|\w*budget)(?:en)?|investerings(?:medel|anslag)\w*|arvode\w*"
    r"|(?:\w*kontrakt|\w*avtal)(?:et)?)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?<![\d:])(?!(?:19|20)\d{2}\b(?! \d{3}))\d[\d \u00a0.]*\s*(?:kr|kronor|tkr)?"
    rf"\s*(?:[-–]|\boch\b|\btill\b)\s*{_A}",
    re.IGNORECASE,
)
_PERIODIC = re.compile(
    r"\bårlig\w*|\b(?:varje|varannat) år\b|\bårsvis\b|/\s?[a-zåäö]+"
    r"|\bi (?:två|tre|fyra|fem|\d) år\b|\bvardera\b|\bvar(?= |\.|,|$)"
    r"|\bper\s[a-zåäö]+\b|\brespektive\b",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\s+20\d\d[–-]\d+$")
_YEAR = re.compile(r"\b20\d{2}\b")
_NUMBERS = re.compile(
    r",?\s*\b(?:org\.?\s?-?nr\.?:?\s*)?\d{6}-\d{4}\b"
    r"|,?\s*\b(?:dnr|diarienummer)\b\.?:?\s*(?:[A-ZÅÄÖ]+\s)?[\w/:.-]*\d[\w/:-]*",
    re.IGNORECASE,
)
_SHARE = re.compile(
    r",?\s*\b(?:(?:motsvarande|dock|med|om|på)\s+)?(?:högst\s+|maximalt\s+)?\d+(?:,\d+)?\s?"
    r"(?:%|procent)\s+av\b(?:[^,.;]|,(?=\d))*?"
    r"(?=[,.;](?!\d)|\s(?:till|för)\s(?:[a-zåäö]*(?:projekt|studie)|[A-ZÅÄÖ])|$)",
    re.IGNORECASE,
)
_BESIDES = re.compile(r",?\s*\b(?:varav|så att|men|vilket|eftersom)\b.*$", re.I | re.DOTALL)
_UP_TO = (
    r"(?:(?:härmed|även|totalt|sammanlagt|högst|maximalt|upp till|ytterligare|dock|motsvarande|en)"
    r"\s+){0,4}"
)
_NOUNS = (
    r"(?:(?:ett|en|det|20\d\d års)\s+(?:[a-zåäö]+\s+)?|(?:ekonomiskt|extra|särskilt|fortsatt"
    rf"|utökat|årligt)\s+)?(?:{GRANT_NOUN}|belopp(?:et)?|summan?)"
)
_MONEY = re.compile(
    rf"(?:(?<=\s)|^)(?:(?:med|om|på|i)\s+)?{_UP_TO}(?:{_NOUNS}\s+(?:(?:om|på|med|uppgående till"
    rf"|motsvarande)\s+)?)?{_UP_TO}{_A}(?:\s+(?:i|som)\s+(?:[a-zåäö]+\s+){{0,2}}{GRANT_NOUN}"
    r"(?![\w-]))?",
    re.IGNORECASE,
)
_FUNDS = (
    r"(?:ur|från|inom|via|genom|av)\s+(?:(?!(?:ur|från|inom|via)\b)[\w:./–-]+\s+){0,5}?"
    r"[\wåäö:-]*(?:anslag|medel|budget|konto|pott|ram|reserv|fond|verksamhet)\w*"
)
_KNOWN = re.compile(
    rf",?\s+(?:för|under|inom)\s+(?:(?:projekt)?perioden|åren|tiden|året|år|ramen)\b[^,|]*"
    rf"|,?\s+(?:för|under)\s+20\d\d\b(?:[–-]\d+)?|\s+{_FUNDS}[^,|]*?(?=,|\||$|\s(?:till|för)\s)"
    rf"|,?\s*\b(?:i enlighet med|i linje med|enligt)\b[^,|]*?(?=,|\||$|\s(?:till|för|om)\s)"
)
_NOUN_ALONE = re.compile(rf"(?:^|\s+){_NOUNS}(?![\w-])(?:\s+(?:om|på|med)(?=\s*(?:\||$)))?")
_QUOTED = re.compile(r"[”\"“»«]\s*([^”\"“»«]{2,150}?)\s*[”\"“»«]")
_TITLE_ENDS = re.compile(
    r"\||[.;](?:\s|$)|\s+[–-]\s+(?=[a-zåäö])|\s+(?=med [A-ZÅÄÖ][^,|]*? som\b)"
    r"|,\s+(?=(?:projektägare|ur|från|med|under|dock|enligt|att|som|för|till|högst|inom|och att)\b)"
    r"|\s+(?=(?:genom att|avseende|som (?:drivs|ägs|genomförs|avser|ska))\b)"
)
_AIM = re.compile(
    r"(?:för|till|avseende)\s+(?:att\s+)?(?:genomförande(?:t)?\s+av\s+)?(?P<aim>[^,;]+)"
)
_NO_AIM = re.compile(
    rf"(?:ändamålet|(?:an)?sökt|år|perioden|20\d\d|detta|samma|(?:projekt(?:et)?|förstudien?)$"
    rf"|{GRANT_NOUN}\b)",
    re.IGNORECASE,
)
_FILLER = re.compile(
    rf"(?:(?:för|till|ur|åt|från|inom|om|på|med|av|i|och|ett|en|den|det|dem|er|ni|ska|härmed|även"
    rf"|sökanden?|projektägaren?|projekt(?:et)?|förstudien|insatsen|ansökan|genomförandet?|{NOUN})"
    r"(?:\s+|$))*",
    re.IGNORECASE,
)
_LINKS = re.compile(
    rf"^(?:till|åt|från|för|härmed|även|därmed|ansökan från|sökanden?|projektägaren?"
    rf"|den ideella(?= {NOUN}))\s+(?=[A-ZÅÄÖ\d]|den |{NOUN}\s+[A-ZÅÄÖ])"
)
_TRAILS = re.compile(r"\s+(?:ska|härmed|även|därmed|ett|en|med|om|på|i|till|för)$")
_CUT = re.compile(r"[,;:]\s+|\s+[–-]\s+|\s+(?=(?:till|för|avseende|gällande|åt)\s)|$")
# *Institutionen för kemi* is one name, unless money is *för en resa*.
_DEFINITE = r"\w+(?:en|et|in)"
_PART_OF_NAME = re.compile(r"för (?!att\b|en\b|ett\b|sin\b|sitt\b)[a-zåäö]")
_EDGE = " ,:;–-|"


def grant_of(clause: str) -> Grant | None:
    """What a clause of the kind *grant* grants; None where it grants no money: *ansvarsfrihet*."""
    clause = unconditional(clause)
    verb = verb_of(clause)
    if verb is None:
        return None
    before, after = clause[: verb.start()], clause[verb.end() :]
    passive = verb.group().casefold().endswith("s")
    text = _plain(f"{before} | {after}" if passive else after)
    first = AMOUNT.search(text)
    if first:  # what is said besides the amount is about parts of it
        text = text[: first.end()] + _BESIDES.sub("", text[first.end() :])
    title, bare = _without_title(text)
    upto = _MONEY.search(bare)
    if _NO_GRANT.search(bare[: upto.end()] if upto else bare):
        return None
    grant = _priced(bare, clause)
    if grant is None or grant.unclear:
        return grant
    return _named(grant, title, bare)


def _plain(text: str) -> str:
    """Without numbers, shares of costs, and what stands in brackets, unless it is the amount or who
    gets it."""
    text = _NUMBERS.sub("", text)
    text = re.sub(r"\s*\(([^()]*)\)", _opened, text)
    return " ".join(_SHARE.sub("", text).split(" "))


def _opened(brackets: re.Match[str]) -> str:
    inside = brackets[1].strip()
    return f", {inside}," if AMOUNT.search(inside) or is_organisation(inside) else ""


def _priced(text: str, clause: str) -> Grant | None:
    """The amount, or why there is none."""
    amounts = [*AMOUNT.finditer(text)]
    if not amounts:
        noun = re.search(rf"\b(?:{GRANT_NOUN}|kronor)\b", clause, re.IGNORECASE)
        asked = re.search(r"\b\w*ansökan(?! om\b)", clause)
        said = f"beslutet anger inget belopp i siffror, {quoted(clause, 80)},"
        if noun and re.search(r"[A-ZÅÄÖ]", text):
            return Grant(doubt="beslutet anger inget belopp i siffror")
        return Grant(unclear=said) if noun or asked else None
    stated = text[amounts[0].start() :].partition("|")[0]
    stated = re.sub(r"(?:\s*[.,]|\s+(?:till|för))?\s*$", "", stated)
    yearly = len(amounts) > 1 and len(_YEAR.findall(text)) >= len(amounts)
    if yearly or _PERIODIC.search(text[max(0, amounts[0].start() - 40) :]):
        return Grant(doubt=f"beloppet {quoted(stated, 80)} är inte ett enda belopp")
    if rough := _RANGE.search(text):
        stated = quoted(rough.group())
        return Grant(unclear=f"beloppet {stated} är inte ett bestämt belopp")
    if len(amounts) > 1:
        return Grant(unclear=f"stycket anger flera belopp, {quoted(clause, 120)},")
    try:
        amount = parse_amount(amounts[0].group())
    except ValueError:
        return Grant(doubt=f"beloppet {quoted(amounts[0].group())} kan inte tolkas")
    return Grant(amount=amount.value, currency=amount.currency)


def _without_title(text: str) -> tuple[str, str]:
    """The name of the project, and the text with a bar in its place."""
    cited = _QUOTED.search(text)
    for mark in PROJECT.finditer(text):
        rest = text[mark.end() :]
        if quote := _QUOTED.match(rest):
            return tidy(quote[1]), f"{text[: mark.start()]} | {rest[quote.end() :]}"
        ends = [one.search(rest) for one in (_MONEY, _KNOWN, _TITLE_ENDS)]
        end = min((one.start() for one in ends if one), default=len(rest))
        title, owner = _owner_at_end(_YEARS.sub("", rest[:end]))
        if re.search(r"[^\W\d_]{2}", title) and len(title) <= 200:
            return tidy(title), f"{text[: mark.start()]} | {owner} | {rest[end:]}"
    if cited:
        return tidy(cited[1]), f"{text[: cited.start()]} | {text[cited.end() :]}"
    return "", text


def _owner_at_end(title: str) -> tuple[str, str]:
    """*Hela vägen ut, Luleå kommun* or *Hela vägen ut till Luleå kommun* in two."""
    for cut in re.finditer(r"(?:,|\s+till|\s+[–-]|\s+med)\s+(?=[A-ZÅÄÖ])", title):
        owner = title[cut.end() :].strip(_EDGE)
        said = owner.partition(" som")[0]
        if is_organisation(said):
            return title[: cut.start()], f"till {said}"
    return title, ""


def _barred(text: str) -> str:
    """The text with bars for what is known and names nobody: amount, period, appropriation."""
    return _NOUN_ALONE.sub(" | ", _KNOWN.sub(" | ", _MONEY.sub(" | ", text)))


def _named(grant: Grant, title: str, text: str) -> Grant:
    """The same, with owner and aim where every piece that is left of the text is one of these."""
    owner = aim = odd = ""
    for piece in _pieces(_barred(text)):
        name, rest = _name_in(piece) if not owner else ("", piece)
        owner = owner or name
        aim = aim or _aim(rest)
        odd = odd or ("" if _FILLER.fullmatch(rest) or _AIM.match(rest) else rest)
    fault = ""
    if not owner and odd:
        fault = f"beslutet säger inte klart vem som får pengarna, {quoted(odd, 80)},"
    return replace(grant, owner=tidy(owner), title=title or (aim if owner else ""), unclear=fault)


def _pieces(text: str) -> list[str]:
    return [piece for part in text.split("|") if (piece := tidy(part))]


def _name_in(piece: str) -> tuple[str, str]:
    """The name that a piece is or begins with, and what follows it."""
    if _FILLER.fullmatch(piece):
        return "", piece
    text = re.sub(r"^med (.+) som (?:projekt)?ägare$", r"\1", _LINKS.sub("", piece))
    applied = re.fullmatch(r"(.+?)s\s+[a-zåäö]*ansökan\b.*", text)
    if applied and is_organisation(applied[1]):
        return applied[1], ""
    for cut in _CUT.finditer(text):
        name = _TRAILS.sub("", text[: cut.start()].rstrip(_EDGE))
        rest = text[cut.end() :].strip()
        if is_name(name) and not (_PART_OF_NAME.match(rest) and re.fullmatch(_DEFINITE, name)):
            return name, rest
    return "", piece


def _aim(text: str) -> str:
    """What money is for, where it has no name: *sommarlovsaktiviteter 2026*."""
    found = _AIM.match(text)
    aim = tidy(found["aim"]) if found else ""
    if not re.search(r"[^\W\d_]{3}", aim) or _NO_AIM.match(aim) or len(aim) > 120:
        return ""
    return aim[:1].upper() + aim[1:]


def shares_of(clause: str) -> list[Grant]:
    """What a clause with several amounts grants to whom: *A 10 000 kr och B 5 000 kr*. Empty where
    that is in doubt."""
    verb = verb_of(clause)
    shares = [entry_of(part) for part in entries(clause[verb.end() :].strip())] if verb else []
    clear = all(one.owner and not (one.unclear or one.title or one.doubt) for one in shares)
    return shares if clear else []


def entries(text: str) -> list[str]:
    """The parts of an enumeration that have an amount each: *A 10 000 kr, B 5 000 kr och C 500 kr*.
    Empty where they cannot be told apart."""
    ends = [match.end() for match in AMOUNT.finditer(text)]
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    parts = [re.sub(r"^\s*(?:[,;.]|och\b|samt\b)\s*", "", part).strip() for part in parts]
    rest = text[ends[-1] :].strip(" .") if ends else ""
    return parts if not rest and all(re.match(r"[A-ZÅÄÖ]", part) for part in parts) else []


def entry_of(text: str, projects: bool = False) -> Grant:
    """What one line of an enumeration grants: *IFK Luleå, 25 000 kronor för sommarläger*.
    `projects`: it is one of projects, so that a name without more is that of a project."""
    title, bare = _without_title(_plain(text))
    grant = _priced(bare, text)
    if grant is None or grant.unclear or not AMOUNT.search(bare):
        return Grant(unclear=f"raden {quoted(text, 120)} anger inte ett belopp")
    barred = _barred(bare)
    pieces = [one for part in _pieces(barred) for one in re.split(r"[,;:]\s+|\s[–-]\s", part)]
    known = [_LINKS.sub("", piece) for piece in pieces]
    told = [at for at, name in enumerate(known) if is_organisation(name)]
    at = told[0] if projects and len(told) == 1 else 0
    owner, rest = _name_in(pieces[at]) if pieces else ("", "")
    others = [one for one in [rest, *pieces[:at], *pieces[at + 1 :]] if not _FILLER.fullmatch(one)]
    if projects and not title and len(told) != 1:
        fault = f"raden {quoted(text, 120)} säger inte vad som är projekt och vem som äger det"
        return replace(grant, title="".join(pieces[:1]), unclear=fault if len(pieces) != 1 else "")
    # *Eva Lind, Umeå universitet*: who of them?
    clear = owner and (title or at in told or not told)
    fault = "" if clear else f"raden {quoted(text, 120)} säger inte klart vem som får pengar"
    for one in others:
        title = title or _aim(one) or (one[:1].upper() + one[1:] if len(others) == 1 else "")
    return replace(grant, owner=tidy(owner), title=tidy(title), unclear=fault)


def title_of(text: str) -> str:
    """The name of a project that is said to be one, or is quoted; empty where none is."""
    return _without_title(_plain(text))[0]


def tidy(text: str) -> str:
    """A name without what only parts it from others."""
    text = re.sub(r"\s+", " ", text).strip(_EDGE)
    text = text.removesuffix(".") if not re.search(r"\b\w\.\w?\.?$|\b(?:ek|för)\.$", text) else text
    if len(text) > 1 and text[0] in "”\"“»«'’‘" and text[-1] in "”\"“»«'’":
        text = text[1:-1]
    return text.strip(_EDGE)
