//! Writing endpoints: segments-and-endpoints.md 1 and 3.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use audience::{People, import, stable_id};
use model::wire::ChannelType;
use proptest::prelude::*;
use serde_json::{Value, json};

#[test]
fn a_write_merges_into_what_is_there() {
    let mut people = People::default();
    let first = json!({"ChannelType": "EMAIL", "Address": "a@example.com", "OptOut": "ALL",
        "Attributes": {"A": ["1", "2"], "B": ["x"]}, "Metrics": {"m": 1, "n": 2}, "Demographic": {"Make": "Apple", "Model": "X"}});
    let second = json!({"Id": "e", "Attributes": {"A": ["3"], "B": []}, "Metrics": {"m": null}, "Demographic": {"Make": "Asus"}});
    assert_eq!(people.push(Some("e"), &first), Ok(0));
    assert_eq!(people.push(None, &second), Ok(0));
    assert_eq!(
        people.row(0).to_json(),
        json!({"Id": "e", "ChannelType": "EMAIL", "Address": "a@example.com", "EndpointStatus": "ACTIVE", "OptOut": "ALL",
            "CohortId": people.row(0).cohort().to_string(), "Attributes": {"A": ["3"]}, "Metrics": {"n": 2},
            "Demographic": {"Make": "Asus", "Model": "X"}})
    );
}

#[test]
fn user_attributes_belong_to_the_user() {
    let mut people = People::default();
    people
        .push(Some("a"), &json!({"User": {"UserId": "u", "UserAttributes": {"Name": ["Ada"], "Plan": ["pro"]}}}))
        .unwrap();
    people.push(Some("b"), &json!({"User": {"UserAttributes": {"Name": ["Bob"], "Pet": ["cat"]}}})).unwrap();
    assert_eq!(people.of_user("u"), [0]);
    people.push(Some("b"), &json!({"User": {"UserId": "u", "UserAttributes": {"Plan": ["free"]}}})).unwrap();
    assert_eq!(people.of_user("u"), [0, 1]);
    let value = |row: usize, name: &str| people.row(row).user_attribute(name).first();
    for row in [0, 1] {
        assert_eq!(
            (value(row, "Name"), value(row, "Plan"), value(row, "Pet")),
            (Some("Ada"), Some("free"), Some("cat"))
        );
    }
    people.push(Some("b"), &json!({"User": {"UserId": ""}})).unwrap();
    assert_eq!((people.of_user("u"), people.row(1).user_id()), (vec![0], None));
    people.push(Some("a"), &json!({"User": {"UserId": "v"}})).unwrap();
    assert_eq!((people.of_user("u"), people.of_user("v"), people.companions(0)), (vec![], vec![0], vec![0]));
    assert!(people.row(0).user_attribute("Name").is_empty());
}

#[test]
fn companions_come_in_order_and_the_first_is_known() {
    let mut people = People::default();
    let of = |user: &str| json!({"User": {"UserId": user}});
    for id in ["a", "b", "c", "d", "e"] {
        people.push(Some(id), &json!({})).unwrap();
    }
    for (id, user) in [("d", "u"), ("b", "u"), ("e", "u"), ("c", "v"), ("c", "u"), ("b", "v"), ("e", "")] {
        people.push(Some(id), &of(user)).unwrap();
    }
    assert_eq!((people.of_user("u"), people.of_user("v")), (vec![2, 3], vec![1]));
    let mut rows = vec![77];
    for row in 0..people.len() {
        people.companions_into(row, &mut rows);
        let expected = people.companions(row);
        assert_eq!(rows.iter().map(|row| *row as usize).collect::<Vec<_>>(), expected);
        assert_eq!(people.first_companion(row) as usize, expected[0]);
        assert_eq!(people.is_first_companion(row), expected[0] == row);
        for other in expected {
            assert_eq!(people.row(other).user_number(), people.row(row).user_number());
        }
    }
    let numbers: Vec<_> = people.rows().map(|row| row.user_number()).collect();
    assert_eq!(numbers, [None, Some(1), Some(0), Some(0), None]);
    assert_eq!(people.user_count(), 2);
}

