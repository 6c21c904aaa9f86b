//! KPIs of a target as tables with plots, and as rows in a file (events-and-analytics.md 5).
//!
//! KPIs that are grouped alike make one table: a row for each group, a column for each KPI. The first column is plotted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bridge::{Figure, Figures};
use model::numbers::{grouped, percent};
use model::time::{DAY, parse_instant};
use model::{DocumentId, Journey, Millis};
use publishing::{Found, KpiOf, PublishError, Remote};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{Desk, journey, plot, row, table};
use crate::failure::{Outcome, bad_input};
use crate::publication::target_failure;
use crate::simulate::table::{Cell, Column, Kind, Table};

/// KPIs that are asked for at a time.
const AT_ONCE: usize = 8;

/// What a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Count,
    /// A share, 0 to 1.
    Share,
    /// Thousandths of a US cent.
    Price,
}

/// KPIs that stand in one table.
struct Sheet {
    key: &'static str,
    title: &'static str,
    /// Head of the first column.
    of: &'static str,
    /// What follows the names of the KPIs: `-grouped-by-date`; empty = each KPI is a row.
    suffix: &'static str,
    columns: &'static [(&'static str, &'static str, Unit)],
}

use Unit::{Count, Price, Share};

/// Of an application (5.1, 5.2, 5.3, 5.5).
const APPLICATION: &[Sheet] = &[
    Sheet {
        key: "journeys",
        title: "E-mails of all journeys",
        of: "E-mails",
        suffix: "",
        columns: &[
            ("journey-emails-sent", "Sent", Count),
            ("journey-emails-delivered", "Delivered", Count),
            ("journey-emails-opened", "Opens", Count),
            ("journey-emails-clicked", "Clicks", Count),
            ("journey-emails-softbounced", "Bounced for now", Count),
            ("journey-emails-hardbounced", "Bounced for good", Count),
            ("journey-emails-rejected", "Rejected", Count),
            ("journey-emails-complained", "Complaints", Count),
            ("journey-emails-unsubscribed", "Unsubscribed", Count),
        ],
    },
    Sheet {
        key: "campaigns-by-day",
        title: "Campaigns by day",
        of: "Day",
        suffix: "-grouped-by-date",
        columns: &[("unique-deliveries", "People reached", Count), ("successful-delivery-rate", "Delivered", Share)],
    },
    Sheet {
        key: "campaigns",
        title: "Campaigns",
        of: "Campaign",
        suffix: "-grouped-by-campaign",
        columns: &[
            ("unique-deliveries", "People reached", Count),
            ("successful-deliveries", "Deliveries", Count),
            ("email-open-rate", "E-mails opened", Share),
            ("push-open-rate", "Pushes opened", Share),
        ],
    },
    Sheet {
        key: "emails-by-day",
        title: "Transactional e-mails by day",
        of: "Day",
        suffix: "-grouped-by-date",
        columns: &[
            ("txn-emails-sent", "Sent", Count),
            ("txn-emails-delivered", "Delivered", Count),
            ("txn-emails-unique-opens", "People who opened", Count),
            ("txn-emails-unique-clicks", "People who clicked", Count),
            ("txn-emails-hard-bounced", "Bounced for good", Count),
            ("txn-emails-with-complaints", "Complaints", Count),
        ],
    },
    Sheet {
        key: "texts-by-day",
        title: "Transactional text messages by day",
        of: "Day",
        suffix: "-grouped-by-date",
        columns: &[
            ("txn-sms-sent", "Sent", Count),
            ("txn-sms-delivered", "Delivered", Count),
            ("txn-sms-delivery-rate", "Share", Share),
        ],
    },
    Sheet {
        key: "texts-by-country",
        title: "Transactional text messages by country",
        of: "Country",
        suffix: "-grouped-by-country",
        columns: &[
            ("txn-sms-sent", "Sent", Count),
            ("txn-sms-delivered", "Delivered", Count),
            ("txn-sms-total-price", "Cost", Price),
            ("txn-sms-average-price", "Each", Price),
        ],
    },
];

