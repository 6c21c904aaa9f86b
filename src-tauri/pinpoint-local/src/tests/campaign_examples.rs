//! Campaigns of the examples run here as they are simulated: the same messages, to the same endpoints, at the same instants.

use std::path::{Path, PathBuf};

use audience::People;
use engine::campaign::{self, Context, Renderer};
use model::time::{DAY, HOUR, format_instant, parse_instant};
use model::wire::WriteCampaignRequest;
use model::{Millis, TemplateKind, View};
use serde_json::{Value, json};
use simulation::{CampaignInputs, CampaignSettings, message_of, simulate_campaign};

use super::START;
use super::campaigns::Shop;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples").join(name)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Names in a folder, without `.json`, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    names.sort();
    names
}

/// The template of a folder, with the members that stand in files of their own.
fn template(folder: &Path, kind: TemplateKind) -> Value {
    let mut template = read(&folder.join("template.json"));
    for (member, file) in kind.bodies() {
        if let Ok(text) = std::fs::read_to_string(folder.join(file)) {
            template[*member] = text.into();
        }
    }
    template
}

/// Message, endpoint and instant of a message.
type Sent = (String, String, Millis);

/// Runs the campaign of an example for some days here and in a simulation.
async fn both(name: &str, campaign: &str, days: Millis) -> (Vec<Sent>, Vec<Sent>) {
    let shop = Shop::new().await;
    for channel in ["gcm", "apns"] {
        shop.put(&format!("channels/{channel}"), json!({"Enabled": true})).await;
    }
    let root = example(name);
    let people = std::fs::read_to_string(root.join("endpoints/people.jsonl")).unwrap();
    let people: Vec<Value> = people.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for items in people.chunks(100) {
        shop.put("endpoints", json!({"Item": items})).await;
    }
    let mut templates = Vec::new();
    for kind in TemplateKind::ALL {
        for name in names(&root.join("templates").join(kind.folder())) {
            let document = template(&root.join("templates").join(kind.folder()).join(&name), kind);
            shop.ok("POST", &format!("/v1/templates/{name}/{}", kind.folder()), document.clone()).await;
            templates.push((kind, name, document));
        }
    }
    let mut document = read(&root.join("campaigns").join(format!("{campaign}.json")));
    let segment = read(&root.join("segments").join(format!("{}.json", document["SegmentId"].as_str().unwrap())));
    document["SegmentId"] = shop.segment(segment.clone()).await.into();
    let made = shop.post("campaigns", document.clone()).await;
    let id = made["Id"].as_str().unwrap();

    let end = START + days * DAY;
    shop.ok("POST", "/waymark/clock", json!({"to": format_instant(end)})).await;
    let outbox = shop.asked.machine.store.read(|store| crate::outbox::read(store, usize::MAX, None)).unwrap();
    assert!(outbox.iter().all(|message| message.failure.is_none()));
    let here = outbox.iter().rev().map(|one| (one.parts[0].1.clone(), one.endpoint_id.clone(), one.at)).collect();

    let mut everybody = People::default();
    for endpoint in &people {
        let path = format!("endpoints/{}", endpoint["Id"].as_str().unwrap());
        everybody.push(None, &shop.get(&path).await).unwrap();
    }
    let find = |reference: &str| (document["SegmentId"] == reference).then_some(&segment);
    let program = campaign::compile(WriteCampaignRequest::of(&document).unwrap(), id, &Context::new(&find, START));
    let program = program.unwrap();
    let named = |kind, name: &campaign::TemplateName| {
        templates.iter().find(|(of, known, _)| *of == kind && *known == name.name).map(|(_, _, document)| document)
    };
    let renderer = Renderer::compile(&program, &named).unwrap();
    let inputs = CampaignInputs { program: &program, renderer: &renderer, people: &everybody, events: &[] };
    let settings = CampaignSettings { start: START, horizon: Some(end), ..CampaignSettings::default() };
    let mut simulated = Vec::new();
    simulate_campaign(&inputs, &settings, &mut |step| {
        let Some(message) = message_of(&program, &everybody, step) else { return };
        let campaign::What::Send { row, channel, .. } = step.effect.what else { return };
        let treatment = step.effect.activity.treatment;
        let draft = campaign::Draft {
            treatment,
            row,
            channel,
            message: program.message(treatment, channel).unwrap(),
            changed: None,
            now: step.at,
        };
        let rendered = renderer.render(&program, &everybody, &draft).unwrap();
        simulated.push((rendered.parts[0].1.clone(), message.endpoint, message.at));
    });
    (here, simulated)
}

#[tokio::test]
async fn a_weekly_campaign_with_holdout_and_rate_sends_what_its_simulation_sends() {
    let (here, simulated) = both("cart-abandonment", "weekly-deals", 14).await;
    assert!(simulated.len() > 100, "{}", simulated.len());
    assert_eq!(here, simulated);
    // At most a hundred in a second (which endpoints are held out follows from the id), and again a week later.
    let first = parse_instant("2026-12-03T17:30:00Z").unwrap();
    assert!((50..=100).contains(&here.iter().filter(|(_, _, at)| *at == first).count()));
    assert!(here.iter().any(|(_, _, at)| *at >= first + 7 * DAY));
}

#[tokio::test]
async fn a_campaign_by_local_time_sends_what_its_simulation_sends() {
    let (here, simulated) = both("flash-sale", "weekend-deals", 7).await;
    assert!(simulated.len() > 100, "{}", simulated.len());
    assert_eq!(here, simulated);
    let hours: std::collections::BTreeSet<Millis> = here.iter().map(|(_, _, at)| at / HOUR).collect();
    assert!(hours.len() > 3, "{hours:?}");
}
