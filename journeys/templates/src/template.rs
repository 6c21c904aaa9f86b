//! Templates: compiled once, rendered for many.

use model::TemplateKind;
use model::View as _;
use model::time::Millis;
use model::wire::{EmailTemplateRequest, PushNotificationTemplateRequest};
use serde_json::{Map, Value};

use crate::limits::{self, OverLimit};
use crate::outline::{Counted, Outline};
use crate::output::Budget;
use crate::parse;
use crate::render::{self, RenderError, Source};
use crate::tree::{self, Parsed, Path};
use crate::view::{Datum, View};

/// Why a template can not be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}, line {line}, column {column}: {message}")]
pub struct TemplateError {
    /// The part: `Subject`, `HtmlPart`, `APNS.Title`, `DefaultSubstitutions` and so on.
    pub part: String,
    /// Line in the part, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong, lower case, no full stop.
    pub message: String,
}

/// A variable that a template reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The dotted path: `User.UserAttributes.FirstName`.
    pub path: String,
    /// Whether `DefaultSubstitutions` has a value for it.
    pub has_default: bool,
    /// Whether the message fails without a value: it stands alone in braces somewhere, and not only in helpers.
    pub needed: bool,
}

/// What an endpoint receives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Part and text: `Subject`, `HtmlPart`, `TextPart`, `Headers.NAME` of e-mail; `Body` of text and voice messages;
    /// `Title`, `Body`, `Url`, `RawContent` and so on of push.
    pub parts: Vec<(String, String)>,
}

impl Rendered {
    /// The text of a part.
    pub fn part(&self, name: &str) -> Option<&str> {
        self.parts.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }
}

/// Values that a request brings along, by variable path: they win over the endpoint's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct Substitutions<'a> {
    /// Of the address or endpoint.
    pub address: Option<&'a Map<String, Value>>,
    /// Of the message.
    pub message: Option<&'a Map<String, Value>>,
}

/// Everything that a rendering depends on besides the template.
#[derive(Clone, Copy, Debug)]
pub struct Rendering<'a, V> {
    /// The endpoint, as any [`View`]: `&Value` of an `EndpointRequest` or `EndpointResponse`; `&Value::Null` = none.
    pub endpoint: V,
    /// Values of the request.
    pub substitutions: Substitutions<'a>,
    /// The moment of sending, for `now`.
    pub now: Millis,
    /// Seed of `uuid`: the same seed gives the same ids.
    pub seed: u64,
    /// Whether a missing value prints nothing instead of stopping the message (templates.md 3, the project switch).
    pub missing_as_empty: bool,
}

impl<'a, V: View<'a>> Rendering<'a, V> {
    /// For an endpoint at a moment, with nothing substituted; `uuid` is made of the endpoint's id and the moment.
    pub fn of(endpoint: V, now: Millis) -> Rendering<'a, V> {
        let who = text_at(endpoint, "Id").or_else(|| text_at(endpoint, "Address")).unwrap_or_default();
        let substitutions = Substitutions::default();
        Rendering { endpoint, substitutions, now, seed: seed(who, now), missing_as_empty: false }
    }
}

fn text_at<'a, V: View<'a>>(endpoint: V, name: &str) -> Option<&'a str> {
    match endpoint.member(name)?.datum() {
        Datum::Text(text) => Some(text),
        _ => None,
    }
}

/// Why an endpoint gets no message: it must not be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsendable {
    /// It can not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// It is rendered, and too large for its channel.
    #[error(transparent)]
    Limit(#[from] OverLimit),
}

