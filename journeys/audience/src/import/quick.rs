//! The usual line of JSON in one pass, borrowed from the text.
//!
//! Lines of a file mostly have the same members in the same order. So each member remembers which one came after it the
//! last time; where that one comes again, its name is not read but compared at once, with its quotes and its colon.

use std::borrow::Cow;

use model::view::Word;
use model::wire::ChannelType;

use super::scan::{number_at, string_end};
use crate::draft::{Draft, DraftList, DraftMetric, Field, Owner};
use crate::people::People;
use crate::texts::starts_with;
use crate::words::{instant, opt_out, status};

/// Most members that are remembered: all that endpoints have, and as many names as a project may have.
const MAX_KNOWN: usize = 400;
/// No member, or none yet.
const NONE: usize = usize::MAX;

/// An object of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Object {
    Top,
    User,
    Demographic,
    Location,
    Attributes,
    UserAttributes,
    Metrics,
}

const OBJECTS: usize = 7;

/// What a member holds.
#[derive(Clone, Copy, Debug)]
enum Target {
    Id,
    Address,
    Channel,
    OptOut,
    Status,
    EffectiveDate,
    CreationDate,
    UserId,
    Field(Field),
    Latitude,
    Longitude,
    List(Owner),
    Metric,
    Object(Object),
}

struct Member {
    object: Object,
    /// `"Name":`
    literal: String,
    target: Target,
    /// Where the column of an attribute or metric is in the store.
    place: Option<u32>,
    /// The member that came after it the last time.
    next: usize,
}

/// The members that lines have had so far.
pub(super) struct Members {
    known: Vec<Member>,
    /// The member that each object began with the last time.
    first: [usize; OBJECTS],
}

impl Members {
    pub(super) fn new() -> Members {
        Members { known: Vec::new(), first: [NONE; OBJECTS] }
    }

    fn find(&mut self, object: Object, name: &str) -> Option<usize> {
        let found = self
            .known
            .iter()
            .position(|known| known.object == object && known.literal[1..known.literal.len() - 2] == *name);
        if found.is_some() || self.known.len() == MAX_KNOWN {
            return found;
        }
        let target = target(object, name)?;
        self.known.push(Member { object, literal: format!("\"{name}\":"), target, place: None, next: NONE });
        Some(self.known.len() - 1)
    }

    /// Looks up where the columns of attributes and metrics are, of those that have one by now.
    pub(super) fn find_places(&mut self, people: &People) {
        for member in self.known.iter_mut().filter(|member| member.place.is_none()) {
            let name = &member.literal[1..member.literal.len() - 2];
            member.place = match member.target {
                Target::List(Owner::Endpoint) => people.attributes.place(name),
                Target::List(Owner::User) => people.user_attributes.place(name),
                Target::Metric => people.metrics.place(name),
                _ => None,
            };
        }
    }
}

fn target(object: Object, name: &str) -> Option<Target> {
    Some(match (object, name) {
        (Object::Top, "Id") => Target::Id,
        (Object::Top, "Address") => Target::Address,
        (Object::Top, "ChannelType") => Target::Channel,
        (Object::Top, "OptOut") => Target::OptOut,
        (Object::Top, "EndpointStatus") => Target::Status,
        (Object::Top, "EffectiveDate") => Target::EffectiveDate,
        (Object::Top, "CreationDate") => Target::CreationDate,
        (Object::Top, "RequestId") => Target::Field(Field::RequestId),
        (Object::Top, "Attributes") => Target::Object(Object::Attributes),
        (Object::Top, "Metrics") => Target::Object(Object::Metrics),
        (Object::Top, "User") => Target::Object(Object::User),
        (Object::Top, "Demographic") => Target::Object(Object::Demographic),
        (Object::Top, "Location") => Target::Object(Object::Location),
        (Object::User, "UserId") => Target::UserId,
        (Object::User, "UserAttributes") => Target::Object(Object::UserAttributes),
        (Object::Location, "Latitude") => Target::Latitude,
        (Object::Location, "Longitude") => Target::Longitude,
        (Object::Demographic, _) => Target::Field(Field::find("Demographic", name)?),
        (Object::Location, _) => Target::Field(Field::find("Location", name)?),
        (Object::Attributes, _) => Target::List(Owner::Endpoint),
        (Object::UserAttributes, _) => Target::List(Owner::User),
        (Object::Metrics, _) => Target::Metric,
        (Object::Top | Object::User, _) => return None,
    })
}

/// Reads the usual line; `None` = it is not a usual one, and `draft` may be half filled.
pub(super) fn read<'a>(line: &'a str, draft: &mut Draft<'a>, members: &mut Members) -> Option<()> {
    let mut json = Quick { text: line, at: 0, members };
    json.object(Object::Top, draft)?;
    json.space();
    (json.at == line.len()).then_some(())
}

/// Reads sound JSON of known form and gives up on anything else.
struct Quick<'a, 'm> {
    text: &'a str,
    at: usize,
    members: &'m mut Members,
}

