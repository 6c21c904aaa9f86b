//! The store of endpoints: one column per member, each text kept once.

use std::borrow::Cow;

use hashbrown::HashTable;
use model::time::Millis;
use model::view::Word;
use model::wire::ChannelType;
use serde_json::Value;

use crate::column::{Column, Values};
use crate::draft::{Draft, Field, Owner, RowProblem};
use crate::row::Row;
use crate::texts::{Distinct, Texts, hash};

/// Most different names of attributes, user attributes and metrics together (segments-and-endpoints.md 1, N002).
const MAX_NAMES: usize = 250;
/// Most bytes of text in one arena; the numbers in it have 32 bits.
const MAX_ARENA: usize = u32::MAX as usize - (1 << 20);

/// The flag of an endpoint with `OptOut` `ALL`.
const OPTED_OUT: u8 = 1;
/// The flag of an endpoint with `EndpointStatus` `INACTIVE`.
const INACTIVE: u8 = 2;
/// No channel, no user, no address, no date, no coordinate, no following row.
pub(crate) const NO_CHANNEL: u8 = u8::MAX;
const NONE: u32 = u32::MAX;
const NO_DATE: Millis = Millis::MIN;
const NO_DEGREES: i16 = i16::MIN;

/// Endpoints by rows from 0, and the users they belong to.
///
/// Columnar and interned: a million endpoints of twenty-five members take about 200 MB. A row never moves and is never
/// taken away; writing an id again changes its row.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Endpoint ids; the number of an id is its row.
    ids: Distinct,
    channels: Vec<u8>,
    flags: Vec<u8>,
    cohorts: Vec<u8>,
    effective: Vec<Millis>,
    created: Vec<Millis>,
    active: Vec<Millis>,
    /// Tenths of a degree: coordinates are stored rounded to one decimal (segments-and-endpoints.md 1).
    latitudes: Vec<i16>,
    longitudes: Vec<i16>,
    addresses: Texts,
    address_of: Vec<u32>,
    /// The row that owns each (channel, address): the one written last.
    owners: HashTable<u32>,
    /// User ids; an endpoint with user attributes but without user id has a nameless user of its own.
    users: Distinct,
    user_of: Vec<u32>,
    /// By user: its first row. By row: the next row of the same user, always a later one.
    first_of_user: Vec<u32>,
    next_of_user: Vec<u32>,
    fields: [Column; Field::COUNT],
    attributes: Named<Column>,
    /// By user, not by row.
    user_attributes: Named<Column>,
    metrics: Named<Vec<f64>>,
}

impl People {
    /// How many endpoints.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes an endpoint as `UpdateEndpoint` does (segments-and-endpoints.md 1.1, 1.2): a known id is merged into its
    /// row, others get a new one. Answers the row.
    ///
    /// The id is `id`, else the `Id` in `endpoint` (an `EndpointRequest`, `EndpointBatchItem` or `EndpointResponse`),
    /// else [`stable_id`] of what it is about. Members that endpoints do not have are ignored.
    ///
    /// # Errors
    /// A member of the wrong type, an unknown word, or a limit (N001, N002, N004); nothing is stored then.
    pub fn push(&mut self, id: Option<&str>, endpoint: &Value) -> Result<usize, RowProblem> {
        let mut draft = Draft::of(endpoint)?;
        if let Some(id) = id {
            draft.id = Some(Cow::Borrowed(id));
        }
        self.write(&draft)
    }

