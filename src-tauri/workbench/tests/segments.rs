//! What the window asks about segments, through the bridge as it asks it.
#![allow(clippy::unwrap_used, reason = "tests, also in the functions that they share")]

use std::fs;
use std::path::Path;

use bridge::{AskOverlap, AskSizes, AskWhy, Asked, Command, CountSegment, Failure, OverlapView, Reason};
use model::time::parse_instant;
use model::{DocumentId, Project};
use serde_json::{Value, json};
use workbench::{Settings, Workbench};

/// Four endpoints of three people, an event of one of them.
struct Desk {
    workbench: Workbench,
    folder: tempfile::TempDir,
    project: Project,
}

const PEOPLE: &str = r#"{"Id":"ada-mail","ChannelType":"EMAIL","Address":"ada@example.com","CreationDate":"2026-11-01T00:00:00Z","EffectiveDate":"2026-11-02T00:00:00Z","User":{"UserId":"ada","UserAttributes":{"FirstName":["Ada"],"Plan":["pro"]}}}
{"Id":"ada-sms","ChannelType":"SMS","Address":"+12065550100","OptOut":"ALL","User":{"UserId":"ada"},"EffectiveDate":"2026-11-02T00:00:00Z"}
{"Id":"ben","ChannelType":"EMAIL","Address":"ben@example.com","EffectiveDate":"2026-11-05T00:00:00Z","Attributes":{"Plan":["free"]}}
{"Id":"eve","ChannelType":"EMAIL","Address":"eve@example.com","EffectiveDate":"2026-11-20T00:00:00Z","Location":{"Country":"DE"}}
"#;

impl Desk {
    async fn open() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        for part in ["endpoints", "events"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        fs::write(folder.path().join("endpoints/people.jsonl"), PEOPLE).unwrap();
        let event = json!({"event_type": "app.open", "event_timestamp": at("2026-11-21T08:00:00Z"), "client": {"client_id": "ben"}});
        fs::write(folder.path().join("events/app.jsonl"), event.to_string()).unwrap();
        let settings = Settings { data: Some(folder.path().join(".data")), start_local: false, ..Settings::default() };
        let mut project = Project::default();
        let plan = json!({"AttributeType": "INCLUSIVE", "Values": ["pro"]});
        let recent = json!({"Duration": "DAY_7", "RecencyType": "ACTIVE"});
        let channel = json!({"DimensionType": "INCLUSIVE", "Values": ["EMAIL"]});
        let active = json!([{"Behavior": {"Recency": recent}}, {"UserAttributes": {"Plan": plan}}]);
        for (name, value) in [
            ("everybody", json!({"Name": "everybody"})),
            ("pro", json!({"Dimensions": {"UserAttributes": {"Plan": plan}}})),
            ("mail", json!({"Dimensions": {"Demographic": {"Channel": channel}}})),
            (
                "active-mail",
                json!({"SegmentGroups": {"Groups": [
                {"SourceSegments": [{"Id": "mail"}], "Dimensions": active, "Type": "ANY"}]}}),
            ),
            ("broken", json!({"Dimensions": {"Metrics": {"m": {"ComparisonOperator": "MORE", "Value": 1}}}})),
        ] {
            project.documents.insert(DocumentId::Segment(name.to_owned()), value);
        }
        Desk { workbench: Workbench::start(settings).unwrap(), folder, project }
    }

    fn asked(&self) -> Asked {
        let folder = Some(self.folder.path().display().to_string());
        Asked { project: self.project.clone(), folder, at: Some(at("2026-11-22T00:00:00Z")) }
    }

    async fn try_ask<C: Command>(&self, command: C) -> Result<C::Answer, Failure> {
        let answer = self.workbench.call(C::NAME, &serde_json::to_string(&command).unwrap()).await;
        answer.map(|text| serde_json::from_str(&text).unwrap()).map_err(|text| serde_json::from_str(&text).unwrap())
    }

    async fn ask<C: Command>(&self, command: C) -> C::Answer {
        self.try_ask(command).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", C::NAME))
    }

    async fn count(&self, segment: &str) -> bridge::SegmentCount {
        self.ask(CountSegment { asked: self.asked(), segment: segment.to_owned() }).await
    }

