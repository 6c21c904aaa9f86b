//! People into sections.

use std::io::{self, Write};

use model::view::Word;
use model::wire::ChannelType;

use super::section::{Kind, Writer};
use crate::codes::Codes;
use crate::column::Column;
use crate::draft::{Field, Owner};
use crate::people::{People, columns};
use crate::texts::Texts;

pub(super) fn people(people: &People, sink: impl Write) -> io::Result<()> {
    let mut out = Writer::new(sink)?;
    let mut words = Texts::default();
    for word in ChannelType::ALL {
        words.push(word.as_str());
    }
    texts(&mut out, columns::CHANNEL_WORDS, &words)?;
    for (name, bytes) in
        [(columns::CHANNELS, &people.channels), (columns::FLAGS, &people.flags), (columns::COHORTS, &people.cohorts)]
    {
        out.section(name, Kind::Numbers, bytes.iter().map(|byte| [*byte]))?;
    }
    for (name, dates) in [
        (columns::EFFECTIVE, &people.effective),
        (columns::CREATED, &people.created),
        (columns::ACTIVE, &people.active),
    ] {
        out.section(name, Kind::Numbers, dates.iter().map(|at| at.to_le_bytes()))?;
    }
    for (name, tenths) in [(columns::LATITUDES, &people.latitudes), (columns::LONGITUDES, &people.longitudes)] {
        out.section(name, Kind::Numbers, tenths.iter().map(|tenths| tenths.to_le_bytes()))?;
    }
    texts(&mut out, columns::IDS, people.ids.texts())?;
    texts(&mut out, columns::ADDRESSES, &people.addresses)?;
    texts(&mut out, columns::USERS, people.users.texts())?;
    for (name, numbers) in [(columns::ADDRESSES, &people.address_of), (columns::USER_OF, &people.user_of)] {
        out.section(name, Kind::Numbers, numbers.iter().map(|number| number.to_le_bytes()))?;
    }
    for ((field, _, _), texts) in Field::ALL.iter().zip(&people.fields) {
        column(&mut out, &field.path(), texts)?;
    }
    for (name, lists) in people.attributes.iter() {
        column(&mut out, &Owner::Endpoint.path(name), lists)?;
    }
    for (name, lists) in people.user_attributes.iter() {
        column(&mut out, &Owner::User.path(name), lists)?;
    }
    for (name, values) in people.metrics.iter() {
        out.section(&columns::metric(name), Kind::Numbers, values.iter().map(|value| value.to_le_bytes()))?;
    }
    out.finish(people.len() as u32)
}

fn texts(out: &mut Writer<impl Write>, name: &str, texts: &Texts) -> io::Result<()> {
    let (bytes, ends) = texts.parts();
    out.section(name, Kind::Texts, bytes.bytes().map(|byte| [byte]))?;
    out.section(name, Kind::TextEnds, ends.iter().map(|end| end.to_le_bytes()))
}

fn column(out: &mut Writer<impl Write>, name: &str, column: &Column) -> io::Result<()> {
    let (elements, ends, codes) = column.parts();
    texts(out, name, elements)?;
    out.section(name, Kind::ListEnds, ends.iter().map(|end| end.to_le_bytes()))?;
    match codes {
        Codes::Narrow(codes) => out.section(name, Kind::Numbers, codes.iter().map(|code| [*code])),
        Codes::Middle(codes) => out.section(name, Kind::Numbers, codes.iter().map(|code| code.to_le_bytes())),
        Codes::Wide(codes) => out.section(name, Kind::Numbers, codes.iter().map(|code| code.to_le_bytes())),
    }
}
