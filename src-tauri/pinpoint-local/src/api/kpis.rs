//! KPIs over a span of time (events-and-analytics.md 5), computed from the events that are kept.
//!
//! A KPI is a number made of the events of a group: of all, of a day, of a campaign and so on. Where there is nothing to
//! count, there is no row.

mod measures;

use std::collections::BTreeMap;

use model::Millis;
use model::time::{DAY, format_instant, parse_instant};
use rusqlite::params;
use serde_json::{Map, Value, json};

use crate::api::{Answer, Call, Context, Handler, apps, campaigns, journeys};
use crate::refusal::{Refusal, Result};

use measures::{Group, KPIS, Kpi, Of, Seen};

/// Handlers of this file.
pub const HANDLERS: &[(&str, Handler)] = &[
    ("GetApplicationDateRangeKpi", of_application),
    ("GetCampaignDateRangeKpi", of_campaign),
    ("GetJourneyDateRangeKpi", of_journey),
];

/// How long a span may be, and how long ago it may begin.
const LONGEST: Millis = 31 * DAY;
const KEPT: Millis = 90 * DAY;

fn of_application(context: &Context<'_>, call: &Call) -> Result<Answer> {
    apps::existing(context, call)?;
    answer(context, call, &[Of::Campaigns, Of::Requests, Of::Journeys], &[])
}

fn of_campaign(context: &Context<'_>, call: &Call) -> Result<Answer> {
    campaigns::exists(context, call)?;
    answer(context, call, &[Of::Campaign], &[("CampaignId", call.parameter("campaign-id"))])
}

fn of_journey(context: &Context<'_>, call: &Call) -> Result<Answer> {
    journeys::existing(context, call)?;
    answer(context, call, &[Of::Journey], &[("JourneyId", call.parameter("journey-id"))])
}

/// The KPI of the path among those of some kinds; `ids` = which campaign or journey.
fn answer(context: &Context<'_>, call: &Call, kinds: &[Of], ids: &[(&str, &str)]) -> Result<Answer> {
    let name = call.parameter("kpi-name");
    let Some((kpi, group)) = find(name, kinds) else {
        return call.refuse("kpi-name", &format!("there is no KPI `{name}` here"));
    };
    let (start, end) = span(context, call)?;
    let app = call.parameter("application-id");
    let events = read(context, app, (start, end), |event| match (kpi.of, ids.first()) {
        (Of::Campaigns, _) => !event.campaign.is_empty(),
        (Of::Requests, _) => event.campaign.is_empty() && event.journey.is_empty(),
        (Of::Journeys, _) => !event.journey.is_empty(),
        (Of::Campaign, Some((_, id))) => event.campaign == *id,
        (Of::Journey, Some((_, id))) => event.journey == *id,
        (Of::Campaign | Of::Journey, None) => false,
    })?;
    let mut groups: BTreeMap<String, Vec<&Seen>> = BTreeMap::new();
    for event in &events {
        if let Some(key) = group.key(event) {
            groups.entry(key).or_default().push(event);
        }
    }
    let values = groups.into_iter().filter_map(|(key, events)| Some((key, (kpi.measure)(&events)?)));
    let rows: Vec<Value> = values
        .map(|(key, value)| {
            let value = json!({"Key": kpi.key(), "Type": "Double", "Value": format!("{value:?}")});
            match group.word() {
                None => json!({"Values": [value]}),
                Some(word) => {
                    json!({"GroupedBys": [{"Key": word, "Type": "String", "Value": key}], "Values": [value]})
                }
            }
        })
        .collect();
    let mut body = Map::from_iter([("ApplicationId".to_owned(), json!(app))]);
    body.extend(ids.iter().map(|(member, id)| ((*member).to_owned(), json!(id))));
    body.insert("KpiName".into(), name.into());
    body.insert("StartTime".into(), format_instant(start).into());
    body.insert("EndTime".into(), format_instant(end).into());
    body.insert("KpiResult".into(), json!({"Rows": rows}));
    Ok(call.answer(Value::Object(body)))
}

