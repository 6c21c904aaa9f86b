//! The clauses of segments-and-endpoints.md 1 and 3 that are about what is there already: merging, addresses, users,
//! batches and imports again.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use audience::{People, import};
use model::time::parse_instant;
use serde_json::{Value, json};

fn inactive(people: &People) -> Vec<&str> {
    people.rows().filter(|row| row.inactive()).map(|row| row.id()).collect()
}

// 1.1 Update semantics

#[test]
fn clause_1_1_members_that_are_not_mentioned_keep_their_values() {
    let full = json!({"ChannelType": "SMS", "Address": "+15550100", "OptOut": "ALL", "RequestId": "r",
        "Attributes": {"A": ["1"]}, "Metrics": {"m": 1.5},
        "Demographic": {"AppVersion": "1", "Locale": "de_DE", "Make": "m", "Model": "x", "ModelVersion": "2",
            "Platform": "ios", "PlatformVersion": "17", "Timezone": "Europe/Berlin"},
        "Location": {"City": "Berlin", "Country": "DE", "Latitude": 52.5, "Longitude": 13.4, "PostalCode": "10115",
            "Region": "BE"},
        "User": {"UserId": "u", "UserAttributes": {"N": ["Ada"]}}});
    let mut people = People::default();
    people.push(Some("e"), &full).unwrap();
    let before = people.row(0).to_json();
    for update in [
        json!({}),
        json!({"Attributes": {}, "Metrics": {}, "Demographic": {}, "Location": {}, "User": {}}),
        json!({"Address": null, "Attributes": null, "Location": {"City": null}}),
    ] {
        people.push(Some("e"), &update).unwrap();
        assert_eq!(people.row(0).to_json(), before, "{update}");
    }
    // table: update, member, value after
    let table = [
        (json!({"OptOut": "NONE"}), "/OptOut", json!("NONE")),
        (json!({"ChannelType": "VOICE"}), "/ChannelType", json!("VOICE")),
        (json!({"RequestId": "s"}), "/RequestId", json!("s")),
        (json!({"Demographic": {"Make": "n"}}), "/Demographic/Make", json!("n")),
        (json!({"Location": {"Latitude": 48.14}}), "/Location/Latitude", json!(48.1)),
        (json!({"Attributes": {"A": ["2", "3"]}}), "/Attributes/A", json!(["2", "3"])),
        (json!({"Metrics": {"m": 2}}), "/Metrics/m", json!(2)),
        (json!({"User": {"UserAttributes": {"N": ["Bo"]}}}), "/User/UserAttributes/N", json!(["Bo"])),
    ];
    for (update, member, value) in table {
        let mut expected = people.row(0).to_json();
        *expected.pointer_mut(member).unwrap() = value;
        people.push(Some("e"), &update).unwrap();
        assert_eq!(people.row(0).to_json(), expected, "{update}");
    }
}

#[test]
fn clause_1_1_an_empty_list_or_null_deletes_a_name() {
    for nothing in [json!([]), json!(null)] {
        let mut people = People::default();
        let lists = json!({"A": ["1"], "B": ["2"]});
        people
            .push(Some("e"), &json!({"Attributes": lists, "User": {"UserId": "u", "UserAttributes": lists}}))
            .unwrap();
        let update = json!({"Attributes": {"A": nothing}, "User": {"UserAttributes": {"A": nothing}}});
        people.push(Some("e"), &update).unwrap();
        let row = people.row(0);
        assert!(row.attribute("A").is_empty() && row.user_attribute("A").is_empty());
        assert_eq!((row.attribute("B").first(), row.user_attribute("B").first()), (Some("2"), Some("2")));
    }
    let mut people = People::default();
    people.push(Some("e"), &json!({"Metrics": {"m": 1, "n": 2}})).unwrap();
    people.push(Some("e"), &json!({"Metrics": {"m": null}})).unwrap();
    assert_eq!((people.row(0).metric("m"), people.row(0).metric("n")), (None, Some(2.0)));
}

#[test]
fn clause_1_a_write_makes_active_and_is_of_now_unless_it_says_otherwise() {
    let mut people = People::default();
    let date = "2026-01-02T03:04:05.006Z";
    let steps = [
        (json!({}), false, None),
        (json!({"EndpointStatus": "INACTIVE", "EffectiveDate": date}), true, Some(date)),
        (json!({"Metrics": {"m": 1}}), false, None),
        (json!({"EndpointStatus": "INACTIVE"}), true, None),
        (json!({"EndpointStatus": "ACTIVE", "EffectiveDate": "2026-01-02T03:04:05.006Z"}), false, Some(date)),
    ];
    for (update, inactive, effective) in steps {
        people.push(Some("e"), &update).unwrap();
        let row = people.row(0);
        assert_eq!((row.inactive(), row.effective_date()), (inactive, effective.and_then(parse_instant)), "{update}");
    }
}