/// A compiled template.
#[derive(Clone, Debug)]
pub struct Template {
    kind: TemplateKind,
    parts: Vec<Part>,
    defaults: Map<String, Value>,
    /// By push service, as in [`Part`].
    outlines: Vec<(&'static str, Option<Outline>)>,
}

#[derive(Clone, Debug)]
struct Part {
    /// The push service that it is for; `Default` for those without a part of their own; empty for other kinds.
    service: &'static str,
    name: String,
    html: bool,
    parsed: Parsed,
}

/// The push services with parts of their own.
const SERVICES: [&str; 4] = ["APNS", "GCM", "ADM", "Baidu"];
const FALLBACK: &str = "Default";

impl Template {
    /// Compiles a template document: an `EmailTemplateRequest`, `SMSTemplateRequest` and so on, or its response. In-app
    /// templates have no variables and give no parts.
    ///
    /// # Errors
    /// The first place that is wrong: syntax, an unknown helper, or `DefaultSubstitutions` that are no JSON object.
    pub fn compile(kind: TemplateKind, document: &Value) -> Result<Template, TemplateError> {
        let defaults = defaults(document.get("DefaultSubstitutions"))?;
        let mut parts = Vec::new();
        let mut add = |service: &'static str, name: &str, text: Option<&str>| -> Result<(), TemplateError> {
            if let Some(text) = text {
                let shown = if service.is_empty() { name.to_owned() } else { format!("{service}.{name}") };
                let parsed = parse::parse(text, &defaults).map_err(|fault| TemplateError {
                    part: shown,
                    line: fault.at.line,
                    column: fault.at.column,
                    message: fault.message,
                })?;
                parts.push(Part { service, name: name.to_owned(), html: name == "HtmlPart", parsed });
            }
            Ok(())
        };
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        match kind {
            TemplateKind::Email => {
                for name in ["Subject", "HtmlPart", "TextPart"] {
                    add("", name, text(name))?;
                }
                for header in EmailTemplateRequest::of(document).map(|view| view.headers()).unwrap_or_default() {
                    add("", &format!("Headers.{}", header.name().unwrap_or_default()), header.value())?;
                }
            }
            TemplateKind::Sms | TemplateKind::Voice => add("", "Body", text("Body"))?,
            TemplateKind::Push => {
                let fallback = members(document.get(FALLBACK));
                if let Some(view) = PushNotificationTemplateRequest::of(document) {
                    for service in SERVICES {
                        for (name, text) in service_parts(&fallback, view.object().get(service)) {
                            add(service, name, Some(text))?;
                        }
                    }
                }
                for (name, text) in fallback {
                    add(FALLBACK, name, Some(text))?;
                }
            }
            TemplateKind::InApp => {}
        }
        let services: &[&'static str] = match kind {
            TemplateKind::Push => &[SERVICES[0], SERVICES[1], SERVICES[2], SERVICES[3], FALLBACK],
            _ => &[""],
        };
        let counted = if kind == TemplateKind::Push { Counted::Json } else { Counted::Plain };
        let outline = |service: &'static str| {
            let parts = parts.iter().filter(|part| part.service == service);
            (service, Outline::of(parts.map(|part| (&part.parsed, part.html)), counted))
        };
        let outlines = services.iter().map(|service| outline(service)).collect();
        Ok(Template { kind, parts, defaults, outlines })
    }

    /// The kind it was compiled as.
    pub fn kind(&self) -> TemplateKind {
        self.kind
    }

    /// The text for one endpoint at a moment; `uuid` is made of the endpoint's id and the moment.
    ///
    /// # Errors
    /// See [`RenderError`]: the message must not be sent.
    pub fn render<'a, V: View<'a>>(
        &'a self,
        endpoint: V,
        substitutions: Substitutions<'a>,
        now: Millis,
    ) -> Result<Rendered, RenderError> {
        self.render_with(&Rendering { substitutions, ..Rendering::of(endpoint, now) })
    }

    /// As [`render`](Template::render), with everything given.
    ///
    /// A push template gives the parts of the service that the endpoint's `ChannelType` means.
    ///
    /// # Errors
    /// See [`RenderError`]: the message must not be sent.
    pub fn render_with<'a, V: View<'a>>(&'a self, rendering: &Rendering<'a, V>) -> Result<Rendered, RenderError> {
        let mut rendered = Rendered::default();
        self.render_into(rendering, &mut rendered)?;
        Ok(rendered)
    }

    /// As [`render_with`](Template::render_with), with the parts of a push service whatever the endpoint's channel is: `APNS`,
    /// `GCM`, `ADM`, `Baidu`.
    ///
    /// # Errors
    /// See [`RenderError`]: the message must not be sent.
    pub fn render_for<'a, V: View<'a>>(
        &'a self,
        service: &str,
        rendering: &Rendering<'a, V>,
    ) -> Result<Rendered, RenderError> {
        let mut rendered = Rendered::default();
        self.render_parts(service, rendering, &mut rendered)?;
        Ok(rendered)
    }

    /// As [`render_with`](Template::render_with), into a message that is written over: what it has allocated is used
    /// again, so that a run over many endpoints allocates nothing.
    ///
    /// # Errors
    /// See [`RenderError`]: the message must not be sent, and what is in `rendered` means nothing.
    pub fn render_into<'a, V: View<'a>>(
        &'a self,
        rendering: &Rendering<'a, V>,
        rendered: &mut Rendered,
    ) -> Result<(), RenderError> {
        self.render_parts(self.service(rendering.endpoint), rendering, rendered)
    }

    fn render_parts<'a, V: View<'a>>(
        &'a self,
        service: &str,
        rendering: &Rendering<'a, V>,
        rendered: &mut Rendered,
    ) -> Result<(), RenderError> {
        let source = source(rendering);
        let (mut budget, mut uuids, mut count) = (Budget::new(), 0, 0);
        for part in self.parts.iter().filter(|part| part.service == service) {
            if count == rendered.parts.len() {
                rendered.parts.push(Default::default());
            }
            let (name, text) = &mut rendered.parts[count];
            if *name != part.name {
                name.clone_from(&part.name);
            }
            text.clear();
            render::render(&part.parsed, &source, (&part.name, part.html), &mut budget, &mut uuids, text)?;
            count += 1;
        }
        rendered.parts.truncate(count);
        Ok(())
    }

    /// The message for one endpoint: rendered, and within the limits of its channel (templates.md 5).
    ///
    /// # Errors
    /// See [`Unsendable`]: the message must not be sent.
    pub fn message<'a, V: View<'a>>(&'a self, rendering: &Rendering<'a, V>) -> Result<Rendered, Unsendable> {
        let rendered = self.render_with(rendering)?;
        limits::check(self.kind, self.service(rendering.endpoint), &rendered)?;
        Ok(rendered)
    }

    /// Whether [`message`](Template::message) would give one. It is not rendered when values and lengths show that
    /// nothing can be wrong, which is so for most.
    ///
    /// # Errors
    /// Those of [`message`](Template::message).
    pub fn check<'a, V: View<'a>>(&'a self, rendering: &Rendering<'a, V>) -> Result<(), Unsendable> {
        let service = self.service(rendering.endpoint);
        let outline = self.outlines.iter().find(|(known, _)| *known == service);
        if let Some((_, Some(outline))) = outline
            && outline.holds(&source(rendering), limits::certain(self.kind, service))
        {
            return Ok(());
        }
        self.message(rendering).map(|_| ())
    }

    /// The push service of an endpoint; empty for other kinds.
    fn service<'a, V: View<'a>>(&self, endpoint: V) -> &'static str {
        match self.kind {
            TemplateKind::Push => push_service(text_at(endpoint, "ChannelType")),
            _ => "",
        }
    }

    /// The variables that the template reads, each once, in the order of their first appearance.
    pub fn variables(&self) -> Vec<Variable> {
        let mut variables: Vec<Variable> = Vec::new();
        for part in &self.parts {
            let mut visit = |path: &Path, needed: bool| match variables.iter_mut().find(|known| known.path == path.key)
            {
                Some(known) => known.needed |= needed,
                None => {
                    let has_default = has_default(&self.defaults, &path.key);
                    variables.push(Variable { path: path.key.clone(), has_default, needed });
                }
            };
            for nodes in std::iter::once(&part.parsed.body).chain(&part.parsed.partials) {
                tree::variables(nodes, &mut visit);
            }
        }
        variables
    }

    /// The variables, as [`variables`](Template::variables) names them, that neither the request nor the endpoint nor the
    /// defaults have a value for.
    pub fn lacking<'a, V: View<'a>>(&'a self, rendering: &Rendering<'a, V>) -> Vec<&'a str> {
        let source = source(rendering);
        let service = self.service(rendering.endpoint);
        let mut lacking: Vec<&str> = Vec::new();
        let mut visit = |path: &'a Path, _: bool| {
            let value = source.find(path);
            if !value.prints() && !value.is_truthy() && !lacking.contains(&path.key.as_str()) {
                lacking.push(&path.key);
            }
        };
        for part in self.parts.iter().filter(|part| part.service == service) {
            for nodes in std::iter::once(&part.parsed.body).chain(&part.parsed.partials) {
                tree::variables(nodes, &mut visit);
            }
        }
        lacking
    }
}

