"""What may a column be called?

``NAMES`` is the one table: for each column, the names by which lists in Sweden and its neighbours
call it, the surest first. Headers of tables, members of JSON and labels of single documents are all
read by it; see `recognition`.
"""

from __future__ import annotations

from typing import Literal

from index.documents.columns.mapping import Column

Language = Literal["sv", "fi", "no", "da", "en"]
"""``fi`` is the Swedish of Finland, where there are no kronor."""

NAMES: dict[Column, tuple[dict[Language | None, str], ...]] = {
    "owner": (
        {
            "sv": "projektägare, projektets ägare, stödmottagare, bidragsmottagare, "
            "medelsmottagare, mottagare av stöd, mottagare av bidrag, beviljad till, beviljats "
            "till, bidragstagare, anslagsmottagare, stödmottagarens namn, stipendiemottagare, "
            "koordinerande organisation, medelsförvaltare, stipendiat, "
            "insatsägare, medelsförvaltande organisation, "
            "projektägande organisation",
            "fi": "understödstagare, understödsmottagare, mottagare av understöd, stödtagare",
            "no": "prosjekteier, tilskuddsmottaker, støttemottaker, stønadsmottaker, mottaker av "
            "tilskudd",
            "da": "projektejer, tilskudsmodtager, støttemodtager, bevillingshaver, modtager af "
            "tilskud, kontraktansvarlig partner",
            "en": "beneficiary, beneficiaries, name of beneficiary, name of beneficiaries, name of "
            "the beneficiary, beneficiary name, lead beneficiary, project owner, grantee, grant "
            "recipient, recipient organisation, recipient organization, coordinating "
            "organisation, coordinating organization, grant holder, awardee",
        },
        {
            "sv": "huvudsökande, sökande, sökande organisation, sökandes namn, "
            "sökandeorganisation, mottagare, mottagande organisation, mottagarens namn, "
            "koordinator, koordinator org, sökande org, "
            "lärosäte, anslagsförvaltare, projektansvarig organisation, ansvarig "
            "organisation, bidragssökande, huvudman, namn på sökande, sökande företag, sökande "
            "förening, stödsökande, ansvarig aktör, forskningshuvudman, verksamhetsutövare, namn "
            "på mottagare",
            "no": "søker, hovedsøker, mottaker, mottakerens navn",
            "da": "ansøger, hovedansøger, modtager, modtagerens navn",
            "en": "owner, recipient, recipient name, name of recipient, applicant, lead applicant, "
            "lead partner, coordinator, lead organisation, lead organization",
        },
        {
            None: "organisation",
            "sv": "organisationsnamn, organisationens namn, förening, föreningsnamn, föreningens "
            "namn, organisation/förening, företag, företagsnamn, aktör, verksamhet/förening, "
            "stiftelse, bolag, bolagsnamn, klubb, ägare, namn på organisation, namn på förening, "
            "studieförbund, produktionsbolag",
            "no": "organisasjon, organisasjonsnavn, forening, lag og foreninger, virksomhet",
            "da": "organisationsnavn, foreningsnavn, virksomhed",
            "en": "organization, organisation name, organization name, institution",
        },
    ),
    "title": (
        {
            None: "projekttitel",
            "sv": "projektnamn, projektets namn, projektets titel, namn på projekt, namn på "
            "projektet, projektbenämning, projektets benämning, projektrubrik, titel på projekt, "
            "titel på projektet, insatsens namn, åtgärdens namn",
            "no": "prosjektnavn, prosjekttittel, prosjektets navn, navn på prosjekt",
            "da": "projektnavn, projekttitel, projektets navn, projektitel, navn på projekt",
            "en": "project name, project title, operation name, operation title, name of "
            "operation, name of the operation, name of project, name of the project, title of "
            "project, title of the project, grant title, title of operation",
        },
        {
            None: "projekt, titel",
            "sv": "rubrik, ärenderubrik, ärendemening, svensk titel",
            "no": "prosjekt, tittel",
            "en": "project, title, operation",
        },
        {
            "sv": "benämning, ändamål, åtgärd, insats, aktivitet, projekt/ändamål, "
            "ändamål/projekt, projekt/verksamhet, projekt/aktivitet, ärende, arrangemang, "
            "evenemang, bidragsändamål, sökt för, beviljat för, ansökan avser, avser, bidrag "
            "för, stöd till, syfte",
            "no": "tiltak, formål",
            "da": "formål, aktivitet",
            "en": "purpose, activity",
        },
    ),
    "description": (
        {
            "sv": "beskrivning av projektet, beskrivning av projekt, projektbeskrivning, "
            "projektets beskrivning, projektsammanfattning, sammanfattning av projektet, "
            "projektabstrakt, projektabstract, kort projektbeskrivning, kort beskrivning av "
            "projektet, projektets syfte, projektets innehåll, syfte med projektet",
            "no": "prosjektbeskrivelse, beskrivelse av prosjektet, prosjektsammendrag",
            "da": "projektbeskrivelse, beskrivelse af projektet, projektresumé",
            "en": "project summary, project description, operation summary, summary of the "
            "operation, summary of operation, description of the project, description of "
            "project, project abstract, summary of the project",
        },
        {
            "sv": "beskrivning, kort beskrivning, sammanfattning, abstrakt, innehåll, om "
            "projektet, kort om projektet, populärvetenskaplig sammanfattning, "
            "populärvetenskaplig beskrivning, ärendebeskrivning",
            "no": "beskrivelse, sammendrag, kort beskrivelse",
            "da": "beskrivelse, resumé, kort beskrivelse",
            "en": "description, summary, abstract, short description",
        },
        {
            "sv": "syfte, syfte och mål, mål, ändamål, verksamhetsbeskrivning, åtgärd, "
            "åtgärdsbeskrivning, text",
            "no": "formål",
            "da": "formål",
            "en": "purpose, text",
        },
    ),
    "motivation": (
        {
            "sv": "motivering, motivering till beslut, motivering till beslutet, "
            "beslutsmotivering, skäl för beslut, skäl för beslutet, skäl till beslut, skälen för "
            "beslutet, motivering för beslut, motiv till beslut, motiv för beslut, beslutsmotiv",
            "fi": "motivering av beslutet",
            "no": "begrunnelse, begrunnelse for vedtak",
            "da": "begrundelse, begrundelse for afgørelse",
            "en": "justification, reasons for the decision, reason for decision, grounds for "
            "decision",
        },
        {"sv": "bedömning, skäl", "en": "motivation"},
    ),
    "amount": (
        {
            "sv": "beviljad medfinansiering, beviljat belopp, beviljat stöd, beviljat bidrag, "
            "beviljade medel, beviljad summa, beviljat, beviljats, beslutat belopp, beslutat "
            "stöd, beslutat bidrag, beslutad medfinansiering, beslutade medel, tilldelat belopp, "
            "tilldelade medel, tilldelat bidrag, tilldelat stöd, tilldelat, tilldelning, "
            "beviljat stödbelopp, beviljat bidragsbelopp, beviljat eu-stöd, beviljat anslag, "
            "beslutsbelopp, beslutad summa, beviljad finansiering, utbeviljat belopp, beslutad "
            "finansiering, bev belopp, beslutat stödbelopp, beslutat bidragsbelopp, godkänt "
            "belopp, godkänt stöd, godkänt bidrag, beslut belopp",
            "fi": "beviljat understöd, beviljat understödsbelopp, understödsbelopp, beviljat "
            "understöd euro",
            "no": "tildelt beløp, innvilget beløp, bevilget beløp, innvilget, tildelt, bevilget, "
            "tildelt tilskudd, innvilget tilskudd, tilskuddsbeløp, bevilget tilskudd, tildelt "
            "støtte",
            "da": "bevilget beløb, bevilget, tildelt beløb, bevilget tilskud, tilskudsbeløb, "
            "tilsagnsbeløb, bevillingsbeløb",
            "en": "grant amount, grant awarded, awarded amount, amount awarded, amount granted, "
            "granted amount, funds awarded, eu funds awarded, allocated public funding, amounts "
            "committed, amount committed, support granted, grant value, awarded, granted, award "
            "amount, grant awarded amount",
        },
        {
            "sv": "stödbelopp, bidragsbelopp, eu-stöd, esf-stöd, eruf-stöd, eu-bidrag, stöd, "
            "bidrag, stöd från eu, eu-medel, eu-belopp, anslag, offentligt stöd, projektstöd, "
            "projektbidrag, bidragssumma, stödsumma, bidragets storlek, stipendiebelopp, "
            "statsbidrag, statligt stöd, regional medfinansiering, regionalt stöd, offentligt "
            "bidrag, lona-bidrag, lova-bidrag",
            "fi": "understöd",
            "no": "tilskudd, støttebeløp, støtte",
            "da": "tilskud, støttebeløb, bevilling",
            "en": "grant, funding from, union co-financing, eu co-financing, "
            "eu funding, eu support, union "
            "contribution, eu contribution, funding amount, eu funds, support",
            None: "union co-financing amount",
        },
        {
            "sv": "belopp, summa, totalbelopp, totalsumma, medel",
            "no": "beløp, sum",
            "da": "beløb",
            "en": "amount",
            None: "medfinansiering, total, totalt, eu-medfinansiering",
        },
    ),
    "currency": ({"sv": "valuta", "en": "currency", None: "valutakod, currency code"},),
    "case_number": (
        {
            None: "dnr",
            "sv": "diarienummer, diarienr, diarie-nr, diarieföringsnummer, ärendenummer, ärendenr, "
            "ärende-id, ärendets nummer, ärendets id, diarie, ärendebeteckning, projektets "
            "diarienummer, arendeid",
            "no": "saksnummer, saksnr, arkivsaksnummer, journalnummer",
            "da": "sagsnummer, sagsnr, journalnummer, journalnr",
            "en": "case number, case no, case id, case reference, grant reference",
        },
        {
            None: "projekt-id",
            "sv": "projektnummer, projektnr, projektets id, ärende, ansökningsnummer, "
            "ansöknings-id, projektkod, beslutsnummer, referensnummer, referens",
            "no": "prosjektnummer, prosjektnr, prosjekt-id",
            "da": "projektnummer, projektnr",
            "en": "project id, project number, project no, grant id, project reference, grant "
            "number, project ref no, project code",
        },
    ),
    "decision_date": (
        {
            "sv": "beslutsdatum, beslutdatum, datum för beslut, datum för beslutet, beslutets "
            "datum, beslutsdag, beslutat datum, beslutad, beslutades, beslutsdatum senaste, "
            "datum beslut, beviljad datum, beviljningsdatum, besl datum",
            "no": "vedtaksdato, dato for vedtak, tildelingsdato",
            "da": "bevillingsdato, afgørelsesdato, tilsagnsdato, dato for tilsagn",
            "en": "decision date, date of decision, date of the decision, award date, date of "
            "award, approval date, date of approval",
        },
    ),
    "owner_number": (
        {
            # Said in no language: they stand in lists of any.
            None: "organisationsnummer, organisationsnr, orgnr, orgnummer, organisation nr, "
            "organisation nummer, organisations-id, vat-nummer, vat-nr, "
            "momsregistreringsnummer, organisation number, organization number, "
            "organisation no, organization no, org no, company registration number, vat number, "
            "owner number",
        },
    ),
    "place": (
        {
            # Of any language, as lists of grants and others have them.
            None: "kommun, projektkommun, kommunnamn, kommun/län, kommuner, municipality, "
            "projektets kommun, kommunkod, genomförandekommun",
        },
        {
            None: "län, projektlän, länsnamn, länskod, projektets län, county, region/län",
        },
        {
            None: "plats, ort, projektort, genomförandeort, projektets ort, geografiskt område, "
            "geografi, plats för genomförande, geografiskt läge, places",
        },
    ),
    "status": (
        {
            None: "status",
            "sv": "beslut, beviljad, beslutsstatus, beslutstyp, ärendestatus, projektstatus, "
            "utfall, beslutsutfall, typ av beslut, bifall/avslag, avslag/bifall, "
            "beviljad/avslag, beviljat/avslag",
            "no": "vedtak, utfall",
            "da": "afgørelse",
            "en": "decision, outcome, decision status, project status",
        },
    ),
}
"""A tier of names before another: the first tier of owner, title, description, motivation and
amount are names that only lists of grants have; names of later tiers are used where none of an
earlier one is there, and by themselves they make a list of decisions only together. A name may
stand for two columns (*Ändamål*): the second gets it where the first has a surer one. Names that
several languages share are under None."""

