//! The recipes: one an example.

use super::Values::OneOf;
use super::{Column, Recipe, Start};
use crate::examples::records::App;

/// All recipes, in the order in which the examples were made.
pub const RECIPES: &[Recipe] = &[
    Recipe {
        seed: 41,
        files: ("verification/endpoints/people.csv", "verification/events/accounts.jsonl"),
        word: "saver",
        people: 720,
        channels: &[(44, "SMS")],
        columns: &[
            Column("Attributes.Verified", OneOf(&[(60, "no"), (40, "yes")])),
            Column("User.UserAttributes.Purpose", OneOf(&[(50, "holiday"), (30, "home"), (20, "rainy day")])),
        ],
        app: App { package: "com.example.pebble", title: "Pebble" },
        starts: &[Start {
            kind: "account.created",
            share: 38,
            of: ("Attributes.Verified", "no"),
            days: (0, 10),
            attributes: &[("source", &[(55, "web"), (35, "app"), (10, "branch")])],
            metrics: &[],
        }],
    },
];