fn source<'a, V: View<'a>>(rendering: &Rendering<'a, V>) -> Source<'a, V> {
    Source {
        endpoint: rendering.endpoint,
        substitutions: [rendering.substitutions.address, rendering.substitutions.message],
        now: rendering.now,
        seed: rendering.seed,
        missing_as_empty: rendering.missing_as_empty,
    }
}

/// A path has a default itself, or its list has one.
fn has_default(defaults: &Map<String, Value>, path: &str) -> bool {
    defaults.contains_key(path)
        || path
            .rsplit_once('.')
            .is_some_and(|(list, place)| place.parse::<usize>().is_ok() && defaults.contains_key(list))
}

/// The default values by variable path: a text that holds a JSON object.
fn defaults(member: Option<&Value>) -> Result<Map<String, Value>, TemplateError> {
    let part = "DefaultSubstitutions";
    let wrong = |line, column, message: String| TemplateError { part: part.to_owned(), line, column, message };
    let text = match member {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::String(text)) if text.trim().is_empty() => return Ok(Map::new()),
        Some(Value::String(text)) => text,
        Some(_) => return Err(wrong(1, 1, "expected a text that holds a JSON object".to_owned())),
    };
    let reading = model::reader::read(text);
    if let Some(problem) = reading.problems.first() {
        return Err(wrong(problem.line, problem.column, problem.message.clone()));
    }
    match reading.value {
        // Brackets around a name with blanks are spelling, not name.
        Some(Value::Object(members)) => {
            Ok(members.into_iter().map(|(path, value)| (path.replace(['[', ']'], ""), value)).collect())
        }
        _ => Err(wrong(1, 1, "expected a JSON object of variable paths and their values".to_owned())),
    }
}

