//! From text to expectations. What is wrong is named by line and key; the rest is read all the same.

use model::Millis;
use model::similar::similar;
use model::time::{DAY, HOUR, MINUTE, SECOND, parse_duration};

use crate::expectations::document::{
    Cause, Expectation, Expectations, Expected, Frequency, Given, Moment, Responses, Verb, Wanted, When, Window,
};
use crate::expectations::toml_tree::{Fields, Node, Shape, parse};
use crate::promises::{OptOut, Promises};

/// Something in a file that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, and what may be meant: lower case, no full stop.
    pub message: String,
}

/// How long after a message people do something, when nothing is said.
const SOON: Millis = MINUTE;

const FILE: &[&str] = &["journey", "start", "seed", "responses", "people", "expectation", "promises"];
const EXPECTATION: &[&str] = &["name", "journey", "start", "seed", "responses", "people", "given", "expect"];
const GIVEN: &[&str] = &["person", "endpoint", "causes", "of", "attributes", "metrics", "after", "at"];
const EXPECT: &[&str] =
    &["person", "times", "at_most", "in", "of", "by", "not_before", "between", "within", "not_within"];
const WANTED: &[&str] =
    &["gets", "never_gets", "takes", "never_takes", "reaches", "never_reaches", "leaves", "enters", "is_refused"];
const PROMISES: &[&str] = &[
    "journey",
    "start",
    "seed",
    "tries",
    "nobody_is_messaged_after_opting_out",
    "at_most",
    "nobody_is_stranded",
    "everyone_leaves_within",
    "nobody_gets_the_same_message_twice",
];

/// Reads the text of a file. Never fails: what is not understood is a problem and left out.
pub fn read(text: &str) -> (Expectations, Vec<Problem>) {
    let fields = match parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(fields) => fields,
        Err(problem) => return (Expectations::default(), vec![problem]),
    };
    let mut reader = Reader { problems: Vec::new() };
    reader.known(&fields, &[FILE], "a file of expectations");
    let base = reader.base(&fields, &Expectation::default());
    let mut all = Expectations::default();
    for node in field(&fields, "expectation").map_or(&[][..], Node::list) {
        match node.table() {
            Some(fields) => all.expectations.extend(reader.expectation(node.line, fields, &base)),
            None => reader.say(node.line, format!("write expectations as `[[expectation]]`, not as {}", node.phrase())),
        }
    }
    if let Some(node) = field(&fields, "promises") {
        all.promises = match node.table() {
            Some(fields) => reader.promises(node.line, fields, &base),
            None => reader.none(node.line, format!("`promises` must be a table, not {}", node.phrase())),
        };
    }
    all.people = base.people;
    reader.problems.sort_by_key(|problem| problem.line);
    (all, reader.problems)
}

/// How long, as ISO 8601 (`P2DT1H`) or in words (`2 days 1 hour`).
pub(crate) fn how_long(text: &str) -> Option<Millis> {
    if let Some(span) = parse_duration(text) {
        return Some(span);
    }
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "and").collect();
    if words.is_empty() || words.len() % 2 == 1 {
        return None;
    }
    words.chunks(2).try_fold(0, |sum: Millis, pair| {
        let number: Millis = pair[0].parse().ok().filter(|number| (0..=10_000_000).contains(number))?;
        let unit = match pair[1].trim_end_matches(',').trim_end_matches('s') {
            "second" => SECOND,
            "minute" => MINUTE,
            "hour" => HOUR,
            "day" => DAY,
            "week" => 7 * DAY,
            _ => return None,
        };
        Some(sum + number * unit).filter(|sum| *sum <= 10_000 * DAY)
    })
}

pub(crate) fn field<'n>(fields: &'n Fields, name: &str) -> Option<&'n Node> {
    fields.iter().find(|(key, _)| key.name == name).map(|(_, node)| node)
}

struct Reader {
    problems: Vec<Problem>,
}

