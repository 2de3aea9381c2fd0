//! Feeds as they come: facts-only rows in the shape of real ones.

use super::*;
use crate::import::formats;

#[derive(Debug, Default)]
struct Whole {
    statements: Vec<Statement>,
    refused: Vec<Refused>,
    warnings: Vec<Warning>,
}

fn whole(reading: Reading<'_>) -> Whole {
    let mut whole = Whole { warnings: reading.warnings, ..Whole::default() };
    for item in reading.items {
        match item.said {
            Ok(statement) => whole.statements.push(statement),
            Err(refused) => whole.refused.push(refused),
        }
    }
    whole
}

fn read(name: &str, text: &str) -> (&'static str, Whole) {
    let document = Document { name: name.to_owned(), text: text.to_owned(), ..Document::default() };
    let format = formats::detect(&document).map(|format| (format.name(), whole(format.read(&document))));
    format.unwrap_or_default()
}

fn amounts(statement: &Statement) -> Vec<(AmountKind, &str, &str)> {
    statement.amounts.iter().map(|a| (a.kind, a.value.as_str(), a.currency.as_str())).collect()
}

#[test]
fn a_german_list_of_operations_is_read() {
    let text = "Liste der Vorhaben,,,,,,\n\
        Name des Begünstigten ,Bezeichnung des Vorhabens,Beginn des Vor-habens ,Ende des Vor-habens ,Gesamtbetrag der förderfähigen Ausgaben des Vorhabens ,Land ,Farbe\n\
        Bildungswerk Musterstadt e. V.,Einstieg in Arbeit,01.09.2015,31.08.2017,\"7.500,00\",DE,rot\n\
        Kreis Beispiel,Brücken,01.01.2016,31.12.2015,\"80.000,50\",DE,blau\n\
        ,,,,\"87.500,50\",,\n";
    let (format, reading) = read("liste.csv", text);
    assert_eq!(format, "list-of-operations");
    let [first, second, sum] = &reading.statements[..] else { panic!("{reading:?}") };
    assert_eq!(first.name.as_deref(), Some("Einstieg in Arbeit"));
    assert_eq!(first.owner.as_ref().map(|owner| owner.name.as_str()), Some("Bildungswerk Musterstadt e. V."));
    assert_eq!(first.period.as_deref(), Some("2015-09-01/2017-08-31"));
    assert_eq!(amounts(first), [(AmountKind::TotalBudget, "7500", "EUR")]);
    assert_eq!((first.line, first.amounts[0].precision.as_str()), (3, "1"));
    assert_eq!(amounts(second), [(AmountKind::TotalBudget, "80000.5", "EUR")]);
    assert_eq!((second.period.as_ref(), second.warnings[0].code), (None, WarningCode::ContradictingDates));
    assert_eq!(
        (sum.name.as_ref(), sum.project_number.as_ref()),
        (None, None),
        "a row of sums is refused later"
    );
    let unknown: Vec<_> = reading.warnings.iter().filter_map(|warning| warning.text.as_deref()).collect();
    assert_eq!(unknown, ["Farbe"]);
}

#[test]
fn lists_of_other_languages_need_no_code() {
    for (header, row) in [
        (
            "Tuensaajan nimi;Toimen nimi;Toimen alkamispäivä;Toimen päättymispäivä;Tukikelpoiset kokonaismenot",
            "Kunta;Työ;1.9.2015;31.8.2017;7 500,00",
        ),
        (
            "Naam begunstigde;Naam project;Startdatum;Einddatum;Totale subsidiabele kosten",
            "Gemeente;Werk;01-09-2015;31-08-2017;€ 7.500,00",
        ),
        (
            "Stödmottagarens namn;Insatsens namn;Startdatum;Slutdatum;Total kostnad (SEK)",
            "Kommun;Arbete;2015-09-01;2017-08-31;7 500",
        ),
        (
            "Beneficiary name;Operation name;Operation start date;Operation end date;Total eligible expenditure (EUR)",
            "Council;Work;01/09/2015;31/08/2017;7,500.00",
        ),
    ] {
        let (format, reading) = read("a.csv", &format!("{header}\n{row}\n"));
        assert_eq!(format, "list-of-operations", "{header}");
        let statement = &reading.statements[0];
        assert_eq!(statement.period.as_deref(), Some("2015-09-01/2017-08-31"), "{header}");
        assert_eq!(statement.amounts[0].value, "7500", "{header}");
        assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
    }
}

#[test]
fn the_export_of_the_project_bank_is_read() {
    let text = "Diarienummer / Operation ID,Stödmottagare / Beneficiary,Projektägare organisationsnummer / Beneficiary ID,Namn på insatsen / Operation Name,Specifikt mål / Specific objective concerned,Total projektbudget / Total budget SEK,EU-stöd i SEK / EU contribution SEK,Startdatum / Start date,Slutdatum / End date,EU-fond / EU fund\n\
        24-030-S04,Stockholms stad,212000-0142,Vägar,A2A,19126097,7648379,2024-05-01,2026-04-30,ESF+\n\
        24-031-S04,Okänd,212000-0143,Stigar,A2A,100,200,2024-05-01,2026-04-30,ESF+\n";
    let (format, reading) = read("export.csv", text);
    assert_eq!(format, "esf-export");
    let [first, second] = &reading.statements[..] else { panic!("{reading:?}") };
    assert_eq!(first.project_number.as_deref(), Some("24-030-S04"));
    assert_eq!(first.owner.as_ref().and_then(|owner| owner.number.as_deref()), Some("2120000142"));
    assert_eq!(
        amounts(first),
        [(AmountKind::TotalBudget, "19126097", "SEK"), (AmountKind::EuSupport, "7648379", "SEK")]
    );
    assert_eq!(
        (first.specific_objective.as_deref(), &first.funders[..]),
        (Some("A2A"), &["ESF+".to_owned()][..])
    );
    let codes: Vec<_> = second.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, [WarningCode::InvalidOrganisationNumber, WarningCode::NotAddingUp]);
}

