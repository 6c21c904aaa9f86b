//! Campaigns on a virtual clock: what a simulation counts, and what must not change it.

#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use audience::People;
use engine::campaign::{self, Context, Program, Renderer};
use model::time::{HOUR, SECOND, parse_instant};
use model::wire::WriteCampaignRequest;
use model::{Millis, View};
use serde_json::{Value, json};
use simulation::{
    CampaignInputs, CampaignMessage, CampaignRun, CampaignSettings, Event, HookModel, campaign_story, message_of,
    simulate_campaign,
};

const START: &str = "2026-11-30T12:00:00Z";

fn at(text: &str) -> Millis {
    parse_instant(text).unwrap()
}

fn program(document: &Value, batch: u32) -> Program {
    let all = json!({"Name": "all"});
    let find = |id: &str| (id == "all").then_some(&all);
    let context = Context { batch, ..Context::new(&find, at(START)) };
    campaign::compile(WriteCampaignRequest::of(document).unwrap(), "sale", &context).unwrap()
}

fn people(count: usize) -> People {
    const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", ""];
    let mut people = People::default();
    for number in 0..count {
        let endpoint = json!({
            "ChannelType": if number % 5 == 0 { "EMAIL" } else { "SMS" },
            "Address": format!("+1206{:07}", number - number % 50 / 49),
            "Demographic": {"Timezone": ZONES[number % 4]},
            "OptOut": if number % 11 == 0 { "ALL" } else { "NONE" },
            "CohortId": (engine::draw::mix(number as u64) % 100).to_string(),
            "User": {"UserId": format!("u{}", number / 2)},
        });
        people.push(Some(&format!("e{number}")), &endpoint).unwrap();
    }
    people
}

fn document() -> Value {
    json!({
        "Name": "sale", "SegmentId": "all", "HoldoutPercent": 10,
        "MessageConfiguration": {"SMSMessage": {"Body": "hello"}},
        "TemplateConfiguration": {"EmailTemplate": {"Name": "sale", "Version": "2"}},
        "AdditionalTreatments": [{"SizePercent": 40, "TreatmentName": "short",
            "MessageConfiguration": {"SMSMessage": {"Body": "hi"}}}],
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-03T09:00:00Z", "Frequency": "DAILY"},
    })
}

fn simulate(
    document: &Value,
    people: &People,
    events: &[Event],
    batch: u32,
    settings: CampaignSettings,
) -> (CampaignRun, Vec<CampaignMessage>) {
    let program = program(document, batch);
    let template = json!({"Subject": "sale", "HtmlPart": "<p>hello</p>"});
    let renderer = Renderer::compile(&program, &|_, _| Some(&template)).unwrap();
    let inputs = CampaignInputs { program: &program, renderer: &renderer, people, events };
    let mut messages = Vec::new();
    let settings = CampaignSettings { start: at(START), ..settings };
    let run = simulate_campaign(&inputs, &settings, &mut |step| messages.extend(message_of(&program, people, step)));
    (run, messages)
}

fn count(outcomes: &[simulation::Outcome], name: &str) -> u64 {
    outcomes.iter().find(|outcome| outcome.name == name).map_or(0, |outcome| outcome.count)
}