#[test]
fn clause_1_coordinates_are_kept_to_one_decimal_and_cohorts_are_fixed() {
    let mut people = People::default();
    for (seen, kept) in [(52.52, 52.5), (52.55, 52.6), (-0.04, 0.0), (-33.869, -33.9), (90.0, 90.0)] {
        people.push(Some("e"), &json!({"Location": {"Latitude": seen, "Longitude": seen}})).unwrap();
        assert_eq!(people.row(0).coordinates(), Some((kept, kept)), "{seen}");
    }
    let mut counts = [0; 100];
    for number in 0..20_000 {
        let row = people.push(Some(&format!("e{number}")), &json!({})).unwrap();
        counts[people.row(row).cohort() as usize] += 1;
    }
    assert!(counts.iter().all(|count| (140..=260).contains(count)), "{counts:?}");
    // The same on a machine of another word size, and in a later version.
    for (id, cohort) in [("e1", 79), ("e2", 20), ("ep-00000000", 6), ("phone", 92)] {
        assert_eq!(audience::cohort(id), cohort, "{id}");
    }
    let cohort = people.row(7).cohort();
    people.push(Some(people.row(7).id().to_owned().as_str()), &json!({"Metrics": {"m": 1}})).unwrap();
    assert_eq!(people.row(7).cohort(), cohort);
    people.push(Some("given"), &json!({"CohortId": "42"})).unwrap();
    assert_eq!(people.row(people.find("given").unwrap()).cohort(), 42);
}

// 1.2 Same address

#[test]
fn clause_1_2_every_other_endpoint_with_the_address_becomes_inactive() {
    let mail = json!({"ChannelType": "EMAIL", "Address": "x"});
    let mut people = People::default();
    for id in ["a", "b"] {
        people.push(Some(id), &mail).unwrap();
    }
    assert_eq!(inactive(&people), ["a"]);
    // A write without address makes `a` active beside `b`; the next writer of the address puts both to rest.
    people.push(Some("a"), &json!({"Metrics": {"m": 1}})).unwrap();
    assert_eq!(inactive(&people), Vec::<&str>::new());
    people.push(Some("c"), &mail).unwrap();
    assert_eq!(inactive(&people), ["a", "b"]);
    // Writing the address again, or coming to it by a new channel or address, is writing it.
    people.push(Some("b"), &mail).unwrap();
    assert_eq!(inactive(&people), ["a", "c"]);
    people.push(Some("d"), &json!({"ChannelType": "SMS", "Address": "x"})).unwrap();
    assert_eq!(inactive(&people), ["a", "c"]);
    people.push(Some("d"), &json!({"ChannelType": "EMAIL"})).unwrap();
    assert_eq!(inactive(&people), ["a", "b", "c"]);
    // Who has left the address is not touched by what happens there.
    people.push(Some("d"), &json!({"Address": "y"})).unwrap();
    people.push(Some("a"), &mail).unwrap();
    assert_eq!(inactive(&people), ["b", "c"]);
    people.push(Some("e"), &json!({"ChannelType": "EMAIL", "Address": "y"})).unwrap();
    assert_eq!(inactive(&people), ["b", "c", "d"]);
}

// 1.3 Fifteen endpoints per user

/// A user with fifteen endpoints of these channels, in turn; the dates go down, so that the last one is the oldest.
fn fifteen(channels: &[&str]) -> People {
    let mut people = People::default();
    for number in 0..15 {
        let endpoint = json!({"ChannelType": channels[number % channels.len()], "Address": number.to_string(),
            "EffectiveDate": format!("2026-01-{:02}T00:00:00Z", 28 - number), "User": {"UserId": "u"}});
        people.push(Some(&format!("e{number}")), &endpoint).unwrap();
    }
    people
}