#[test]
fn json_of_a_project_bank_is_read_and_zeroes_nobody_filled_in_are_none() {
    let text = "[\n{\"ärende-id\": \"20200940\", \"stödmottagare\": \"Arjeplogs kommun\", \"beviljat_belopp_sek\": 3929285, \"beviljat_belopp_eur\": 0, \"projektnamn\": \"Nät\", \"projekt_starttid\": \"2017-01-02\", \"projekt_sluttid\": \"2020-04-30\", \"län\": \"Norrbotten\"}\n]";
    let (format, reading) = read("bank.json", text);
    assert_eq!(format, "tillvaxtverket");
    assert_eq!(amounts(&reading.statements[0]), [(AmountKind::Granted, "3929285", "SEK")]);
    assert_eq!(
        (reading.statements[0].line, reading.statements[0].region.as_deref()),
        (2, Some("Norrbotten"))
    );
}

#[test]
fn grants_are_read_from_json_and_from_a_spreadsheet() {
    let json = "{\"grants\": [{\"id\": \"360G-a-1\", \"title\": \"Advice\", \"currency\": \"GBP\", \"amountAwarded\": 1000, \"awardDate\": \"2020-04-28T00:00:00+00:00\", \"fundingOrganization\": [{\"id\": \"GB-1\", \"name\": \"Trust\"}], \"recipientOrganization\": [{\"name\": \"Charity\"}]}]}";
    let table = "Identifier,Title,Currency,Amount Awarded,Award Date,Funding Org:Name,Recipient Org:Name\n360G-a-1,Advice,GBP,\"1,000\",2020-04-28,Trust,Charity\n";
    for text in [json, table] {
        let (format, reading) = read("grants", text);
        assert_eq!(format, "360giving");
        let grant = &reading.statements[0];
        assert_eq!(amounts(grant), [(AmountKind::Granted, "1000", "GBP")]);
        assert_eq!(grant.decided_on.as_deref(), Some("2020-04-28"));
        assert_eq!(grant.funders, ["Trust"]);
        assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
    }
}

#[test]
fn kohesio_is_read() {
    let text = "Operation_Unique_Identifier,Operation_Local_Identifier,Operation_Name_Programme_Language,Operation_Start_Date,Operation_End_Date,Total_Eligible_Expenditure_amount,Total_Eligible_Expenditure_Currency,Project_EU_Budget,Beneficiary_Name,Beneficiary_Local_Identifier,Fund_Name\n\
        https://linkedopendata.eu/entity/Q1,2021SE05SFPR001_23-017-S01,Vägar,01/05/2024,30/04/2026,19126097,SEK,7648379,Stockholms stad,2120000142,European Social Fund Plus\n";
    let (format, reading) = read("kohesio.csv", text);
    assert_eq!(format, "kohesio");
    assert_eq!(reading.statements[0].period.as_deref(), Some("2024-05-01/2026-04-30"));
    assert_eq!(reading.statements[0].amounts.len(), 2);
}

#[test]
fn delivered_statements_are_read_and_bad_lines_are_refused_by_line() {
    let good = "{\"document\":\"a\",\"line\":1,\"name\":\"Vägar\",\"project_number\":null,\"amounts\":[]}";
    let text = format!(
        "{good}\n{{\n{}\n{}\n{}\n",
        good.replace("[]", "[{\"kind\":\"GRANTED\",\"value\":\"x\",\"currency\":\"SEK\",\"precision\":\"1\",\"text\":\"\",\"line\":1}]"),
        good.replace("\"amounts\"", "\"period\":\"soon\",\"amounts\""),
        good.replace("\"amounts\"", "\"owner\":{\"name\":\"A\",\"number\":\"123\"},\"amounts\""),
    );
    let (format, reading) = read("delivery.jsonl", &text);
    assert_eq!((format, reading.statements.len()), ("statements", 1));
    let refused: Vec<_> =
        reading.refused.iter().map(|refused| (refused.line, refused.reason.split(':').next())).collect();
    let expected = [(2, "is no statement"), (3, "amounts.value"), (4, "period"), (5, "number")];
    assert_eq!(refused, expected.map(|(line, reason)| (Some(line), Some(reason))));
}

#[test]
fn a_row_with_too_many_cells_is_refused_and_the_rest_is_read() {
    let text = "Beneficiary name,Operation name,Operation start date,Total eligible expenditure (EUR)\nA,B,2020-01-01,5\nA,C,2020-01-01,5,6\nA,D,2020-01-01\n";
    let (_, reading) = read("a.csv", text);
    assert_eq!((reading.statements.len(), reading.refused.len()), (2, 1));
    assert_eq!(
        reading.refused[0],
        Refused { line: Some(3), reason: "has 5 cells where the header has 4".to_owned() }
    );
}

#[test]
fn the_shortest_statements_are_told_from_other_json() {
    let (format, whole) = read("d.jsonl", r#"{"document":"d","line":1,"name":"Ett","project_number":"P-1"}"#);
    assert_eq!((format, whole.statements[0].project_number.as_deref()), ("statements", Some("P-1")));
    for other in [r#"{"document":"d","line":1,"name":"Ett"}"#, r#"{"name":"Ett","project_number":"P-1"}"#] {
        assert_ne!(read("d.jsonl", other).0, "statements", "{other}");
    }
}
