//! Writing an endpoint (segments-and-endpoints.md 1.1 to 1.3): all of it or, with a problem, nothing.

use std::borrow::Cow;

use crate::codes::put;
use crate::column::Column;
use crate::draft::{Draft, Owner, RowProblem};
use crate::people::{INACTIVE, NO_CHANNEL, NO_DATE, NO_DEGREES, NONE, OPTED_OUT, People, stable_id};
use crate::texts::{Short, hash, same};
use crate::update::{MAX_NAMES, gives_way};

/// Most bytes of text in one arena; the numbers in it have 32 bits.
const MAX_ARENA: usize = u32::MAX as usize - (1 << 20);

/// Which endpoints may be made by a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewRows {
    /// Any: one without address is storable (segments-and-endpoints.md 1).
    Any,
    /// Those with address and channel type, and lines of a user id alone (segments-and-endpoints.md 3).
    Reachable,
}

impl People {
    /// Makes room for more endpoints that come from a text of so many bytes.
    pub(crate) fn reserve(&mut self, rows: usize, bytes: usize) {
        // Ids and addresses take a part of the text that differs from file to file; too little only costs a copy.
        self.ids.reserve(rows, bytes / 32);
        self.users.reserve(rows, bytes / 64);
        self.addresses.reserve(rows, bytes / 32);
        self.owners.reserve(rows);
        for numbers in [&mut self.address_of, &mut self.user_of, &mut self.next_of_user] {
            numbers.reserve(rows);
        }
        for bytes in [&mut self.channels, &mut self.flags, &mut self.cohorts] {
            bytes.reserve(rows);
        }
        self.effective.reserve(rows);
        self.latitudes.reserve(rows);
        self.longitudes.reserve(rows);
    }

    /// Brings near the places in memory that writing the drafts will look at.
    ///
    /// A large store lies in no cache, and a write that looks here and there waits for each place in turn. Asked for
    /// together, the places of many drafts come together.
    pub(crate) fn bring_near(&self, drafts: &[Draft<'_>]) {
        // All hashes first: a processor looks only so far ahead, and should find nothing but places to ask for.
        let ids: Vec<u64> = drafts.iter().filter_map(|draft| draft.id.as_deref()).map(hash).collect();
        let users: Vec<u64> = drafts.iter().filter_map(|draft| draft.user_id.as_deref()).map(hash).collect();
        let address = |draft: &Draft<'_>| Some(address_hash(draft.channel? as u8, draft.address.as_deref()?));
        let addresses: Vec<u64> = drafts.iter().filter_map(address).collect();
        let mut texts: Vec<(&Column, Short)> = Vec::new();
        for draft in drafts {
            let fields = draft.fields.iter().map(|(field, text)| (&self.fields[*field as usize], text));
            let single = draft.lists.iter().filter(|list| list.owner == Owner::Endpoint && list.values.len() == 1);
            let lists =
                single.filter_map(|list| Some((self.attributes.at(list.place?), &draft.values[list.values.start])));
            let far = fields.chain(lists).filter(|(column, _)| column.is_far());
            texts.extend(far.filter_map(|(column, text)| Some((column, Short::of(text)?))));
        }
        let mut seen = 0;
        ids.iter().for_each(|hash| seen ^= self.ids.peek(*hash));
        users.iter().for_each(|hash| seen ^= self.users.peek(*hash));
        addresses.iter().for_each(|hash| seen ^= self.owners.peek(*hash));
        texts.iter().for_each(|(column, short)| seen ^= u64::from(column.peek(*short)));
        // What a known user's number leads to.
        let known: Vec<u32> = users.iter().filter_map(|hash| self.users.guess(*hash)).collect();
        for user in &known {
            let row = self.first_of_user.get(*user as usize).copied().unwrap_or(NONE);
            seen ^= u64::from(row) ^ u64::from(self.users.texts().end(*user));
        }
        for user in &known {
            let row = self.first_of_user.get(*user as usize).copied().unwrap_or(NONE);
            let next = self.next_of_user.get(row as usize).copied().unwrap_or(NONE);
            seen ^= u64::from(next) ^ u64::from(self.users.texts().first_byte(*user));
        }
        std::hint::black_box(seen);
    }

    /// Writes a draft; answers its row.
    pub(crate) fn write(&mut self, draft: &Draft<'_>, new_rows: NewRows) -> Result<usize, RowProblem> {
        let bytes = draft.check()?;
        let id: Cow<'_, str> = match &draft.id {
            Some(id) if !id.is_empty() => Cow::Borrowed(id),
            _ => stable_id(draft.channel, draft.address.as_deref(), draft.user_id.as_deref()).into(),
        };
        let hash_of_id = hash(&id);
        let known = self.ids.find_hashed(&id, hash_of_id).map(|row| row as usize);
        if known.is_none() && new_rows == NewRows::Reachable {
            draft.check_reachable()?;
        }
        if self.written > MAX_ARENA - bytes {
            self.count_written();
        }
        self.check_room(draft, bytes)?;
        let joined = draft.user_id.as_deref().filter(|user_id| !user_id.is_empty());
        let hash_of_user = joined.map_or(0, hash);
        let user = joined.and_then(|user_id| self.users.find_hashed(user_id, hash_of_user));
        let gives_way = match user {
            Some(user) => self.check_user(draft, known, user)?,
            None => None,
        };
        self.written += bytes;
        let row = match known {
            Some(row) => row,
            None => self.add(&id, hash_of_id),
        };
        self.write_members(row, draft);
        self.write_address(row, draft);
        if let Some(oldest) = gives_way {
            if !self.inactive(oldest) && self.address_of[oldest] != NONE {
                self.disown_address(oldest);
            }
            self.flag(oldest, INACTIVE, true);
            self.leave_user(oldest);
        }
        match (draft.user_id.as_deref(), user) {
            (None, _) => {}
            (Some(""), _) => self.leave_user(row),
            (Some(_), Some(user)) => self.join_user(row, user),
            (Some(user_id), None) => {
                let user = self.users.add_hashed(user_id, hash_of_user);
                self.new_user(user);
                self.join_user(row, user);
            }
        }
        for list in &draft.lists {
            let values = &draft.values[list.values.clone()];
            match list.owner {
                Owner::Endpoint => self.attributes.column(&list.name, list.place).set(row, values),
                Owner::User => {
                    let user = self.user_or_nameless(row);
                    self.user_attributes.column(&list.name, list.place).set(user as usize, values);
                }
            }
        }
        for metric in &draft.metrics {
            put(self.metrics.column(&metric.name, metric.place), row, metric.value, f64::NAN);
        }
        Ok(row)
    }