#[test]
fn clause_1_3_the_oldest_push_endpoint_gives_way_to_a_new_push_endpoint() {
    for channel in ["ADM", "GCM", "APNS", "APNS_SANDBOX", "APNS_VOIP", "APNS_VOIP_SANDBOX", "BAIDU"] {
        let mut people = fifteen(&["EMAIL", channel, "SMS"]);
        let new =
            json!({"ChannelType": "GCM", "Address": "new", "User": {"UserId": "u", "UserAttributes": {"A": ["1"]}}});
        let row = people.push(Some("new"), &new).unwrap();
        // Of e1, e4, e7, e10 and e13 the last one is the oldest.
        let oldest = people.row(13);
        assert_eq!((oldest.user_id(), oldest.inactive()), (None, true), "{channel}");
        assert!(oldest.user_attribute("A").is_empty());
        assert_eq!((people.row(row).user_id(), people.row(row).inactive()), (Some("u"), false));
        assert_eq!(people.of_user("u").len(), 15);
        assert_eq!(inactive(&people), ["e13"]);
    }
}

#[test]
fn clause_1_3_other_sixteenth_endpoints_are_refused_and_nothing_is_stored() {
    let refused = "`User.UserId`: Exceeded maximum endpoint per user count: 15";
    for channel in ["SMS", "PUSH", "VOICE", "EMAIL", "CUSTOM", "IN_APP"] {
        let mut people = fifteen(&["GCM", "EMAIL"]);
        let new = json!({"ChannelType": channel, "Address": "new", "User": {"UserId": "u"}});
        assert_eq!(people.push(Some("new"), &new).unwrap_err().to_string(), refused, "{channel}");
        assert_eq!((people.len(), people.find("new"), inactive(&people).len()), (15, None, 0));
    }
    // No push endpoint that could give way, and no channel that is known.
    let mut people = fifteen(&["EMAIL", "SMS"]);
    let push = json!({"ChannelType": "GCM", "Address": "new", "User": {"UserId": "u"}});
    assert_eq!(people.push(Some("new"), &push).unwrap_err().to_string(), refused);
    let mut people = fifteen(&["GCM"]);
    assert_eq!(people.push(Some("new"), &json!({"User": {"UserId": "u"}})).unwrap_err().to_string(), refused);
}

#[test]
fn clause_1_3_counts_those_who_join_and_not_those_who_are_there_or_have_left() {
    let mut people = fifteen(&["EMAIL"]);
    people.push(Some("e3"), &json!({"User": {"UserId": "u"}})).unwrap();
    people.push(Some("x"), &json!({"ChannelType": "SMS", "Address": "x", "User": {"UserId": "v"}})).unwrap();
    assert!(people.push(Some("x"), &json!({"User": {"UserId": "u"}})).is_err());
    people.push(Some("e3"), &json!({"User": {"UserId": ""}})).unwrap();
    people.push(Some("x"), &json!({"User": {"UserId": "u"}})).unwrap();
    assert_eq!(people.of_user("u").len(), 15);
    // Without a date an endpoint is of now, so it is not the oldest.
    let mut people = fifteen(&["GCM"]);
    people.push(Some("e14"), &json!({})).unwrap();
    people.push(Some("new"), &json!({"ChannelType": "GCM", "Address": "new", "User": {"UserId": "u"}})).unwrap();
    assert_eq!((people.row(14).user_id(), people.row(13).user_id()), (Some("u"), None));
}

#[test]
fn clause_1_3_holds_for_imports_too() {
    let mut csv = "ChannelType,Address,User.UserId\n".to_owned();
    for number in 0..17 {
        csv += &format!("EMAIL,{number},u\n");
    }
    let (people, problems) = import::csv(&csv);
    let lines: Vec<(usize, &str)> = problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
    assert_eq!((people.len(), lines), (15, vec![(17, "User.UserId"), (18, "User.UserId")]));
}

// 1.4 Batch

#[test]
fn clause_1_4_items_with_one_id_apply_in_order() {
    let batch = json!({"Item": [
        {"Id": "e", "ChannelType": "EMAIL", "Address": "1", "Attributes": {"A": ["1"], "B": ["1"]}},
        {"Id": "f", "ChannelType": "EMAIL", "Address": "2"},
        {"Id": "e", "Address": "3", "Attributes": {"A": ["2"]}}]});
    let (people, problems) = import::json_lines(&batch.to_string());
    assert_eq!(problems, []);
    let row = people.row(0);
    assert_eq!((people.len(), row.address()), (2, Some("3")));
    assert_eq!((row.attribute("A").first(), row.attribute("B").first()), (Some("2"), Some("1")));
}

// 3 Import jobs

