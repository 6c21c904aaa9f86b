//! A whole project: caps that journeys and campaigns share.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use audience::People;
use engine::campaign::Renderer;
use model::time::{DAY, HOUR, parse_instant};
use model::view::View;
use model::wire::WriteCampaignRequest;
use model::{Journey, Millis};
use proptest::prelude::*;
use serde_json::{Value, json};
use simulation::{
    CampaignInputs, CampaignSettings, Event, Inputs, Posted, Sender, Settings, Simulation, Together, events,
    simulate_together,
};

const START: &str = "2026-11-30T12:00:00Z";

fn at(text: &str) -> Millis {
    parse_instant(text).unwrap()
}

fn people(count: usize) -> People {
    let mut people = People::default();
    for number in 0..count {
        let endpoint = json!({"ChannelType": "EMAIL", "Address": format!("p{number}@example.com")});
        people.push(Some(&format!("e{number}")), &endpoint).unwrap();
    }
    people
}

/// A journey of messages one after the other, with a wait between two.
fn journey(start: &str, messages: usize, wait: &str, limits: Value) -> Value {
    let mut activities = json!({});
    for number in 0..messages {
        activities[format!("m{number}")] =
            json!({"EMAIL": {"TemplateName": "t", "NextActivity": format!("w{number}")}});
        let next = (number + 1 < messages).then(|| format!("m{}", number + 1));
        activities[format!("w{number}")] = json!({"Wait": {"WaitTime": {"WaitFor": wait}, "NextActivity": next}});
    }
    json!({"Name": "j", "StartActivity": "m0", "Activities": activities, "Limits": limits,
        "Schedule": {"StartTime": start}, "StartCondition": {"SegmentStartCondition": {"SegmentId": "all"}}})
}

fn campaign(start: &str, limits: Value) -> Value {
    json!({"Name": "c", "SegmentId": "all", "Limits": limits, "Schedule": {"StartTime": start, "Frequency": "ONCE"},
        "MessageConfiguration": {"EmailMessage": {"Title": "news", "Body": "There is some."}}})
}

/// All documents together, with the project's daily limit; one with `Activities` is a journey.
fn run(documents: &[Value], daily: u32, people: &People, events: &[Event]) -> Together {
    let all = json!({"Name": "all"});
    let find = |id: &str| (id == "all").then_some(&all);
    let application = json!({"Limits": {"Daily": daily}});
    let settings = Settings { seed: 1, start: at(START), ..Settings::default() };
    let mut programs = Vec::new();
    let mut campaigns = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let name = format!("d{number}");
        if document.get("Activities").is_some() {
            let context = engine::Context { project_daily: Some(daily), ..engine::Context::new(&find) };
            programs.push(engine::compile(Journey::of(document).unwrap(), &name, &context).unwrap());
        } else {
            let context = engine::campaign::Context {
                settings: Some(&application),
                ..engine::campaign::Context::new(&find, at(START))
            };
            let wire = WriteCampaignRequest::of(document).unwrap();
            campaigns.push(engine::campaign::compile(wire, &name, &context).unwrap());
        }
    }
    let renderer = Renderer::default();
    let (mut programs, mut campaigns) = (programs.iter(), campaigns.iter());
    let senders = documents.iter().map(|document| match document.get("Activities") {
        Some(_) => {
            let inputs = Inputs { program: programs.next().unwrap(), people, events };
            Sender::Journey(Box::new(Simulation::new(&inputs, &settings)))
        }
        None => {
            let program = campaigns.next().unwrap();
            let settings = CampaignSettings { start: at(START), ..CampaignSettings::default() };
            Sender::Campaign(CampaignInputs { program, renderer: &renderer, people, events }, settings)
        }
    });
    simulate_together(senders.collect(), people, events, at(START), &|simulation| simulation.messages(0..people.len()))
}

fn sums(together: &Together) -> Vec<(u64, u64, u64)> {
    together.counts.iter().map(|of| (of.messages, of.capped, of.alone)).collect()
}