    /// Notes that the endpoint was heard of at `at` (PutEvents): recency looks at the later of this and `EffectiveDate`.
    pub fn touch(&mut self, row: usize, at: Millis) {
        let last = self.last_activity(row).unwrap_or(NO_DATE);
        put(&mut self.active, row, at.max(last), NO_DATE);
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
            Some(user) => self.of_user_number(user),
            None => Vec::new(),
        }
    }

    /// The rows of all endpoints of the user of a row, itself included, in order; just itself when it has no user.
    pub fn companions(&self, row: usize) -> Vec<usize> {
        match self.user(row) {
            Some(user) => self.of_user_number(user),
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

    fn of_user_number(&self, user: u32) -> Vec<usize> {
        let mut rows = Vec::new();
        let mut next = self.first_of_user[user as usize];
        while next != NONE {
            rows.push(next as usize);
            next = self.next_of_user[next as usize];
        }
        rows
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
        self.attributes.columns.iter_mut().for_each(|(_, column)| column.shrink());
        self.user_attributes.columns.iter_mut().for_each(|(_, column)| column.shrink());
        self.metrics.columns.iter_mut().for_each(|(_, column)| column.shrink_to_fit());
    }

    /// Writes a draft, whole or not at all; answers its row.
    pub(crate) fn write(&mut self, draft: &Draft<'_>) -> Result<usize, RowProblem> {
        draft.check()?;
        self.check_room(draft)?;
        let made_up;
        let id: &str = match &draft.id {
            Some(id) if !id.is_empty() => id,
            _ => {
                made_up = stable_id(draft.channel, draft.address.as_deref(), draft.user_id.as_deref());
                &made_up
            }
        };
        let (row, new) = self.ids.insert(id);
        let row = row as usize;
        if new {
            self.channels.push(NO_CHANNEL);
            self.flags.push(0);
            self.cohorts.push((hash(id) >> 32) as u8 % 100);
            self.effective.push(NO_DATE);
            self.latitudes.push(NO_DEGREES);
            self.longitudes.push(NO_DEGREES);
            self.address_of.push(NONE);
            self.user_of.push(NONE);
            self.next_of_user.push(NONE);
        }
        if let Some(channel) = draft.channel {
            self.channels[row] = channel as u8;
        }
        if let Some(opted_out) = draft.opted_out {
            self.flag(row, OPTED_OUT, opted_out);
        }
        // Every write makes an endpoint active, unless it says otherwise (segments-and-endpoints.md 1).
        self.flag(row, INACTIVE, draft.inactive.unwrap_or(false));
        if let Some(cohort) = draft.cohort {
            self.cohorts[row] = cohort;
        }
        if let Some(at) = draft.effective {
            self.effective[row] = at;
        }
        if let Some(at) = draft.created {
            put(&mut self.created, row, at, NO_DATE);
        }
        if let Some(degrees) = draft.latitude {
            self.latitudes[row] = tenths(degrees);
        }
        if let Some(degrees) = draft.longitude {
            self.longitudes[row] = tenths(degrees);
        }
        for (column, text) in self.fields.iter_mut().zip(&draft.fields) {
            if let Some(text) = text {
                column.set(row, std::slice::from_ref(text));
            }
        }
        if let Some(address) = draft.address.as_deref().filter(|address| !address.is_empty())
            && self.address(row) != Some(address)
        {
            self.address_of[row] = self.addresses.push(address);
        }
        if draft.address.is_some() || draft.channel.is_some() {
            self.own_address(row);
        }
        match draft.user_id.as_deref() {
            Some("") => self.leave_user(row),
            Some(user_id) => self.join_user(row, user_id),
            None => {}
        }
        for (owner, name, range) in &draft.lists {
            let list = &draft.values[range.clone()];
            match owner {
                Owner::Endpoint => self.attributes.column(name).set(row, list),
                Owner::User => {
                    let user = self.user_or_nameless(row);
                    self.user_attributes.column(name).set(user as usize, list);
                }
            }
        }
        for (name, value) in &draft.metrics {
            put(self.metrics.column(name), row, *value, f64::NAN);
        }
        Ok(row)
    }

    fn check_room(&self, draft: &Draft<'_>) -> Result<(), RowProblem> {
        let mut names = self.attributes.columns.len() + self.user_attributes.columns.len() + self.metrics.columns.len();
        for (owner, name, _) in &draft.lists {
            let known = match owner {
                Owner::Endpoint => self.attributes.get(name).is_some(),
                Owner::User => self.user_attributes.get(name).is_some(),
            };
            names += usize::from(!known);
        }
        names += draft.metrics.iter().filter(|(name, _)| self.metrics.get(name).is_none()).count();
        if names > MAX_NAMES {
            let message =
                format!("too many custom attributes: {names} different names, at most {MAX_NAMES} are allowed");
            return Err(RowProblem::new("", message));
        }
        let lists = self.attributes.columns.iter().chain(&self.user_attributes.columns).map(|(_, column)| column);
        let fullest = lists.chain(&self.fields).map(Column::bytes).max().unwrap_or(0);
        if fullest.max(self.ids.bytes()).max(self.addresses.bytes()).max(self.users.bytes()) > MAX_ARENA {
            return Err(RowProblem::new("", "there are too many endpoints to hold in memory"));
        }
        Ok(())
    }

    fn flag(&mut self, row: usize, flag: u8, on: bool) {
        if on {
            self.flags[row] |= flag;
        } else {
            self.flags[row] &= !flag;
        }
    }

    /// Another endpoint of the same channel with the same address becomes inactive (segments-and-endpoints.md 1.2).
    fn own_address(&mut self, row: usize) {
        if self.address_of[row] == NONE {
            return;
        }
        let channel = self.channels[row];
        let (channels, addresses, address_of) = (&self.channels, &self.addresses, &self.address_of);
        let text = |row: u32| addresses.get(address_of[row as usize]);
        let address = text(row as u32);
        let key = address_hash(channel, address);
        let owner = self.owners.entry(
            key,
            |other| channels[*other as usize] == channel && text(*other) == address,
            |other| address_hash(channels[*other as usize], text(*other)),
        );
        match owner {
            hashbrown::hash_table::Entry::Vacant(free) => {
                free.insert(row as u32);
            }
            hashbrown::hash_table::Entry::Occupied(mut taken) => {
                let other = std::mem::replace(taken.get_mut(), row as u32);
                if other as usize != row {
                    self.flags[other as usize] |= INACTIVE;
                }
            }
        }
    }

    fn new_user(&mut self, user: u32) {
        debug_assert_eq!(user as usize, self.first_of_user.len(), "users are numbered as they come");
        self.first_of_user.push(NONE);
    }

    fn user_or_nameless(&mut self, row: usize) -> u32 {
        if self.user_of[row] == NONE {
            let user = self.users.insert_nameless();
            self.new_user(user);
            self.user_of[row] = user;
            self.first_of_user[user as usize] = row as u32;
        }
        self.user_of[row]
    }

    /// Moves the endpoint to the user. What it knew of its nameless user fills gaps (segments-and-endpoints.md 1.1, chosen).
    fn join_user(&mut self, row: usize, user_id: &str) {
        let (user, new) = self.users.insert(user_id);
        if new {
            self.new_user(user);
        }
        let before = self.user_of[row];
        if before == user {
            return;
        }
        if before != NONE && self.users.get(before).is_empty() {
            for (_, column) in &mut self.user_attributes.columns {
                if column.get(user as usize).is_empty() {
                    column.copy(before as usize, user as usize);
                }
            }
        }
        self.leave_user(row);
        self.user_of[row] = user;
        // A user's rows stay in order, so that its first one is known without looking at all.
        let row = row as u32;
        let mut after = self.first_of_user[user as usize];
        if after > row {
            self.first_of_user[user as usize] = row;
        } else {
            let mut before = after;
            while after < row {
                before = after;
                after = self.next_of_user[after as usize];
            }
            self.next_of_user[before as usize] = row;
        }
        self.next_of_user[row as usize] = after;
    }

    fn leave_user(&mut self, row: usize) {
        let user = std::mem::replace(&mut self.user_of[row], NONE);
        if user == NONE {
            return;
        }
        let after = std::mem::replace(&mut self.next_of_user[row], NONE);
        let first = self.first_of_user[user as usize];
        if first == row as u32 {
            self.first_of_user[user as usize] = after;
            return;
        }
        let mut before = first as usize;
        while self.next_of_user[before] != row as u32 {
            before = self.next_of_user[before] as usize;
        }
        self.next_of_user[before] = after;
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
        self.effective(row).max(date(&self.active, row))
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

fn address_hash(channel: u8, address: &str) -> u64 {
    hash(address) ^ u64::from(channel).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn date(dates: &[Millis], row: usize) -> Option<Millis> {
    dates.get(row).copied().filter(|at| *at != NO_DATE)
}

fn tenths(degrees: f64) -> i16 {
    (degrees * 10.0).round() as i16
}

fn degrees(tenths: i16) -> Option<f64> {
    (tenths != NO_DEGREES).then(|| f64::from(tenths) / 10.0)
}

/// Writes to a column that ends with its last value.
fn put<T: Copy>(column: &mut Vec<T>, row: usize, value: T, absent: T) {
    if row >= column.len() {
        column.resize(row + 1, absent);
    }
    column[row] = value;
}

/// Columns with names, in the order of their first appearance; at most [`MAX_NAMES`], so looking through them is quick.
#[derive(Clone, Debug)]
struct Named<C> {
    columns: Vec<(String, C)>,
}

impl<C> Default for Named<C> {
    fn default() -> Self {
        Named { columns: Vec::new() }
    }
}

impl<C: Default> Named<C> {
    fn get(&self, name: &str) -> Option<&C> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    fn column(&mut self, name: &str) -> &mut C {
        let place = match self.columns.iter().position(|(known, _)| known == name) {
            Some(place) => place,
            None => {
                self.columns.push((name.to_owned(), C::default()));
                self.columns.len() - 1
            }
        };
        &mut self.columns[place].1
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }
}
