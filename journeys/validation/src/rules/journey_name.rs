use model::path;
use serde_json::Value;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey's name has 1 to 150 characters: letters, digits and symbols, no spaces.
    ///
    /// **Why it matters.** The service refuses the journey, even as a draft.
    ///
    /// **Bad example.** `"Name": "Spring sale"`
    ///
    /// ```json
    /// {"journeys/welcome": {"Name": "Spring sale"}}
    /// ```
    ///
    /// **How to fix it.** Write a hyphen in place of each space: `Spring-sale`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"Name": "Spring-sale"}}
    /// ```
    ///
    /// Source: journeys.md 1 and 10, J001; `WriteJourneyRequest.Name`.
    "journey-name", Error, "the journey's name is not allowed", Journey
}

const LONGEST: usize = 150;

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let Some(name) = ctx.journey.wire.name() else { return };
    let at = path!["Name"];
    let fitting = |text: &str| text.chars().map(|c| if legal(c) { c } else { '-' }).take(LONGEST).collect::<String>();
    let length = name.chars().count();
    if name.is_empty() {
        let file = fitting(ctx.document.id.name());
        found.report(at.clone(), "the journey has an empty name").help("give it the name of its file").set(
            format!("Name it {file}"),
            &at,
            file,
        );
    } else if length > LONGEST {
        found
            .report(at.clone(), format!("the name has {length} characters; {LONGEST} is the most"))
            .help("shorten the name")
            .set(format!("Shorten to {LONGEST} characters"), &at, fitting(name));
    } else if let Some(wrong) = name.chars().find(|c| !legal(*c)) {
        let what = if wrong == ' ' { "a space".to_owned() } else { format!("the character {wrong:?}") };
        let better = fitting(name);
        found
            .report(at.clone(), format!("the name `{name}` contains {what}"))
            .help("use letters, digits, hyphens and underscores")
            .set(format!("Rename to {better}"), &at, Value::from(better));
    }
}

fn legal(c: char) -> bool {
    c.is_alphanumeric() || c.is_ascii_punctuation()
}
