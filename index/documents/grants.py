"""What does a clause of a decision grant: to whom, for what, and how much?

*att bevilja Luleå kommun 2 540 000 kronor till projektet Hela vägen ut*. A clause is read only as
far as its words leave no doubt; else it says what the doubt is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from index.amount import parse_amount
from index.problem import quoted

Kind = Literal["grant", "rejection", "proposal", "past", "unsure", "other"]


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


_FIGURES = r"\d{1,3}(?:[ \u00a0\u202f\u2009.]\d{3})+(?:,\d{1,2})?|\d+(?:[.,]\d+)?"
_UNITS = (
    r"(?:t|m|mn)kr|[km]sek|(?:mn|milj\.?|miljon(?:er)?|tusen|miljard(?:er)?)(?:\s(?:kr|kronor"
    r"|svenska kronor))?"
    r"|kronor|kr|sek|:-|,-|euro|eur"
)
AMOUNT = re.compile(
    rf"(?<![\w/:.-])(?:(?:sek|eur|kr|€)\s?)?(?:{_FIGURES})\s?(?:{_UNITS})(?![a-zåäö])|"
    rf"(?<![\w/:.-])(?:sek|eur|€)\s?(?:{_FIGURES})(?![\w])",
    re.IGNORECASE,
)
"""An amount with its unit, so that no year or number is taken for one."""
_A = AMOUNT.pattern
_IN_WORDS = re.compile(
    r"\b(?:en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|[a-zåäö]*hundra[a-zåäö]*|[a-zåäö]+tusen)\s"
    r"(?:och en halv\s)?(?:miljon(?:er)?\s)?(?:kronor|kr|miljon(?:er)?)\b",
    re.IGNORECASE,
)
_NOUN = (
    r"(?:[a-zåäö-]*(?:bidrag|stöd|finansiering|medel|stipendi(?:um|e)|anslag)(?:et|en|s|n)?"
    r"|summan?|belopp(?:et)?)"
)
_SORT = (
    r"(?:ekonomiskt|riktat|extra|särskilt|sökt|utökat|fortsatt|kommunalt|regionalt|statligt|årligt)"
)
_GRANT_NOUN = re.compile(rf"\b{_NOUN}\b", re.IGNORECASE)
_NOT_A_GRANT = re.compile(
    r"\b(?:[a-zåäö]*borgen|(?:[a-zåäö]*[^\W\d_])?lån(?:et)?|kredit\w*|tilläggsanslag\w*"
    r"|investeringsmedel|"
    r"skadestånd|arvode\w*|ansvarsfrihet|(?:tjänst)?ledighet|permission|bygglov|dispens|tillstånd|"
    r"serveringstillstånd|budgetram\w*|inträde|medlemskap|uppskov|avskrivning\w*)\b",
    re.IGNORECASE,
)
_STRONG = r"(?P<strong>(?:bevilja|tilldela|medfinansiera)(?:r|s|de|des|t|ts)?)"
_WEAK = (
    r"(?P<weak>stödja|stödjer|stöder|stöds|bidra(?:r)? med|lämna(?:r|s)?|ge(?:r|s)?|utge(?:r|s)?"
    r"|utbetala(?:r|s)?|betala(?:r|s)? ut|fördela(?:r|s)?|bifalla?(?:er|s)?)"
)
_VERB = re.compile(rf"\b(?:{_STRONG}|{_WEAK})(?![\wåäö-])", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:avslå(?:r|s)?|avslag|avvisa(?:r|s)?|(?:inte|ej|icke)\s+(?:att\s+)?(?:bevilja"
    r"|tilldela|medfinansiera|stödja)\w*"
    r"|(?:bevilja|tilldela|medfinansiera)(?:r|s)?\s+(?:inte|ej|icke)|inget\s+(?:bidrag|stöd)"
    r"|återkalla\w*|upphäva?\w*|återkräva?\w*|utan bifall)\b",
    re.IGNORECASE,
)
_PROPOSES = re.compile(
    r"\b(?:föreslå\w*|yrka\w*|förorda\w*|rekommendera\w*|tillstyrk\w*|hemställ\w*|ansök(?:er|te"
    r"|t|a)"
    r"|uppdra\w*|i uppdrag|delegera\w*|bemyndiga\w*|reservera\w*|anser|begär\w*|önskar"
    r"|motsätt\w*)\b",
    re.IGNORECASE,
)
_ERRAND = re.compile(
    r"\b(?:i uppdrag|uppdra\w*|delegera\w*|bemyndiga\w*|rätt att)\b", re.IGNORECASE
)
_DECIDES = re.compile(r"\b(?:besluta(?:r|s|de|des)?|beslöts?)\b(?! föreslå)", re.IGNORECASE)
_NIL = re.compile(r"(?<![\d,. \u00a0])\s0\s?(?:kr|kronor)\b", re.IGNORECASE)
_MAY_GRANT = re.compile(r"\b(?:utöka|höja|finansiera|anslå|avsätta|anvisa)r?\b", re.IGNORECASE)
_TOLD = re.compile(r"\b(?:som|tidigare|redan)\b", re.IGNORECASE)
_RANGE = re.compile(
    r"(?:\bmellan\s+)?\b(?!(?:19|20)\d{2}\b(?! \d{3}))\d[\d \u00a0.]*\s*"
    r"(?:kr|kronor|tkr)?\s*(?:[-–]|\boch\b|\btill\b)\s*"
    rf"(?={_A})|\b(?:cirka|ca\.?|omkring|ungefär)\s+(?={_A})",
    re.IGNORECASE,
)
_DECIDED = re.compile(r"\b(?:beslutade[st]?|beslutats?|beslöts?)\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:19|20)\d{2}\b|\btidigare\b|\bi fjol\b|\bförra\b|\bhar\b|\bhade\b", re.IGNORECASE
)
_ATT = re.compile(
    r"(?:^|[,;:]\s*|\b(?:och|samt|beslutar?|beslutade|beslöts?|följande|delägarna|styrelsen"
    r"|nämnden|utskottet)\s+)"
    r"(?:(?:dels|och|samt)\s+)?att\s+",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[a-zåäö0-9)”\"\u00a0])\.\s+(?=[A-ZÅÄÖ])")
_CONDITION = re.compile(
    r",?\s*\b(?:under förutsättning|förutsatt|med förbehåll|på villkor|villkorat|med villkor)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_BESIDES = re.compile(
    r",?\s*\b(?:varav|men|dock|mot bakgrund|eftersom|(?:och|samt) i övrigt|(?:som|att) betalas ut"
    r"|vilket|och motsvarar|(?:som )?medel(?:en)? (?:ska|tas|finansieras|anvisas))\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_ACCORDING = re.compile(
    r",?\s*\b(?:i enlighet med|i linje med|enligt)\s(?!följande|nedan)[^,.;]*?"
    rf"(?=\s+(?:till (?:projekt|[A-ZÅÄÖ])|för |med (?:högst|{_A})|om (?:högst|{_A})|{_A})|[,.;]|$)",
)
_UNTIL = r"(?:[^,.;]|,(?=\d))*?(?=[,.;](?!\d)|\s(?:till|för)\s(?:[a-zåäö]*projekt|[A-ZÅÄÖ])|$)"
_COST = re.compile(
    r",?\s*\b(?:(?:motsvarande|dock|med|om|på)\s+)?(?:högst\s+|maximalt\s+|cirka\s+)?"
    rf"\d+(?:,\d+)?\s?(?:%|procent)\s+av\b{_UNTIL}"
    r"|\bav (?:den |de |projektets |en )?(?:\w+ )?"
    r"(?:projekt)?(?:kostnad\w*|budget\w*|omslutning\w*)" + _UNTIL,
    re.IGNORECASE,
)
FOLLOWING = re.compile(
    r"\b(?:följande|nedanstående|enligt nedan|enligt fördelning\w*)\b|:\s*$", re.IGNORECASE
)
"""What is granted stands in a list that comes next."""
_PERIODIC = re.compile(
    r"\bårlig(?:en|t|a)\b|\bvarje år\b|\bårsvis\b|(?:\bper|/)\s?(?:år|kalenderår|verksamhetsår"
    r"|läsår|termin|"
    r"månad|kvartal|deltagare|medlem|tillfälle|plats|barn|person|timme|st|styck|aktivitet"
    r"|förening)\w*|"
    r"\bi (?:två|tre|fyra|fem|\d) år\b|\bvardera\b|\bvar(?= till| för|\.|,|$)|\bper\s[a-zåäö]+\b|"
    r"\brespektive\b(?=.*(?:kr|kronor))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b20\d{2}\b")
_PAREN = re.compile(r"\s*\([^()]*\)")
_ORG_NUMBER = re.compile(
    r",?\s*(?:org(?:anisations)?\.?\s?-?(?:nr|nummer)\.?:?\s*)?\b\d{6}-\d{4}\b", re.IGNORECASE
)
_DNR = re.compile(
    r",?\s*\b(?:dnr|diarienummer|ärendenummer)\b\.?:?\s*(?:[A-ZÅÄÖ]+\s)?[\w/:.-]*\d[\w/:.-]*",
    re.IGNORECASE,
)
_MARK = re.compile(
    r"\b(?:[\w]+-)?(?i:[a-zåäö]*projekt(?:et)?|projektansökan|[a-zåäö]*studien?|satsningen|insatsen"
    r"|evenemanget|arrangemanget|initiativet|verksamheten|aktiviteten|föreställningen"
    r"|utställningen|festivalen|konserten|turnén|tävlingen|programmet|kampanjen|konferensen"
    r"|investeringen|åtgärden|lägret|mässan|plattformen)(?:\s+med\s+(?:namnet|titeln))?"
    r"\s*[:,–-]?\s+(?=[A-ZÅÄÖ\d”\"“»«'’])"
)
_QUOTED = re.compile(r"[”\"“»«]\s*([^”\"“»«]{2,150}?)\s*[”\"“»«]")
_FUNDS = (
    r"(?:ur|från|inom|via|genom|av)\s+(?:[\w:./–-]+\s+){0,5}?"
    r"[\wåäö:-]*(?:anslag|medel|budget|konto|pott|ram|reserv|fond|sparande|verksamhet)\w*"
)
_ONWARD = (
    rf"projektägare|ägare|sökande|ur|från|med|under|dnr|diarienummer|varav|dock|enligt|att|som"
    rf"|avseende|org|{_A}|"
    r"för|till|i form|i enlighet|på|om|motsvarande|beviljas|tilldelas|\d{6}-\d{4}|högst"
    r"|maximalt|upp till|ett|en|inom|och att|drivs|daterad"
)
_TITLE_ENDS = re.compile(
    r"[.;]\s*$|[.;]\s|\s+[–-]\s+(?=[a-zåäö])"
    rf"|,\s+(?=(?:{_ONWARD})(?!\w))"
    rf"|\s+(?=med\s+(?:högst|maximalt|upp till|totalt|sammanlagt|ett|en|{_A}"
    rf"|[A-ZÅÄÖ].*\bsom\s+(?:projekt)?ägare|start|slut|villkor|belopp))"
    r"|\s+(?=(?:för|under|inom)\s+(?:perioden|projektperioden|åren|tiden|året|år|tidsperioden"
    r"|förutsättning|ramen|20\d{2}))"
    rf"|\s+(?={_FUNDS})"
    r"|\s+(?=i enlighet\b|enligt\b|genom att\b|beviljas\b|tilldelas\b|åt\b|avseende\b"
    r"|i form av\b|som\s+(?:drivs|ägs|genomförs|avser|ska)\b|projektägare\b|daterad\b)"
    rf"|\s+(?=(?:(?:ett|en)\s+)?(?:[a-zåäö]+\s+)?{_NOUN}\s+(?:om|på|med|uppgående|motsvarande))"
    rf"|\s+(?=(?:om|på|totalt|högst|maximalt|upp till)?\s*(?:högst|maximalt)?\s*{_A})"
    r"|\s+(?=(?:i|som)\s+" + _NOUN + r"\b)",
)
_OWNER_NOUN = (
    r"(?:[a-zåäö]*(?:föreningen|förbundet|klubben|sällskapet|kåren|gruppen|laget|ligan)"
    r"|stiftelsen|bolaget|företaget|museet|teatern|"
    r"kommunen|region|församlingen|studieförbundet|organisationen|universitetet|länsstyrelsen"
    r"|kooperativet|skolan)"
)
_KINDS = (
    "kommun stad region förening förbund klubb stiftelse universitet högskola församling museum "
    "museet teater sällskap grupp skola råd lag bolag by byar kår kör orkester scen center centrum "
    "nätverk verk myndighet samfällighet galleri län bygd institut akademi fond kooperativ arkiv "
    "bibliotek gymnasium ab hb union distrikt krets avdelning nämnd styrelse förvaltning park hamn "
    "kyrka stift festival företag organisation ungdom hus gård loge"
)
# The last word of a name: one with a capital or a figure, or the word for what it is.
_LAST = re.compile(
    r"(?:^|(?<=\s))(?:[”\"“(]?[A-ZÅÄÖ\d&]\S*|[a-zåäö-]*(?:"
    + "|".join(_KINDS.split())
    + r")(?:en|et|n|t)?)$"
)
_CLASS = re.compile(
    rf"(?:den \w+ )?(?:{_OWNER_NOUN}|[A-ZÅÄÖ]\w*(?:föreningen|gruppen|klubben|stiftelsen"
    rf"|teatern))\s",
    re.I,
)
_BETWEEN = frozenset(["i", "och", "för", "på", "av", "de", "den", "&", "vid"])
_PRONOUN = re.compile(
    rf"(?:den |det )?(?:{_OWNER_NOUN}|sökanden?|projektägaren?|ni|er|dem|den|honom|henne"
    rf"|stödmottagaren|projektet|förstudien|organisationerna|mottagaren)",
    re.IGNORECASE,
)
_UNNAMED = re.compile(
    rf"{_PRONOUN.pattern}|för|till|ur|åt|från|inom|härmed|med|ett|en", re.IGNORECASE
)
_OWNER_IS = re.compile(
    r"(?:[,(]\s*)?(?:med\s+)?(?:projektägare|projektets ägare|sökande|stödmottagare"
    r"|bidragsmottagare)(?:n)?\s*(?:är\s+|:\s*|,\s*)?"
    r"(?P<owner>[A-ZÅÄÖ][^,;()]*?)(?=\s+(?:med|för|ur|från|ett|en|beviljas|tilldelas|högst"
    r"|maximalt|upp till)\b"
    rf"|\s+{_A}|[,;)]|\.?\s*$)"
)
_AS_OWNER = re.compile(
    r"(?:,\s*|\bmed\s+)(?P<owner>[A-ZÅÄÖ][^,;()]{1,80}?)\s+som\s+(?:projekt)?ägare\b"
)
_TO = re.compile(
    r"\b(?:till|åt|från)\s+(?P<owner>(?:sökanden?\s+|projektägaren\s+)?(?:(?:den ideella\s+)?"
    + _OWNER_NOUN
    + r"\s+)?[A-ZÅÄÖ\d][^,;]*?)"
    r"(?=\s+(?:för|till|avseende|gällande|ur|från|som|under|i form|i bidrag|att|genom|med|om|på"
    r"|inom)\b"
    rf"|\s+(?:ett|en)\s+{_NOUN}|\s+(?:högst\s+|maximalt\s+)?{_A}|\s*[,;|]|\.?\s*$)"
)
_AIM = re.compile(
    r"\b(?:för|till|avseende|gällande|i syfte att)\s+(?:att\s+)?(?:genomförande(?:t)?\s+av\s+"
    r"|genomföra\s+|arrangera\s+|anordna\s+)?"
    r"(?P<aim>[^,;]+?)"
    r"(?=\s+(?:under (?:perioden|åren|tiden|år|20\d{2})|för (?:perioden|åren|tiden))\b"
    rf"|\s+{_FUNDS}|\s+(?:med|om|på)\s+(?:högst\s+)?{_A}|[,;]|\.?\s*$)"
)
_NO_AIM = re.compile(
    rf"(?:ändamålet|ansökt|sökt|år(?:et|en)?\b|perioden|20\d{{2}}|projekt(?:et)?$|förstudien?$"
    rf"|{_NOUN}\b|verksamhetsåret|detta|samma)",
    re.IGNORECASE,
)


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """Each thing that is decided in a paragraph, with the words that lead up to it: *Nämnden
    beslutar*, *bevilja ...*."""
    for sentence in _SENTENCE.split(text):
        starts = [*_ATT.finditer(sentence)]
        if not starts:
            yield "", sentence
            continue
        lead = sentence[: starts[0].end()]
        for start, end in zip(starts, [*(one.start() for one in starts[1:]), None], strict=True):
            yield lead, sentence[start.end() : end].strip()


def kind_of(lead: str, clause: str) -> Kind:
    """What a clause does, given the words that lead up to it."""
    clause = _unconditional(clause)
    verb = _verb(clause)
    refused = _NOT.search(clause)
    errand = _ERRAND.search(clause)
    amount = AMOUNT.search(clause)
    if errand and not (amount and amount.start() < errand.start()):
        return "other"
    before = f"{lead} {clause[: verb.start()] if verb else clause}"
    decides = [match.end() for match in _DECIDES.finditer(before)]
    proposes = [match.end() for match in _PROPOSES.finditer(before)]
    if proposes and (not decides or proposes[-1] > decides[-1]):
        return "proposal" if verb or refused else "other"
    if refused and (
        verb is None
        or refused.start() <= verb.start()
        or refused.end() >= verb.end() > refused.start()
    ):
        return "rejection"
    if _NIL.search(clause):
        return "rejection"
    if verb is None:
        named = _MARK.search(clause) or _GRANT_NOUN.search(clause)
        return "unsure" if amount and named and _MAY_GRANT.search(clause) else "other"
    if _TOLD.search(clause[: verb.start()]):
        return "other"
    past = verb.group().casefold().endswith(("de", "des", "t", "ts")) or _DECIDED.search(before)
    if past:
        return "past"
    listed = verb.group().casefold().startswith("fördela") and FOLLOWING.search(clause)
    if verb["weak"] and not (
        (listed or AMOUNT.search(clause)) and (_GRANT_NOUN.search(clause) or _MARK.search(clause))
    ):
        return "other"
    return "grant"


def leads_on(clause: str) -> bool:
    """Whether what comes next is what somebody decides or proposes: *Utskottet föreslår*."""
    says = _DECIDES.search(clause) or _PROPOSES.search(clause)
    return bool(says) and not clause.endswith(".") and not _VERB.search(clause)


def _verb(clause: str) -> re.Match[str] | None:
    """The verb that grants: *bevilja* before *bifalla*, where both stand there."""
    verbs = [*_VERB.finditer(clause)]
    return next((verb for verb in verbs if verb["strong"]), verbs[0] if verbs else None)


def _unconditional(clause: str) -> str:
    """Without the condition at its end: what others must grant too is not granted here."""
    return _CONDITION.sub("", clause) or clause


def is_dated(lead: str, clause: str) -> bool:
    """Whether what is told in the past tense is told of another day."""
    verb = _verb(clause)
    return bool(_DATED.search(f"{lead} {clause[: verb.start()] if verb else ''}"))


def grant_of(clause: str) -> Grant | None:
    """What a clause of the kind *grant* grants; None where it grants no money: *ansvarsfrihet*."""
    clause = _unconditional(clause)
    verb = _verb(clause)
    if verb is None:
        return None
    before, after = clause[: verb.start()].strip(), clause[verb.end() :].strip()
    first = AMOUNT.search(after)
    if first:  # what is said besides the amount is about parts of it
        after = after[: first.end()] + _BESIDES.sub("", after[first.end() :])
    spoken = _ORG_NUMBER.sub("", _DNR.sub("", after))
    bare = _ACCORDING.sub("", _COST.sub("", _PAREN.sub("", spoken)))
    if not AMOUNT.search(bare + before) and AMOUNT.search(spoken):
        bare = _COST.sub("", spoken.replace("(", ", ").replace(")", ", "))
    before = _ORG_NUMBER.sub("", _DNR.sub("", _PAREN.sub("", before)))
    if _NOT_A_GRANT.search(before) or _NOT_A_GRANT.search(_without_title(bare)):
        return None
    rough = _RANGE.search(bare)
    if rough:
        bare = bare[: rough.start()] + bare[rough.end() :]
    found = [*AMOUNT.finditer(before), *AMOUNT.finditer(bare)]
    owner, title, fault = _names(before, bare, verb)
    doubt, amount, currency = _amount(found, bare, after)
    if rough and found:
        stated = quoted(rough.group() + found[-1].group())
        doubt, amount = doubt or f"beloppet {stated} är inte ett bestämt belopp", None
    if not found:
        written = _IN_WORDS.search(bare)
        if not (
            written
            or (title and _GRANT_NOUN.search(clause))
            or (owner and _GRANT_NOUN.search(after))
        ):
            whose = re.search(r"\bansökan(?! om (?!bidrag|stöd|medfinansiering|projekt))", clause)
            said = f"beslutet anger inget belopp, {quoted(clause, 80)},"
            return Grant(unclear=said) if whose else None
        doubt = (
            f"beloppet {quoted(written.group())} står i ord"
            if written
            else "beslutet anger inget belopp"
        )
    if len(found) > 1 and not doubt:
        fault = f"stycket anger flera belopp, {quoted(clause, 120)},"
    return Grant(owner, title, amount, currency, doubt, fault)


def entries(text: str) -> list[str]:
    """The parts of an enumeration that have an amount each: *A 10 000 kr, B 5 000 kr och C 500 kr*.
    Empty where they cannot be told apart."""
    ends = [match.end() for match in AMOUNT.finditer(text)]
    parts = [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    parts = [re.sub(r"^\s*(?:[,;.]|och\b|samt\b)\s*", "", part).strip() for part in parts]
    rest = text[ends[-1] :].strip(" .") if ends else ""
    return parts if not rest and all(re.match(r"[A-ZÅÄÖ]", part) for part in parts) else []


def shares_of(clause: str) -> list[Grant]:
    """What a clause with several amounts grants to whom: *A 10 000 kr och B 5 000 kr*. Empty where
    that is in doubt."""
    verb = _verb(clause)
    parts = entries(clause[verb.end() :].strip()) if verb else []
    shares = [entry_of(part) for part in parts]
    clear = all(
        share.owner and not (share.unclear or share.title or share.doubt) for share in shares
    )
    return shares if clear else []


def entry_of(text: str, projects: bool = False) -> Grant:
    """What one line of an enumeration grants: *IFK Luleå, 25 000 kronor för sommarläger*.
    `projects`: it is one of projects, so that a name without more is that of a project."""
    spoken = _ORG_NUMBER.sub("", _DNR.sub("", text))
    bare = _COST.sub("", _PAREN.sub("", spoken))
    bare = bare if AMOUNT.search(bare) else spoken.replace("(", ", ").replace(")", "")
    found = [*AMOUNT.finditer(bare)]
    if len(found) != 1:
        return Grant(unclear=f"raden {quoted(text, 120)} anger inte ett belopp")
    doubt, amount, currency = _amount(found, bare, text)
    at = found[0]
    before = re.sub(
        r"(?:[\s,:;–-]|\b(?:högst|med|om|på|totalt|ett bidrag))+$", "", bare[: at.start()]
    )
    title = _title(bare)
    names = _MARK.split(before, 1)[0].rstrip(" ,–-") if title and title in before else before
    owner = re.split(r"[,;:]\s+|\s+[–-]\s+|\s+(?=för\b)", names)[0]
    rest = bare[at.end() :] + bare[len(owner) : at.start()]
    between = _tidy(bare[len(owner) : at.start()]) if owner else ""
    if projects and not title:
        to = _TO.search(bare[at.end() :])
        fault = f"raden {quoted(text, 120)} säger inte vad som är projekt och vem som äger det"
        who = to["owner"] if to and _is_owner(to["owner"]) else ""
        return Grant(_tidy(who), _tidy(owner), amount, currency, doubt, fault if between else "")
    if not owner:
        to = _TO.search(rest)
        owner = to["owner"] if to else ""
        rest = rest.replace(to.group(), " ") if to else rest
    unclear = f"raden {quoted(text, 120)} säger inte klart vem som får pengar"
    named = between if re.match(r"[A-ZÅÄÖ\d]", between) and not _NO_AIM.match(between) else ""
    title = title or named or _aim(rest.strip(" ,–-"))
    fault = "" if _is_owner(owner) else unclear
    return Grant(_tidy(owner), title, amount, currency, doubt, fault)


def title_of(text: str) -> str:
    """The name of a project that is said to be one, or is quoted; empty where none is."""
    text = _DNR.sub("", _PAREN.sub("", text))
    return _title(text) or (found[1] if (found := _QUOTED.search(text)) else "")


def is_name(text: str) -> bool:
    """Whether every word of a text is one of a name: *Luleå tekniska universitet*."""
    words = text.split()
    return _is_owner(text) and all(
        _LAST.fullmatch(word) or word in _BETWEEN or re.fullmatch(r"[a-zåäö]+(?:ska|iga)", word)
        for word in words
    )


def _amount(found: list[re.Match[str]], text: str, written: str) -> tuple[str, Decimal | None, str]:
    """What is in doubt about the amount, the amount, and its currency."""
    if not found:
        return "", None, "SEK"
    around = " ".join([text[max(0, found[0].start() - 40) :]])
    periodic = _PERIODIC.search(around)
    yearly = len(found) > 1 and len(_YEAR.findall(text)) >= len(found)
    if periodic or yearly:
        start = found[0].start()
        return (
            f"beloppet {quoted(text[start:].strip(' .'), 80)} är inte ett enda belopp",
            None,
            "SEK",
        )
    try:
        amount = parse_amount(found[0].group().replace("svenska ", ""))
    except ValueError:
        return f"beloppet {quoted(found[0].group())} kan inte tolkas", None, "SEK"
    return "", (amount.value if len(found) == 1 else None), amount.currency


def _without_title(text: str) -> str:
    title = _title(text)
    return text.replace(title, " ") if title else text


def _title(text: str) -> str:
    """What stands after *projektet* and the like, up to where the sentence goes on."""
    for mark in _MARK.finditer(text):
        rest = text[mark.end() :]
        cited = _QUOTED.match(rest)
        if cited:
            return _tidy(cited[1])
        end = _TITLE_ENDS.search(rest)
        title = _tidy(rest[: end.start()] if end else rest)
        if re.search(r"[^\W\d_]{2}", title) and len(title) <= 200:
            return title
    return ""


def _names(before: str, after: str, verb: re.Match[str]) -> tuple[str, str, str]:
    """Owner, title, and what is not clear about them. `before` and `after` the verb."""
    passive = verb.group().casefold().endswith("s")
    title = _title(before) or _title(after)
    whole = f"{before} | {after}"
    owner = ""
    if stated := (_AS_OWNER.search(whole) or _OWNER_IS.search(whole)):
        owner = stated["owner"]
        after, before = after.replace(stated.group(), " "), before.replace(stated.group(), " ")
        if title and f" med {owner}" in title:
            title = title.split(f" med {owner}")[0]
    first = AMOUNT.search(after)
    lead = after[: first.start()] if first else after
    rest = after[first.end() :] if first else ""
    if not owner and title:
        title, owner = _owner_after_title(title)
    if not title:
        place = rest if first else lead
        cited = _QUOTED.search(place)
        title = cited[1] if cited else ""
    named = [_applicant(_up_to_noun(part)) for part in ([before, lead] if passive else [lead])]
    candidates = [name for name, _ in named]
    fault = next((genitive for _, genitive in named if genitive), "")
    if not owner:
        for candidate in candidates:
            if _is_owner(candidate):
                owner = candidate
                break
        else:
            for part in (before, after):
                bare = _without_marked(part, title)
                to = _TO.search(bare)
                if to and _is_owner(to["owner"]) and to["owner"] != title:
                    owner = to["owner"]
                    rest = rest.replace(to.group(), " ")
                    break
    unread = [
        text for text in candidates if re.search(r"\w", text) and not _UNNAMED.fullmatch(text)
    ]
    if not owner and unread and not fault:
        fault = f"beslutet säger inte klart vem som får pengarna, {quoted(unread[0], 80)},"
    if not title:
        title = _aim(rest)
    return _tidy(owner), _tidy(title), fault


def _applicant(owner: str) -> tuple[str, str]:
    """*Luleå kommuns ansökan* is Luleå kommun's; elsewhere the last letter may be the name's."""
    asked = re.fullmatch(r"(.+?)\s+(?:[a-zåäö]*ansökan)\b.*", owner)
    if not asked:
        return owner, ""
    name = asked[1].removesuffix("s")
    if re.search(
        r"(?:kommun|region\w*|förening|förbund|universitet|skola|klubb|stiftelse|en)$", name
    ):
        return name, ""
    return "", f"beslutet säger inte klart vem som får pengarna, {quoted(owner, 80)},"


def _owner_after_title(title: str) -> tuple[str, str]:
    """*Hela vägen ut, Luleå kommun* or *Hela vägen ut till Luleå kommun* in two."""
    found = re.fullmatch(
        r"(?P<title>.+?)(?:,|\s+till|\s+[–-])\s+(?P<owner>(?:Region|Stiftelsen|Föreningen"
        r"|Länsstyrelsen)\s.+|"
        r"[A-ZÅÄÖ][\w .&-]*(?:kommun|\bAB|förening|universitet|högskola|förbund"
        r"|ekonomisk förening|länsförbund|kommunförbund|stiftelse|IF|IK|BK|SK)\w*)",
        title,
    )
    return (found["title"], found["owner"]) if found else (title, "")


def _without_marked(text: str, title: str) -> str:
    """The text without the name of the project and the word before it."""
    if not title or title not in text:
        return text
    before, _, after = text.partition(title)
    return (
        re.sub(r"(?:till|för|i|av)?\s*(?:[A-Za-zÅÄÖåäö-]+\s+)?[”\"“»«]?$", "", before, count=1)
        + " | "
        + after.lstrip('”"“»«')
    )


def _up_to_noun(text: str) -> str:
    """What stands before *ett bidrag om*, *högst* and the like, or before the project."""
    text = re.split(
        rf"(?:^|\s+|,\s*)(?:(?:ett|en|det|ytterligare|totalt|sammanlagt|högst|maximalt|upp till"
        rf"|om|på|med)"
        rf"\s+(?:[a-zåäö]+\s+)?)?(?:{_SORT}\s+)?{_NOUN}(?![\w-])"
        r"|(?:^|\s+|,\s*)(?:högst|maximalt|upp till|totalt|sammanlagt|ytterligare)\b"
        r"|(?:^|\s+)(?:för|till|om|på|ett belopp|med|i|ett)\s*$",
        text.strip(),
        maxsplit=1,
    )[0]
    mark = _MARK.search(text)
    text = text[: mark.start()] if mark else text
    text = re.sub(r"(?:^|\s+)(?:till|för|avseende|gällande)\b.*$", "", text)
    words = _IN_WORDS.search(text)
    text = text[: words.start()] if words else text
    text = re.sub(
        r"^(?:härmed|även|därmed|också|till|åt|för|sökanden?|projektägaren?"
        r"|mottagaren)\s+(?=[A-ZÅÄÖ]|[a-zåäö]+en\s[A-ZÅÄÖ])",
        "",
        text.strip(" ,:;–-"),
    )
    text = re.sub(r"\s+(?:ska|skall|härmed|därmed|även|också)$", "", text.strip(" ,:;–-"))
    return text.strip(" ,:;–-")


def _is_owner(text: str) -> bool:
    text = text.strip(" ,:;.–-")
    named = re.match(
        rf"(?:(?:den ideella\s+|den ekonomiska\s+)?{_OWNER_NOUN}\s+)?[”\"“]?(?:[A-ZÅÄÖ]"
        rf"|\d+[ :]?\w*\s[A-ZÅÄÖ])",
        text,
    )
    if not (_CLASS.match(text) or _LAST.search(text)):
        return False
    return (
        bool(named) and not _UNNAMED.fullmatch(text) and 2 <= len(text) <= 120 and not _is_odd(text)
    )


def _is_odd(text: str) -> bool:
    """Whether a text says more than a name."""
    return bool(
        re.search(
            r"\b(?:att|som|är|har|ska|beslutar|bevilja\w*|yrkar|enligt|denna|följande)\b|[?:;|]"
            r"|\.\s",
            text,
        )
        or AMOUNT.search(text)
        or len(text) > 120
        or (re.match(r"[a-zåäö]", text) and not re.match(_OWNER_NOUN, text))
    )


def _aim(rest: str) -> str:
    """What money is for, where it has no name: *sommarlovsaktiviteter 2026*."""
    rest = re.sub(rf"^\s*(?:i|som)\s+(?:[a-zåäö]+t\s+)?{_NOUN}(?![\w-])", "", rest)
    for aim in _AIM.finditer(rest):
        text = _tidy(aim["aim"])
        if re.search(r"[^\W\d_]{3}", text) and not _NO_AIM.match(text) and len(text) <= 120:
            return text[:1].upper() + text[1:]
    return ""


def _tidy(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip(" ,:;–-|")
    text = text.removesuffix(".") if not re.search(r"\b\w\.\w?\.?$", text) else text
    if len(text) > 1 and text[0] in "”\"“»«'’‘" and text[-1] in "”\"“»«'’":
        text = text[1:-1]
    return text.strip(" ,:;–-|")