/// The texts among the members of a push part.
fn members(part: Option<&Value>) -> Vec<(&str, &str)> {
    let members = part.and_then(Value::as_object).into_iter().flatten();
    members.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
}

/// A service's own members over those of `Default`; raw content stands alone (templates.md 1, chosen).
fn service_parts<'a>(fallback: &[(&'a str, &'a str)], own: Option<&'a Value>) -> Vec<(&'a str, &'a str)> {
    let own = members(own);
    if let Some(raw) = own.iter().find(|(name, text)| *name == "RawContent" && !text.is_empty()) {
        return vec![*raw];
    }
    let mut parts = fallback.to_vec();
    for (name, text) in own {
        match parts.iter_mut().find(|(known, _)| *known == name) {
            Some(part) => part.1 = text,
            None => parts.push((name, text)),
        }
    }
    parts
}

/// The push service that a `ChannelType` means: `APNS`, `GCM`, `ADM`, `Baidu`; `Default` for others.
pub fn push_service(channel: Option<&str>) -> &'static str {
    match channel {
        Some("APNS" | "APNS_SANDBOX" | "APNS_VOIP" | "APNS_VOIP_SANDBOX") => "APNS",
        Some("GCM") => "GCM",
        Some("ADM") => "ADM",
        Some("BAIDU") => "Baidu",
        _ => "Default",
    }
}

/// FNV-1a over who and when.
fn seed(who: &str, now: Millis) -> u64 {
    let bytes = who.bytes().chain(now.to_be_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
