"""Which word parts cannot be judged by the dictionary's own words?

Productivity is counted on spelling, so a short word that is also a Swedish ending (*ring* in
*ändring*) looks productive, and a preposition begins thousands of words that nobody takes for
compounds. These lists are made by hand.
"""

from .wordlist import word_set

NEVER_FIRST = word_set(
    """
    an av be bi bort bak efter emot er ett en fram från för före förut ge genom hop hän i ihop in
    inne kring med mellan mis miss mot ned ner nere o om på sam sär sönder till tu und undan under
    upp uppe ur ut ute vid å åt åter över öv
    des dis ex inter ko kon re pre pro sub trans
    jäm all alla allt att de dess det den där då ej ens han hon hur här ju jag kan man mer mest min
    nu när oss par se ser sig sin som så ta tag vad var vi vår är
    tran syssel unders genoms kor gen rap rapp annan beta kul dikta signa tempera littera veder
    rätte skils toa kom per mode mån tis ons tors lör sön någon
    """
)
"""Prepositions, verb particles, prefixes, pronouns, and forms that are the beginning of common
simple words (*tran-sport*, *kul-tur*)."""

NOT_MIDDLE = word_set("doms hets skaps nings ings lings ler tran")
"""Endings of first parts that look like first parts themselves."""

BAD_HEADS = word_set(
    """
    aktig al alen ande anden ant ar are arier arisk ark art bar dom elle ella else en ende ens ent
    er era eri ett etisk gnostisk graf grafisk het hets i ig illa ing ingen is isera isk iska ism
    ist kap lig ligare logi logik logisk login lös metrisk mässig na nas ner nomisk ologisk or öring
    osocial rat ring sam samma samt ska skaffa skap skar sko ster sting stisk tig tion tiv ton tor
    vis visa
    """
)
"""Words that are also endings, or end simple words. No inflected form of them heads a compound."""

SHORT_FIRST = word_set("el ö å it ny yt by öl")
"""First parts of one or two letters."""

SHORT_LAST = word_set(
    """
    arv ben bil bok båt bur dag del djur ek ert fas hot hus hem hav kod lag liv led lån lön mål nod
    nät nöd ord ort pris råd rum rön sal sed stad syn tal tid tåg tur val vik väg vän år ö öl å by
    par rad rör fel yta tak trä hub app arm bad bud fot fri gas kol mat rik sak sjö typ ved vin mix
    kö
    """
)
"""Last parts of three letters or fewer."""

PARTICLE_HEADS: dict[str, tuple[str, ...]] = {
    "för": ("skol", "studi", "stads", "ort"),
    "under": ("skötersk", "läkar"),
    "efter": ("fråg", "gymnas"),
    "över": ("läkar",),
    "mellan": ("stad", "chef", "mål", "hand", "nordisk", "mänsklig", "kommunal", "statlig"),
}
"""Particles that begin a compound before these heads."""

NAME_HEADS = word_set("botten")
"""Heads that names are split before: *Norrbotten*, but not *Finland* or *Söderhamn*."""

SIMPLE_WORDS = word_set(
    """
    deltaga deltagande deltagare fartyg fortsatt fortsätta fortsättning förvaltning information
    invandrare kombination korrelation kvartal kärlek nackdel område ordförande orättvisa rapport
    rättvis rättvisa metropolis samtal samtid sekund sekunda storlek support transport åstadkomma
    """
)
"""Words that the dictionary would split but no reader takes for compounds."""
