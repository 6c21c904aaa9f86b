//! The store of endpoints: one column per member, each text kept once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use model::time::Millis;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::Value;

use crate::audience::Members;
use crate::codes::put;
use crate::column::{Column, Values};
use crate::draft::{Draft, Field, Owner, RowProblem};
use crate::index::Index;
use crate::named::Named;
use crate::row::Row;
use crate::texts::{Distinct, Texts};
use crate::write::NewRows;

/// The flag of an endpoint with `OptOut` `ALL`.
pub(crate) const OPTED_OUT: u8 = 1;
/// The flag of an endpoint with `EndpointStatus` `INACTIVE`.
pub(crate) const INACTIVE: u8 = 2;
/// No channel, no user, no address, no date, no coordinate, no following row.
pub(crate) const NO_CHANNEL: u8 = u8::MAX;
pub(crate) const NONE: u32 = u32::MAX;
pub(crate) const NO_DATE: Millis = Millis::MIN;
pub(crate) const NO_DEGREES: i16 = i16::MIN;

/// The names of columns where they are stored and where an audience says which it looks at. Attributes, metrics and members
/// with texts have their dotted names.
pub(crate) mod columns {
    pub(crate) const CHANNEL_WORDS: &str = "channel words";
    pub(crate) const CHANNELS: &str = "channels";
    pub(crate) const FLAGS: &str = "flags";
    pub(crate) const COHORTS: &str = "cohorts";
    pub(crate) const EFFECTIVE: &str = "effective";
    pub(crate) const CREATED: &str = "created";
    pub(crate) const ACTIVE: &str = "active";
    pub(crate) const LATITUDES: &str = "latitudes";
    pub(crate) const LONGITUDES: &str = "longitudes";
    pub(crate) const IDS: &str = "ids";
    pub(crate) const ADDRESSES: &str = "addresses";
    pub(crate) const USERS: &str = "users";
    pub(crate) const USER_OF: &str = "user of";

    pub(crate) fn metric(name: &str) -> String {
        format!("Metrics.{name}")
    }
}

/// Endpoints by rows from 0, and the users they belong to.
///
/// Columnar and interned: a million endpoints of twenty-five members take about 140 MB. A row never moves and is never
/// taken away; writing an id again changes its row.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Endpoint ids; the number of an id is its row.
    pub(crate) ids: Distinct,
    pub(crate) channels: Vec<u8>,
    pub(crate) flags: Vec<u8>,
    pub(crate) cohorts: Vec<u8>,
    pub(crate) effective: Vec<Millis>,
    pub(crate) created: Vec<Millis>,
    pub(crate) active: Vec<Millis>,
    /// Tenths of a degree: coordinates are stored rounded to one decimal (segments-and-endpoints.md 1).
    pub(crate) latitudes: Vec<i16>,
    pub(crate) longitudes: Vec<i16>,
    pub(crate) addresses: Texts,
    pub(crate) address_of: Vec<u32>,
    /// By (channel, address): every active row that has an address.
    pub(crate) owners: Index,
    /// User ids; an endpoint with user attributes but without user id has a nameless user of its own.
    pub(crate) users: Distinct,
    pub(crate) user_of: Vec<u32>,
    /// By user: its first row. By row: the next row of the same user, always a later one.
    pub(crate) first_of_user: Vec<u32>,
    pub(crate) next_of_user: Vec<u32>,
    pub(crate) fields: [Column; Field::COUNT],
    pub(crate) attributes: Named<Column>,
    /// By user, not by row.
    pub(crate) user_attributes: Named<Column>,
    pub(crate) metrics: Named<Vec<f64>>,
    /// Lists of imported segments, by the references that name them.
    lists: BTreeMap<String, Arc<Members>>,
    /// At least the bytes of the fullest arena: all that was written since it was last counted.
    pub(crate) written: usize,
}

impl People {
    /// How many endpoints.
    pub fn len(&self) -> usize {
        self.flags.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes an endpoint as `UpdateEndpoint` does (segments-and-endpoints.md 1.1 to 1.3): a known id is merged into its
    /// row, others get a new one. Answers the row.
    ///
    /// The id is `id`, else the `Id` in `endpoint` (an `EndpointRequest`, `EndpointBatchItem` or `EndpointResponse`),
    /// else [`stable_id`] of what it is about. Members that endpoints do not have are ignored.
    ///
    /// # Errors
    /// A member of the wrong type, an unknown word, or a limit (N001 to N004); nothing is stored then.
    pub fn push(&mut self, id: Option<&str>, endpoint: &Value) -> Result<usize, RowProblem> {
        let mut draft = Draft::of(endpoint)?;
        if let Some(id) = id {
            draft.id = Some(Cow::Borrowed(id));
        }
        self.write(&draft, NewRows::Any)
    }

    /// Notes that the endpoint was heard of at `at` (PutEvents): recency looks at the later of this and `EffectiveDate`.
    pub fn touch(&mut self, row: usize, at: Millis) {
        let last = self.last_activity(row).unwrap_or(NO_DATE);
        put(&mut self.active, row, at.max(last), NO_DATE);
    }

    /// Says who is on the list of the imported segment that `segment` means, in whatever ids segments and journeys name it.
    pub fn set_list(&mut self, segment: impl Into<String>, members: Arc<Members>) {
        self.lists.insert(segment.into(), members);
    }

    /// Who is on the list of an imported segment; `None` = it is not known here.
    pub fn list_of(&self, segment: &str) -> Option<&Members> {
        self.lists.get(segment).map(Arc::as_ref)
    }

    /// Takes over the lists of other people's imported segments.
    pub fn set_lists_of(&mut self, others: &People) {
        self.lists.clone_from(&others.lists);
    }

    /// The endpoint of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, row: usize) -> Row<'_> {
        assert!(row < self.len(), "row {row} of {}", self.len());
        Row::new(self, row)
    }

