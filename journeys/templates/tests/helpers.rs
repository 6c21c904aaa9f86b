//! templates.md 4, row by row: every example of the reference, and the choices it makes.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use model::TemplateKind;
use model::time::parse_instant;
use serde_json::{Value, json};
use templates::{Substitutions, Template};

fn endpoint() -> Value {
    json!({
        "Id": "e1", "Address": "ada@example.com",
        "Attributes": {
            "c": ["a", "b"], "colors": ["blue", "red"], "one": ["x"], "none": [], "age": ["39"], "zero": ["0"],
            "zone": ["Asia/Tokyo"], "minus": ["-4"], "many": (0..20).map(|n| n.to_string()).collect::<Vec<_>>(),
        },
        "Metrics": {"orders": 3.0, "price": 2.50, "yes": true},
        "CreationDate": "2020-09-19T23:00:00.000Z",
        "User": {"UserAttributes": {"FirstName": ["Ada"], "LastName": ["Lovelace"]}},
    })
}

fn render(text: &str) -> String {
    let compiled = Template::compile(TemplateKind::Sms, &json!({"Body": text}));
    let template = compiled.unwrap_or_else(|error| panic!("{text}: {error}"));
    let now = parse_instant("2020-09-19T18:30:00Z").unwrap();
    let rendered =
        template.render(&endpoint(), Substitutions::default(), now).unwrap_or_else(|error| panic!("{text}: {error}"));
    rendered.part("Body").unwrap().to_owned()
}

fn table(rows: &[(&str, &str)]) {
    for (text, result) in rows {
        assert_eq!(render(text), *result, "{text}");
    }
}