impl<'a> Quick<'a, '_> {
    #[inline]
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn space(&mut self) {
        while matches!(self.byte(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
    }

    #[inline]
    fn accept(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.byte() == byte;
        self.at += usize::from(there);
        there
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.accept(byte).then_some(())
    }

    fn object(&mut self, object: Object, draft: &mut Draft<'a>) -> Option<()> {
        self.expect(b'{')?;
        if self.accept(b'}') {
            return Some(());
        }
        let mut before = NONE;
        let mut next = self.members.first[object as usize];
        loop {
            self.space();
            let rest = &self.text.as_bytes()[self.at..];
            let predicted = self.members.known.get(next).filter(|known| starts_with(rest, known.literal.as_bytes()));
            let name = match predicted {
                Some(known) => {
                    let start = self.at + 1;
                    self.at += known.literal.len();
                    (start, self.at - 2)
                }
                None => {
                    let name = self.name()?;
                    next = self.members.find(object, &self.text[name.0..name.1])?;
                    match self.members.known.get_mut(before) {
                        Some(before) => before.next = next,
                        None => self.members.first[object as usize] = next,
                    }
                    name
                }
            };
            self.value(next, name, draft)?;
            if self.accept(b'}') {
                return Some(());
            }
            self.expect(b',')?;
            before = next;
            next = self.members.known[before].next;
        }
    }

    /// A member's name and the colon; where the name begins and ends.
    #[cold]
    fn name(&mut self) -> Option<(usize, usize)> {
        self.expect(b'"')?;
        let start = self.at;
        let end = string_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.expect(b':')?;
        Some((start, end))
    }

    fn value(&mut self, member: usize, name: (usize, usize), draft: &mut Draft<'a>) -> Option<()> {
        let Member { target, place, .. } = self.members.known[member];
        match target {
            Target::Id => draft.id = Some(self.string()?),
            Target::Address => draft.address = Some(self.string()?),
            Target::Channel => draft.channel = Some(ChannelType::parse(&self.string()?)?),
            Target::OptOut => draft.opted_out = Some(opt_out(&self.string()?).ok()?),
            Target::Status => draft.inactive = Some(status(&self.string()?).ok()?),
            Target::EffectiveDate => draft.effective = Some(instant("", &self.string()?).ok()?),
            Target::CreationDate => draft.created = Some(instant("", &self.string()?).ok()?),
            Target::UserId => draft.user_id = Some(self.string()?),
            Target::Field(field) => {
                let text = self.string()?;
                draft.fields.push((field, text));
            }
            Target::Latitude => draft.latitude = Some(self.number()?),
            Target::Longitude => draft.longitude = Some(self.number()?),
            Target::Object(object) => self.object(object, draft)?,
            Target::Metric => {
                let name = Cow::Borrowed(&self.text[name.0..name.1]);
                draft.metrics.push(DraftMetric { name, place, value: self.number()? });
            }
            Target::List(owner) => {
                let name = Cow::Borrowed(&self.text[name.0..name.1]);
                let start = draft.values.len();
                self.list(&mut draft.values)?;
                draft.lists.push(DraftList { owner, name, place, values: start..draft.values.len() });
            }
        }
        Some(())
    }

    fn list(&mut self, values: &mut Vec<Cow<'a, str>>) -> Option<()> {
        self.expect(b'[')?;
        if self.accept(b']') {
            return Some(());
        }
        loop {
            values.push(self.string()?);
            if self.accept(b']') {
                return Some(());
            }
            self.expect(b',')?;
        }
    }

    #[inline]
    fn string(&mut self) -> Option<Cow<'a, str>> {
        self.expect(b'"')?;
        let start = self.at;
        let end = string_end(self.text.as_bytes(), start);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Some(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped(start, end)
    }

    /// A string that has an escape at `end`, or is no string.
    #[cold]
    fn escaped(&mut self, start: usize, mut end: usize) -> Option<Cow<'a, str>> {
        let bytes = self.text.as_bytes();
        while *bytes.get(end)? == b'\\' {
            end = string_end(bytes, end + 2);
        }
        if bytes[end] != b'"' {
            return None;
        }
        self.at = end + 1;
        serde_json::from_str(&self.text[start - 1..=end]).ok().map(Cow::Owned)
    }

    #[inline]
    fn number(&mut self) -> Option<f64> {
        self.space();
        let bytes = self.text.as_bytes();
        match number_at(bytes, self.at) {
            Some((number, end)) if matches!(bytes.get(end), Some(b',' | b'}')) => {
                self.at = end;
                Some(number)
            }
            _ => self.unusual_number(),
        }
    }

    /// Exponents, many digits, or no number at all: the reader of JSON knows.
    #[cold]
    fn unusual_number(&mut self) -> Option<f64> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|b| matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count();
        self.at += length;
        serde_json::from_slice(&rest[..length]).ok()
    }
}