    /// All endpoints, by row.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|row| Row::new(self, row))
    }

    /// The row of an endpoint id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.ids.find(id).map(|row| row as usize)
    }

    /// The rows of a user's endpoints, in order; empty for an unknown user.
    pub fn of_user(&self, user_id: &str) -> Vec<usize> {
        match self.users.find(user_id) {
            Some(user) => self.rows_of(user).collect(),
            None => Vec::new(),
        }
    }

    /// The rows of all endpoints of the user of a row, itself included, in order; just itself when it has no user.
    pub fn companions(&self, row: usize) -> Vec<usize> {
        match self.user(row) {
            Some(user) => self.rows_of(user).collect(),
            None => vec![row],
        }
    }

    /// As [`companions`](People::companions), into a list that the caller keeps: what is in it goes, nothing is allocated
    /// once it has room for a user's endpoints.
    pub fn companions_into(&self, row: usize, rows: &mut Vec<u32>) {
        rows.clear();
        let mut next = self.first_companion(row);
        while next != NONE {
            rows.push(next);
            next = self.next_of_user[next as usize];
        }
    }

    /// The first row of the user of a row; itself when it has no user. Takes the same time for every user.
    pub fn first_companion(&self, row: usize) -> u32 {
        self.user(row).map_or(row as u32, |user| self.first_of_user[user as usize])
    }

    /// Whether no other endpoint of the row's user comes before it: walking the rows for which this holds meets every user
    /// once, and every endpoint without user.
    pub fn is_first_companion(&self, row: usize) -> bool {
        self.first_companion(row) as usize == row
    }

    /// Every [`Row::user_number`] is below this.
    pub fn user_count(&self) -> usize {
        self.users.len()
    }

    /// Every [`Row::timezone_id`] is below this.
    pub fn timezone_count(&self) -> usize {
        self.fields[Field::Timezone as usize].code_count()
    }

    /// The rows of a user by number, in order.
    pub(crate) fn rows_of(&self, user: u32) -> impl Iterator<Item = usize> + Clone {
        let next = |row: u32| Some(row).filter(|row| *row != NONE);
        let first = next(self.first_of_user[user as usize]);
        std::iter::successors(first, move |row| next(self.next_of_user[*row as usize])).map(|row| row as usize)
    }

    /// The dotted names of all attributes, user attributes and metrics that any endpoint has had, sorted:
    /// `Attributes.Plan`, `Metrics.purchases`, `User.UserAttributes.FirstName`.
    pub fn attribute_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.attributes.names().map(|name| Owner::Endpoint.path(name)).collect();
        paths.extend(self.metrics.names().map(|name| format!("Metrics.{name}")));
        paths.extend(self.user_attributes.names().map(|name| Owner::User.path(name)));
        paths.sort();
        paths
    }

    /// Gives back memory that was kept for more rows.
    pub fn shrink(&mut self) {
        self.ids.shrink();
        self.users.shrink();
        self.addresses.shrink();
        for numbers in [&mut self.address_of, &mut self.user_of, &mut self.first_of_user, &mut self.next_of_user] {
            numbers.shrink_to_fit();
        }
        for bytes in [&mut self.channels, &mut self.flags, &mut self.cohorts] {
            bytes.shrink_to_fit();
        }
        for dates in [&mut self.effective, &mut self.created, &mut self.active] {
            dates.shrink_to_fit();
        }
        self.latitudes.shrink_to_fit();
        self.longitudes.shrink_to_fit();
        self.fields.iter_mut().for_each(Column::shrink);
        self.attributes.columns_mut().for_each(Column::shrink);
        self.user_attributes.columns_mut().for_each(Column::shrink);
        self.metrics.columns_mut().for_each(Vec::shrink_to_fit);
    }

    // What a row reads; `row` is always one of ours.

    pub(crate) fn id(&self, row: usize) -> &str {
        self.ids.get(row as u32)
    }

    pub(crate) fn channel_code(&self, row: usize) -> u8 {
        self.channels[row]
    }

    pub(crate) fn channel(&self, row: usize) -> Option<ChannelType> {
        ChannelType::ALL.get(self.channels[row] as usize).copied()
    }

    #[inline]
    pub(crate) fn has_address(&self, row: usize) -> bool {
        self.address_of[row] != NONE
    }

    pub(crate) fn address(&self, row: usize) -> Option<&str> {
        let number = self.address_of[row];
        (number != NONE).then(|| self.addresses.get(number))
    }

    /// The user of a row, nameless ones included.
    pub(crate) fn user(&self, row: usize) -> Option<u32> {
        Some(self.user_of[row]).filter(|user| *user != NONE)
    }

    pub(crate) fn user_id(&self, row: usize) -> Option<&str> {
        self.user(row).map(|user| self.users.get(user)).filter(|id| !id.is_empty())
    }

    pub(crate) fn opted_out(&self, row: usize) -> bool {
        self.flags[row] & OPTED_OUT != 0
    }

    pub(crate) fn inactive(&self, row: usize) -> bool {
        self.flags[row] & INACTIVE != 0
    }

    pub(crate) fn cohort(&self, row: usize) -> u8 {
        self.cohorts[row]
    }

    pub(crate) fn effective(&self, row: usize) -> Option<Millis> {
        date(&self.effective, row)
    }

    pub(crate) fn created(&self, row: usize) -> Option<Millis> {
        date(&self.created, row)
    }

    /// The later of the last event and `EffectiveDate` (segments-and-endpoints.md 2.1, chosen).
    pub(crate) fn last_activity(&self, row: usize) -> Option<Millis> {
        self.effective(row).map(|at| at.max(date(&self.active, row).unwrap_or(at)))
    }

    pub(crate) fn latitude(&self, row: usize) -> Option<f64> {
        degrees(self.latitudes[row])
    }

    pub(crate) fn longitude(&self, row: usize) -> Option<f64> {
        degrees(self.longitudes[row])
    }

    pub(crate) fn field(&self, row: usize, field: Field) -> Option<&str> {
        self.fields[field as usize].get(row).first()
    }

    pub(crate) fn field_column(&self, field: Field) -> &Column {
        &self.fields[field as usize]
    }

    pub(crate) fn list_column(&self, owner: Owner, name: &str) -> Option<&Column> {
        match owner {
            Owner::Endpoint => self.attributes.get(name),
            Owner::User => self.user_attributes.get(name),
        }
    }

    pub(crate) fn list(&self, row: usize, owner: Owner, name: &str) -> Values<'_> {
        match (self.list_column(owner, name), owner) {
            (Some(column), Owner::Endpoint) => column.get(row),
            (Some(column), Owner::User) => self.user(row).map_or(Values::NONE, |user| column.get(user as usize)),
            (None, _) => Values::NONE,
        }
    }

    /// All lists of a row that are not empty, in the order in which the names were first seen.
    pub(crate) fn lists(&self, row: usize, owner: Owner) -> impl Iterator<Item = (&str, Values<'_>)> {
        let names = match owner {
            Owner::Endpoint => self.attributes.names(),
            Owner::User => self.user_attributes.names(),
        };
        names.map(move |name| (name, self.list(row, owner, name))).filter(|(_, list)| !list.is_empty())
    }

    pub(crate) fn metric_column(&self, name: &str) -> Option<&[f64]> {
        self.metrics.get(name).map(Vec::as_slice)
    }

    pub(crate) fn metric(&self, row: usize, name: &str) -> Option<f64> {
        self.metric_column(name)?.get(row).copied().filter(|value| !value.is_nan())
    }

    pub(crate) fn metrics(&self, row: usize) -> impl Iterator<Item = (&str, f64)> {
        self.metrics.names().filter_map(move |name| Some((name, self.metric(row, name)?)))
    }
}

/// The id of an endpoint that came without one: a hash of (channel, address, user id), so that importing a file again
/// changes its endpoints and adds none (segments-and-endpoints.md 3, chosen). 32 lower-case hex digits, the same on
/// every machine.
pub fn stable_id(channel: Option<ChannelType>, address: Option<&str>, user_id: Option<&str>) -> String {
    // FNV-1a with 128 bits; a byte that UTF-8 never has stands between the parts.
    let mut state: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for part in [channel.map(|word| word.as_str()), address, user_id] {
        for byte in part.unwrap_or_default().bytes().chain([0xff]) {
            state = (state ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
    format!("{state:032x}")
}

fn date(dates: &[Millis], row: usize) -> Option<Millis> {
    dates.get(row).copied().filter(|at| *at != NO_DATE)
}

fn degrees(tenths: i16) -> Option<f64> {
    (tenths != NO_DEGREES).then(|| f64::from(tenths) / 10.0)
}