#[test]
fn blocks_4_1() {
    table(&[
        ("{{#each Attributes.c}}{{@index}}:{{this}} {{/each}}", "0:a 1:b "),
        ("{{#each Attributes.none}}x{{else}}empty{{/each}}", "empty"),
        ("{{#each Attributes.gone}}x{{else}}empty{{/each}}", "empty"),
        // At most 15 turns.
        ("{{#each Attributes.many}}{{@index}} {{/each}}", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 "),
        ("{{#each Attributes.c}}{{#if @first}}[{{/if}}{{this}}{{#if @last}}]{{/if}}{{/each}}", "[ab]"),
        ("{{#each User.UserAttributes}}{{@key}}={{this}};{{/each}}", "FirstName=Ada;LastName=Lovelace;"),
        (
            "{{#each Attributes.c}}{{#each ../Attributes.colors}}{{@../index}}{{this}} {{/each}}{{/each}}",
            "0blue 0red 1blue 1red ",
        ),
        ("{{#if Attributes.x.[0]}}y{{else}}n{{/if}}", "n"),
        ("{{#if Attributes.one.[0]}}y{{else}}n{{/if}}", "y"),
        ("{{#if Attributes.one}}y{{/if}}{{#if Attributes.none}}n{{/if}}{{#if Attributes.zero}}z{{/if}}", "y"),
        ("{{#if (eq 1 2)}}a{{else if (eq 2 2)}}b{{else}}c{{/if}}", "b"),
        ("{{#if (eq 1 2)}}a{{else unless (eq 2 2)}}b{{else each Attributes.c}}{{this}}{{else}}c{{/if}}", "ab"),
    ]);
}

#[test]
fn conditions_4_2() {
    table(&[
        ("{{and (eq 1 1) (eq 2 2) yes='Y' no='N'}}", "Y"),
        ("{{and (eq 1 1) (eq 2 3) yes='Y' no='N'}}", "N"),
        ("{{and 1 1 1 1}} {{and 1 1 0 1}}", "true false"),
        ("{{or (eq 1 2) (eq 2 2) yes='Y' no='N'}}", "Y"),
        ("{{or (eq 1 2) (eq 2 3) yes='Y' no='N'}}", "N"),
        ("{{not (eq \"red\" \"red\")}}", "false"),
        ("{{not (eq \"red\" \"blue\") yes='other' no='same'}}", "other"),
        ("{{eq \"a\" \"a\" yes='y' no='n'}}", "y"),
        ("{{eq \"a\" \"A\" yes='y' no='n'}}", "n"),
        ("{{neq \"a\" \"b\"}} {{neq \"a\" \"a\"}}", "true false"),
        ("{{gte \"18\" \"18\" yes='ok' no='no'}}", "ok"),
        (
            "{{gt 2 1}}{{gt 1 1}} {{gte 1 1}}{{gte 1 2}} {{lt 1 2}}{{lt 1 1}} {{lte 1 1}}{{lte 2 1}}",
            "truefalse truefalse truefalse truefalse",
        ),
        // Both numeric: by number, else by text (chosen).
        (
            "{{gt \"39\" \"17\"}} {{gt Attributes.age.[0] \"170\"}} {{gt \"9\" \"10\"}} {{eq \"1.50\" 1.5}}",
            "true false false true",
        ),
        ("{{gt \"b\" \"a\"}} {{lt \"10\" \"9a\"}}", "true true"),
        // As blocks; a word for the answer does not turn the block around.
        ("{{#eq Attributes.age.[0] 39}}same{{else}}other{{/eq}}", "same"),
        ("{{#eq 1 2 no='N'}}same{{else}}other{{/eq}}", "other"),
        ("{{#and Attributes.one Attributes.x}}both{{else}}not both{{/and}}", "not both"),
        ("{{#or Attributes.one Attributes.x}}one{{/or}}{{#not Attributes.x}}none{{/not}}", "onenone"),
        (
            "{{#neq 1 2}}a{{/neq}}{{#gt 2 1}}b{{/gt}}{{#gte 2 2}}c{{/gte}}{{#lt 1 2}}d{{/lt}}{{#lte 2 2}}e{{/lte}}",
            "abcde",
        ),
        ("{{#if (gt Metrics.orders 2)}}many{{/if}}", "many"),
        // A missing value is false and empty.
        ("{{eq Attributes.x \"\"}} {{#if (not Attributes.x)}}none{{/if}}", "true none"),
    ]);
}

#[test]
fn texts_4_3() {
    table(&[
        ("{{abbreviate \"Alejandro\" 6}}", "Ale..."),
        ("{{abbreviate \"Ale\" 6}} {{abbreviate \"Alejandro\" 2}} [{{abbreviate \"Alejandro\" -1}}]", "Ale .. []"),
        ("{{capitalize \"my first post\"}}", "My First Post"),
        ("{{capitalizeFirst \"my first post\"}}", "My first post"),
        ("{{capitalizeFirst (lower \"JANE\")}}", "Jane"),
        ("[{{center \"Los Angeles\" size=19}}]", "[    Los Angeles    ]"),
        ("{{center \"ab\" size=5 pad=\"*\"}} [{{center \"ab\" size=-5}}]", "*ab** [ab]"),
        ("{{cut \"Los Angeles\" \"e\"}}", "Los Angls"),
        ("{{cut \"Los Angeles\"}}", "LosAngeles"),
        ("{{inflect 3 apple apples includeCount=true}}", "3 apples"),
        ("{{inflect 1 \"apple\" \"apples\"}} {{inflect 0 apple apples includeCount=false}}", "apple apples"),
        ("{{inflect Metrics.orders apple apples includeCount=true}}", "3 apples"),
        ("{{join Attributes.colors \", \"}}", "blue, red"),
        ("{{join Attributes.colors \" \" prefix=\"<\" suffix=\">\"}}[{{join Attributes.none \",\"}}]", "<blue red>[]"),
        (
            "[{{ljust \"ab\" 4}}][{{rjust \"ab\" 4}}][{{ljust \"ab\" 4 pad=\"-\"}}][{{rjust \"ab\" 5 pad=\".:\"}}]",
            "[ab  ][  ab][ab--][.:.ab]",
        ),
        // Negative numbers count as 0 (chosen).
        ("[{{ljust \"abc\" -1}}][{{rjust \"abc\" Attributes.minus.[0]}}]", "[abc][abc]"),
        ("{{lower \"Santos\"}} {{upper \"Santos\"}}", "santos SANTOS"),
        ("{{ordinalize 22}}", "22nd"),
        (
            "{{#each Attributes.many}}{{ordinalize this}} {{/each}}",
            "0th 1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th 14th ",
        ),
        ("{{ordinalize 21}} {{ordinalize 111}} {{ordinalize 1013}} {{ordinalize \"x\"}}", "21st 111th 1013th x"),
        ("{{replace \"Los Angeles\" \" \" \"_\"}}", "Los_Angeles"),
        ("{{replace \"a.b.c\" \".\" \"\"}} {{replace \"abc\" \"\" \"x\"}}", "abc abc"),
        ("{{slugify \"Los Angeles\"}}", "los-angeles"),
        ("{{slugify \"  Los  -- Angeles! \"}} {{slugify \"São Paulo\"}}", "los-angeles são-paulo"),
        ("{{stripTags \"<h1>Art</h1>\"}}", "Art"),
        ("{{stripTags \"<h1>Art</h1> < 3\"}}", "Art < 3"),
        ("{{substring \"Los Angeles\" 4 9}}", "Angel"),
        ("{{substring \"Los Angeles\" 4}} {{substring \"Zoë\" 2 99}}{{substring \"Zoë\" 9}}", "Angeles ë"),
        ("{{substring \"abc\" -2 2}}[{{substring \"abc\" 2 1}}]", "ab[]"),
        ("{{yesno true}} {{yesno false}} {{yesno Attributes.x}}", "yes no maybe"),
        ("{{yesno Metrics.yes yes='si'}} {{yesno (eq 1 2) no='non'}} {{yesno null maybe='quizas'}}", "si non quizas"),
    ]);
}

#[test]
fn dates_4_3() {
    table(&[
        (
            "{{dateFormat \"09/19/2020\" inputFormat=\"MM/dd/yyyy\" outputFormat=\"full\" tz=America/Los_Angeles}}",
            "Saturday, September 19, 2020",
        ),
        ("{{dateFormat \"2020-09-19\" outputFormat=\"long\"}}", "September 19, 2020"),
        (
            "{{dateFormat \"2020-09-19\" outputFormat=\"medium\"}} {{dateFormat \"2020-09-19\"}}",
            "Sep 19, 2020 Sep 19, 2020",
        ),
        ("{{dateFormat \"2020-09-19\" outputFormat=\"short\"}}", "9/19/20"),
        // The default zone is UTC, the default input ISO 8601 (chosen).
        ("{{dateFormat CreationDate}} {{dateFormat CreationDate outputFormat=\"HH:mm z\"}}", "Sep 19, 2020 23:00 UTC"),
        (
            "{{dateFormat CreationDate outputFormat=\"yyyy-MM-dd'T'HH:mm:ssXXX\" tz=\"Europe/Berlin\"}}",
            "2020-09-20T01:00:00+02:00",
        ),
        ("{{dateFormat CreationDate \"short\" tz=Attributes.zone.[0]}}", "9/20/20"),
        ("[{{dateFormat Attributes.x}}]", "[]"),
        ("{{now \"medium\" tz=America/Los_Angeles}}", "Sep 19, 2020"),
        (
            "{{now}} {{now \"HH:mm\"}} {{now short}} {{now format=\"full\"}}",
            "Sep 19, 2020 18:30 9/19/20 Saturday, September 19, 2020",
        ),
        ("{{now \"EEE, d MMM yyyy hh:mm a\" tz=\"Asia/Kolkata\"}}", "Sun, 20 Sep 2020 12:00 AM"),
    ]);
}

#[test]
fn numbers_and_codes_4_4() {
    table(&[
        ("{{add 5 2.3}}", "7.3"),
        ("{{subtract 5 2.3}}", "2.7"),
        ("{{multiply 5 2.3}}", "11.5"),
        ("{{divide 5 2.3}}", "2.17391304"),
        ("{{modulo 7 2}}", "1"),
        ("{{ceiling 5.23}} {{floor 5.23}} {{round 19.21}}", "6 5 19"),
        // Eight decimals, decimal arithmetic, no trailing zeros; by zero nothing (chosen).
        (
            "{{add 0.1 0.2}} {{divide 1 3}} {{divide 2 3}} {{divide 10 4}} {{multiply 0.5 4}}",
            "0.3 0.33333333 0.66666667 2.5 2",
        ),
        ("[{{divide 1 0}}] [{{modulo 1 0}}] [{{add \"x\" 1}}] [{{round Attributes.x}}]", "[] [] [] []"),
        ("{{add Metrics.orders Metrics.price}} {{subtract 1 2}}", "5.5 -1"),
        ("{{encode64 \"Hello World\"}}", "SGVsbG8gV29ybGQ="),
        ("{{decode64 \"SGVsbG8gV29ybGQ=\"}}", "Hello World"),
        ("{{encode64 \"Hello world\"}}", "SGVsbG8gd29ybGQ="),
        ("{{md5 \"Hello World\"}}", "b10a8db164e0754105b7a99be72e3fe5"),
        ("{{substring (sha256 \"Hello World\") 0 16}}", "a591a6d40bf42040"),
        ("{{substring (sha512 \"Hello World\") 0 16}}", "2c74fd17edafd80e"),
        ("{{md5 \"é\"}}", "66ddcd97cfdeabb2f6fb8a999b4bc76f"),
    ]);
    let uuid = render("{{uuid}}");
    assert_eq!((uuid.len(), &uuid[14..15], uuid.matches('-').count()), (36, "4", 4));
    assert!(uuid.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f')));
    assert!("89ab".contains(&uuid[19..20]), "the variant of RFC 9562");
}

#[test]
fn partials_and_the_rest_4_5() {
    table(&[
        (
            "{{#* inline \"fullName\"}}{{User.UserAttributes.FirstName}} {{User.UserAttributes.LastName}}{{/inline}}{{> fullName}}!",
            "Ada Lovelace!",
        ),
        // The last definition above the place; one partial in another.
        ("{{#*inline \"a\"}}1{{/inline}}{{>a}}{{#*inline \"a\"}}2{{/inline}}{{> \"a\"}}", "12"),
        ("{{#*inline \"a\"}}1{{/inline}}{{#*inline \"b\"}}<{{> a}}>{{/inline}}{{> b}}", "<1>"),
        ("{{#*inline \"row\"}}{{this}},{{/inline}}{{#each Attributes.c}}{{> row}}{{/each}}", "a,b,"),
        ("{{#unless Attributes.x}}y{{else}}n{{/unless}}{{#unless Attributes.one}}y{{else}}n{{/unless}}", "yn"),
        ("{{#with User.UserAttributes}}{{FirstName}}{{/with}}{{#with Attributes.x}}y{{else}}n{{/with}}", "Adan"),
        ("a {{!-- not {{shown}} --}}b{{! nor this }}", "a b"),
        ("a {{~Id~}} b", "ae1b"),
        ("a \n {{~#if Id~}} b \n {{~/if~}} c", "abc"),
        ("a\n{{#if Id}}\nb\n{{/if}}\nc", "a\nb\nc"),
        ("\\{{raw}} {{{Id}}} {{&Id}}", "{{raw}} e1 e1"),
        ("{{upper 'it\\'s \"so\"'}}", "IT'S \"SO\""),
    ]);
}

#[test]
fn an_unknown_helper_is_refused_4_5() {
    for text in ["{{shout Id}}", "{{#shout Id}}{{/shout}}", "{{upper (shout Id)}}", "{{eq (shout Id) 1}}"] {
        let error = Template::compile(TemplateKind::Sms, &json!({"Body": text})).map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), "Body, line 1, column 1: there is no helper `shout`", "{text}");
    }
}
