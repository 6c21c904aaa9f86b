//! One update of an endpoint: checked once, then merged into an endpoint wherever it is kept (segments-and-endpoints.md 1).
//!
//! [`People`](crate::People) keeps endpoints in columns, a server keeps them as JSON. Both read the same update, with the
//! same limits and the same answer to a sixteenth endpoint of a user.

use model::time::{Millis, format_instant};
use model::view::Word;
use model::wire::ChannelType;
use serde_json::{Map, Value};

use crate::draft::{Draft, Field, Owner, RowProblem};
use crate::people::stable_id;
use crate::row::number;

/// Most different names of attributes, user attributes and metrics of a project together (N002).
pub const MAX_NAMES: usize = 250;
/// Most endpoints of a user (segments-and-endpoints.md 1.3, N003).
pub const MAX_OF_USER: usize = 15;
/// Largest endpoint, in bytes (segments-and-endpoints.md 1, N001).
pub const MAX_ENDPOINT_BYTES: usize = 15 * 1024;

/// What a request or a row of a file says about an endpoint: an `EndpointRequest`, `EndpointBatchItem` or `PublicEndpoint`
/// within its limits (N001, N004).
#[derive(Clone, Debug, Default)]
pub struct Update<'a> {
    draft: Draft<'a>,
    /// Where members come from that endpoints do not have; `None` = they are left out.
    given: Option<&'a Map<String, Value>>,
}

