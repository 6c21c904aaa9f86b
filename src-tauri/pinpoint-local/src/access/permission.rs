//! What a key may do, and what an operation asks for.
//!
//! The permission follows from method and resource, the first word of the path behind the project:
//!
//! | permission | operations |
//! | --- | --- |
//! | `read` | every `GET`; `PhoneNumberValidate`, which changes nothing |
//! | `send` | direct messages: `SendMessages`, `SendUsersMessages`, `SendOTPMessage`, `VerifyOTPMessage` |
//! | `admin` | changes of projects, settings, channels, the event stream and recommenders; every change below `/waymark/`, the audit log and backups |
//! | `write` | every other change: endpoints, users, attributes, events, segments, jobs, templates, campaigns, journeys, tags |
//!
//! What makes messages go out to people asks for `send` beside `write`: a journey in state ACTIVE, a campaign that is not
//! paused. No permission holds another: a key that writes and reads has both. (Ours; the service has IAM.)

use model::operations::Operation;
use serde::Deserialize;
use serde_json::Value;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// Look at everything.
    Read,
    /// Change people, segments, templates, campaigns and journeys.
    Write,
    /// Make messages go out.
    Send,
    /// Change projects and channels; the server's own affairs.
    Admin,
}

impl Permission {
    /// All names, for people.
    pub const NAMES: &'static str = "read, write, send and admin";

    /// All of them.
    pub const ALL: [Permission; 4] = [Permission::Read, Permission::Write, Permission::Send, Permission::Admin];

    /// Its name in a file of keys.
    pub fn name(self) -> &'static str {
        match self {
            Permission::Read => "read",
            Permission::Write => "write",
            Permission::Send => "send",
            Permission::Admin => "admin",
        }
    }
}

/// What an operation asks for.
pub fn of(operation: &Operation) -> Permission {
    let path = operation.path.strip_prefix("/v1/").unwrap_or(operation.path);
    let resource = path.strip_prefix("apps/{application-id}/").unwrap_or(path);
    let word = resource.split('/').next().unwrap_or_default();
    match (operation.method, word) {
        ("GET", _) | (_, "phone") => Permission::Read,
        (_, "messages" | "users-messages" | "otp" | "verify-otp") => Permission::Send,
        (_, "apps" | "settings" | "channels" | "eventstream" | "recommenders") => Permission::Admin,
        _ => Permission::Write,
    }
}

/// Whether a request makes messages go out to people, and asks for `send` too.
pub fn starts(operation: &Operation, body: &Value) -> bool {
    match operation.name {
        "CreateJourney" | "UpdateJourney" | "UpdateJourneyState" => {
            body.get("State").and_then(Value::as_str) == Some("ACTIVE")
        }
        "CreateCampaign" | "UpdateCampaign" => body.get("IsPaused").and_then(Value::as_bool) != Some(true),
        _ => false,
    }
}

/// What a request on a path below `/waymark/` asks for.
pub fn of_own_path(method: &str, path: &str) -> Permission {
    match (method, path) {
        (_, "/waymark/audit" | "/waymark/backup") => Permission::Admin,
        ("GET", _) => Permission::Read,
        _ => Permission::Admin,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use model::operations::OPERATIONS;
    use serde_json::json;

    use super::*;

    fn named(permission: Permission) -> BTreeSet<&'static str> {
        OPERATIONS.iter().filter(|operation| of(operation) == permission).map(|operation| operation.name).collect()
    }

    fn operation(name: &str) -> &'static Operation {
        OPERATIONS.iter().find(|operation| operation.name == name).expect("the table has it")
    }

    #[test]
    fn each_of_the_122_operations_asks_for_one_permission() {
        let send = ["SendMessages", "SendOTPMessage", "SendUsersMessages", "VerifyOTPMessage"];
        assert_eq!(named(Permission::Send), BTreeSet::from(send));
        let channels =
            ["Adm", "Apns", "ApnsSandbox", "ApnsVoip", "ApnsVoipSandbox", "Baidu", "Email", "Gcm", "Sms", "Voice"];
        let mut admin: BTreeSet<String> = [
            "CreateApp",
            "DeleteApp",
            "UpdateApplicationSettings",
            "DeleteEventStream",
            "PutEventStream",
            "CreateRecommenderConfiguration",
            "UpdateRecommenderConfiguration",
            "DeleteRecommenderConfiguration",
        ]
        .map(str::to_owned)
        .into();
        admin.extend(channels.iter().flat_map(|name| [format!("Update{name}Channel"), format!("Delete{name}Channel")]));
        assert_eq!(named(Permission::Admin), admin.iter().map(String::as_str).collect());
        let kinds = ["Email", "InApp", "Push", "Sms", "Voice"];
        let mut write: BTreeSet<String> = [
            "RemoveAttributes",
            "UpdateEndpointsBatch",
            "DeleteEndpoint",
            "UpdateEndpoint",
            "DeleteUserEndpoints",
            "CreateSegment",
            "DeleteSegment",
            "UpdateSegment",
            "CreateExportJob",
            "CreateImportJob",
            "CreateCampaign",
            "DeleteCampaign",
            "UpdateCampaign",
            "CreateJourney",
            "DeleteJourney",
            "UpdateJourney",
            "UpdateJourneyState",
            "UpdateTemplateActiveVersion",
            "PutEvents",
            "TagResource",
            "UntagResource",
        ]
        .map(str::to_owned)
        .into();
        for verb in ["Create", "Update", "Delete"] {
            write.extend(kinds.iter().map(|kind| format!("{verb}{kind}Template")));
        }
        assert_eq!(named(Permission::Write), write.iter().map(String::as_str).collect());
        let read = named(Permission::Read);
        assert!(
            read.iter()
                .all(|name| name.starts_with("Get") || name.starts_with("List") || *name == "PhoneNumberValidate")
        );
        assert_eq!(read.len() + send.len() + admin.len() + write.len(), 122);
    }

    #[test]
    fn what_goes_out_to_people_asks_for_send_too() {
        for (name, body, expected) in [
            ("UpdateJourneyState", json!({"State": "ACTIVE"}), true),
            ("UpdateJourneyState", json!({"State": "PAUSED"}), false),
            ("CreateJourney", json!({"Name": "a", "State": "ACTIVE"}), true),
            ("CreateJourney", json!({"Name": "a"}), false),
            ("CreateCampaign", json!({}), true),
            ("UpdateCampaign", json!({"IsPaused": false}), true),
            ("UpdateCampaign", json!({"IsPaused": true}), false),
            ("UpdateSegment", json!({"State": "ACTIVE"}), false),
        ] {
            assert_eq!(starts(operation(name), &body), expected, "{name} {body}");
        }
    }

    #[test]
    fn changes_of_the_servers_own_affairs_are_for_admins() {
        for (method, path, permission) in [
            ("GET", "/waymark/status", Permission::Read),
            ("GET", "/waymark/outbox", Permission::Read),
            ("DELETE", "/waymark/outbox", Permission::Admin),
            ("POST", "/waymark/clock", Permission::Admin),
            ("GET", "/waymark/audit", Permission::Admin),
            ("GET", "/waymark/backup", Permission::Admin),
            ("POST", "/waymark/backup", Permission::Admin),
        ] {
            assert_eq!(of_own_path(method, path), permission, "{method} {path}");
        }
    }
}