#[test]
fn zones_have_small_numbers() {
    let mut people = People::default();
    for (id, zone) in [("a", "Europe/Berlin"), ("b", "Asia/Tokyo"), ("c", "Europe/Berlin")] {
        people.push(Some(id), &json!({"Demographic": {"Timezone": zone}})).unwrap();
    }
    people.push(Some("d"), &json!({})).unwrap();
    let ids: Vec<_> = people.rows().map(|row| row.timezone_id()).collect();
    assert_eq!((ids, people.timezone_count()), (vec![1, 2, 1, 0], 3));
}

#[test]
fn the_last_writer_of_an_address_keeps_it() {
    let mut people = People::default();
    let mail = |address: &str| json!({"ChannelType": "EMAIL", "Address": address});
    people.push(Some("a"), &mail("x")).unwrap();
    people.push(Some("b"), &mail("x")).unwrap();
    people.push(Some("c"), &json!({"ChannelType": "CUSTOM", "Address": "x"})).unwrap();
    let inactive = |people: &People| -> Vec<bool> { people.rows().map(|row| row.inactive()).collect() };
    assert_eq!(inactive(&people), [true, false, false]);
    people.push(Some("a"), &mail("x")).unwrap();
    assert_eq!(inactive(&people), [false, true, false]);
    people.push(Some("a"), &mail("y")).unwrap();
    people.push(Some("b"), &mail("x")).unwrap();
    assert_eq!(inactive(&people), [false, false, false]);
}

#[test]
fn limits_and_types_are_problems_that_name_the_member() {
    let long = "v".repeat(101);
    let table = [
        (json!({"Attributes": {"x": [long]}}), "Attributes.x"),
        (
            json!({"Attributes": {"n".repeat(51): ["a"]}}),
            "Attributes.nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
        ),
        (json!({"Attributes": {"x": vec!["a"; 51]}}), "Attributes.x"),
        (json!({"Attributes": {"x": 3}}), "Attributes.x"),
        (json!({"User": {"UserAttributes": {"x": [true]}}}), "User.UserAttributes.x"),
        (json!({"Metrics": {"m": "3"}}), "Metrics.m"),
        (json!({"ChannelType": "MAIL"}), "ChannelType"),
        (json!({"OptOut": "YES"}), "OptOut"),
        (json!({"EffectiveDate": "yesterday"}), "EffectiveDate"),
        (json!({"Location": {"Latitude": 91}}), "Location.Latitude"),
        (json!({"Demographic": []}), "Demographic"),
        (json!([]), ""),
        (json!({"Address": "a".repeat(16_000)}), ""),
    ];
    let mut people = People::default();
    for (endpoint, column) in table {
        let problem = people.push(Some("e"), &endpoint).unwrap_err();
        assert_eq!(problem.column, column, "{problem}");
    }
    assert!(people.is_empty());
    // 100 characters that take more bytes are fine.
    people.push(Some("e"), &json!({"Attributes": {"x": ["ü".repeat(100)]}})).unwrap();
    for number in 0..250 {
        let outcome = people.push(Some("e"), &json!({"Metrics": {format!("m{number}"): 1}}));
        assert_eq!(outcome.is_ok(), number < 249, "{number}");
    }
}

#[test]
fn csv_reads_quotes_blanks_repeated_columns_and_line_ends() {
    let text = "\u{feff}Id,ChannelType,Address,Attributes.Ride,Attributes.City,Attributes.Ride,Metrics.n,User.UserAttributes.Name\r\n\
        a,EMAIL,a@example.com,Bus,\"Paris, \"\"Île\"\"\",Tram,2.50,Ada\r\n\
        \r\n\
        b,SMS,+15550100,,,Bike,,\"two\nlines\"\r\n\
        c,EMAIL,c@example.com";
    let (people, problems) = import::csv(text);
    assert_eq!(problems, []);
    let list = |row: usize, name: &str| people.row(row).attribute(name).iter().collect::<Vec<_>>();
    assert_eq!(list(0, "Ride"), ["Bus", "Tram"]);
    assert_eq!(list(0, "City"), ["Paris, \"Île\""]);
    assert_eq!(list(1, "Ride"), ["Bike"]);
    assert_eq!(people.row(0).metric("n"), Some(2.5));
    assert_eq!(people.row(1).metric("n"), None);
    assert_eq!(people.row(1).user_attribute("Name").first(), Some("two\nlines"));
    assert_eq!((people.len(), people.row(2).address()), (3, Some("c@example.com")));
    assert_eq!(
        people.attribute_paths(),
        ["Attributes.City", "Attributes.Ride", "Metrics.n", "User.UserAttributes.Name"]
    );
}

