//! Who travels: a user with all endpoints, or one endpoint (journeys.md 2, "Participant").

use audience::{People, Row};

use crate::draw::hash;

/// Most endpoints that opt-outs since then can be told of; a user has at most 15 (segments-and-endpoints.md 1.3).
pub const MAX_TOLD: usize = 64;

/// A participant as the driver knows it at the moment of a step.
#[derive(Clone, Copy, Debug)]
pub struct Participant<'a> {
    /// Where the endpoints are.
    pub people: &'a People,
    /// Its endpoints, as rows of `people`; read again for every step (journeys.md 2).
    pub rows: &'a [u32],
    /// Hash of the participant key, [`Participant::hash_of`].
    pub hash: u64,
    /// Hashes of the endpoints' ids in the order of `rows`, where the driver keeps them; empty = worked out when needed.
    pub ids: &'a [u64],
    /// Bit n: endpoint `rows[n]` has opted out since `people` was written.
    pub opted_out: u64,
}

impl<'a> Participant<'a> {
    /// The participant with these endpoints, which are all of one user or a single one.
    pub fn of(people: &'a People, rows: &'a [u32]) -> Participant<'a> {
        let hash = rows.first().map_or(0, |row| Participant::hash_of(people.row(*row as usize)));
        Participant { people, rows, hash, ids: &[], opted_out: 0 }
    }

    /// The participant key: `user:ID` where the endpoint has a `User.UserId`, else `endpoint:ID` (journeys.md 2, chosen).
    pub fn key_of(row: Row<'_>) -> String {
        match row.user_id() {
            Some(user) => format!("user:{user}"),
            None => format!("endpoint:{}", row.id()),
        }
    }

    /// The hash of the participant key.
    pub fn hash_of(row: Row<'_>) -> u64 {
        match row.user_id() {
            Some(user) => hash(&["user:", user]),
            None => hash(&["endpoint:", row.id()]),
        }
    }

    /// The hash of an endpoint's id, by which a state knows it.
    pub fn hash_of_endpoint(row: Row<'_>) -> u64 {
        hash(&[row.id()])
    }

    #[inline]
    pub(crate) fn endpoint_hash(&self, place: usize, row: Row<'_>) -> u64 {
        self.ids.get(place).copied().unwrap_or_else(|| Participant::hash_of_endpoint(row))
    }

    /// Whether the endpoint at a place in `rows` is opted out or inactive.
    pub(crate) fn silent(&self, place: usize, row: Row<'_>) -> bool {
        row.opted_out() || row.inactive() || self.told_opted_out(place)
    }

    pub(crate) fn told_opted_out(&self, place: usize) -> bool {
        place < MAX_TOLD && self.opted_out & (1 << place) != 0
    }

    pub(crate) fn endpoints(&self) -> impl Iterator<Item = (usize, u32, Row<'a>)> {
        let people = self.people;
        let known = people.len();
        self.rows
            .iter()
            .enumerate()
            .filter(move |(_, row)| (**row as usize) < known)
            .map(move |(place, row)| (place, *row, people.row(*row as usize)))
    }
}