    fn add(&mut self, id: &str, hash_of_id: u64) -> usize {
        self.channels.push(NO_CHANNEL);
        self.flags.push(0);
        self.cohorts.push(cohort(id));
        self.effective.push(NO_DATE);
        self.latitudes.push(NO_DEGREES);
        self.longitudes.push(NO_DEGREES);
        self.address_of.push(NONE);
        self.user_of.push(NONE);
        self.next_of_user.push(NONE);
        self.ids.add_hashed(id, hash_of_id) as usize
    }

    fn write_members(&mut self, row: usize, draft: &Draft<'_>) {
        if let Some(opted_out) = draft.opted_out {
            self.flag(row, OPTED_OUT, opted_out);
        }
        if let Some(cohort) = draft.cohort {
            self.cohorts[row] = cohort;
        }
        // The date of the last update; without one the update is of now (segments-and-endpoints.md 1).
        self.effective[row] = draft.effective.unwrap_or(NO_DATE);
        if let Some(at) = draft.created {
            put(&mut self.created, row, at, NO_DATE);
        }
        if let Some(degrees) = draft.latitude {
            self.latitudes[row] = tenths(degrees);
        }
        if let Some(degrees) = draft.longitude {
            self.longitudes[row] = tenths(degrees);
        }
        for (field, text) in &draft.fields {
            self.fields[*field as usize].set(row, std::slice::from_ref(text));
        }
    }

    /// Channel, address and status: another endpoint of the same channel with the same address becomes inactive
    /// (segments-and-endpoints.md 1.2).
    fn write_address(&mut self, row: usize, draft: &Draft<'_>) {
        let was_owner = self.flags[row] & INACTIVE == 0;
        let address = draft.address.as_deref().filter(|address| !address.is_empty());
        let moves = address.is_some_and(|address| self.address(row) != Some(address))
            || draft.channel.is_some_and(|channel| self.channels[row] != channel as u8);
        if moves && was_owner && self.address_of[row] != NONE {
            self.disown_address(row);
        }
        if let Some(channel) = draft.channel {
            self.channels[row] = channel as u8;
        }
        if let Some(address) = address.filter(|address| self.address(row) != Some(address)) {
            self.address_of[row] = self.addresses.push(address);
        }
        // Every write makes an endpoint active, unless it says otherwise (segments-and-endpoints.md 1).
        let inactive = draft.inactive.unwrap_or(false);
        self.flag(row, INACTIVE, inactive);
        if self.address_of[row] == NONE {
            return;
        }
        if draft.address.is_some() || draft.channel.is_some() {
            self.own_address(row, inactive);
        } else if was_owner && inactive {
            self.disown_address(row);
        } else if !was_owner && !inactive {
            self.insert_owner(row);
        }
    }