API = frozenset(
    ["owner", "title", "description", "motivation", "amount", "currency", "caseNumber",
     "decisionDate", "ownerNumber", "places", "text", "abstract"]
)  # fmt: skip
"""What this service's own API calls the columns, and what says nothing of a list's language."""


def listed_names(names: str) -> frozenset[str]:
    """Names parted by commas, on one line or several."""
    return frozenset(" ".join(names.split()).split(", "))


BESIDE = listed_names(
    """
    projektnummer, startdatum, slutdatum, projektstart, projektslut, kommun, län, reference,
    date, datum, region, ort, land, program, fond, insatsområde, kategori, utlysning, år,
    organisationsnummer, organisationsnr, orgnr, org nr, org.nr, kontaktperson, e-post,
    epost, telefon, projektledare, url, webbplats, webbadress, postnummer, postort, adress,
    sektor, bidragsform, bidragstyp, typ av bidrag, stödform, stödtyp, start, slut,
    startdate, enddate, start date, end date, country, programme, fund, theme, postcode,
    website, löpnummer, nr, total budget, totalbudget, total kostnad, totalkostnad,
    projektbudget, sökt belopp, ansökt belopp, sökt bidrag, sökt, projektperiod, projekttid,
    handläggare
    """
)
"""Headers that a list of decisions has beside the columns that are read."""

