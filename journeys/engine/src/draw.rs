//! Chance without randomness: a draw is a hash of who draws, where, and for the how-manieth time.
//!
//! The same draw comes out in the simulator, in the server and on a retry (journeys.md 3.6, chosen).

/// Mixes 64 bits so that every input bit reaches every output bit (the finaliser of splitmix64).
pub const fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Hash of the parts of a text, one after the other: `hash(&["user:", "ann"])` is `hash(&["user:ann"])`.
pub fn hash(parts: &[&str]) -> u64 {
    let mut sum: u64 = 0xCBF2_9CE4_8422_2325;
    for part in parts {
        for byte in part.bytes() {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
    mix(sum)
}

/// The salt of an activity: a hash of journey id and activity id.
pub fn salt(journey: &str, activity: &str) -> u64 {
    hash(&[journey, "\u{0}", activity])
}

/// A draw from 0 to 99: hash of (journey id, activity id, participant key, entry number) mod 100 (journeys.md 3.6, 3.7).
pub fn percent(salt: u64, participant: u64, entry: u32) -> u8 {
    (mix(salt ^ mix(participant.wrapping_add(u64::from(entry)))) % 100) as u8
}