impl<'a> Update<'a> {
    /// Reads a request.
    ///
    /// # Errors
    /// A member of the wrong type, an unknown word, or a limit (N001, N004).
    pub fn of(request: &'a Value) -> Result<Update<'a>, RowProblem> {
        let draft = Draft::of(request)?;
        draft.check()?;
        Ok(Update { draft, given: request.as_object() })
    }

    pub(crate) fn of_row(mut draft: Draft<'a>) -> Result<Update<'a>, RowProblem> {
        draft.check()?;
        // `EndpointStatus` can not be imported (segments-and-endpoints.md 3).
        draft.inactive = None;
        Ok(Update { draft, given: None })
    }

    /// `Id`, when it is given and not empty.
    pub fn id(&self) -> Option<&str> {
        self.draft.id.as_deref().filter(|id| !id.is_empty())
    }

    /// The id of an endpoint that is given none, see [`stable_id`].
    pub fn stable_id(&self) -> String {
        stable_id(self.draft.channel, self.draft.address.as_deref(), self.draft.user_id.as_deref())
    }

    /// `ChannelType`
    pub fn channel(&self) -> Option<ChannelType> {
        self.draft.channel
    }

    /// `Address`, when it is given and not empty.
    pub fn address(&self) -> Option<&str> {
        self.draft.address.as_deref().filter(|address| !address.is_empty())
    }

    /// `User.UserId`; empty = the endpoint leaves its user (segments-and-endpoints.md 1.1, chosen).
    pub fn user_id(&self) -> Option<&str> {
        self.draft.user_id.as_deref()
    }

    /// The user, when nothing but a user id is given: a line of a users-only file (segments-and-endpoints.md 3).
    pub fn user_alone(&self) -> Option<&str> {
        let draft = &self.draft;
        let alone = draft.id.is_none() && draft.address.is_none() && draft.channel.is_none();
        let alone = alone && draft.lists.is_empty() && draft.metrics.is_empty() && draft.fields.is_empty();
        self.user_id().filter(|user| alone && !user.is_empty())
    }

    /// Whether the endpoint takes its address from others of the same channel type (segments-and-endpoints.md 1.2).
    pub fn claims_address(&self) -> bool {
        self.draft.address.is_some() || self.draft.channel.is_some()
    }

    /// Checks that an import can make a new endpoint of it: address and channel type (segments-and-endpoints.md 3).
    ///
    /// # Errors
    /// The member that is missing.
    pub fn check_address(&self) -> Result<(), RowProblem> {
        self.draft.check_address()
    }

    /// Merges everything but the user into an `EndpointResponse` (segments-and-endpoints.md 1.1): what is not given stays,
    /// a list given replaces the whole list of that name, an empty list or null removes it. Without `EndpointStatus` the
    /// endpoint becomes active, without `EffectiveDate` it is of `now`. Names of attributes and metrics that it did not
    /// have go to `new_names`, in the form `Attributes.NAME`.
    pub fn merge(&self, endpoint: &mut Map<String, Value>, now: Millis, new_names: &mut Vec<String>) {
        let draft = &self.draft;
        if let Some(channel) = draft.channel {
            set(endpoint, "ChannelType", channel.as_str());
        }
        if let Some(address) = self.address() {
            set(endpoint, "Address", address);
        }
        if let Some(opted_out) = draft.opted_out {
            set(endpoint, "OptOut", if opted_out { "ALL" } else { "NONE" });
        }
        set(endpoint, "EndpointStatus", if draft.inactive.unwrap_or(false) { "INACTIVE" } else { "ACTIVE" });
        set(endpoint, "EffectiveDate", &format_instant(draft.effective.unwrap_or(now)));
        for (field, text) in draft.fields.iter().filter(|(field, _)| *field != Field::RequestId) {
            let (_, name, member) = Field::ALL[*field as usize];
            set(object(endpoint, name), member, text);
        }
        for (member, degrees) in [("Latitude", draft.latitude), ("Longitude", draft.longitude)] {
            if let Some(degrees) = degrees {
                // Stored to one decimal (segments-and-endpoints.md 1).
                object(endpoint, "Location").insert(member.into(), number((degrees * 10.0).round() / 10.0));
            }
        }
        if draft.lists.iter().any(|list| list.owner == Owner::Endpoint) {
            self.merge_lists(Owner::Endpoint, "Attributes", object(endpoint, "Attributes"), new_names);
            drop_empty(endpoint, "Attributes");
        }
        if !draft.metrics.is_empty() {
            let metrics = object(endpoint, "Metrics");
            for metric in &draft.metrics {
                if metric.value.is_nan() {
                    metrics.shift_remove(metric.name.as_ref());
                } else if metrics.insert(metric.name.clone().into_owned(), number(metric.value)).is_none() {
                    new_names.push(format!("Metrics.{}", metric.name));
                }
            }
            drop_empty(endpoint, "Metrics");
        }
        self.keep_unknown(endpoint);
    }

    /// Whether it says anything about attributes of the user.
    pub fn has_user_attributes(&self) -> bool {
        self.draft.lists.iter().any(|list| list.owner == Owner::User)
    }

    /// Merges attributes of the user into `UserAttributes`; new names go to `new_names` as `UserAttributes.NAME`.
    pub fn merge_user_attributes(&self, attributes: &mut Map<String, Value>, new_names: &mut Vec<String>) {
        self.merge_lists(Owner::User, "UserAttributes", attributes, new_names);
    }

    fn merge_lists(&self, owner: Owner, kind: &str, target: &mut Map<String, Value>, new_names: &mut Vec<String>) {
        for list in self.draft.lists.iter().filter(|list| list.owner == owner) {
            let values = &self.draft.values[list.values.clone()];
            if values.is_empty() {
                target.shift_remove(list.name.as_ref());
                continue;
            }
            let values: Vec<Value> = values.iter().map(|value| Value::String(value.clone().into_owned())).collect();
            if target.insert(list.name.clone().into_owned(), values.into()).is_none() {
                new_names.push(format!("{kind}.{}", list.name));
            }
        }
    }

    /// Members that the API may have tomorrow stay with the endpoint.
    fn keep_unknown(&self, endpoint: &mut Map<String, Value>) {
        let Some(given) = self.given else { return };
        for name in &self.draft.unknown {
            if let Some(value) = given.get(name) {
                endpoint.insert(name.clone(), value.clone());
            } else if let Some((parent, member)) = name.split_once('.').filter(|(parent, _)| *parent != "User")
                && let Some(value) = given.get(parent).and_then(|parent| parent.get(member))
            {
                object(endpoint, parent).insert(member.to_owned(), value.clone());
            }
        }
    }
}

/// Which endpoint of a user gives way to one that joins with `channel` (segments-and-endpoints.md 1.3): `None` = there is
/// room; else the push endpoint with the oldest `EffectiveDate`, which becomes inactive and leaves the user. `others` are
/// the user's other endpoints in the order of their making; without a date an endpoint is the newest.
///
/// # Errors
/// N003: the user has [`MAX_OF_USER`] endpoints, and none of them gives way.
pub fn gives_way<T>(
    channel: Option<ChannelType>,
    others: impl Iterator<Item = (T, Option<ChannelType>, Option<Millis>)> + Clone,
) -> Result<Option<T>, RowProblem> {
    if others.clone().nth(MAX_OF_USER - 1).is_none() {
        return Ok(None);
    }
    let push = |channel: &Option<ChannelType>| channel.is_some_and(is_push);
    let mut others = others.filter(|(_, other, _)| push(&channel) && push(other));
    let oldest = others.next().map(|first| {
        others.fold(first, |oldest, next| {
            let age = |other: &(T, _, Option<Millis>)| other.2.unwrap_or(Millis::MAX);
            if age(&next) < age(&oldest) { next } else { oldest }
        })
    });
    match oldest {
        Some((oldest, ..)) => Ok(Some(oldest)),
        None => {
            let message = format!("Exceeded maximum endpoint per user count: {MAX_OF_USER}");
            Err(RowProblem::new("User.UserId", message))
        }
    }
}

/// Push endpoints, of which the oldest gives way to a sixteenth (segments-and-endpoints.md 1.3; `APNS_SANDBOX` chosen).
fn is_push(channel: ChannelType) -> bool {
    use ChannelType::{Adm, Apns, ApnsSandbox, ApnsVoip, ApnsVoipSandbox, Baidu, Gcm};
    matches!(channel, Adm | Apns | ApnsSandbox | ApnsVoip | ApnsVoipSandbox | Baidu | Gcm)
}

/// Writes a text where it differs.
fn set(members: &mut Map<String, Value>, name: &str, text: &str) {
    match members.get_mut(name) {
        Some(Value::String(kept)) => {
            if kept != text {
                kept.clear();
                kept.push_str(text);
            }
        }
        Some(other) => *other = text.into(),
        None => {
            members.insert(name.to_owned(), text.into());
        }
    }
}

/// The member `name` as an object that can be changed.
fn object<'m>(members: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let slot = members.entry(name).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    match slot {
        Value::Object(object) => object,
        _ => unreachable!("was made an object above"),
    }
}