impl Reader {
    fn say(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem { line, message: message.into() });
    }

    /// Says what is wrong, in place of a value.
    fn none<T>(&mut self, line: usize, message: impl Into<String>) -> Option<T> {
        self.say(line, message);
        None
    }

    /// Names every key that means nothing here, with the nearest that does.
    fn known(&mut self, fields: &Fields, known: &[&[&str]], what: &str) {
        for (key, _) in fields {
            let name = key.name.as_str();
            if known.iter().any(|keys| keys.contains(&name)) {
                continue;
            }
            let all = known.iter().flat_map(|keys| keys.iter().copied());
            let hint = match similar(name, all.clone()) {
                Some(meant) => format!("is `{meant}` meant?"),
                None => format!("it has {}", all.collect::<Vec<_>>().join(", ")),
            };
            self.say(key.line, format!("`{name}` is no key of {what}; {hint}"));
        }
    }

    /// What can stand at the top as well as in an expectation.
    fn base(&mut self, fields: &Fields, above: &Expectation) -> Expectation {
        let mut base = above.clone();
        if let Some(node) = field(fields, "journey")
            && let Some(journey) = self.text(node, "journey")
        {
            base.journey = journey.strip_suffix(".json").unwrap_or(journey).to_owned();
        }
        if let Some(node) = field(fields, "start") {
            base.start = self.instant(node, "start").or(base.start);
        }
        if let Some(node) = field(fields, "seed") {
            base.seed = self.count(node, "seed").unwrap_or_default();
        }
        if let Some(node) = field(fields, "responses") {
            base.responses = match node.text() {
                Some("none") => Responses::None,
                Some("model") => Responses::Model,
                _ => {
                    let message = format!("`responses` is `none` or `model`, not {}", node.phrase());
                    self.say(node.line, message);
                    Responses::None
                }
            };
        }
        if let Some(node) = field(fields, "people") {
            match node.table() {
                Some(people) => people.iter().for_each(|(key, node)| {
                    if let Some(endpoints) = self.endpoints(&key.name, node) {
                        base.people.insert(key.name.clone(), endpoints);
                    }
                }),
                None => {
                    self.say(node.line, format!("describe people as `[people.NAME]`, not as {}", node.phrase()));
                }
            }
        }
        base
    }

    /// The endpoints of an inline person. The first without `Id` is called like the person, others get a number; several
    /// are those of one user.
    fn endpoints(&mut self, name: &str, node: &Node) -> Option<Vec<serde_json::Value>> {
        let list = node.list();
        let mut out = Vec::with_capacity(list.len());
        for (number, node) in list.iter().enumerate() {
            let Some(fields) = node.table() else {
                return self.none(node.line, format!("`people.{name}` must be an endpoint, not {}", node.phrase()));
            };
            let mut endpoint = node.json();
            let members = endpoint.as_object_mut()?;
            members.entry("Id").or_insert_with(|| match number {
                0 => name.into(),
                _ => format!("{name}-{}", number + 1).into(),
            });
            if list.len() > 1 {
                let user = members.entry("User").or_insert_with(|| serde_json::json!({}));
                if let Some(user) = user.as_object_mut() {
                    user.entry("UserId").or_insert_with(|| name.into());
                }
            }
            self.members(name, &endpoint, fields);
            if let Err(problem) = audience::People::default().push(None, &endpoint) {
                return self.none(node.line, format!("`people.{name}`: {problem}"));
            }
            out.push(endpoint);
        }
        if out.is_empty() {
            return self.none(node.line, format!("`people.{name}` has no endpoint"));
        }
        Some(out)
    }

    /// Names members that endpoints do not have: the service ignores them, so a test of them would test nothing.
    fn members(&mut self, name: &str, endpoint: &serde_json::Value, fields: &Fields) {
        let Some(shape) = model::shapes::find("EndpointResponse") else { return };
        for found in model::shapes::check(shape, endpoint) {
            let model::shapes::Problem::Unknown { similar: same } = found.problem else { continue };
            let (line, key) = line_of(fields, &found.path);
            let members = ["EndpointResponse", "EndpointDemographic", "EndpointLocation", "EndpointUser"];
            let members = members.iter().filter_map(|name| model::shapes::find(name));
            let all = members.flat_map(|shape| shape.members()).map(|member| member.name);
            let hint = same.or_else(|| similar(&key, all));
            let hint = hint.map(|meant| format!("; is `{meant}` meant?")).unwrap_or_default();
            self.say(line, format!("`{key}` of `people.{name}` is no member of an endpoint{hint}"));
        }
    }

    fn expectation(&mut self, line: usize, fields: &Fields, base: &Expectation) -> Option<Expectation> {
        self.known(fields, &[EXPECTATION], "an expectation");
        let above = Expectation {
            journey: base.journey.clone(),
            start: base.start,
            seed: base.seed,
            responses: base.responses,
            ..Expectation::default()
        };
        let mut made = self.base(fields, &above);
        made.line = line;
        made.name = match field(fields, "name") {
            Some(node) => self.text(node, "name").map(str::to_owned).unwrap_or_default(),
            None => format!("line {line}"),
        };
        if made.journey.is_empty() {
            return self.none(line, format!("`{}` does not say which journey: write `journey = \"NAME\"`", made.name));
        }
        let before = self.problems.len();
        let only = {
            let mut described =
                made.people.keys().chain(base.people.keys().filter(|name| !made.people.contains_key(*name)));
            described.next().filter(|_| described.next().is_none()).cloned()
        };
        let only = only.as_deref();
        for node in field(fields, "given").map_or(&[][..], Node::list) {
            match node.table() {
                Some(fields) => made.given.extend(self.given(node.line, fields, only)),
                None => self.say(node.line, format!("`given` lists tables, not {}", node.phrase())),
            }
        }
        for node in field(fields, "expect").map_or(&[][..], Node::list) {
            match node.table() {
                Some(fields) => made.expect.extend(self.expected(node.line, fields, only)),
                None => self.say(node.line, format!("`expect` lists tables, not {}", node.phrase())),
            }
        }
        if made.expect.is_empty() && self.problems.len() == before {
            return self.none(line, format!("`{}` expects nothing: write `expect = [...]`", made.name));
        }
        // Half an expectation would pass or fail for the wrong reason.
        (self.problems.len() == before).then_some(made)
    }

    fn given(&mut self, line: usize, fields: &Fields, only: Option<&str>) -> Option<Given> {
        let verbs = Verb::ALL.map(Verb::key);
        self.known(fields, &[&verbs, GIVEN], "something given");
        let person = self.person(line, fields, only)?;
        let said: Vec<Verb> = Verb::ALL.into_iter().filter(|verb| field(fields, verb.key()).is_some()).collect();
        let of = match field(fields, "of") {
            Some(node) => Some(self.text(node, "of")?.to_owned()),
            None => None,
        };
        let cause = match (said.as_slice(), field(fields, "causes")) {
            ([verb], None) => {
                let node = field(fields, verb.key())?;
                Cause::Does { verb: *verb, of: self.text(node, verb.key())?.to_owned() }
            }
            ([], Some(node)) => Cause::Event {
                event_type: self.text(node, "causes")?.to_owned(),
                of,
                attributes: Vec::new(),
                metrics: Vec::new(),
            },
            ([], None) => {
                return self
                    .none(line, format!("says nothing that is done: write one of {}, causes", verbs.join(", ")));
            }
            _ => return self.none(line, "says more than one thing that is done: write one line for each"),
        };
        let cause = self.details(fields, cause)?;
        let when = match (field(fields, "after"), field(fields, "at")) {
            (None, None) => When::After(SOON),
            (Some(node), None) => When::After(self.span(node, "after")?),
            (None, Some(node)) => When::At(self.instant(node, "at")?),
            (Some(_), Some(node)) => return self.none(node.line, "has both `after` and `at`: write one"),
        };
        let endpoint = match field(fields, "endpoint") {
            Some(node) => Some(self.text(node, "endpoint")?.to_owned()),
            None => None,
        };
        Some(Given { line, person, endpoint, cause, when })
    }

    fn details(&mut self, fields: &Fields, mut cause: Cause) -> Option<Cause> {
        let tables = [field(fields, "attributes"), field(fields, "metrics")];
        if tables.iter().all(Option::is_none) {
            return Some(cause);
        }
        // An answer with attributes is an event like any other.
        if let Cause::Does { verb: Verb::Answers, of } = cause {
            let event_type = engine::EventKind::CustomResponse.name().to_owned();
            cause = Cause::Event { event_type, of: Some(of), attributes: Vec::new(), metrics: Vec::new() };
        }
        let Cause::Event { attributes, metrics, .. } = &mut cause else {
            let line = tables.iter().flatten().next().map_or(0, |node| node.line);
            return self.none(line, "`attributes` and `metrics` go with `causes` or `answers`");
        };
        for (node, name) in tables.into_iter().zip(["attributes", "metrics"]) {
            let Some(node) = node else { continue };
            let Some(members) = node.table() else {
                return self.none(node.line, format!("`{name}` must be a table, not {}", node.phrase()));
            };
            for (key, value) in members {
                let key = key.name.clone();
                match (&value.shape, name) {
                    (Shape::Text(text), "attributes") => attributes.push((key, text.clone())),
                    (Shape::Whole(number), "metrics") => metrics.push((key, *number as f64)),
                    (Shape::Decimal(number), "metrics") => metrics.push((key, *number)),
                    _ => {
                        let kind = if name == "metrics" { "a number" } else { "a text" };
                        return self.none(value.line, format!("`{name}.{key}` must be {kind}, not {}", value.phrase()));
                    }
                }
            }
        }
        Some(cause)
    }

    fn expected(&mut self, line: usize, fields: &Fields, only: Option<&str>) -> Option<Expected> {
        self.known(fields, &[WANTED, EXPECT], "something expected");
        let person = self.person(line, fields, only)?;
        let said: Vec<&str> = WANTED.iter().copied().filter(|key| field(fields, key).is_some()).collect();
        let [key] = said.as_slice() else {
            let message = match said.len() {
                0 => format!("says nothing that is expected: write one of {}", WANTED.join(", ")),
                _ => format!("says {} at once: write one line for each", said.join(" and ")),
            };
            return self.none(line, message);
        };
        let node = field(fields, key)?;
        let mut of = None;
        if let Some(node) = field(fields, "of") {
            of = Some(self.text(node, "of")?.to_owned());
        }
        let wanted = match *key {
            "gets" => Wanted::Gets { message: self.text(node, key)?.to_owned(), frequency: self.frequency(fields)? },
            "never_gets" => Wanted::Gets { message: self.text(node, key)?.to_owned(), frequency: Frequency::Times(0) },
            "takes" | "never_takes" => {
                let branch = self.text(node, key)?.to_owned();
                let Some(of) = of.take() else {
                    return self.none(line, format!("`{key}` needs `of`, the activity that the branch leaves"));
                };
                Wanted::Takes { branch, of, yes: *key == "takes" }
            }
            "reaches" | "never_reaches" => {
                Wanted::Reaches { activity: self.text(node, key)?.to_owned(), yes: *key == "reaches" }
            }
            "leaves" => match &node.shape {
                Shape::Flag(yes) => Wanted::Leaves { activity: None, yes: *yes },
                Shape::Text(activity) => Wanted::Leaves { activity: Some(activity.clone()), yes: true },
                _ => {
                    return self
                        .none(node.line, format!("`leaves` is true, false or an activity, not {}", node.phrase()));
                }
            },
            "enters" => match node.flag() {
                Some(yes) => Wanted::Enters(yes),
                None => return self.none(node.line, format!("`enters` is true or false, not {}", node.phrase())),
            },
            _ => match &node.shape {
                Shape::Flag(true) => Wanted::Refused(None),
                Shape::Text(metric) => Wanted::Refused(Some(metric.clone())),
                _ => return self.none(node.line, format!("`is_refused` is true or a metric, not {}", node.phrase())),
            },
        };
        if of.is_some() {
            return self.none(line, "`of` goes with `takes` and `never_takes`");
        }
        let frequent = ["times", "at_most", "in"].into_iter().find(|name| field(fields, name).is_some());
        if let Some(frequent) = frequent.filter(|_| *key != "gets") {
            return self.none(line, format!("`{frequent}` goes with `gets`"));
        }
        Some(Expected { line, person, wanted, window: self.window(fields)? })
    }

    fn frequency(&mut self, fields: &Fields) -> Option<Frequency> {
        let stretch = match field(fields, "in") {
            Some(node) => Some(self.span(node, "in")?),
            None => None,
        };
        match (field(fields, "times"), field(fields, "at_most")) {
            (None, None) if stretch.is_none() => Some(Frequency::Once),
            (Some(node), None) if stretch.is_none() => {
                Some(Frequency::Times(u32::try_from(self.count(node, "times")?).unwrap_or(u32::MAX)))
            }
            (None, Some(node)) => {
                let count = u32::try_from(self.count(node, "at_most")?).unwrap_or(u32::MAX);
                Some(Frequency::AtMost(count, stretch))
            }
            (Some(_), Some(node)) => self.none(node.line, "has both `times` and `at_most`: write one"),
            _ => self.none(field(fields, "in")?.line, "`in` goes with `at_most`"),
        }
    }

    fn window(&mut self, fields: &Fields) -> Option<Window> {
        let mut window = Window::default();
        for name in ["by", "not_before", "within", "not_within"] {
            let Some(node) = field(fields, name) else { continue };
            let moment = match name {
                "by" | "not_before" => Moment::At(self.instant(node, name)?),
                _ => Moment::AfterEntry(self.span(node, name)?),
            };
            let end = if matches!(name, "by" | "within") { &mut window.to } else { &mut window.from };
            if end.replace(moment).is_some() {
                return self.none(node.line, format!("`{name}` says again when: write one of the two"));
            }
        }
        if let Some(node) = field(fields, "between") {
            let [from, to] = node.list() else {
                return self.none(node.line, "`between` takes two instants: `between = [FROM, TO]`");
            };
            if window != Window::default() {
                return self.none(node.line, "`between` goes with no other time");
            }
            window.from = Some(Moment::At(self.instant(from, "between")?));
            window.to = Some(Moment::At(self.instant(to, "between")?));
        }
        if let (Some(Moment::At(from)), Some(Moment::At(to))) = (window.from, window.to)
            && from > to
        {
            let line = fields.first().map_or(0, |(key, _)| key.line);
            return self.none(line, "the first instant lies after the second");
        }
        Some(window)
    }

    fn promises(&mut self, line: usize, fields: &Fields, base: &Expectation) -> Option<Promises> {
        self.known(fields, &[PROMISES], "promises");
        let before = self.problems.len();
        let base = self.base(fields, base);
        if base.journey.is_empty() {
            return self.none(line, "the promises do not say of which journey: write `journey = \"NAME\"`");
        }
        let mut promises =
            Promises { line, journey: base.journey, start: base.start, seed: base.seed, ..Promises::default() };
        if let Some(node) = field(fields, "tries") {
            promises.tries = u32::try_from(self.count(node, "tries")?).unwrap_or(u32::MAX);
        }
        if let Some(node) = field(fields, "nobody_is_messaged_after_opting_out") {
            promises.opt_out = match (&node.shape, node.text()) {
                (Shape::Flag(true), _) => Some(OptOut::Endpoint),
                (Shape::Flag(false), _) => None,
                (_, Some("person")) => Some(OptOut::Person),
                _ => {
                    return self.none(
                        node.line,
                        format!(
                            "`nobody_is_messaged_after_opting_out` is true, false or `person`, not {}",
                            node.phrase()
                        ),
                    );
                }
            };
        }
        for node in field(fields, "at_most").map_or(&[][..], Node::list) {
            let Some(members) = node.table() else {
                return self.none(node.line, "write `at_most = { messages = 2, in = \"1 day\" }`");
            };
            self.known(members, &[&["messages", "in"]], "`at_most`");
            let (Some(count), Some(stretch)) = (field(members, "messages"), field(members, "in")) else {
                return self.none(node.line, "`at_most` needs `messages` and `in`");
            };
            let count = u32::try_from(self.count(count, "messages")?).unwrap_or(u32::MAX);
            promises.at_most.push((count, self.span(stretch, "in")?));
        }
        for (name, flag) in [
            ("nobody_is_stranded", &mut promises.nobody_stranded),
            ("nobody_gets_the_same_message_twice", &mut promises.no_message_twice),
        ] {
            let Some(node) = field(fields, name) else { continue };
            match node.flag() {
                Some(on) => *flag = on,
                None => return self.none(node.line, format!("`{name}` is true or false, not {}", node.phrase())),
            }
        }
        if let Some(node) = field(fields, "everyone_leaves_within") {
            promises.leaves_within = Some(self.span(node, "everyone_leaves_within")?);
        }
        (self.problems.len() == before).then_some(promises)
    }

    /// Whom a line is about; the only one described, when it does not say.
    fn person(&mut self, line: usize, fields: &Fields, only: Option<&str>) -> Option<String> {
        match (field(fields, "person"), only) {
            (Some(node), _) => self.text(node, "person").map(str::to_owned),
            (None, Some(only)) => Some(only.to_owned()),
            (None, None) => self.none(line, "does not say who: write `person = \"NAME\"`"),
        }
    }

    fn text<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n str> {
        match node.text().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(text),
            None => self.none(node.line, format!("`{name}` must be a text, not {}", node.phrase())),
        }
    }

    fn count(&mut self, node: &Node, name: &str) -> Option<u64> {
        match node.whole().and_then(|number| u64::try_from(number).ok()) {
            Some(number) => Some(number),
            None => self.none(node.line, format!("`{name}` must be a whole number from 0, not {}", node.phrase())),
        }
    }

    fn instant(&mut self, node: &Node, name: &str) -> Option<Millis> {
        match node.instant() {
            Some(at) => Some(at),
            None => self.none(
                node.line,
                format!("`{name}` must be an instant such as 2026-11-30T09:00:00Z, not {}", node.phrase()),
            ),
        }
    }

    fn span(&mut self, node: &Node, name: &str) -> Option<Millis> {
        match node.text().and_then(how_long) {
            Some(span) => Some(span),
            None => self.none(
                node.line,
                format!("`{name}` must say how long, such as `2 days 1 hour` or `P2DT1H`, not {}", node.phrase()),
            ),
        }
    }
}

/// The line and the key of the member that a path leads to.
fn line_of(fields: &Fields, path: &model::Path) -> (usize, String) {
    let mut fields = fields;
    let mut found = (0, String::new());
    for step in &path.0 {
        let model::Step::Key(name) = step else { break };
        let Some((key, node)) = fields.iter().find(|(key, _)| key.name == *name) else { break };
        found = (key.line, key.name.clone());
        match node.table() {
            Some(inner) => fields = inner,
            None => break,
        }
    }
    found
}