#[test]
fn csv_problems_name_line_and_column_and_the_rest_is_read() {
    let text = "ChannelType,Address,Timezone,Metrics.n\n\
        EMAIL,a@example.com,Europe/Berlin,1\n\
        MAIL,b@example.com,,1\n\
        EMAIL,c@example.com,,many\n\
        EMAIL,\"d@example.com,,1\n\
        EMAIL,,,1\n\
        EMAIL,e@example.com,,1,extra\n\
        EMAIL,\"f\"@example.com,,1\n\
        SMS,+15550100,,1\n";
    let (people, problems) = import::csv(text);
    let seen: Vec<(usize, &str)> = problems.iter().map(|p| (p.line, p.column.as_str())).collect();
    assert_eq!(
        seen,
        [(1, "Timezone"), (3, "ChannelType"), (4, "Metrics.n"), (5, ""), (6, "Address"), (7, ""), (8, "")]
    );
    assert!(problems[0].message.contains("`Demographic.Timezone`"), "{}", problems[0]);
    let addresses: Vec<_> = people.rows().map(|row| row.address()).collect();
    assert_eq!(addresses, [Some("a@example.com"), Some("+15550100")]);
}

#[test]
fn files_of_users_only() {
    let (people, problems) = import::csv("User.UserId\nu1 u2\nu3\nu1\n");
    assert_eq!(problems, []);
    let users: Vec<_> = people.rows().filter_map(|row| row.user_id()).collect();
    assert_eq!(users, ["u1", "u2", "u3"]);
    let (people, problems) = import::json_lines("{\"User\":{\"UserId\":\"u1\"}}\n");
    assert_eq!((people.len(), problems), (1, vec![]));
}

#[test]
fn json_lines_and_documents() {
    let text = "{\"Id\":\"a\",\"ChannelType\":\"EMAIL\",\"Address\":\"a@example.com\",\"Attributes\":{\"Ride\":[\"Bus\",\"\\u00fc\"]}}\n\
        \n\
        {\"Id\":\"b\",\"ChannelType\":\"EMAIL\",\"Address\":\"b@example.com\",\"Attributes\":{\"Ride\":\"Bus\"},\"Nick\":1}\n\
        {\"Id\":\"c\",\"ChannelType\":\"EMAIL\",\n\
        {\"Id\":\"d\",\"ChannelType\":\"PIGEON\",\"Address\":\"d\"}\n";
    let (people, problems) = import::any("people.jsonl", text);
    let ids: Vec<_> = people.rows().map(|row| row.id()).collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(people.row(0).attribute("Ride").iter().collect::<Vec<_>>(), ["Bus", "ü"]);
    let seen: Vec<(usize, &str)> = problems.iter().map(|p| (p.line, p.column.as_str())).collect();
    assert_eq!(seen, [(3, "Nick"), (4, ""), (5, "ChannelType")]);

    let item = json!({"Id": "a", "ChannelType": "EMAIL", "Address": "a@example.com"});
    for document in [json!([item]), json!({"Item": [item]}), json!({"EndpointsResponse": {"Item": [item]}}), item] {
        for text in [document.to_string(), serde_json::to_string_pretty(&document).unwrap()] {
            let (people, problems) = import::json_lines(&text);
            assert_eq!((people.len(), problems), (1, vec![]), "{text}");
        }
    }
}

#[test]
fn an_id_is_made_up_once() {
    let csv = "ChannelType,Address,User.UserId\nEMAIL,a@example.com,1\n";
    let (mut people, _) = import::csv(csv);
    import::csv_into(&mut people, csv);
    assert_eq!(people.len(), 1);
    assert_eq!(people.row(0).id(), stable_id(Some(ChannelType::Email), Some("a@example.com"), Some("1")));
    assert_eq!(people.row(0).id(), "04320c7bab033508160ec69deb3e8737");
    assert_ne!(stable_id(None, Some("ab"), None), stable_id(None, Some("a"), Some("b")));
}