#[test]
fn counts_of_runs_treatments_and_messages_agree() {
    let people = people(2_000);
    let (run, messages) = simulate(&document(), &people, &[], 4_096, CampaignSettings::default());
    assert_eq!(run.runs.len(), 6, "three days, two treatments");
    assert_eq!(run.status, "COMPLETED");
    assert_eq!(run.end, at("2026-12-03T09:00:00Z"));
    assert_eq!(run.messages, messages.len() as u64);
    assert_eq!(run.messages, run.runs.iter().map(|run| run.messages).sum::<u64>());
    assert_eq!(run.messages, run.treatments.iter().map(|treatment| treatment.messages).sum::<u64>());
    for of_run in &run.runs {
        assert_eq!(of_run.produced, 2_000);
        assert_eq!(of_run.outcomes.iter().map(|outcome| outcome.count).sum::<u64>(), 2_000, "{of_run:?}");
        // Whoever lost its address to another endpoint is inactive first of all.
        let opted_out = (0..2_000).filter(|number| number % 11 == 0 && number % 50 != 48).count() as u64;
        assert_eq!(count(&of_run.outcomes, "ENDPOINT_OPT_OUT"), opted_out);
        assert_eq!(count(&of_run.outcomes, "ENDPOINT_INACTIVE"), 40);
    }
    let short = &run.treatments[1];
    assert_eq!((short.name.as_deref(), short.percent), (Some("short"), 40));
    // The treatment has a message of its own, and none for e-mail.
    assert!(count(&short.outcomes, "ENDPOINT_CHANNEL_MISMATCH") > 0);
    let mail = messages.iter().find(|message| message.channel == "EMAIL").unwrap();
    assert_eq!((mail.template.as_deref(), mail.template_version.as_deref()), (Some("sale"), Some("2")));
    assert_eq!((mail.treatment, mail.run, mail.at), (0, 1, at("2026-12-01T09:00:00Z")));
    let row = people.find(&mail.endpoint).unwrap();
    assert_eq!(mail.person, format!("user:u{}", row / 2));
}

#[test]
fn the_size_of_steps_changes_nothing() {
    let people = people(700);
    let mut limited = document();
    limited["Limits"] = json!({"Daily": 1, "Total": 2, "MessagesPerSecond": 7, "MaximumDuration": 60});
    limited["Hook"] = json!({"WebUrl": "https://a.example", "Mode": "FILTER"});
    let mut local = document();
    local["Schedule"]["IsLocalTime"] = json!(true);
    local["Schedule"]["QuietTime"] = json!({"Start": "20:00", "End": "09:00"});
    for document in [document(), limited, local] {
        let all = simulate(&document, &people, &[], u32::MAX, CampaignSettings::default());
        for batch in [1, 50, 333] {
            let pieces = simulate(&document, &people, &[], batch, CampaignSettings::default());
            assert_eq!(pieces.0, all.0, "batch {batch}");
            assert_eq!(pieces.1, all.1, "batch {batch}");
        }
    }
}

#[test]
fn other_people_or_another_campaign_give_another_trace() {
    let trace = |document: &Value, count| {
        simulate(document, &people(count), &[], 100, CampaignSettings::default()).0.trace_hash
    };
    let mut other = document();
    other["HoldoutPercent"] = json!(11);
    assert_eq!(trace(&document(), 300), trace(&document(), 300));
    assert_ne!(trace(&document(), 300), trace(&other, 300));
    assert_ne!(trace(&document(), 300), trace(&document(), 301));
}

#[test]
fn the_rate_spreads_a_run_and_its_duration_cuts_it() {
    let mut document = document();
    document["Limits"] = json!({"MessagesPerSecond": 5, "MaximumDuration": 60});
    document["Schedule"] = json!({"StartTime": "2026-12-01T09:00:00Z"});
    let (run, messages) = simulate(&document, &people(2_000), &[], 4_096, CampaignSettings::default());
    assert_eq!(run.messages, 305);
    for (place, message) in messages.iter().enumerate() {
        assert!(messages[place..].iter().take_while(|later| later.at < message.at + SECOND).count() <= 5);
    }
    let of = |treatment: usize| run.treatments[treatment].messages;
    assert!(of(0) > 130 && of(1) > 130, "treatments share the rate: {} and {}", of(0), of(1));
    assert!(count(&run.treatments[0].outcomes, "EXPIRED") > 0);
}

#[test]
fn events_of_people_start_messages_and_those_of_strangers_are_told() {
    let mut document = document();
    document["Schedule"] = json!({
        "StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-02T09:00:00Z", "Frequency": "EVENT",
        "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["cart.left"]}}},
    });
    document["HoldoutPercent"] = json!(0);
    let event = |endpoint: &str, hour: i64, name: &str| Event {
        event_type: name.to_owned(),
        endpoint: endpoint.to_owned(),
        at: at("2026-12-01T00:00:00Z") + hour * HOUR,
        journey: None,
        activity: None,
        message: None,
        timestamp: at("2026-12-01T00:00:00Z") + hour * HOUR,
        attributes: Vec::new(),
        metrics: Vec::new(),
    };
    let events = [
        event("e1", 8, "cart.left"),
        event("e1", 10, "cart.left"),
        event("e2", 11, "purchase"),
        event("nobody", 12, "cart.left"),
        event("e3", 13, "cart.left"),
        event("e11", 14, "cart.left"),
        event("e2", 40, "cart.left"),
    ];
    let (run, messages) = simulate(&document, &people(20), &events, 4_096, CampaignSettings::default());
    let told: Vec<String> =
        messages.iter().map(|m| format!("{} {}", m.endpoint, engine::instant_words(m.at))).collect();
    assert_eq!(told, ["e1 2026-12-01 10:00 UTC", "e3 2026-12-01 13:00 UTC"]);
    assert!(run.notes.iter().any(|note| note.text.starts_with("1 event belongs to an endpoint that is not")));
    assert_eq!(run.status, "COMPLETED");
}

