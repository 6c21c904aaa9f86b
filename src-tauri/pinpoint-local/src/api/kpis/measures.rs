//! The KPIs there are, and what each counts (events-and-analytics.md 5.1 to 5.5).

use std::collections::BTreeSet;

use model::Millis;
use model::time::format_instant;

/// An event that KPIs are made of.
#[derive(Debug)]
pub struct Seen {
    /// Its number.
    pub seq: i64,
    /// `_email.open`, `_campaign.send` and so on.
    pub name: String,
    /// The endpoint.
    pub endpoint: String,
    /// When it came.
    pub at: Millis,
    /// Attributes of that name; empty = absent.
    pub campaign: String,
    /// As above.
    pub campaign_activity: String,
    /// As above.
    pub journey: String,
    /// As above.
    pub journey_activity: String,
    /// `campaign_send_status`
    pub status: String,
    /// `delivery_type`
    pub channel: String,
    /// `message_id`
    pub message: String,
    /// `record_status`
    pub error: String,
    /// `number_of_message_parts`; 1 where it is not told.
    pub parts: f64,
    /// Thousandths of a US cent.
    pub price: f64,
    /// ISO 3166-1 alpha-2: of the number, else of the endpoint; empty = not known.
    pub country: String,
}

/// Whose events a KPI is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// All campaigns of the project.
    Campaigns,
    /// One campaign.
    Campaign,
    /// Transactional messages: of no campaign and no journey.
    Requests,
    /// All journeys of the project.
    Journeys,
    /// One journey.
    Journey,
}

/// How the events of a KPI are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Not at all.
    All,
    /// By calendar day, UTC.
    Date,
    /// By campaign.
    Campaign,
    /// By run of a campaign.
    CampaignActivity,
    /// By activity of a journey.
    JourneyActivity,
    /// By country.
    Country,
    /// By what went wrong.
    Error,
}

impl Group {
    /// From what follows `-grouped-by-` in a name.
    pub fn parse(word: &str) -> Option<Group> {
        Some(match word {
            "date" => Group::Date,
            "campaign" => Group::Campaign,
            "campaign-activity" => Group::CampaignActivity,
            "journey-activity" => Group::JourneyActivity,
            "country" => Group::Country,
            _ => return None,
        })
    }

    /// `GroupedBys.Key`, partly chosen.
    pub fn word(self) -> Option<&'static str> {
        Some(match self {
            Group::All => return None,
            Group::Date => "Date",
            Group::Campaign => "CampaignId",
            Group::CampaignActivity => "CampaignActivityId",
            Group::JourneyActivity => "JourneyActivityId",
            Group::Country => "CountryCode",
            Group::Error => "ErrorCode",
        })
    }

    /// The group of an event; `None` = it is in none. A country that is not known is `ZZ` (chosen).
    pub fn key(self, event: &Seen) -> Option<String> {
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match self {
            Group::All => Some(String::new()),
            Group::Date => Some(format_instant(event.at).chars().take(10).collect()),
            Group::Campaign => text(&event.campaign),
            Group::CampaignActivity => text(&event.campaign_activity),
            Group::JourneyActivity => text(&event.journey_activity),
            Group::Country => text(&event.country).or_else(|| text("ZZ")),
            Group::Error => text(&event.error).filter(|_| event.name == "_SMS.FAILURE"),
        }
    }
}

/// A KPI.
#[derive(Debug)]
pub struct Kpi {
    /// Its name without how it is grouped.
    pub name: &'static str,
    /// Whose events.
    pub of: Of,
    /// How it may be grouped.
    pub groups: &'static [Group],
    /// Its value over the events of a group; `None` = there is nothing to count.
    pub measure: fn(&[&Seen]) -> Option<f64>,
}

impl Kpi {
    /// `Values.Key`: the name in PascalCase (chosen).
    pub fn key(&self) -> String {
        let words = self.name.split('-').map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_uppercase() + rest
        });
        words.collect()
    }
}