/// Of a campaign (5.4).
const CAMPAIGN: &[Sheet] = &[
    Sheet {
        key: "totals",
        title: "All runs",
        of: "Figure",
        suffix: "",
        columns: &[
            ("unique-deliveries", "People reached", Count),
            ("successful-delivery-rate", "Delivered", Share),
            ("email-open-rate", "E-mails opened", Share),
            ("push-open-rate", "Pushes opened", Share),
            ("hard-bounce-rate", "Bounced for good", Share),
            ("sms-spend", "Cost of text messages", Price),
        ],
    },
    Sheet {
        key: "by-day",
        title: "By day",
        of: "Day",
        suffix: "-grouped-by-date",
        columns: &[("unique-deliveries", "People reached", Count), ("successful-delivery-rate", "Delivered", Share)],
    },
    Sheet {
        key: "by-run",
        title: "By run",
        of: "Run",
        suffix: "-grouped-by-campaign-activity",
        columns: &[
            ("attempted-deliveries", "Sent", Count),
            ("successful-deliveries", "Deliveries", Count),
            ("direct-email-opens", "E-mail opens", Count),
            ("clicks", "Clicks", Count),
            ("direct-push-opens", "Push opens", Count),
        ],
    },
];

/// Of a journey (5.5).
const JOURNEY: &[Sheet] = &[Sheet {
    key: "steps",
    title: "E-mails by step",
    of: "Step",
    suffix: "-grouped-by-journey-activity",
    columns: &[
        ("emails-sent", "Sent", Count),
        ("emails-delivered", "Delivered", Count),
        ("emails-opened", "Opens", Count),
        ("emails-clicked", "Clicks", Count),
        ("emails-hardbounced", "Bounced for good", Count),
        ("emails-complained", "Complaints", Count),
        ("emails-unsubscribed", "Unsubscribed", Count),
    ],
}];

/// Columns of a row in a file.
const COLUMNS: &[Column] =
    &[("kpi", Kind::Text), ("grouped_by", Kind::Text), ("group", Kind::Text), ("value", Kind::Number)];

/// The value of a KPI for a group; the group is empty where there is none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    kpi: String,
    grouped_by: String,
    pub(super) group: String,
    pub(super) value: f64,
}

/// Asks for the KPIs, and writes them to a file where one is named.
pub(super) async fn read(desk: &Desk, found: &Found, asked: &Figures) -> Outcome<Vec<Figure>> {
    let span = (day(&asked.from, 0)?, day(&asked.to, DAY - 1)?);
    let (of, sheets) = match (&desk.id, asked.all) {
        (_, true) => (KpiOf::Application, APPLICATION),
        (DocumentId::Campaign(_), _) => (KpiOf::Campaign(found.id.clone()), CAMPAIGN),
        _ => (KpiOf::Journey(found.id.clone()), JOURNEY),
    };
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        names.extend(sheet.columns.iter().map(|(name, ..)| format!("{name}{}", sheet.suffix)));
    }
    let measured = ask(&desk.remote, &found.application, &of, &names, span).await.map_err(target_failure)?;
    let path = asked.path.trim();
    if !path.is_empty() {
        write(Path::new(path), &measured)?;
    }
    let journey = Journey::of(&found.document);
    let campaigns = &desk.bindings.campaigns;
    let name = |sheet: &Sheet, group: &str| match sheet.suffix {
        "-grouped-by-journey-activity" => {
            journey.map_or_else(|| group.to_owned(), |found| journey::label(found, group).to_owned())
        }
        "-grouped-by-campaign" => {
            let of = campaigns.iter().find(|(_, id)| *id == group);
            of.map_or_else(|| group.to_owned(), |(name, _)| name.clone())
        }
        _ => group.to_owned(),
    };
    Ok(sheets.iter().map(|sheet| figure(sheet, &measured, &|group| name(sheet, group))).collect())
}

/// The begin of a day in UTC, or so much later.
fn day(text: &str, later: Millis) -> Outcome<Option<Millis>> {
    match text.trim() {
        "" => Ok(None),
        day => match parse_instant(&format!("{day}T00:00:00Z")) {
            Some(at) => Ok(Some(at + later)),
            None => Err(bad_input(format!("`{day}` is no day"), "write it as 2026-11-30")),
        },
    }
}