/// The KPI of a name, and how it is grouped.
fn find(name: &str, kinds: &[Of]) -> Option<(&'static Kpi, Group)> {
    let (base, grouped) = match name.split_once("-grouped-by-") {
        None => (name, None),
        Some((base, word)) => (base, Some(Group::parse(word)?)),
    };
    let kpi = KPIS.iter().find(|kpi| kpi.name == base && kinds.contains(&kpi.of))?;
    let group = match grouped {
        Some(group) => group,
        // The only one whose name does not say how it is grouped.
        None if kpi.groups == [Group::Error] => Group::Error,
        None => Group::All,
    };
    (kpi.groups.contains(&group) && (grouped.is_none() || group != Group::Error)).then_some((kpi, group))
}

/// `start-time` and `end-time`, both inclusive; the 31 days before now where they are absent.
fn span(context: &Context<'_>, call: &Call) -> Result<(Millis, Millis)> {
    let instant = |name: &str| match call.query(name).filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse_instant(text)
            .map(Some)
            .ok_or_else(|| Refusal::bad_request(format!("{name}: `{text}` is not an ISO 8601 instant"))),
    };
    let (start, end) = (instant("start-time")?, instant("end-time")?);
    let end = end.unwrap_or_else(|| start.map_or(context.now, |start| (start + LONGEST).min(context.now)));
    let start = start.unwrap_or(end - LONGEST);
    if end < start {
        return call.refuse("end-time", "lies before `start-time`");
    }
    if end - start > LONGEST {
        return call.refuse("end-time", "a span of 31 days is the longest");
    }
    if start < context.now - KEPT {
        return call.refuse("start-time", "lies more than 90 days ago");
    }
    Ok((start, end))
}

/// The events of a span that KPIs are made of, in order.
fn read(
    context: &Context<'_>,
    app: &str,
    (start, end): (Millis, Millis),
    wanted: impl Fn(&Seen) -> bool,
) -> Result<Vec<Seen>> {
    let mut statement = context.store.prepare_cached(
        "SELECT e.seq, e.type, e.endpoint, e.at, e.document, n.document ->> '$.Location.Country'
         FROM events e LEFT JOIN endpoints n ON n.app = e.app AND n.id = e.endpoint
         WHERE e.app = ?1 AND e.at BETWEEN ?2 AND ?3
         AND (e.type GLOB '_campaign.*' OR e.type GLOB '_email.*' OR e.type GLOB '_SMS.*') ORDER BY e.seq",
    )?;
    let mut rows = statement.query(params![app, start, end])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let document = crate::store::json(row, 4)?;
        let attribute = |name: &str| {
            document.get("Attributes").and_then(|all| all.get(name)).and_then(Value::as_str).unwrap_or_default()
        };
        let country: Option<String> = row.get(5)?;
        let of_number = attribute("iso_country_code");
        let seen = Seen {
            seq: row.get(0)?,
            name: row.get(1)?,
            endpoint: row.get(2)?,
            at: row.get(3)?,
            campaign: attribute("campaign_id").to_owned(),
            campaign_activity: attribute("campaign_activity_id").to_owned(),
            journey: attribute("journey_id").to_owned(),
            journey_activity: attribute("journey_activity_id").to_owned(),
            status: attribute("campaign_send_status").to_owned(),
            channel: attribute("delivery_type").to_owned(),
            message: attribute("message_id").to_owned(),
            error: attribute("record_status").to_owned(),
            parts: attribute("number_of_message_parts").parse().unwrap_or(1.0),
            price: document["Metrics"]["price_in_millicents_usd"].as_f64().unwrap_or(0.0),
            country: if of_number.is_empty() { country.unwrap_or_default() } else { of_number.to_owned() },
        };
        if wanted(&seen) {
            found.push(seen);
        }
    }
    Ok(found)
}
