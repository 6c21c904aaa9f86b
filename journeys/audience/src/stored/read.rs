//! Sections into people, checked against each other.

use std::io::{Read, Seek};

use model::view::Word;
use model::wire::ChannelType;

use super::StoreError;
use super::section::{Directory, Kind, numbers};
use crate::codes::Codes;
use crate::column::Column;
use crate::draft::Field;
use crate::people::{NO_CHANNEL, NONE, People, columns};
use crate::texts::Texts;

/// People with the columns that `wanted` names, and no others: they can be asked about those, not written to. The flags are
/// always there; they say how many people there are.
pub(super) fn columns<R: Read + Seek>(
    source: &mut R,
    directory: &Directory,
    wanted: impl Fn(&str) -> bool,
) -> Result<People, StoreError> {
    let mut reader = Reader { source, directory };
    let mut people = People::default();
    let rows = directory.rows();
    people.flags = reader.rows(columns::FLAGS, |[byte]| byte)?;
    if wanted(columns::CHANNELS) {
        people.channels = reader.channels()?;
    }
    if wanted(columns::COHORTS) {
        people.cohorts = reader.rows(columns::COHORTS, |[byte]| byte)?;
        check(people.cohorts.iter().all(|cohort| *cohort < 100), columns::COHORTS)?;
    }
    if wanted(columns::EFFECTIVE) {
        people.effective = reader.rows(columns::EFFECTIVE, i64::from_le_bytes)?;
    }
    for (name, dates) in [(columns::CREATED, &mut people.created), (columns::ACTIVE, &mut people.active)] {
        if wanted(name) {
            *dates = reader.numbers(name, Kind::Numbers, i64::from_le_bytes)?;
            check(dates.len() <= rows, name)?;
        }
    }
    for (name, tenths) in [(columns::LATITUDES, &mut people.latitudes), (columns::LONGITUDES, &mut people.longitudes)] {
        if wanted(name) {
            *tenths = reader.rows(name, i16::from_le_bytes)?;
        }
    }
    if wanted(columns::IDS) {
        people.ids.set_texts(reader.texts(columns::IDS)?);
        check(people.ids.len() == rows, columns::IDS)?;
    }
    if wanted(columns::ADDRESSES) {
        people.addresses = reader.texts(columns::ADDRESSES)?;
        people.address_of = reader.numbers_below(columns::ADDRESSES, people.addresses.len())?;
    }
    if wanted(columns::USERS) {
        people.users.set_texts(reader.texts(columns::USERS)?);
        people.user_of = reader.numbers_below(columns::USER_OF, people.users.len())?;
    } else if wanted(columns::USER_OF) {
        people.user_of = reader.rows(columns::USER_OF, u32::from_le_bytes)?;
    }
    for ((field, _, _), column) in Field::ALL.iter().zip(&mut people.fields) {
        if wanted(&field.path()) {
            *column = reader.column(&field.path())?;
        }
    }
    for section in directory.sections.iter().filter(|section| section.kind == Kind::Numbers as u8) {
        let name = section.name.as_str();
        if !wanted(name) {
            continue;
        }
        if let Some(attribute) = name.strip_prefix("Attributes.") {
            *people.attributes.column(attribute, None) = reader.column(name)?;
        } else if let Some(attribute) = name.strip_prefix("User.UserAttributes.") {
            *people.user_attributes.column(attribute, None) = reader.column(name)?;
        } else if let Some(metric) = name.strip_prefix("Metrics.") {
            let values = reader.numbers(name, Kind::Numbers, f64::from_le_bytes)?;
            check(values.len() <= rows, name)?;
            *people.metrics.column(metric, None) = values;
        }
    }
    Ok(people)
}

/// Makes people that have all columns as they were: what is known is found again, and users have their rows.
pub(super) fn index(people: &mut People) -> Result<(), StoreError> {
    check(people.ids.index(), columns::IDS)?;
    check(people.users.index(), columns::USERS)?;
    people.fields.iter_mut().for_each(Column::index);
    people.attributes.columns_mut().for_each(Column::index);
    people.user_attributes.columns_mut().for_each(Column::index);
    people.first_of_user = vec![NONE; people.users.len()];
    people.next_of_user = vec![NONE; people.len()];
    for row in (0..people.len()).rev() {
        if let Some(user) = people.user(row) {
            people.next_of_user[row] = std::mem::replace(&mut people.first_of_user[user as usize], row as u32);
        }
        if !people.inactive(row) && people.address_of[row] != NONE {
            people.insert_owner(row);
        }
    }
    people.count_written();
    Ok(())
}

fn check(sound: bool, place: &str) -> Result<(), StoreError> {
    if sound { Ok(()) } else { Err(StoreError::damaged(place)) }
}

struct Reader<'a, R> {
    source: &'a mut R,
    directory: &'a Directory,
}

impl<R: Read + Seek> Reader<'_, R> {
    fn numbers<const N: usize, T>(
        &mut self,
        name: &str,
        kind: Kind,
        decode: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, StoreError> {
        let section = self.directory.find(name, kind).ok_or_else(|| StoreError::damaged(name))?;
        numbers(self.source, section, decode)
    }

    /// One number a row.
    fn rows<const N: usize, T>(&mut self, name: &str, decode: fn([u8; N]) -> T) -> Result<Vec<T>, StoreError> {
        let numbers = self.numbers(name, Kind::Numbers, decode)?;
        check(numbers.len() == self.directory.rows(), name)?;
        Ok(numbers)
    }

    /// One number below a limit, or none, a row.
    fn numbers_below(&mut self, name: &str, limit: usize) -> Result<Vec<u32>, StoreError> {
        let numbers = self.rows(name, u32::from_le_bytes)?;
        check(numbers.iter().all(|number| (*number as usize) < limit || *number == NONE), name)?;
        Ok(numbers)
    }

    fn channels(&mut self) -> Result<Vec<u8>, StoreError> {
        let words = self.texts(columns::CHANNEL_WORDS)?;
        let mut codes = [NO_CHANNEL; 256];
        for (number, code) in codes.iter_mut().enumerate().take(words.len().min(NO_CHANNEL as usize)) {
            let word = ChannelType::parse(words.get(number as u32));
            *code = word.ok_or_else(|| StoreError::damaged(columns::CHANNEL_WORDS))? as u8;
        }
        let mut channels = self.rows(columns::CHANNELS, |[byte]| byte)?;
        channels.iter_mut().for_each(|channel| *channel = codes[*channel as usize]);
        Ok(channels)
    }

    fn texts(&mut self, name: &str) -> Result<Texts, StoreError> {
        let bytes = self.numbers(name, Kind::Texts, |[byte]| byte)?;
        let ends = self.numbers(name, Kind::TextEnds, u32::from_le_bytes)?;
        Texts::of(bytes, ends).ok_or_else(|| StoreError::damaged(name))
    }

    fn column(&mut self, name: &str) -> Result<Column, StoreError> {
        let elements = self.texts(name)?;
        let ends = self.numbers(name, Kind::ListEnds, u32::from_le_bytes)?;
        let section = self.directory.find(name, Kind::Numbers).ok_or_else(|| StoreError::damaged(name))?;
        let codes = match section.width {
            1 => Codes::Narrow(numbers(self.source, section, |[byte]| byte)?),
            2 => Codes::Middle(numbers(self.source, section, u16::from_le_bytes)?),
            _ => Codes::Wide(numbers(self.source, section, u32::from_le_bytes)?),
        };
        Column::of(elements, ends, codes).ok_or_else(|| StoreError::damaged(name))
    }
}