#[test]
fn clause_3_every_column_of_the_list_is_read() {
    let csv = "Address,Attributes.A,ChannelType,Demographic.AppVersion,Demographic.Locale,Demographic.Make,\
        Demographic.Model,Demographic.ModelVersion,Demographic.Platform,Demographic.PlatformVersion,\
        Demographic.Timezone,EffectiveDate,Id,Location.City,Location.Country,Location.Latitude,Location.Longitude,\
        Location.PostalCode,Location.Region,Metrics.m,OptOut,RequestId,User.UserAttributes.U,User.UserId\n\
        a,1,SMS,2,de_DE,3,4,5,6,7,Europe/Berlin,2026-01-02T03:04:05Z,e,8,DE,9.5,10.5,11,12,13.5,ALL,14,15,16\n";
    let expected = json!({"Id": "e", "ChannelType": "SMS", "Address": "a", "EndpointStatus": "ACTIVE", "OptOut": "ALL",
        "EffectiveDate": "2026-01-02T03:04:05.000Z", "RequestId": "14", "Attributes": {"A": ["1"]},
        "Metrics": {"m": 13.5}, "User": {"UserId": "16", "UserAttributes": {"U": ["15"]}},
        "Demographic": {"AppVersion": "2", "Locale": "de_DE", "Make": "3", "Model": "4", "ModelVersion": "5",
            "Platform": "6", "PlatformVersion": "7", "Timezone": "Europe/Berlin"},
        "Location": {"City": "8", "Country": "DE", "Latitude": 9.5, "Longitude": 10.5, "PostalCode": "11", "Region": "12"}});
    let without_cohort = |people: &People| -> Value {
        let mut row = people.row(0).to_json();
        row.as_object_mut().unwrap().remove("CohortId");
        row
    };
    let (people, problems) = import::csv(csv);
    assert_eq!((without_cohort(&people), problems), (expected.clone(), vec![]));
    let (people, problems) = import::json_lines(&expected.to_string());
    assert_eq!((without_cohort(&people), problems), (expected, vec![]));
}

#[test]
fn clause_3_names_are_case_sensitive_and_unknown_columns_are_problems_of_the_header() {
    for column in [
        "address2",
        "ADDRESS",
        "Attributes",
        "Attributes.",
        "Metrics.",
        "User.UserAttributes.",
        "User",
        "Demographic.Colour",
        "Location.Street",
        "EndpointStatus",
        "CohortId",
        "user.userid",
        "",
    ] {
        let csv = format!("Id,ChannelType,Address,{column}\ne,EMAIL,a,1\n");
        let (people, problems) = import::csv(&csv);
        let seen: Vec<(usize, &str)> = problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
        assert_eq!((people.len(), seen), (1, vec![(1, column)]));
    }
}

#[test]
fn clause_3_a_blank_cell_is_not_given() {
    let first = "Id,ChannelType,Address,Attributes.A,Metrics.m,Location.City,User.UserId\ne,EMAIL,a,1,2,Rome,u\n";
    let (mut people, _) = import::csv(first);
    let before = people.row(0).to_json();
    assert_eq!(
        import::csv_into(
            &mut people,
            "Id,ChannelType,Address,Attributes.A,Metrics.m,Location.City,User.UserId\ne,,,,,,\n"
        ),
        []
    );
    assert_eq!(people.row(0).to_json(), before);
}

#[test]
fn clause_3_a_new_endpoint_needs_address_and_channel_and_an_update_its_id() {
    // table: row, line's outcome
    let table = [
        ("e,,", Some("Address")),
        ("e,EMAIL,", Some("Address")),
        ("e,,a", Some("ChannelType")),
        (",EMAIL,", Some("Address")),
        ("e,EMAIL,a", None),
        (",EMAIL,a", None),
        ("known,,", None),
        ("known,,b", None),
    ];
    for (row, column) in table {
        let mut people = People::default();
        people.push(Some("known"), &json!({"ChannelType": "EMAIL", "Address": "k"})).unwrap();
        let problems = import::csv_into(&mut people, &format!("Id,ChannelType,Address\n{row}\n"));
        assert_eq!(
            problems.first().map(|problem| (problem.line, problem.column.as_str())),
            column.map(|name| (2, name))
        );
        let members: Vec<String> = ["Id", "ChannelType", "Address"]
            .into_iter()
            .zip(row.split(','))
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| format!("\"{name}\":\"{cell}\""))
            .collect();
        let mut people = People::default();
        people.push(Some("known"), &json!({"ChannelType": "EMAIL", "Address": "k"})).unwrap();
        let problems = import::json_lines_into(&mut people, &format!("\n{{{}}}\n", members.join(",")));
        assert_eq!(
            problems.first().map(|problem| (problem.line, problem.column.as_str())),
            column.map(|name| (2, name))
        );
    }
}

