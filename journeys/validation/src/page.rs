//! The page of a rule: its documentation in parts, for people and for the tests that run its examples.
//!
//! An example is JSON: the members that matter, by document. What it does not show is as in a project without problems:
//! a journey `welcome` with the e-mail `hello`, the segments `everyone` and `buyers`, a template `hello` of each channel, a
//! campaign with a segment, a template and a start. Beside documents there may be `now` (the present), `account` (what the
//! account allows), `evidence` (what a simulated run has shown) and `people` (what the sample people have). [`NOTATION`]
//! tells how it says "very many".

use crate::rules::Rule;

/// How examples say what would be too long to write, for people; empty where an example has nothing of the kind.
pub const NOTATION: &str = "In the examples `<5000>` stands for a text of 5,000 letters, a name that ends in `*41` for 41 \
    such members, and `\"*21\"` in a list for 21 elements like the one before.";

/// What there is to know about a rule. Texts are Markdown: paragraphs with blank lines between, names in backticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What it checks.
    pub what: String,
    /// Why that matters.
    pub why: String,
    /// A case that it reports, in words.
    pub bad: String,
    /// The case as JSON; see the module's page.
    pub bad_json: String,
    /// How to mend it.
    pub fix: String,
    /// The case mended, as JSON.
    pub good_json: String,
    /// Where the rule comes from.
    pub source: String,
}

impl Page {
    /// Whether an example uses [`NOTATION`].
    pub fn has_notation(&self) -> bool {
        let stands_for_many = |json: &str| {
            let mut rest = json.split(['*', '<']).skip(1);
            rest.any(|after| after.starts_with(|c: char| c.is_ascii_digit()))
        };
        stands_for_many(&self.bad_json) || stands_for_many(&self.good_json)
    }
}

impl Rule {
    /// The rule's documentation in parts.
    pub fn page(&self) -> Page {
        let mut page = Page::default();
        let mut part = Part::What;
        let mut in_json = false;
        for line in self.explanation().lines() {
            if line.starts_with("```") {
                in_json = !in_json;
                continue;
            }
            let begun = if in_json { None } else { Part::begun_by(line) };
            let line = match begun {
                Some((begun, rest)) => {
                    part = begun;
                    rest.trim_start()
                }
                None => line,
            };
            let text = match (part, in_json) {
                (Part::What, _) => &mut page.what,
                (Part::Why, _) => &mut page.why,
                (Part::Bad, true) => &mut page.bad_json,
                (Part::Bad, false) => &mut page.bad,
                (Part::Fix, _) => &mut page.fix,
                (Part::Good, _) => &mut page.good_json,
                (Part::Source, _) => &mut page.source,
            };
            text.push_str(line);
            text.push('\n');
        }
        let texts = [
            &mut page.what,
            &mut page.why,
            &mut page.bad,
            &mut page.bad_json,
            &mut page.fix,
            &mut page.good_json,
            &mut page.source,
        ];
        for text in texts {
            *text = text.trim().to_owned();
        }
        page
    }
}

/// The parts of a documentation, in their order.
#[derive(Clone, Copy)]
enum Part {
    What,
    Why,
    Bad,
    Fix,
    Good,
    Source,
}

impl Part {
    /// The part that a line begins, and the rest of the line.
    fn begun_by(line: &str) -> Option<(Part, &str)> {
        let heads = [
            ("**Why it matters.**", Part::Why),
            ("**Bad example.**", Part::Bad),
            ("**How to fix it.**", Part::Fix),
            ("**Good example.**", Part::Good),
            ("Source: ", Part::Source),
        ];
        heads.into_iter().find_map(|(head, part)| Some((part, line.strip_prefix(head)?)))
    }
}