#[test]
fn what_a_simulation_can_not_know_is_told() {
    let mut document = document();
    document["Hook"] = json!({"LambdaFunctionName": "f", "Mode": "FILTER"});
    let said = |run: &CampaignRun, text: &str| run.notes.iter().any(|note| note.text.contains(text));
    let (run, messages) = simulate(&document, &people(100), &[], 4_096, CampaignSettings::default());
    assert!(said(&run, "it lets everybody pass") && !messages.is_empty());
    let fails = CampaignSettings { hook: HookModel::Fails, ..CampaignSettings::default() };
    let (run, messages) = simulate(&document, &people(100), &[], 4_096, fails);
    assert!(messages.is_empty());
    assert!(count(&run.treatments[0].outcomes, "HOOK_FAILURE") > 0);

    let mut endless = self::document();
    endless["Schedule"] = json!({"StartTime": "2026-12-01T09:00:00Z", "Frequency": "WEEKLY"});
    let (run, _) = simulate(&endless, &people(10), &[], 4_096, CampaignSettings::default());
    assert!(said(&run, "was not over when it was cut off at 2028-05-23 12:00 UTC"));
    assert_eq!(run.runs.len(), 2 * 78);

    let mut local = self::document();
    local["Schedule"]["IsLocalTime"] = json!(true);
    let (run, _) = simulate(&local, &people(100), &[], 4_096, CampaignSettings::default());
    assert!(said(&run, "an earlier `Timezone`"), "Berlin and Tokyo were due before UTC");
}

#[test]
fn an_in_app_campaign_says_how_many_apps_are_handed_it() {
    let mut people = People::default();
    for number in 0..50 {
        let endpoint = json!({"ChannelType": "IN_APP", "Address": format!("{number}"), "CohortId": number.to_string()});
        people.push(Some(&format!("e{number}")), &endpoint).unwrap();
    }
    let document = json!({
        "Name": "app", "SegmentId": "all",
        "MessageConfiguration": {"InAppMessage": {"Layout": "OVERLAYS"}},
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "EndTime": "2026-12-02T09:00:00Z", "Frequency": "IN_APP_EVENT",
            "EventFilter": {"FilterType": "ENDPOINT", "Dimensions": {"EventType": {"Values": ["open"]}}}},
    });
    let (run, messages) = simulate(&document, &people, &[], 4_096, CampaignSettings::default());
    assert!(messages.is_empty() && run.runs.is_empty());
    assert_eq!(
        run.notes.last().unwrap().text,
        "nothing is sent: the apps of 50 endpoints are handed the campaign while it is running"
    );
}

#[test]
fn the_story_of_a_person_tells_every_message_and_why_others_did_not_come() {
    let mut document = document();
    document["Limits"] = json!({"Total": 2});
    document["HoldoutPercent"] = json!(0);
    document["AdditionalTreatments"] = json!([]);
    let program = program(&document, 100);
    let people = people(20);
    let inputs = CampaignInputs { program: &program, renderer: &Renderer::default(), people: &people, events: &[] };
    let settings = CampaignSettings { start: at(START), ..CampaignSettings::default() };
    let told = |person: &str| {
        let story = campaign_story(&inputs, &settings, person).unwrap();
        let steps: Vec<String> =
            story.steps.into_iter().map(|step| format!("{}: {}", engine::instant_words(step.at), step.text)).collect();
        (story.person, steps)
    };
    let (person, steps) = told("endpoint:e7");
    assert_eq!(person, "user:u3");
    assert_eq!(
        steps.into_iter().filter(|step| step.contains("`e7`")).collect::<Vec<_>>(),
        [
            "2026-12-01 09:00 UTC: the message was sent to `e7`",
            "2026-12-02 09:00 UTC: the message was sent to `e7`",
            "2026-12-03 09:00 UTC: the message to `e7` was not sent (CAMPAIGN_CAP): the campaign has targeted it 2 times, \
             its limit",
        ]
    );
    let of_u5 = told("u5").1;
    assert_eq!(of_u5.len(), 6, "two endpoints, three runs: {of_u5:#?}");
    assert_eq!(of_u5.iter().filter(|step| step.contains("`e11` was left out, it has opted out")).count(), 3);
    assert_eq!(campaign_story(&inputs, &settings, "nobody"), None);
}

