//! The icons of the canvas and of the picture: SVG path data on a 24 by 24 grid, drawn by strokes.

use model::ActivityKind;

/// Path data of an activity kind.
pub fn of_kind(kind: Option<ActivityKind>) -> &'static str {
    match kind {
        Some(ActivityKind::Email) => "M3.5 6h17v12h-17z M3.5 7l8.5 6 8.5-6",
        Some(ActivityKind::Push) => "M6 16v-5a6 6 0 0 1 12 0v5l1.5 2h-15z M10 20.5h4",
        Some(ActivityKind::Sms) => "M4 5h16v11h-9l-4.5 4v-4H4z M8 9h8 M8 12h5",
        Some(ActivityKind::Custom) => "M9 7l-5 5 5 5 M15 7l5 5-5 5",
        Some(ActivityKind::ContactCenter) => "M5 13v-1a7 7 0 0 1 14 0v1 M4 13h3v5H4z M17 13h3v5h-3z M19 18v1.5h-5",
        Some(ActivityKind::Wait) => "M12 4a8 8 0 1 0 .01 0z M12 8v4.5l3 2",
        Some(ActivityKind::ConditionalSplit) => {
            "M12 3v5 M12 8l-6 5v7 M12 8l6 5v7 M3.5 17.5L6 20l2.5-2.5 M15.5 17.5L18 20l2.5-2.5"
        }
        Some(ActivityKind::MultiCondition) => "M12 3v18 M12 9l-7 5v6 M12 9l7 5v6",
        Some(ActivityKind::RandomSplit) => {
            "M4 7h4l8 10h4 M4 17h4l2.5-3 M13.5 10L16 7h4 M18 5l2.5 2L18 9 M18 15l2.5 2-2.5 2"
        }
        Some(ActivityKind::Holdout) => "M12 4a8 8 0 1 0 .01 0z M8 12h8",
        None => "M12 4a8 8 0 1 0 .01 0z M12 16v.5 M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7",
    }
}

/// Path data of the entry.
pub const ENTRY: &str = "M4 12h11 M11 8l4 4-4 4 M14 4h6v16h-6";

/// The colour family of a kind; shown with an icon and words always, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Sends something or calls somebody.
    Message,
    /// Waits.
    Time,
    /// Divides the participants.
    Split,
    /// No kind is set.
    Unknown,
}

/// The family of a kind.
pub fn family(kind: Option<ActivityKind>) -> Family {
    match kind {
        Some(kind) if kind.is_message() => Family::Message,
        Some(ActivityKind::Wait) => Family::Time,
        Some(_) => Family::Split,
        None => Family::Unknown,
    }
}