/// What is measured. A KPI that a target does not know is left out; that it refuses all is an error.
async fn ask(
    remote: &Remote,
    application: &str,
    of: &KpiOf,
    names: &[String],
    span: (Option<Millis>, Option<Millis>),
) -> Result<Vec<Measured>, PublishError> {
    let mut all = Vec::new();
    let (mut refused, mut answered) = (None, false);
    for some in names.chunks(AT_ONCE) {
        let mut asking = JoinSet::new();
        for (place, name) in some.iter().cloned().enumerate() {
            let (remote, application, of) = (remote.clone(), application.to_owned(), of.clone());
            asking.spawn(async move { (place, remote.kpi(&application, &of, &name, span).await, name) });
        }
        let mut answers = asking.join_all().await;
        answers.sort_by_key(|(place, ..)| *place);
        for (_, answer, name) in answers {
            match answer {
                Ok(answer) => {
                    answered = true;
                    all.extend(measured(&name, &answer));
                }
                Err(error @ PublishError::Refused { .. }) => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
    }
    match refused {
        Some(error) if !answered => Err(error),
        _ => Ok(all),
    }
}

/// The rows of an answer.
pub(super) fn measured(kpi: &str, answer: &Value) -> Vec<Measured> {
    let rows = answer["KpiResult"]["Rows"].as_array().into_iter().flatten();
    let value = |row: &Value| row["Values"][0]["Value"].as_str()?.parse::<f64>().ok();
    let text = |row: &Value, member: &str| row["GroupedBys"][0][member].as_str().unwrap_or_default().to_owned();
    rows.filter_map(|row| {
        let (grouped_by, group) = (text(row, "Key"), text(row, "Value"));
        Some(Measured { kpi: kpi.to_owned(), grouped_by, group, value: value(row)? })
    })
    .collect()
}

fn words(value: Option<f64>, unit: Unit) -> String {
    match (value, unit) {
        (None, _) => "–".to_owned(),
        (Some(value), Unit::Count) => grouped(value.round().max(0.0) as u64),
        (Some(value), Unit::Share) => percent(value),
        (Some(value), Unit::Price) => format!("${:.4}", value / 100_000.0),
    }
}

fn figure(sheet: &Sheet, measured: &[Measured], name: &dyn Fn(&str) -> String) -> Figure {
    let mut by_kpi: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for one in measured {
        if let Some(kpi) = one.kpi.strip_suffix(sheet.suffix) {
            by_kpi.insert((kpi, &one.group), one.value);
        }
    }
    let of = |kpi: &str, group: &str| by_kpi.get(&(kpi, group)).copied();
    if sheet.suffix.is_empty() {
        let there = sheet.columns.iter().any(|(kpi, ..)| of(kpi, "").is_some());
        let rows = sheet.columns.iter().filter(|_| there);
        let rows = rows.map(|(kpi, head, unit)| row("", [(*head).to_owned(), words(of(kpi, ""), *unit)]));
        let mut figure = table(sheet.key, sheet.title, &[sheet.of, "Number"], rows.collect());
        let counts = sheet.columns.iter().filter(|(.., unit)| *unit == Unit::Count);
        let bars: Vec<(String, f64)> =
            counts.filter_map(|(kpi, head, _)| Some(((*head).to_owned(), of(kpi, "")?))).collect();
        figure.plot = if bars.len() > 1 { plot::bars(sheet.title, &bars) } else { String::new() };
        return with_note(figure);
    }
    let groups: BTreeSet<&str> = sheet
        .columns
        .iter()
        .flat_map(|(kpi, ..)| by_kpi.keys().filter(move |(of, _)| of == kpi).map(|(_, group)| *group))
        .collect();
    let rows = groups.iter().map(|group| {
        let values = sheet.columns.iter().map(|(kpi, _, unit)| words(of(kpi, group), *unit));
        let activity = if sheet.suffix == "-grouped-by-journey-activity" { group } else { "" };
        row(activity, [name(group)].into_iter().chain(values))
    });
    let head: Vec<&str> = [sheet.of].into_iter().chain(sheet.columns.iter().map(|(_, head, _)| *head)).collect();
    let mut figure = table(sheet.key, sheet.title, &head, rows.collect());
    if let Some((kpi, head, _)) = sheet.columns.first() {
        let points: Vec<(String, f64)> =
            groups.iter().map(|group| (name(group), of(kpi, group).unwrap_or_default())).collect();
        let title = format!("{}: {head}", sheet.title);
        figure.plot = match (points.is_empty(), sheet.suffix) {
            (true, _) => String::new(),
            (false, "-grouped-by-date") => plot::days(&title, &points),
            (false, _) => plot::bars(&title, &points),
        };
    }
    with_note(figure)
}

fn with_note(mut figure: Figure) -> Figure {
    if figure.rows.is_empty() {
        figure.note = "Nothing to count in these days.".to_owned();
    }
    figure
}

fn write(path: &Path, measured: &[Measured]) -> Outcome<u64> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !["csv", "parquet"].contains(&ending.as_str()) {
        let help = "end the name in `.csv` or `.parquet`";
        return Err(bad_input(format!("`{}` does not say what to write", path.display()), help));
    }
    let mut file = Table::create(path, COLUMNS)?;
    for one in measured {
        let [kpi, grouped_by, group] = [&one.kpi, &one.grouped_by, &one.group]
            .map(|text| Cell::text(Some(text.as_str()).filter(|text| !text.is_empty())));
        file.row(&[kpi, grouped_by, group, Cell::Number(one.value)])?;
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use serde_json::json;

    use super::*;

    fn answer(rows: &[(&str, &str)]) -> Value {
        let row = |(group, value): &(&str, &str)| {
            let mut row = json!({"Values": [{"Key": "X", "Type": "Double", "Value": value}]});
            if !group.is_empty() {
                row["GroupedBys"] = json!([{"Key": "Date", "Type": "String", "Value": group}]);
            }
            row
        };
        json!({"KpiResult": {"Rows": rows.iter().map(row).collect::<Vec<_>>()}})
    }

    #[test]
    fn kpis_that_are_grouped_alike_make_one_table_with_a_plot() {
        let sheet = &APPLICATION[1];
        let mut all =
            measured("unique-deliveries-grouped-by-date", &answer(&[("2026-11-02", "1200.0"), ("2026-11-01", "7.0")]));
        all.extend(measured("successful-delivery-rate-grouped-by-date", &answer(&[("2026-11-02", "0.5")])));
        all.extend(measured("unique-deliveries", &answer(&[("", "9.0")])));
        let found = figure(sheet, &all, &|group| group.to_owned());
        assert_eq!(found.head, ["Day", "People reached", "Delivered"]);
        let rows: Vec<String> = found.rows.iter().map(|row| row.cells.join(" ")).collect();
        assert_eq!(rows, ["2026-11-01 7 –", "2026-11-02 1,200 50%"]);
        assert!(found.plot.contains("role=\"img\""), "{}", found.plot);
        let none = figure(sheet, &[], &|group| group.to_owned());
        assert_eq!((none.note.as_str(), none.plot.as_str()), ("Nothing to count in these days.", ""));
    }

    #[test]
    fn a_sheet_without_groups_has_a_row_for_each_kpi() {
        let mut all = measured("unique-deliveries", &answer(&[("", "9.0")]));
        all.extend(measured("sms-spend", &answer(&[("", "64500.0")])));
        let found = figure(&CAMPAIGN[0], &all, &|group| group.to_owned());
        let rows: Vec<String> = found.rows.iter().map(|row| row.cells.join(": ")).collect();
        assert_eq!((rows[0].as_str(), rows[1].as_str()), ("People reached: 9", "Delivered: –"));
        assert_eq!(rows[5], "Cost of text messages: $0.6450");
    }

    #[test]
    fn figures_are_written_as_csv_and_as_parquet() {
        let folder = tempfile::tempdir().unwrap();
        let all = measured("unique-deliveries-grouped-by-date", &answer(&[("2026-11-01", "7.5"), ("2026-11-02", "8")]));
        let csv = folder.path().join("a.csv");
        assert_eq!(write(&csv, &all).unwrap(), 2);
        assert_eq!(
            std::fs::read_to_string(&csv).unwrap(),
            "kpi,grouped_by,group,value\r\nunique-deliveries-grouped-by-date,Date,2026-11-01,7.5\r\n\
             unique-deliveries-grouped-by-date,Date,2026-11-02,8\r\n"
        );
        let parquet = folder.path().join("a.parquet");
        write(&parquet, &all).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&parquet).unwrap()).unwrap();
        let rows: Vec<String> = reader.get_row_iter(None).unwrap().map(|row| row.unwrap().to_string()).collect();
        assert_eq!(rows.len(), 2);
        assert!(rows[0].contains("value: 7.5") && rows[1].contains("2026-11-02"), "{rows:?}");
        assert!(write(&folder.path().join("a.txt"), &all).unwrap_err().message.contains("does not say what"));
    }

    #[test]
    fn days_are_whole_days_of_utc() {
        assert_eq!(day("", 0).unwrap(), None);
        assert_eq!(day("2026-11-30", DAY - 1).unwrap(), parse_instant("2026-11-30T23:59:59.999Z"));
        assert_eq!(day("30.11.", 0).unwrap_err().message, "`30.11.` is no day");
    }
}
