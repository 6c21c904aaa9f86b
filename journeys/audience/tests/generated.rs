//! The generated endpoints are those that other tools were measured with, and the standard segment finds the right ones.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test, in the functions that tests share too")]

use audience::{Audience, import};
use benchmark::people::{CSV_HEADER, Generated, NOW, standard_segment};

/// FNV-1a, to compare a text with one that is not here.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

const COUNT: u64 = 1000;

fn json_lines() -> String {
    let mut text = String::new();
    Generated::new(COUNT, 1).json_lines(0..COUNT, &mut text);
    text
}

#[test]
fn the_rows_are_those_of_the_published_generator() {
    let mut csv = CSV_HEADER.to_owned();
    Generated::new(COUNT, 1).csv(0..COUNT, &mut csv);
    let json_lines = json_lines();
    assert_eq!((json_lines.len(), fingerprint(&json_lines)), (660_808, 0x6e14_628e_120b_2727));
    assert_eq!((csv.len(), fingerprint(&csv)), (208_247, 0x176a_644b_bc45_a514));
    let endpoints: Vec<_> = (0..COUNT).map(|number| Generated::new(COUNT, 1).endpoint(number)).collect();
    assert_eq!(endpoints.iter().filter(|endpoint| endpoint.fits()).count(), 22);
    assert_eq!(endpoints.iter().filter(|endpoint| endpoint.fits() && endpoint.near_berlin().0).count(), 1);
}

#[test]
fn the_standard_segment_finds_the_right_rows() {
    let (people, problems) = import::json_lines(&json_lines());
    assert_eq!(problems, []);
    let generated = Generated::new(COUNT, 1);
    for radius in [false, true] {
        let audience = Audience::from_dimensions(&standard_segment(radius)).unwrap();
        let found: Vec<u64> = audience
            .select(&people, NOW)
            .into_iter()
            .filter(|row| !people.row(*row as usize).opted_out())
            .map(u64::from)
            .collect();
        let fits = |number: &u64| {
            let endpoint = generated.endpoint(*number);
            endpoint.fits() && (!radius || endpoint.near_berlin().1)
        };
        assert_eq!(found, (0..COUNT).filter(fits).collect::<Vec<_>>());
    }
}