    async fn why(&self, segment: &str, who: &str) -> Vec<(bridge::PersonLine, Reason)> {
        self.ask(AskWhy { asked: self.asked(), segment: segment.to_owned(), who: who.to_owned() }).await
    }
}

fn at(text: &str) -> i64 {
    parse_instant(text).unwrap()
}

/// A reason on one line: `+` holds, `-` does not.
fn told(reason: &Reason) -> String {
    let sign = if reason.holds { '+' } else { '-' };
    let of: Vec<String> = reason.of.iter().map(told).collect();
    if of.is_empty() {
        format!("{sign}{}", reason.words)
    } else {
        format!("{sign}{} [{}]", reason.words, of.join(" | "))
    }
}

#[tokio::test]
async fn a_segment_is_counted_and_some_of_it_shown() {
    let desk = Desk::open().await;
    let all = desk.count("everybody").await;
    assert_eq!((all.total, all.members, all.sample.len()), (4, 4, 4));
    assert_eq!((all.sample[0].name.as_str(), all.sample[0].active), ("Ada", Some(at("2026-11-02T00:00:00Z"))));
    assert_eq!(all.sample[1].unreached, "opted out");
    assert_eq!(all.sample[2].active, Some(at("2026-11-21T08:00:00Z")), "an event counts as activity");
    assert_eq!(desk.count("pro").await.members, 2, "a user attribute is that of both endpoints");
    let active = desk.count("active-mail").await;
    let ids: Vec<&str> = active.sample.iter().map(|person| person.id.as_str()).collect();
    assert_eq!(ids, ["ada-mail", "ben", "eve"]);
    let broken = desk.count("broken").await;
    let problem = broken.problem.unwrap_or_default();
    assert!(problem.contains("Dimensions.Metrics.m.ComparisonOperator") && problem.contains("MORE"), "{problem}");
    let none = desk.count("nowhere").await.problem.unwrap_or_default();
    assert_eq!(none, "there is no segment `nowhere`");
}