#[test]
fn the_samples_go_in_as_they_are() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples");
    #[expect(clippy::disallowed_methods, reason = "a test of files that may lie beside the checkout")]
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).ok();
    let (Some(churn), Some(import), Some(interest), Some(preference)) = (
        read("aws-churn-3500-endpoints.csv"),
        read("aws-sample-import.csv"),
        read("aws-interest-contains.json"),
        read("aws-preference-center.json"),
    ) else {
        println!("skipped: the samples are not beside the checkout");
        return;
    };
    let (people, problems) = import::csv(&churn);
    assert_eq!((people.len(), problems), (churn.lines().count() - 1, vec![]));
    assert_eq!(people.row(0).attribute("Churn").first(), Some("0"));
    let (people, problems) = import::csv(&import);
    assert_eq!((people.len(), problems), (6, vec![]));
    assert_eq!(people.row(0).user_attribute("FirstName").first(), Some("Arnav"));

    let (interest, preference): (Value, Value) =
        (serde_json::from_str(&interest).unwrap(), serde_json::from_str(&preference).unwrap());
    let mut people = People::default();
    people
        .push(Some("e"), &json!({"ChannelType": "EMAIL", "User": {"UserAttributes": {"interests": ["hiking"], "newsletter": ["EMAIL"]}}}))
        .unwrap();
    people
        .push(Some("f"), &json!({"ChannelType": "SMS", "User": {"UserAttributes": {"newsletter": ["EMAIL"]}}}))
        .unwrap();
    for segment in [&interest, &preference] {
        let audience = audience::Audience::compile("s", &|_| Some(segment)).unwrap();
        assert_eq!(audience.select(&people, 0), [0]);
    }
}

/// Endpoints of any content within the limits.
fn endpoint() -> impl Strategy<Value = Value> {
    let lists = prop::collection::btree_map("[A-C]", prop::collection::vec("\\PC{0,12}", 1..4), 0..3);
    let metrics = prop::collection::btree_map("[m-o]", -1000i32..1000, 0..3);
    (any::<u8>(), "[a-z]{1,8}", lists.clone(), lists, metrics, prop::option::of("[\\PC,\" ]{1,9}")).prop_map(
        |(n, address, attributes, user, metrics, city)| {
            let mut endpoint = json!({"Id": n.to_string(), "ChannelType": "CUSTOM", "Address": format!("{address}{n}"),
                "User": {"UserId": n.to_string(), "UserAttributes": user}, "Attributes": attributes, "Metrics": metrics});
            if let Some(city) = city {
                endpoint["Location"] = json!({"City": city, "Latitude": f64::from(n) / 10.0, "Longitude": -1.5});
            }
            endpoint
        },
    )
}

proptest! {
    /// The quick reading of lines, the careful one and the API's way in give the same endpoint; what is read from the store
    /// and written again gives the same store.
    #[test]
    fn every_way_in_gives_the_same_endpoint(endpoint in endpoint()) {
        let mut pushed = People::default();
        pushed.push(None, &endpoint).unwrap();
        let (quick, problems) = import::json_lines(&endpoint.to_string());
        prop_assert_eq!(problems, vec![]);
        let (careful, problems) = import::json_lines(&serde_json::to_string_pretty(&endpoint).unwrap());
        prop_assert_eq!(problems, vec![]);
        let json = pushed.row(0).to_json();
        prop_assert_eq!(&json, &quick.row(0).to_json());
        prop_assert_eq!(&json, &careful.row(0).to_json());
        let mut again = People::default();
        again.push(None, &json).unwrap();
        prop_assert_eq!(json, again.row(0).to_json());
    }

    /// Nothing in a file can make the import panic.
    #[test]
    fn damaged_files_are_read(text in "(Id|Address|ChannelType|EMAIL|Attributes\\.A|[\\{\\}\\[\\]:,\"\\\\\r\n a1é]){0,60}") {
        import::csv(&text);
        import::json_lines(&text);
    }
}