    /// Puts other owners of the row's address to rest.
    fn own_address(&mut self, row: usize, inactive: bool) {
        let (channel, address) = (self.channels[row], self.addresses.get(self.address_of[row]));
        let key = address_hash(channel, address);
        let is_same = |other: u32| {
            let other = other as usize;
            self.channels[other] == channel && same(self.addresses.get(self.address_of[other]), address)
        };
        while let Some(other) = self.owners.find(key, is_same) {
            self.owners.remove(key, other);
            if other as usize != row {
                self.flags[other as usize] |= INACTIVE;
            }
        }
        if !inactive {
            self.owners.insert(key, row as u32);
        }
    }

    pub(crate) fn insert_owner(&mut self, row: usize) {
        self.owners.insert(self.address_key(row), row as u32);
    }

    /// Before its channel or address changes, or when it is put to rest.
    fn disown_address(&mut self, row: usize) {
        self.owners.remove(self.address_key(row), row as u32);
    }

    fn address_key(&self, row: usize) -> u64 {
        address_hash(self.channels[row], self.addresses.get(self.address_of[row]))
    }

    fn check_room(&self, draft: &Draft<'_>, bytes: usize) -> Result<(), RowProblem> {
        let mut new_names = 0;
        for list in draft.lists.iter().filter(|list| list.place.is_none()) {
            let known = match list.owner {
                Owner::Endpoint => self.attributes.place(&list.name),
                Owner::User => self.user_attributes.place(&list.name),
            };
            new_names += usize::from(known.is_none());
        }
        let unplaced = draft.metrics.iter().filter(|metric| metric.place.is_none());
        new_names += unplaced.filter(|metric| self.metrics.place(&metric.name).is_none()).count();
        let names = self.name_count() + new_names;
        if new_names > 0 && names > MAX_NAMES {
            let message =
                format!("too many custom attributes: {names} different names, at most {MAX_NAMES} are allowed");
            return Err(RowProblem::new("", message));
        }
        if self.written > MAX_ARENA - bytes {
            return Err(RowProblem::new("", "there are too many endpoints to hold in memory"));
        }
        Ok(())
    }

    /// How many different names of attributes, user attributes and metrics there are.
    pub(crate) fn name_count(&self) -> usize {
        self.attributes.len() + self.user_attributes.len() + self.metrics.len()
    }

    /// Counts anew what [`People::written`] holds.
    pub(crate) fn count_written(&mut self) {
        let columns = self.attributes.columns().chain(self.user_attributes.columns()).chain(&self.fields);
        let fullest = columns.map(Column::bytes).max().unwrap_or(0);
        self.written = fullest.max(self.ids.bytes()).max(self.addresses.bytes()).max(self.users.bytes());
    }

    /// Whether the user that the draft names has room for the endpoint; the row that gives way where it has none
    /// (segments-and-endpoints.md 1.3).
    fn check_user(&self, draft: &Draft<'_>, known: Option<usize>, user: u32) -> Result<Option<usize>, RowProblem> {
        if known.is_some_and(|row| self.user(row) == Some(user)) {
            return Ok(None);
        }
        let channel = draft.channel.or_else(|| self.channel(known?));
        gives_way(channel, self.rows_of(user).map(|row| (row, self.channel(row), self.effective(row))))
    }

    fn flag(&mut self, row: usize, flag: u8, on: bool) {
        if on {
            self.flags[row] |= flag;
        } else {
            self.flags[row] &= !flag;
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
    fn join_user(&mut self, row: usize, user: u32) {
        let before = self.user_of[row];
        if before == user {
            return;
        }
        if before != NONE && self.users.get(before).is_empty() {
            for column in self.user_attributes.columns_mut() {
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
}

/// The cohort of an endpoint id, 0 to 99: fixed, the same on every machine, and about one in a hundred each
/// (segments-and-endpoints.md 1).
pub fn cohort(id: &str) -> u8 {
    // FNV-1a, and its bits mixed once more: the hash of the indexes is as wide as the machine's words.
    let sum = id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (sum ^ sum >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (((mixed >> 32) * 100) >> 32) as u8
}

fn address_hash(channel: u8, address: &str) -> u64 {
    hash(address) ^ u64::from(channel).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn tenths(degrees: f64) -> i16 {
    (degrees * 10.0).round() as i16
}