#[test]
fn clause_3_a_row_without_id_is_found_again_by_channel_address_and_user() {
    let mut people = People::default();
    let rows = ["EMAIL,a,", "EMAIL,a,u", "EMAIL,b,u", "SMS,a,", "EMAIL,a,v"];
    for round in 0..2 {
        for row in rows {
            let problems = import::csv_into(&mut people, &format!("ChannelType,Address,User.UserId\n{row}\n"));
            assert_eq!(problems, [], "{round} {row}");
        }
        assert_eq!(people.len(), rows.len());
    }
}

#[test]
fn n001_limits_hold_for_files_and_name_line_and_column() {
    let long = "v".repeat(101);
    let many = vec!["\"x\""; 51].join(",");
    let name = "n".repeat(51);
    let table = [
        (format!("\"Attributes\":{{\"A\":[\"{long}\"]}}"), "Attributes.A".to_owned()),
        (format!("\"Attributes\":{{\"A\":[{many}]}}"), "Attributes.A".to_owned()),
        (format!("\"Attributes\":{{\"{name}\":[\"x\"]}}"), format!("Attributes.{name}")),
        (format!("\"Metrics\":{{\"{name}\":1}}"), format!("Metrics.{name}")),
        (format!("\"User\":{{\"UserAttributes\":{{\"A\":[\"{long}\"]}}}}"), "User.UserAttributes.A".to_owned()),
        (format!("\"RequestId\":\"{}\"", "r".repeat(16_000)), String::new()),
    ];
    for (members, column) in table {
        let line = format!("{{\"ChannelType\":\"EMAIL\",\"Address\":\"a\",{members}}}");
        let (people, problems) = import::json_lines(&format!("\n{line}\n"));
        let seen: Vec<(usize, &str)> = problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
        assert_eq!((people.len(), seen), (0, vec![(2, column.as_str())]));
    }
}

#[test]
fn n002_the_251st_name_is_refused_and_known_ones_are_not() {
    let mut header = "ChannelType,Address".to_owned();
    let mut row = "EMAIL,a".to_owned();
    for number in 0..250 {
        header += &format!(",{}.n{number}", ["Attributes", "Metrics", "User.UserAttributes"][number % 3]);
        row += ",1";
    }
    let (mut people, problems) = import::csv(&format!("{header}\n{row}\n"));
    assert_eq!((people.attribute_paths().len(), problems), (250, vec![]));
    let problems = import::csv_into(&mut people, "ChannelType,Address,Attributes.new\nEMAIL,b,1\nEMAIL,c,\n");
    let seen: Vec<(usize, String)> = problems.iter().map(|problem| (problem.line, problem.message.clone())).collect();
    assert_eq!(seen, [(2, "too many custom attributes: 251 different names, at most 250 are allowed".to_owned())]);
    assert_eq!(people.len(), 2);
    assert_eq!(import::csv_into(&mut people, "ChannelType,Address,Attributes.n0\nEMAIL,d,2\n"), []);
}

#[test]
fn n004_unknown_words_are_named() {
    for (member, word) in [("ChannelType", "MAIL"), ("OptOut", "none"), ("EndpointStatus", "SLEEPING")] {
        let endpoint = json!({"Id": "e", "ChannelType": "EMAIL", "Address": "a", member: word});
        let (_, problems) = import::json_lines(&endpoint.to_string());
        assert_eq!((problems.len(), problems[0].line, problems[0].column.as_str()), (1, 1, member));
        assert!(problems[0].message.starts_with(&format!("`{word}` is not one of ")), "{}", problems[0]);
    }
}

#[test]
fn i001_files_that_are_not_utf_8_or_are_compressed_are_told() {
    assert_eq!(import::text("Id\nü\n".as_bytes()), Ok("Id\nü\n"));
    assert_eq!(
        import::text(b"Id\na,\xff\n").unwrap_err().to_string(),
        "line 2: byte 3 of the line is not UTF-8; store the file as UTF-8"
    );
    for compressed in [&b"\x1f\x8b\x08\x00"[..], b"PK\x03\x04..."] {
        assert_eq!(import::text(compressed).unwrap_err().to_string(), "the file is compressed; unpack it first");
    }
}