#[test]
fn the_projects_daily_limit_counts_journeys_and_campaigns_together() {
    let people = people(5);
    let documents = [
        campaign("2026-12-01T09:00:00Z", json!({})),
        // At the same instant: the turn of the first was before.
        campaign("2026-12-01T09:00:00Z", json!({})),
        // Its messages are 12 hours apart: the first and the third fall into a day that has one already, the second too.
        journey("2026-12-01T10:00:00Z", 4, "PT12H", json!({})),
        // A limit of its own goes before the project's.
        campaign("2026-12-01T10:30:00Z", json!({"Daily": 5})),
    ];
    let together = run(&documents, 1, &people, &[]);
    assert_eq!(sums(&together), [(5, 0, 5), (0, 5, 5), (5, 15, 10), (5, 0, 5)]);
    assert_eq!(together.crowded_out(), 10);
    let first = together.posted[2].iter().find(|posted| posted.status.is_sent()).unwrap();
    assert_eq!(first.at, at("2026-12-02T22:00:00Z"), "the first that is more than 24 hours after all others");
    assert_eq!(together.posted[1][0].status.name(), "DAILY_CAP");
}

#[test]
fn the_cap_over_several_days_counts_journeys_alone() {
    let people = people(3);
    let frame = json!({"TimeframeCap": {"Cap": 2, "Days": 7}});
    let documents = [
        journey("2026-12-01T10:00:00Z", 3, "P1D", json!({})),
        campaign("2026-12-01T10:30:00Z", json!({})),
        journey("2026-12-01T11:00:00Z", 8, "P1D", frame),
    ];
    let together = run(&documents, 0, &people, &[]);
    // Alone: two a week, and one when the first is seven days ago. Together: one on the first day, beside the one of the
    // other journey; then always two of the other one.
    assert_eq!(sums(&together)[2], (3, 3 * 7, 3 * 3));
    assert_eq!(sums(&together)[1], (3, 0, 3));
}

#[test]
fn what_was_recorded_before_the_start_counts_and_what_came_later_is_simulated() {
    let people = people(2);
    let record = |endpoint: &str, at: Millis| {
        json!({"event_type": "_campaign.send", "event_timestamp": at, "attributes": {"campaign_send_status": "SUCCESS"},
            "client": {"client_id": endpoint}})
    };
    let text = format!("{}\n{}\n", record("e0", at(START) - HOUR), record("e1", at(START) + HOUR));
    let (events, problems) = events::parse(&text);
    assert_eq!((events.len(), problems.len()), (2, 0));
    let documents = [campaign("2026-12-01T09:00:00Z", json!({})), journey("2026-12-01T10:00:00Z", 1, "P1D", json!({}))];
    let together = run(&documents, 2, &people, &events);
    assert_eq!(sums(&together), [(2, 0, 2), (1, 1, 2)]);
}

/// How many messages an endpoint got within a day before one of `number`, all senders together in the order of turns.
fn before(together: &Together, number: usize, posted: &Posted) -> usize {
    let others = together.posted.iter().enumerate().flat_map(|(other, of)| of.iter().map(move |one| (other, one)));
    let counts = |(other, one): &(usize, &Posted)| {
        let earlier = if one.at == posted.at { *other < number } else { one.at < posted.at };
        one.row == posted.row && one.status.is_sent() && one.at > posted.at - DAY && earlier
    };
    others.filter(counts).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn each_message_is_sent_if_and_only_if_those_before_it_leave_room(
        starts in proptest::collection::vec((0i64..60, 1usize..5, 1i64..30, any::<bool>()), 2..6), daily in 1u32..4
    ) {
        let people = people(3);
        let documents: Vec<Value> = starts.iter().map(|(hours, messages, wait, is_journey)| {
            let start = model::time::format_instant(at("2026-12-01T00:00:00Z") + hours * HOUR);
            if *is_journey { journey(&start, *messages, &format!("PT{wait}H"), json!({})) } else { campaign(&start, json!({})) }
        }).collect();
        let together = run(&documents, daily, &people, &[]);
        for (number, of) in together.posted.iter().enumerate() {
            for posted in of {
                let room = before(&together, number, posted) < daily as usize;
                prop_assert_eq!(posted.status.is_sent(), room, "{} {:?}", number, posted);
                prop_assert_eq!(posted.status.is_capped(), !room);
            }
        }
    }
}
