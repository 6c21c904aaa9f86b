//! The recipes: one an example.

use super::Values::{Moment, Number, OneOf};
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
    Recipe {
        seed: 43,
        files: ("price-drop/endpoints/people.csv", "price-drop/events/prices.jsonl"),
        word: "hiker",
        people: 640,
        channels: &[(28, "APNS"), (26, "GCM"), (20, "SMS")],
        columns: &[
            Column("User.UserAttributes.PriceAlerts", OneOf(&[(80, "on"), (20, "off")])),
            Column(
                "Attributes.Watched",
                OneOf(&[
                    (30, "Tarn two-person tent"),
                    (30, "Fell down jacket"),
                    (25, "Cairn boots"),
                    (15, "Beck stove"),
                ]),
            ),
            Column("Metrics.WatchedPrice", Number(45, 320)),
            Column("Metrics.Saving", Number(10, 120)),
            Column("Metrics.StockLeft", Number(1, 25)),
        ],
        app: App { package: "com.example.ridgeline", title: "Ridgeline" },
        starts: &[Start {
            kind: "price.dropped",
            share: 30,
            of: ("User.UserAttributes.PriceAlerts", "on"),
            days: (0, 12),
            attributes: &[("reason", &[(70, "sale"), (30, "last season")])],
            metrics: &[("percent", 4, 45)],
        }],
    },
    Recipe {
        seed: 47,
        files: ("outage/endpoints/people.csv", "outage/events/lines.jsonl"),
        word: "line",
        people: 680,
        channels: &[(52, "SMS")],
        columns: &[
            Column("User.UserAttributes.Contract", OneOf(&[(75, "home"), (25, "business")])),
            Column("User.UserAttributes.StatusAlerts", OneOf(&[(85, "on"), (15, "off")])),
            Column("Attributes.Line", OneOf(&[(60, "up"), (40, "down")])),
            Column("Metrics.MinutesDown", Number(5, 600)),
        ],
        app: App { package: "com.example.northgrid", title: "Northgrid" },
        starts: &[
            Start {
                kind: "line.down",
                share: 50,
                of: ("Attributes.Line", "down"),
                days: (0, 3),
                attributes: &[("severity", &[(75, "major"), (25, "minor")])],
                metrics: &[("lines_affected", 40, 9000)],
            },
            Start {
                kind: "line.restored",
                share: 28,
                of: ("Attributes.Line", "up"),
                days: (0, 4),
                attributes: &[("severity", &[(75, "major"), (25, "minor")])],
                metrics: &[("minutes_down", 5, 600)],
            },
        ],
    },
    Recipe {
        seed: 53,
        files: ("renewal/endpoints/people.csv", "renewal/events/renewals.jsonl"),
        word: "subscriber",
        people: 720,
        channels: &[(44, "SMS")],
        columns: &[
            Column("User.UserAttributes.Plan", OneOf(&[(65, "yearly"), (35, "monthly")])),
            Column("User.UserAttributes.RenewsByItself", OneOf(&[(35, "yes"), (65, "no")])),
            Column("Attributes.Edition", OneOf(&[(50, "print"), (50, "digital")])),
            Column("Metrics.IssuesRead", Number(0, 13)),
        ],
        app: App { package: "com.example.paperboat", title: "Paperboat" },
        starts: &[Start {
            kind: "subscription.renews",
            share: 36,
            of: ("User.UserAttributes.Plan", "yearly"),
            days: (0, 14),
            attributes: &[("edition", &[(50, "print"), (50, "digital")])],
            metrics: &[("days_left", 29, 31)],
        }],
    },
    Recipe {
        seed: 59,
        files: ("feature-announcement/endpoints/people.csv", "feature-announcement/events/boards.jsonl"),
        word: "maker",
        people: 720,
        channels: &[(22, "APNS"), (24, "GCM")],
        columns: &[
            Column("User.UserAttributes.Plan", OneOf(&[(45, "free"), (55, "team")])),
            Column("User.UserAttributes.Role", OneOf(&[(82, "member"), (18, "admin")])),
            Column("User.UserAttributes.LastSeen", Moment(-90, 0)),
            Column("Metrics.Boards", Number(0, 40)),
        ],
        app: App { package: "com.example.looma", title: "Looma" },
        starts: &[Start {
            kind: "board.opened",
            share: 30,
            of: ("User.UserAttributes.Plan", "team"),
            days: (0, 10),
            attributes: &[("surface", &[(70, "browser"), (30, "tablet")])],
            metrics: &[("people_on_board", 1, 9)],
        }],
    },
    Recipe {
        seed: 61,
        files: ("security-alert/endpoints/people.csv", "security-alert/events/sign-ins.jsonl"),
        word: "account",
        people: 640,
        channels: &[(24, "APNS"), (24, "GCM"), (30, "SMS")],
        columns: &[
            Column("User.UserAttributes.TwoStep", OneOf(&[(45, "on"), (55, "off")])),
            Column("Attributes.LastDevice", OneOf(&[(40, "Windows laptop"), (35, "Android phone"), (25, "iPad")])),
            Column("Attributes.LastCity", OneOf(&[(40, "Lisbon"), (30, "Toronto"), (30, "Osaka")])),
        ],
        app: App { package: "com.example.keystone", title: "Keystone" },
        starts: &[
            Start {
                kind: "sign_in.new_device",
                share: 26,
                of: ("User.UserAttributes.TwoStep", "off"),
                days: (0, 12),
                attributes: &[("risk", &[(30, "high"), (45, "medium"), (25, "low")])],
                metrics: &[("kilometres_from_home", 0, 9000)],
            },
            Start {
                kind: "sign_in.new_device",
                share: 22,
                of: ("User.UserAttributes.TwoStep", "on"),
                days: (0, 12),
                attributes: &[("risk", &[(30, "high"), (45, "medium"), (25, "low")])],
                metrics: &[("kilometres_from_home", 0, 9000)],
            },
        ],
    },
];
