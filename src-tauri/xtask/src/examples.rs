//! `cargo xtask examples`: writes the sample people and recorded events of `journeys/examples/`.
//!
//! Takes nothing but constants; gives `endpoints/people.csv` or `.jsonl` and `events/*.jsonl` in each project folder,
//! the same bytes every time. Journeys, segments, templates and campaigns there are written by hand: never touched.

mod draws;
mod gallery;
mod moments;
mod people;
// One list of places: that of the people who are invented in the studio. A crate more would make `cargo xtask` slow to build.
#[path = "../../../journeys/simulation/src/crowd/places.rs"]
mod places;
mod records;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use draws::Draws;
use moments::{DAY, HOUR, MINUTE, START, iso};
use people::{Endpoint, Person};
use records::{App, Step};

/// A file: its path below `journeys/examples/`, and its text.
type Written = (&'static str, String);

/// Writes the files below the checkout `root`. Fails when a file cannot be written.
pub fn run(root: &Path) -> Result<()> {
    for (name, text) in files()? {
        let path = root.join("journeys/examples").join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("could not create `{}`", parent.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("could not write `{}`", path.display()))?;
    }
    Ok(())
}

/// All files, the same each time.
fn files() -> Result<Vec<Written>> {
    Ok([onboarding(), cart_abandonment()?, win_back(), flash_sale()?, broken_on_purpose(), gallery::files()].concat())
}

/// A list of one value.
fn single(value: impl ToString) -> Vec<String> {
    vec![value.to_string()]
}

/// Several of `choices`, as the values of one attribute.
fn several(draws: &mut Draws, choices: &[&str], most: i64) -> Vec<String> {
    let count = draws.between(0, most + 1) as usize;
    draws.some(choices, count).into_iter().map(str::to_string).collect()
}

/// The browser or computer behind an e-mail address, for some.
fn set_computer(draws: &mut Draws, endpoint: &mut Endpoint) {
    if draws.chance(55) {
        endpoint.set("Demographic.Platform", single(draws.one(&["iOS", "Android", "macOS", "Windows", "Linux"])));
    }
}

/// Gardeners: 790 people with an e-mail address, a third of them with a phone.
fn onboarding() -> Vec<Written> {
    const APP: App = App { package: "com.example.fernleaf", title: "Fernleaf" };
    const WELCOME: Step = Step { journey: "welcome-series", activity: "welcomeEmail", subject: "Welcome to Fernleaf" };
    const REMINDER: Step =
        Step { journey: "welcome-series", activity: "welcomeReminder", subject: "Your garden is still empty" };
    const TIPS: Step =
        Step { journey: "welcome-series", activity: "tipsEmail", subject: "Five minutes that save you a season" };
    const VERIFY: Step =
        Step { journey: "verify-address", activity: "verifyEmail", subject: "Please confirm your e-mail address" };
    let mut draws = Draws::new(7);
    let (mut endpoints, mut created, mut engagement) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=790 {
        let mut person = Person::draw(&mut draws, "gardener", number);
        let signed_up = START - draws.between(0, 45 * 24 * 60) * MINUTE;
        let role = draws.weighted(&[(70, "owner"), (30, "member")]);
        person.set("User.UserAttributes.Plan", single(draws.weighted(&[(60, "free"), (28, "plus"), (12, "pro")])));
        person.set("User.UserAttributes.Role", single(role));
        person.set("User.UserAttributes.SignupDate", single(iso(signed_up)));
        if draws.chance(70) {
            let garden = draws.one(&["balcony", "raised bed", "allotment", "back garden", "window sill"]);
            person.set("User.UserAttributes.Garden", single(garden));
        }
        let mut mail = person.endpoint(&mut draws, "EMAIL");
        let verified = draws.chance(68);
        mail.set("Attributes.EmailVerified", single(verified));
        let interests =
            several(&mut draws, &["tomatoes", "herbs", "roses", "pumpkins", "berries", "compost, worms"], 3);
        mail.set("Attributes.Interests", interests);
        mail.set("Attributes.Newsletter", single(draws.weighted(&[(45, "monthly"), (15, "weekly"), (40, "never")])));
        mail.set("Metrics.BedsPlanned", single(draws.weighted(&[(45, 0), (20, 1), (15, 2), (12, 3), (6, 5), (2, 14)])));
        mail.set("Metrics.Seats", single(if role == "owner" { draws.between(1, 7) } else { 1 }));
        set_computer(&mut draws, &mut mail);
        if !verified {
            let at = START + draws.between(0, 10 * 24 * 60) * MINUTE;
            let attributes =
                json!({"source": draws.weighted(&[(60, "web"), (30, "app"), (10, "import")]), "plan": "free"});
            created.push(records::posted(&mut draws, &APP, &mail, "account.created", at, attributes, json!({})));
            if draws.chance(25) {
                engagement.extend(records::mail_story(&mut draws, &mail, VERIFY, at + 2 * HOUR, (70, 75), 20));
            }
        }
        if signed_up > START - 30 * DAY && mail.get("OptOut") != "ALL" && draws.chance(16) {
            let opened = records::mail_story(&mut draws, &mail, WELCOME, START, (55, 30), 44);
            let (step, sent) = if opened.is_empty() { (REMINDER, START + 2 * DAY) } else { (TIPS, START + 2 * DAY) };
            engagement.extend(opened);
            engagement.extend(records::mail_story(&mut draws, &mail, step, sent, (40, 35), 70));
        }
        if draws.chance(6) {
            let at = START + draws.between(0, 14 * 24 * 60) * MINUTE;
            engagement.push(records::posted(&mut draws, &APP, &mail, "_session.start", at, json!({}), json!({})));
        }
        endpoints.push(mail);
        if draws.chance(32) {
            let mut phone = person.endpoint(&mut draws, "SMS");
            phone.set("Attributes.EmailVerified", single(verified));
            endpoints.push(phone);
        }
    }
    vec![
        ("onboarding/endpoints/people.csv", people::csv(&endpoints)),
        ("onboarding/events/accounts-created.jsonl", records::lines(created)),
        ("onboarding/events/engagement.jsonl", records::lines(engagement)),
    ]
}

/// Shoppers: 675 people by e-mail, half of them by text message too; a third leave a cart.
fn cart_abandonment() -> Result<Vec<Written>> {
    const SHOP: App = App { package: "com.example.shop", title: "Marlow & Finch" };
    const CART: Step =
        Step { journey: "cart-abandonment", activity: "cartEmail", subject: "You left something behind" };
    const ITEMS: &[&str] =
        &["wool scarf", "brass lamp", "teapot, blue", "linen shirt", "walnut chair", "felt slippers", "copper kettle"];
    let mut draws = Draws::new(11);
    let (mut endpoints, mut carts, mut engagement) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1..=675 {
        let mut person = Person::draw(&mut draws, "shopper", number);
        if !draws.chance(12) {
            let loyalty = draws.weighted(&[(60, "none"), (27, "silver"), (13, "gold")]);
            person.set("User.UserAttributes.Loyalty", single(loyalty));
        }
        let mut mail = person.endpoint(&mut draws, "EMAIL");
        let (item, units) = (draws.one(ITEMS), draws.between(1, 6));
        let cents = units * draws.between(400, 9_500);
        let value = format!("{}.{:02}", cents / 100, cents % 100);
        let currency = match person.get("Location.Country") {
            Some("US" | "CA") => "USD",
            Some("GB") => "GBP",
            Some("JP" | "KR") => "JPY",
            _ => "EUR",
        };
        mail.set("Attributes.CartTopItem", single(item));
        mail.set("Attributes.Currency", single(currency));
        mail.set("Metrics.CartValue", single(&value));
        if draws.chance(35) {
            let brands = several(&mut draws, &["Finch Home", "Norrland", "Casa Bleu", "Odd & Even"], 3);
            mail.set("Attributes.FavouriteBrands", brands);
        }
        if draws.chance(60) {
            let ordered = START - draws.between(0, 120 * 24) * HOUR;
            mail.set("Attributes.LastOrder", single(iso(ordered)));
            mail.set("Metrics.OrdersThisYear", single(draws.between(1, 15)));
        }
        mail.set("Attributes.CartReminders", single(draws.weighted(&[(95, "on"), (5, "off")])));
        mail.set("Attributes.Newsletter", single(draws.weighted(&[(40, "weekly"), (60, "never")])));
        if draws.chance(22) {
            let left = START + draws.between(0, 16 * 24 * 60) * MINUTE;
            let attributes =
                json!({"currency": currency, "top_item": item, "device": draws.one(&["phone", "desktop"])});
            let amount: Value = serde_json::from_str(&value).context("a cart value is a number")?;
            let metrics = json!({"cart_value": amount, "items": units});
            carts.push(records::posted(
                &mut draws,
                &SHOP,
                &mail,
                "cart.abandoned",
                left,
                attributes.clone(),
                metrics.clone(),
            ));
            if draws.chance(12) {
                let again = left + draws.between(9, 20) * DAY;
                carts.push(records::posted(&mut draws, &SHOP, &mail, "cart.abandoned", again, attributes, metrics));
            }
            engagement.extend(records::mail_story(&mut draws, &mail, CART, left + HOUR, (30, 45), 19));
            if draws.chance(10) {
                let bought = left + draws.between(30, 3_000) * MINUTE;
                let product = json!({"_product_id": item, "_currency": currency});
                engagement.push(records::posted(
                    &mut draws,
                    &SHOP,
                    &mail,
                    "_monetization.purchase",
                    bought,
                    product,
                    json!({"_quantity": units}),
                ));
            }
        }
        endpoints.push(mail);
        if draws.chance(48) {
            let mut phone = person.further_endpoint(&mut draws, "SMS");
            phone.set("Attributes.CartTopItem", single(item));
            endpoints.push(phone);
        }
    }
    Ok(vec![
        ("cart-abandonment/endpoints/people.jsonl", people::json_lines(&endpoints)?),
        ("cart-abandonment/events/carts.jsonl", records::lines(carts)),
        ("cart-abandonment/events/engagement.jsonl", records::lines(engagement)),
    ])
}

/// Readers: 800 people by e-mail, some by text message, voice and the app.
fn win_back() -> Vec<Written> {
    const OFFERS: &[(i64, Step)] = &[
        (40, Step { journey: "win-back", activity: "discountEmail", subject: "15 percent, because we miss you" }),
        (40, Step { journey: "win-back", activity: "freeShippingEmail", subject: "We pay the postage this time" }),
        (20, Step { journey: "win-back", activity: "storyEmail", subject: "The book that nobody returned" }),
    ];
    const LAST_CALL: Step = Step { journey: "win-back", activity: "lastCallEmail", subject: "Shall we stop writing?" };
    const GENRES: &[&str] = &["crime", "poetry", "history", "fantasy", "science", "comics", "essays"];
    let mut draws = Draws::new(23);
    let (mut endpoints, mut engagement) = (Vec::new(), Vec::new());
    for number in 1..=800 {
        let mut person = Person::draw(&mut draws, "reader", number);
        let (least, most) = draws.weighted(&[(30, (1, 120)), (70, (125, 400))]);
        let ordered = START - draws.between(least * 24, most * 24) * HOUR;
        person.set("User.UserAttributes.LastOrder", single(iso(ordered)));
        if draws.chance(75) {
            person.set("User.UserAttributes.FavouriteGenre", single(draws.one(GENRES)));
        }
        let mut mail = person.endpoint(&mut draws, "EMAIL");
        mail.set("Attributes.Genres", several(&mut draws, GENRES, 4));
        mail.set(
            "Metrics.LifetimeValue",
            single(draws.weighted(&[(50, 18), (30, 90), (12, 260), (8, 460)]) + draws.between(0, 60)),
        );
        mail.set("Metrics.Orders", single(draws.between(1, 30)));
        set_computer(&mut draws, &mut mail);
        people::set_updated(&mut mail, START - draws.between(1, 90 * 24) * HOUR);
        if ordered < START - 121 * DAY && mail.get("OptOut") != "ALL" {
            let step = draws.weighted(OFFERS);
            let opened = records::mail_story(&mut draws, &mail, step, START, (34, 30), 68);
            if opened.is_empty() && draws.chance(25) {
                engagement.extend(records::mail_story(&mut draws, &mail, LAST_CALL, START + 10 * DAY, (30, 40), 90));
            } else if opened.is_empty() && draws.chance(3) {
                engagement.push(records::mail_answer(&mut draws, &mail, "hardbounce", step, START, START + MINUTE));
            }
            engagement.extend(opened);
        }
        endpoints.push(mail);
        for (share, channel) in [(24, "SMS"), (12, "VOICE"), (9, "APNS"), (11, "GCM")] {
            if draws.chance(share) {
                let mut other = person.endpoint(&mut draws, channel);
                people::set_updated(&mut other, START - draws.between(1, 120 * 24) * HOUR);
                endpoints.push(other);
            }
        }
    }
    vec![
        ("win-back/endpoints/people.csv", people::csv(&endpoints)),
        ("win-back/events/engagement.jsonl", records::lines(engagement)),
    ]
}

/// Phones: 705 people with the app on iOS or Android, some with two phones, some with an e-mail address.
fn flash_sale() -> Result<Vec<Written>> {
    const KITE: App = App { package: "com.example.kite", title: "Kite Sports" };
    const OPENED: &str = "_journey.opened_notification";
    let step = |activity| Step { journey: "flash-sale", activity, subject: "" };
    let mut draws = Draws::new(31);
    let (mut endpoints, mut engagement) = (Vec::new(), Vec::new());
    for number in 1..=705 {
        let mut person = Person::draw(&mut draws, "fan", number);
        let alerts = draws.weighted(&[(72, "on"), (28, "off")]);
        person.set("User.UserAttributes.SaleAlerts", single(alerts));
        let category = draws.weighted(&[(35, "shoes"), (25, "jackets"), (15, "bikes"), (15, "yoga"), (10, "")]);
        if !category.is_empty() {
            person.set("User.UserAttributes.FavouriteCategory", single(category));
        }
        let phones = if draws.chance(12) { 2 } else { 1 };
        for phone in draws.some(&["APNS", "GCM"], phones) {
            let mut device = person.endpoint(&mut draws, phone);
            set_phone(&mut draws, &mut device, phone);
            let viewed =
                draws.weighted(&[(20, "trail shoe"), (15, "road shoe"), (20, "rain jacket"), (15, "mat"), (30, "")]);
            if !viewed.is_empty() {
                device.set("Attributes.LastViewed", single(viewed));
            }
            if draws.chance(30) {
                device.set("Attributes.ShoeSize", single(draws.between(36, 47)));
            }
            device.set("Metrics.WeekendVisits", single(draws.between(0, 5)));
            if alerts == "on" && device.get("OptOut") != "ALL" && draws.chance(19) {
                let first = START + draws.between(5, 17 * 60) * MINUTE;
                let later = START + draws.between(31 * 60, 43 * 60) * MINUTE;
                let message = match (device.get("Demographic.AppVersion"), category) {
                    ("4.8.0" | "4.9.2", _) => "updateAppPush",
                    (_, "shoes") => "shoesPush",
                    _ if viewed.contains("shoe") => "shoesPush",
                    (_, "jackets") => "jacketsPush",
                    _ => "salePush",
                };
                if draws.chance(70) {
                    engagement.push(records::push_answer(
                        &mut draws,
                        &KITE,
                        &device,
                        OPENED,
                        step("teaserPush"),
                        first,
                    ));
                    engagement.push(records::posted(
                        &mut draws,
                        &KITE,
                        &device,
                        "_session.start",
                        first + 900,
                        json!({}),
                        json!({}),
                    ));
                }
                if draws.chance(40) {
                    let kind = draws.weighted(&[(75, OPENED), (25, "_journey.received_foreground")]);
                    engagement.push(records::push_answer(&mut draws, &KITE, &device, kind, step(message), later));
                }
            }
            endpoints.push(device);
        }
        if draws.chance(28) {
            let mut mail = person.further_endpoint(&mut draws, "EMAIL");
            mail.set("Metrics.WishList", single(draws.between(0, 9)));
            endpoints.push(mail);
        }
    }
    Ok(vec![
        ("flash-sale/endpoints/people.jsonl", people::json_lines(&endpoints)?),
        ("flash-sale/events/engagement.jsonl", records::lines(engagement)),
    ])
}

/// Maker, model and versions of a phone.
fn set_phone(draws: &mut Draws, device: &mut Endpoint, channel: &str) {
    let (platform, make, model, version) = if channel == "APNS" {
        (
            "iOS",
            "Apple",
            draws.one(&["iPhone 13", "iPhone 15", "iPhone 17", "iPhone SE"]),
            draws.one(&["17.6", "18.7", "26.1"]),
        )
    } else {
        let (make, model) = draws.one(&[
            ("Google", "Pixel 8"),
            ("Google", "Pixel 10"),
            ("Samsung", "Galaxy S24"),
            ("Xiaomi", "Redmi 13"),
            ("Fairphone", "5"),
        ]);
        ("Android", make, model, draws.one(&["12", "14", "16"]))
    };
    device.set("Demographic.Platform", single(platform));
    device.set("Demographic.Make", single(make));
    device.set("Demographic.Model", single(model));
    device.set("Demographic.PlatformVersion", single(version));
    device.set(
        "Demographic.AppVersion",
        single(draws.weighted(&[(8, "4.8.0"), (12, "4.9.2"), (30, "5.0.1"), (50, "5.2.0")])),
    );
}

/// Sleepers: 1,000 people in order, for journeys that are not.
fn broken_on_purpose() -> Vec<Written> {
    const HOUSE: App = App { package: "com.example.crooked", title: "Crooked House" };
    let mut draws = Draws::new(13);
    let (mut endpoints, mut doors) = (Vec::new(), Vec::new());
    for number in 1..=1000 {
        let mut person = Person::draw(&mut draws, "sleeper", number);
        person.set(
            "User.UserAttributes.Chronotype",
            single(draws.weighted(&[(40, "owl"), (35, "lark"), (25, "neither")])),
        );
        let channel = draws.weighted(&[(70, "EMAIL"), (30, "SMS")]);
        let mut endpoint = person.endpoint(&mut draws, channel);
        if draws.chance(50) {
            endpoint.set("Metrics.Steps", single(draws.between(0, 20_000)));
            endpoint.set("Attributes.LuckyNumber", single(draws.between(1, 50)));
        }
        if draws.chance(8) {
            let at = START + draws.between(0, 7 * 24 * 60) * MINUTE;
            let kind = draws.one(&["door.opened", "window.opened"]);
            doors.push(records::posted(&mut draws, &HOUSE, &endpoint, kind, at, json!({}), json!({})));
        }
        endpoints.push(endpoint);
    }
    vec![
        ("broken-on-purpose/endpoints/people.csv", people::csv(&endpoints)),
        ("broken-on-purpose/events/doors.jsonl", records::lines(doors)),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::files;

    #[test]
    fn the_files_in_the_checkout_are_the_ones_written_here() {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys/examples");
        for (name, text) in files().unwrap() {
            let kept = fs::read_to_string(examples.join(name)).unwrap_or_default();
            assert!(kept == text, "`{name}` is out of date: run `cargo xtask examples`");
        }
    }
}