#[tokio::test]
async fn an_imported_segment_holds_who_is_on_its_list_and_without_one_nobody() {
    let mut desk = Desk::open().await;
    for (name, value) in [
        ("list", json!({"Name": "list", "Id": "9f8e", "SegmentType": "IMPORT", "ImportDefinition": {"Size": 2}})),
        ("by-id", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "list"}]}]}})),
        ("others", json!({"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "list"}], "SourceType": "NONE"}]}})),
    ] {
        desk.project.documents.insert(DocumentId::Segment(name.to_owned()), value);
    }
    let unknown = desk.count("by-id").await;
    let told = unknown.unlisted.unwrap_or_default();
    assert_eq!(
        (unknown.total, unknown.members, told.contains("`list` is not in this project")),
        (4, 0, true),
        "{told}"
    );
    let why = desk.why("list", "ben").await;
    assert!(told_first(&why).starts_with("-imported segment `list`: its list is not in this project"));

    // A list of endpoints and users, as Pinpoint imports it.
    fs::create_dir(desk.folder.path().join("segments")).unwrap();
    fs::write(desk.folder.path().join("segments/list.members.csv"), "Id,User.UserId\nben,\n,ada\n").unwrap();
    for (segment, members) in [("list", 3), ("by-id", 3), ("others", 1)] {
        let count = desk.count(segment).await;
        assert_eq!((count.members, count.unlisted), (members, None), "{segment}");
    }
    let overlap = AskOverlap { asked: desk.asked(), segments: ["list".to_owned(), "mail".to_owned()] };
    assert_eq!(desk.ask(overlap).await, OverlapView { first: 3, second: 3, both: 2, total: 4 });
    assert_eq!(
        told_first(&desk.why("by-id", "eve").await),
        "-in segment `list` [-imported segment `list`: not on its list]"
    );
}

fn told_first(answers: &[(bridge::PersonLine, Reason)]) -> String {
    told(&answers[0].1)
}

#[tokio::test]
async fn a_changed_file_is_read_again_and_without_a_folder_people_are_invented() {
    let desk = Desk::open().await;
    assert_eq!(desk.count("everybody").await.total, 4);
    let file = desk.folder.path().join("endpoints/people.jsonl");
    fs::write(file, PEOPLE.lines().next().unwrap()).unwrap();
    assert_eq!(desk.count("everybody").await.total, 1);
    let asked = Asked { folder: None, ..desk.asked() };
    assert!(desk.ask(CountSegment { asked, segment: "pro".into() }).await.members > 10, "as the segments ask for");
}

#[tokio::test]
async fn why_somebody_is_in_or_out_is_told_by_endpoint() {
    let desk = Desk::open().await;
    let ada = desk.why("active-mail", "ada").await;
    let told_of: Vec<String> = ada.iter().map(|(line, reason)| format!("{}: {}", line.id, told(reason))).collect();
    assert_eq!(
        told_of,
        [
            "ada-mail: +all of these [+in segment `mail` [+`ChannelType` is `EMAIL`, wanted `EMAIL`] | +at least one of \
             these [-last active at 2026-11-02T00:00:00.000Z, wanted within 7 days | +`User.UserAttributes.Plan` is `pro`, \
             wanted `pro`]]",
            "ada-sms: -all of these [-in segment `mail` [-`ChannelType` is `SMS`, wanted `EMAIL`] | +at least one of these \
             [-last active at 2026-11-02T00:00:00.000Z, wanted within 7 days | +`User.UserAttributes.Plan` is `pro`, \
             wanted `pro`]]",
        ]
    );
    assert_eq!(told(&desk.why("everybody", "eve@example.com").await[0].1), "+everybody");
    let ask = AskWhy { asked: desk.asked(), segment: "pro".into(), who: "nobody".into() };
    assert_eq!(desk.try_ask(ask).await.unwrap_err().message, "nobody is called `nobody`");
    let ask = AskWhy { asked: desk.asked(), segment: "broken".into(), who: "eve".into() };
    assert!(desk.try_ask(ask).await.unwrap_err().message.starts_with("the segment can not be asked"));
}

#[tokio::test]
async fn two_segments_overlap_and_sizes_grow_over_time() {
    let desk = Desk::open().await;
    let segments = ["pro".to_owned(), "mail".to_owned()];
    let overlap = desk.ask(AskOverlap { asked: desk.asked(), segments }).await;
    assert_eq!(overlap, OverlapView { first: 2, second: 3, both: 1, total: 4 });
    let sizes = desk.ask(AskSizes { asked: desk.asked(), segment: "everybody".into() }).await;
    let (first, last) = (sizes.sizes[0], *sizes.sizes.last().unwrap());
    assert_eq!((first, last), ((at("2026-11-01T00:00:00Z"), 1), (at("2026-11-22T00:00:00Z"), 4)), "{sizes:?}");
    assert!(sizes.sizes.is_sorted() && sizes.total == 4);
    let of = |view: &bridge::SizesView, day: &str| view.sizes.iter().find(|(when, _)| *when == at(day)).unwrap().1;
    assert_eq!(of(&sizes, "2026-11-05T00:00:00Z"), 3);
    let active = desk.ask(AskSizes { asked: desk.asked(), segment: "active-mail".into() }).await;
    // Ben falls silent after a week, and comes back with the event of the 21st.
    assert_eq!(of(&active, "2026-11-12T00:00:00Z"), 2);
    assert_eq!(of(&active, "2026-11-13T00:00:00Z"), 1);
    assert_eq!(of(&active, "2026-11-22T00:00:00Z"), 3);
    let asked = Asked { at: Some(at("2020-01-01T00:00:00Z")), ..desk.asked() };
    let before: Vec<Value> = desk
        .ask(AskSizes { asked, segment: "pro".into() })
        .await
        .sizes
        .into_iter()
        .map(|(when, count)| json!([when, count]))
        .collect();
    assert_eq!(before, Vec::<Value>::new(), "nobody was there yet");
}

#[tokio::test]
async fn an_example_is_counted() {
    let desk = Desk::open().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples/cart-abandonment");
    let project = workbench::folder::read(&folder).unwrap().project;
    let asked = Asked { project, folder: Some(folder.display().to_string()), at: None };
    let found = desk.ask(CountSegment { asked, segment: "gold-members".into() }).await;
    assert!(found.members > 0 && found.members < found.total && found.problem.is_none(), "{found:?}");
}
