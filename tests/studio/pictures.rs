//! Pictures of the main views, held against those in `tests/pictures`, which somebody has looked at.
//!
//! Fonts, the smoothing of edges and a date that moves on differ from machine to machine: what is compared are blocks by
//! their mean colour, and a few may differ. A bar that is gone, a card elsewhere, a colour of the wrong theme are more than
//! a few. With `WAYMARK_PICTURES=write` the pictures are written anew; look at them before they are kept.

use std::path::{Path, PathBuf};

use resvg::tiny_skia::Pixmap;

use super::{Hand, Look, shots};

/// Side of a block, pixels.
const BLOCK: u32 = 16;
/// How far the means of a block may be apart in one colour, of 255.
const NEAR: f64 = 16.0;
/// The share of blocks that may be farther apart.
const FEW: f64 = 0.02;

/// Fails when a view does not look as its pictures, in the light and, where `dark`, in the dark.
pub async fn looks_as_before(hand: &Hand, view: &str, dark: bool) {
    for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        if look == Look::Light || dark {
            hand.shown(Some(look)).await;
            hand.painted().await;
            compare(hand, &format!("{view}-{name}")).await;
        }
    }
    hand.shown(Some(Look::Light)).await;
}

async fn compare(hand: &Hand, name: &str) {
    let shot = hand.picture().await;
    let kept = shots().join(format!("{name}.png"));
    std::fs::write(&kept, &shot).expect("the picture is written");
    let reference = reference(name);
    if std::env::var("WAYMARK_PICTURES").is_ok_and(|value| value == "write") {
        std::fs::write(&reference, &shot).expect("the picture is written");
        println!("written anew: {}", reference.display());
        return;
    }
    let before = std::fs::read(&reference).expect("the picture; WAYMARK_PICTURES=write makes it");
    let (before, now) = (blocks(&before), blocks(&shot));
    assert_eq!((before.0, before.1.len()), (now.0, now.1.len()), "{name}: the window has another size");
    let far = |(a, b): &(&[f64; 3], &[f64; 3])| a.iter().zip(*b).any(|(a, b)| (a - b).abs() > NEAR);
    let places: Vec<usize> =
        before.1.iter().zip(&now.1).enumerate().filter(|(_, pair)| far(pair)).map(|(place, _)| place).collect();
    let share = places.len() as f64 / now.1.len() as f64;
    let first = places.first().map(|place| (*place as u32 % now.0 * BLOCK, *place as u32 / now.0 * BLOCK));
    assert!(
        share <= FEW,
        "{name} looks otherwise in {:.1}% of its area, first at {first:?}; compare {} with {}, and where it is meant, write \
         it anew with WAYMARK_PICTURES=write",
        share * 100.0,
        kept.display(),
        reference.display(),
    );
}

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(format!("{name}.png"))
}

/// How many blocks are in a row, and the mean colour of each.
fn blocks(png: &[u8]) -> (u32, Vec<[f64; 3]>) {
    let picture = Pixmap::decode_png(png).expect("a PNG");
    let (columns, rows) = (picture.width() / BLOCK, picture.height() / BLOCK);
    let mean = |column: u32, row: u32| {
        let mut sum = [0.0; 3];
        for y in row * BLOCK..(row + 1) * BLOCK {
            for x in column * BLOCK..(column + 1) * BLOCK {
                let pixel = picture.pixels()[(y * picture.width() + x) as usize];
                for (sum, part) in sum.iter_mut().zip([pixel.red(), pixel.green(), pixel.blue()]) {
                    *sum += f64::from(part);
                }
            }
        }
        sum.map(|sum| sum / f64::from(BLOCK * BLOCK))
    };
    (
        columns,
        (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))).map(|(c, r)| mean(c, r)).collect(),
    )
}