type Events<'e> = &'e [&'e Seen];

fn some(count: f64) -> Option<f64> {
    (count > 0.0).then_some(count)
}

fn of_names<'e>(events: Events<'e>, names: &'e [&'e str]) -> impl Iterator<Item = &'e Seen> {
    events.iter().copied().filter(move |event| names.contains(&event.name.as_str()))
}

fn times(events: Events<'_>, names: &[&str]) -> f64 {
    of_names(events, names).count() as f64
}

/// How many endpoints.
fn endpoints<'e>(events: impl Iterator<Item = &'e Seen>) -> f64 {
    events.map(|event| event.endpoint.as_str()).collect::<BTreeSet<_>>().len() as f64
}

/// How many messages: one endpoint gets one of a run.
fn messages<'e>(events: impl Iterator<Item = &'e Seen>) -> f64 {
    events.map(|event| (event.campaign_activity.as_str(), event.endpoint.as_str())).collect::<BTreeSet<_>>().len()
        as f64
}

fn rate(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Sent by a campaign.
fn sent<'e>(events: Events<'e>) -> impl Iterator<Item = &'e Seen> {
    of_names(events, &["_campaign.send"]).filter(|event| event.status == "SUCCESS")
}

/// Delivered by a campaign. E-mail and SMS say so; what was handed to another channel counts (chosen).
fn delivered<'e>(events: Events<'e>) -> impl Iterator<Item = &'e Seen> {
    let told = of_names(events, &["_email.delivered", "_SMS.SUCCESS"]);
    told.chain(sent(events).filter(|event| event.channel != "EMAIL" && event.channel != "SMS"))
}

/// E-mails delivered: sent less bounced and rejected.
fn emails_delivered(events: Events<'_>) -> f64 {
    let lost = times(events, &["_email.softbounce", "_email.hardbounce", "_email.rejected"]);
    (times(events, &["_email.send"]) - lost).max(0.0)
}

/// The text messages, each once: the last that is told of it.
fn texts<'e>(events: Events<'e>, names: &'e [&'e str]) -> Vec<&'e Seen> {
    let mut seen = BTreeSet::new();
    let newest = events.iter().rev().copied().filter(|event| names.contains(&event.name.as_str()));
    newest
        .filter(|event| match event.message.as_str() {
            "" => seen.insert((event.seq.to_string(), true)),
            message => seen.insert((message.to_owned(), false)),
        })
        .collect()
}

const SMS: &[&str] = &["_SMS.SEND", "_SMS.BUFFERED", "_SMS.SUCCESS", "_SMS.FAILURE"];

fn parts(events: &[&Seen]) -> f64 {
    events.iter().map(|event| event.parts).sum()
}

fn price(events: &[&Seen]) -> f64 {
    events.iter().map(|event| event.price).sum()
}

const PLAIN: &[Group] = &[Group::All];
const BY_DATE: &[Group] = &[Group::All, Group::Date];
const BY_COUNTRY: &[Group] = &[Group::All, Group::Country];
const BY_COUNTRY_AND_DATE: &[Group] = &[Group::All, Group::Country, Group::Date];
const COUNTRY: &[Group] = &[Group::Country];
const BY_CAMPAIGN: &[Group] = &[Group::All, Group::Campaign];
const BY_RUN: &[Group] = &[Group::All, Group::CampaignActivity];
const BY_RUN_AND_DATE: &[Group] = &[Group::All, Group::CampaignActivity, Group::Date];
const RUN: &[Group] = &[Group::CampaignActivity];
const STEP: &[Group] = &[Group::JourneyActivity];

const fn kpi(name: &'static str, of: Of, groups: &'static [Group], measure: fn(&[&Seen]) -> Option<f64>) -> Kpi {
    Kpi { name, of, groups, measure }
}

fn delivery_rate(events: &[&Seen]) -> Option<f64> {
    rate(delivered(events).count() as f64, sent(events).count() as f64)
}

fn email_open_rate(events: &[&Seen]) -> Option<f64> {
    rate(messages(of_names(events, &["_email.open"])), times(events, &["_email.delivered"]))
}