OTHER_LISTS: dict[str, str] = {
    "fakturor": "fakturanummer, fakturanr, faktura, fakturadatum, fakturabelopp, leverantör, "
    "leverantörsnamn, leverantörsnummer, leverantörsnr, verifikation, verifikationsnummer, "
    "bokföringsdatum, förfallodatum, kontonummer, konto, kostnadsställe, moms, momsbelopp, "
    "betalningsdatum, invoice, invoice number, invoice date, supplier, supplier name, vendor, "
    "ver nr, vernr, köpare",
    "upphandling": "anbud, anbudsgivare, anbudssumma, anbudspris, upphandling, upphandlingsnummer, "
    "kontraktsvärde, avtalsvärde, avtalsnummer, avtalspart, avtalstid, avtalsstart, avtalsslut, "
    "cpv, cpv-kod, ramavtal, vinnande anbud, antagen leverantör, leverantör, tender, bidder, "
    "contract value, contractor, cpv code, upphandlande myndighet, upphandlare",
    "priser": "pris, styckpris, á-pris, à-pris, a-pris, enhetspris, artikel, artikelnummer, "
    "artikelnr, antal, enhet, price, unit price, quantity, moms, pris exkl moms, pris inkl moms, "
    "rabatt, produkt, artikelnamn",
    "ansökningar": "ansökningsdatum, ansökan inkom, inkom, inkommen, inkommet, inkomstdatum, "
    "ansökan, ansökningsnummer, ansökans status, application date, application number, submitted, "
    "ansökt datum, inkom datum",
}  # fmt: skip
"""Other lists by headers that only they have: two of them, and it is one of those."""
APPLICATIONS = "ansökningar"