fn drop_empty(members: &mut Map<String, Value>, name: &str) {
    if members.get(name).and_then(Value::as_object).is_some_and(Map::is_empty) {
        members.shift_remove(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(endpoint: Value, request: Value) -> (Value, Vec<String>) {
        let Value::Object(mut endpoint) = endpoint else { panic!("an object is expected") };
        let mut names = Vec::new();
        Update::of(&request).unwrap().merge(&mut endpoint, 0, &mut names);
        for own in ["EndpointStatus", "EffectiveDate"] {
            endpoint.shift_remove(own);
        }
        (Value::Object(endpoint), names)
    }

    #[test]
    fn an_update_merges_into_json_as_it_does_into_columns() {
        let before = json!({
            "ChannelType": "EMAIL", "Address": "a@x.example", "Attributes": {"Plan": ["free"], "Old": ["x"]},
            "Metrics": {"visits": 3, "gone": 1}, "Location": {"City": "Kiel"},
        });
        let request = json!({
            "Address": "", "Attributes": {"Plan": "pro", "Old": [], "New": ["1", "2"]}, "OptOut": "ALL",
            "Metrics": {"gone": null, "paid": 1.5}, "Location": {"Latitude": 54.3233, "Moon": 1}, "Tomorrow": [1],
        });
        let (after, names) = merged(before.clone(), request.clone());
        let expected = json!({
            "ChannelType": "EMAIL", "Address": "a@x.example", "Attributes": {"Plan": ["pro"], "New": ["1", "2"]},
            "Metrics": {"visits": 3, "paid": 1.5}, "Location": {"City": "Kiel", "Latitude": 54.3, "Moon": 1},
            "OptOut": "ALL", "Tomorrow": [1],
        });
        assert_eq!(after, expected);
        assert_eq!(names, ["Attributes.New", "Metrics.paid"]);
        // The columns say the same of all that they have a place for.
        let mut people = crate::People::default();
        people.push(Some("e"), &before).unwrap();
        people.push(Some("e"), &request).unwrap();
        let row = people.row(0).to_json();
        for member in ["ChannelType", "Address", "Attributes", "Metrics", "OptOut"] {
            assert_eq!(row[member], after[member], "{member}");
        }
        assert_eq!(row["Location"], json!({"City": "Kiel", "Latitude": 54.3}));
    }

    #[test]
    fn every_update_wakes_an_endpoint_and_dates_it() {
        let wake = |request: Value| {
            let mut endpoint = Map::from_iter([("EndpointStatus".to_owned(), json!("INACTIVE"))]);
            Update::of(&request).unwrap().merge(&mut endpoint, 86_400_000, &mut Vec::new());
            [endpoint["EndpointStatus"].clone(), endpoint["EffectiveDate"].clone()]
        };
        assert_eq!(wake(json!({})), [json!("ACTIVE"), json!("1970-01-02T00:00:00.000Z")]);
        let given = json!({"EndpointStatus": "INACTIVE", "EffectiveDate": "2026-01-01"});
        assert_eq!(wake(given), [json!("INACTIVE"), json!("2026-01-01T00:00:00.000Z")]);
    }

    #[test]
    fn the_oldest_push_endpoint_gives_way() {
        let full = |channels: &[ChannelType]| -> Vec<(usize, Option<ChannelType>, Option<Millis>)> {
            (0..15).map(|n| (n, Some(*channels.get(n).unwrap_or(&ChannelType::Email)), Some(100 - n as i64))).collect()
        };
        let two = full(&[ChannelType::Gcm, ChannelType::ApnsSandbox]);
        let way = |channel, others: &[(usize, _, _)]| gives_way(channel, others.iter().copied());
        assert_eq!(way(Some(ChannelType::Adm), &two), Ok(Some(1)));
        assert_eq!(way(Some(ChannelType::Adm), &two[1..]), Ok(None));
        assert_eq!(way(Some(ChannelType::Sms), &two[1..]), Ok(None));
        for (channel, others) in [(Some(ChannelType::Sms), &two), (None, &two), (Some(ChannelType::Gcm), &full(&[]))] {
            assert_eq!(way(channel, others).unwrap_err().message, "Exceeded maximum endpoint per user count: 15");
        }
        let undated = two.iter().map(|(n, channel, at)| (*n, *channel, at.filter(|_| *n != 1)));
        assert_eq!(gives_way(Some(ChannelType::Gcm), undated), Ok(Some(0)));
    }

    #[test]
    fn a_line_of_a_user_alone() {
        let alone = |request: Value| Update::of(&request).unwrap().user_alone().map(str::to_owned);
        assert_eq!(alone(json!({"User": {"UserId": "u"}})).as_deref(), Some("u"));
        assert_eq!(alone(json!({"Id": "e", "User": {"UserId": "u"}})), None);
        assert_eq!(alone(json!({"User": {"UserId": "u", "UserAttributes": {"Plan": ["pro"]}}})), None);
        assert_eq!(alone(json!({"User": {"UserId": ""}})), None);
    }
}