fn push_open_rate(events: &[&Seen]) -> Option<f64> {
    let pushed = sent(events).filter(|event| !matches!(event.channel.as_str(), "EMAIL" | "SMS" | "CUSTOM" | "VOICE"));
    rate(messages(of_names(events, &["_campaign.opened_notification"])), pushed.count() as f64)
}

fn unique_deliveries(events: &[&Seen]) -> Option<f64> {
    some(endpoints(delivered(events)))
}

fn successful_deliveries(events: &[&Seen]) -> Option<f64> {
    some((sent(events).count() as f64 - times(events, &["_email.hardbounce"])).max(0.0))
}

/// All KPIs.
pub static KPIS: &[Kpi] = &[
    // 5.1
    kpi("successful-delivery-rate", Of::Campaigns, BY_DATE, delivery_rate),
    kpi("email-open-rate", Of::Campaigns, BY_CAMPAIGN, email_open_rate),
    kpi("push-open-rate", Of::Campaigns, BY_CAMPAIGN, push_open_rate),
    kpi("unique-deliveries", Of::Campaigns, &[Group::All, Group::Campaign, Group::Date], unique_deliveries),
    kpi("successful-deliveries", Of::Campaigns, &[Group::Campaign], successful_deliveries),
    // 5.2
    kpi("txn-emails-sent", Of::Requests, BY_DATE, |e| some(times(e, &["_email.send"]))),
    kpi("txn-emails-delivered", Of::Requests, BY_DATE, |e| some(emails_delivered(e))),
    kpi("txn-emails-delivery-rate", Of::Requests, BY_DATE, |e| rate(emails_delivered(e), times(e, &["_email.send"]))),
    kpi("txn-emails-opened", Of::Requests, BY_DATE, |e| some(times(e, &["_email.open"]))),
    kpi("txn-emails-unique-opens", Of::Requests, BY_DATE, |e| some(endpoints(of_names(e, &["_email.open"])))),
    kpi("txn-emails-clicked", Of::Requests, BY_DATE, |e| some(times(e, &["_email.click"]))),
    kpi("txn-emails-unique-clicks", Of::Requests, BY_DATE, |e| some(endpoints(of_names(e, &["_email.click"])))),
    kpi("txn-emails-hard-bounced", Of::Requests, BY_DATE, |e| some(times(e, &["_email.hardbounce"]))),
    kpi("txn-emails-soft-bounced", Of::Requests, BY_DATE, |e| some(times(e, &["_email.softbounce"]))),
    kpi("txn-emails-with-complaints", Of::Requests, BY_DATE, |e| some(times(e, &["_email.complaint"]))),
    kpi("txn-emails-complaint-rate", Of::Requests, BY_DATE, |e| {
        rate(times(e, &["_email.complaint"]), times(e, &["_email.send"]))
    }),
    // 5.3
    kpi("txn-sms-sent", Of::Requests, BY_COUNTRY_AND_DATE, |e| some(texts(e, SMS).len() as f64)),
    kpi("txn-sms-sent-by-parts", Of::Requests, BY_COUNTRY, |e| some(parts(&texts(e, SMS)))),
    kpi("txn-sms-delivered", Of::Requests, BY_COUNTRY_AND_DATE, |e| some(texts(e, &["_SMS.SUCCESS"]).len() as f64)),
    kpi("txn-sms-delivered-by-parts", Of::Requests, BY_COUNTRY, |e| some(parts(&texts(e, &["_SMS.SUCCESS"])))),
    kpi("txn-sms-delivery-rate", Of::Requests, BY_DATE, |e| {
        rate(texts(e, &["_SMS.SUCCESS"]).len() as f64, texts(e, SMS).len() as f64)
    }),
    kpi("txn-sms-error-distribution", Of::Requests, &[Group::Error], |e| some(e.len() as f64)),
    kpi("txn-sms-average-price", Of::Requests, COUNTRY, |e| {
        let texts = texts(e, SMS);
        rate(price(&texts), texts.len() as f64)
    }),
    kpi("txn-sms-average-price-by-parts", Of::Requests, COUNTRY, |e| {
        let texts = texts(e, SMS);
        rate(price(&texts), parts(&texts))
    }),
    kpi("txn-sms-total-price", Of::Requests, COUNTRY, |e| {
        let texts = texts(e, SMS);
        (!texts.is_empty()).then(|| price(&texts))
    }),
    // 5.4
    kpi("hard-bounce-rate", Of::Campaign, BY_RUN, |e| rate(times(e, &["_email.hardbounce"]), sent(e).count() as f64)),
    kpi("successful-delivery-rate", Of::Campaign, BY_RUN_AND_DATE, delivery_rate),
    kpi("email-open-rate", Of::Campaign, BY_RUN, email_open_rate),
    kpi("push-open-rate", Of::Campaign, BY_RUN, push_open_rate),
    kpi("unique-deliveries", Of::Campaign, BY_RUN_AND_DATE, unique_deliveries),
    kpi("successful-deliveries", Of::Campaign, RUN, successful_deliveries),
    kpi("attempted-deliveries", Of::Campaign, RUN, |e| some(sent(e).count() as f64)),
    kpi("clicks", Of::Campaign, RUN, |e| some(times(e, &["_email.click"]))),
    kpi("direct-email-opens", Of::Campaign, RUN, |e| some(times(e, &["_email.open"]))),
    kpi("direct-push-opens", Of::Campaign, RUN, |e| some(times(e, &["_campaign.opened_notification"]))),
    kpi("sms-spend", Of::Campaign, PLAIN, |e| {
        let texts = texts(e, SMS);
        (!texts.is_empty()).then(|| price(&texts))
    }),
    // 5.5
    kpi("journey-emails-sent", Of::Journeys, PLAIN, |e| some(times(e, &["_email.send"]))),
    kpi("journey-emails-delivered", Of::Journeys, PLAIN, |e| some(emails_delivered(e))),
    kpi("journey-emails-opened", Of::Journeys, PLAIN, |e| some(times(e, &["_email.open"]))),
    kpi("journey-emails-clicked", Of::Journeys, PLAIN, |e| some(times(e, &["_email.click"]))),
    kpi("journey-emails-complained", Of::Journeys, PLAIN, |e| some(times(e, &["_email.complaint"]))),
    kpi("journey-emails-hardbounced", Of::Journeys, PLAIN, |e| some(times(e, &["_email.hardbounce"]))),
    kpi("journey-emails-softbounced", Of::Journeys, PLAIN, |e| some(times(e, &["_email.softbounce"]))),
    kpi("journey-emails-rejected", Of::Journeys, PLAIN, |e| some(times(e, &["_email.rejected"]))),
    kpi("journey-emails-unsubscribed", Of::Journeys, PLAIN, |e| some(times(e, &["_email.unsubscribe"]))),
    kpi("emails-sent", Of::Journey, STEP, |e| some(times(e, &["_email.send"]))),
    kpi("emails-delivered", Of::Journey, STEP, |e| some(emails_delivered(e))),
    kpi("emails-opened", Of::Journey, STEP, |e| some(times(e, &["_email.open"]))),
    kpi("emails-clicked", Of::Journey, STEP, |e| some(times(e, &["_email.click"]))),
    kpi("emails-complained", Of::Journey, STEP, |e| some(times(e, &["_email.complaint"]))),
    kpi("emails-hardbounced", Of::Journey, STEP, |e| some(times(e, &["_email.hardbounce"]))),
    kpi("emails-softbounced", Of::Journey, STEP, |e| some(times(e, &["_email.softbounce"]))),
    kpi("emails-rejected", Of::Journey, STEP, |e| some(times(e, &["_email.rejected"]))),
    kpi("emails-unsubscribed", Of::Journey, STEP, |e| some(times(e, &["_email.unsubscribe"]))),
];