/// A campaign of two treatments by e-mail to as many people.
fn forecast_of(people: usize, response: &simulation::ResponseModel, seed: u64) -> simulation::Forecast {
    let mut all = People::default();
    for number in 0..people {
        let endpoint = json!({"ChannelType": "EMAIL", "Address": format!("p{number}@example.com"),
            "CohortId": (engine::draw::mix(number as u64) % 100).to_string()});
        all.push(Some(&format!("e{number}")), &endpoint).unwrap();
    }
    let document = json!({
        "Name": "sale", "SegmentId": "all",
        "MessageConfiguration": {"EmailMessage": {"Title": "long", "Body": "hello"}},
        "AdditionalTreatments": [{"SizePercent": 40, "TreatmentName": "short",
            "MessageConfiguration": {"EmailMessage": {"Title": "short", "Body": "hi"}}}],
        "Schedule": {"StartTime": "2026-12-01T09:00:00Z", "Frequency": "ONCE"},
    });
    let program = program(&document, 4_096);
    let renderer = Renderer::default();
    let inputs = CampaignInputs { program: &program, renderer: &renderer, people: &all, events: &[] };
    let settings = CampaignSettings { start: at(START), ..CampaignSettings::default() };
    let mut sent = Vec::new();
    simulate_campaign(&inputs, &settings, &mut |step| sent.extend(simulation::Sent::of(step)));
    simulation::forecast(&program, &all, &sent, response, at(START), seed, 40)
}

#[test]
fn a_forecast_has_the_rates_of_the_model_and_says_what_can_be_told_apart() {
    let mut model = simulation::ResponseModel::default();
    let forecast = forecast_of(2_000, &model, 1);
    assert_eq!(forecast, forecast_of(2_000, &model, 1), "the same seeds, the same forecast");
    let [base, short] = forecast.treatments.as_slice() else { panic!("{forecast:?}") };
    assert_eq!((forecast.seeds, base.messages + short.messages), (40, 2_000));
    assert_eq!((base.people, short.people), (base.messages, short.messages));
    for of in [base, short] {
        let share = |band: &simulation::Band| band.mean / of.messages as f64;
        assert!((share(&of.delivered) - 0.97).abs() < 0.01, "{of:?}");
        assert!((share(&of.opened) - 0.97 * 0.3).abs() < 0.02, "{of:?}");
        assert!((share(&of.clicked) - 0.97 * 0.3 * 0.12).abs() < 0.01, "{of:?}");
        assert!(of.opened.low < of.opened.high && of.opened.low as f64 <= of.opened.mean);
    }
    let opened = forecast.comparisons.iter().find(|of| of.measure == simulation::Measure::Opened).unwrap();
    assert_eq!((opened.treatment, opened.people), (1, short.people));
    let told = opened.told.unwrap();
    assert!(simulation::people_needed(opened.base, opened.base + told).unwrap() <= opened.people, "{opened:?}");
    assert!(opened.needed_for.windows(2).all(|pair| pair[0].1 > pair[1].1), "{opened:?}");
    // A message that nobody opens: nothing to tell treatments apart by.
    model.channels.email.open = 0.0;
    let unopened = forecast_of(200, &model, 1);
    let measures: Vec<simulation::Measure> = unopened.comparisons.iter().map(|of| of.measure).collect();
    assert_eq!(measures, [simulation::Measure::Delivered]);
}
