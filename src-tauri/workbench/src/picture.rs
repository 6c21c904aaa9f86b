//! The picture of a journey in pixels and as PDF, made of its SVG with the fonts of this machine.

use svg2pdf::usvg::fontdb::{Database, Family, Query};
use svg2pdf::usvg::{Options, Tree};
use svg2pdf::{ConversionOptions, PageOptions};

use crate::failure::{Outcome, internal, not_found};

/// Pixels to a canvas unit, as on a screen of high resolution.
const SHARP: f32 = 2.0;
/// The most pixels of a picture, 256 MB of memory; a larger one is drawn coarser.
const MOST_PIXELS: f32 = 64.0e6;
/// Canvas units, which are CSS pixels, to an inch.
const UNITS_TO_INCH: f32 = 96.0;
/// The longest side of a page in inches, a little below what readers of PDF take (ISO 32000-1, Annex C.2: 200); a larger
/// picture is scaled down.
const LONGEST_PAGE: f32 = 199.0;

/// The families that words are set in when the picture's own are not here, the best first.
const PLAIN: [&str; 6] = ["DejaVu Sans", "Noto Sans", "Liberation Sans", "Cantarell", "Helvetica", "Segoe UI"];

/// The picture as PNG: two pixels to a canvas unit, fewer when it would have more than 64 million.
///
/// # Errors
/// When no font is installed.
pub fn png(svg: &str) -> Outcome<Vec<u8>> {
    let tree = tree(svg)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = sharpness(width, height);
    let pixels = |length: f32| (length * scale).ceil().max(1.0) as u32;
    let mut pixmap = resvg::tiny_skia::Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| internal(format!("a picture of {width} by {height} can not be drawn")))?;
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| internal(format!("the picture can not be written as PNG: {error}")))
}

/// Pixels to a canvas unit in a picture of that size.
fn sharpness(width: f32, height: f32) -> f32 {
    SHARP.min((MOST_PIXELS / (width * height)).sqrt())
}

/// The picture as a PDF of one page, as large as on the screen at 100 %; its words stay words.
///
/// # Errors
/// When no font is installed.
pub fn pdf(svg: &str) -> Outcome<Vec<u8>> {
    let tree = tree(svg)?;
    let longest = tree.size().width().max(tree.size().height());
    let page = PageOptions { dpi: UNITS_TO_INCH.max(longest / LONGEST_PAGE) };
    svg2pdf::to_pdf(&tree, ConversionOptions::default(), page)
        .map_err(|error| internal(format!("the picture can not be written as PDF: {error}")))
}

fn tree(svg: &str) -> Outcome<Tree> {
    let mut fonts = Database::new();
    fonts.load_system_fonts();
    tree_with(svg, fonts)
}

fn tree_with(svg: &str, mut fonts: Database) -> Outcome<Tree> {
    let is_here = |fonts: &Database, name: &str| {
        fonts.query(&Query { families: &[Family::Name(name)], ..Query::default() }).is_some()
    };
    let plain = PLAIN.iter().find(|name| is_here(&fonts, name)).map(|name| (*name).to_owned());
    let any = || fonts.faces().find_map(|face| Some(face.families.first()?.0.clone()));
    let Some(plain) = plain.or_else(any) else {
        return Err(not_found(
            "no font is installed on this machine, so that the picture would have no words",
            "install a font, such as DejaVu Sans, or export the picture as SVG",
        ));
    };
    fonts.set_sans_serif_family(plain);
    let options = Options { fontdb: std::sync::Arc::new(fonts), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|error| internal(format!("the picture can not be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: u32, words: &str) -> String {
        format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='{side}' height='{side}' viewBox='0 0 {side} {side}' \
             font-family='Nobody Has This, sans-serif'><rect width='100%' height='100%' fill='#fff'/>\
             <text x='4' y='20' font-size='16'>{words}</text></svg>"
        )
    }

    /// Width and height as a PNG's first chunk has them, and whether there is anything but white.
    fn read(png: &[u8]) -> (u32, u32, bool) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
        let pixels = resvg::tiny_skia::Pixmap::decode_png(png).expect("a picture");
        (number(16), number(20), pixels.pixels().iter().any(|pixel| pixel.red() < 128))
    }

    #[test]
    fn words_are_drawn_with_whatever_font_there_is() {
        assert_eq!(read(&png(&square(40, "Hm")).expect("a picture")), (80, 80, true));
        assert_eq!(read(&png(&square(40, "")).expect("a picture")), (80, 80, false));
    }

    #[test]
    fn people_are_dots_in_pixels_too() {
        use diagram::{Rect, dots};
        let path = |d: &str, width: f64, dashes: &str| {
            format!(
                "<path d='{d}' stroke='#000' stroke-width='{width}' stroke-linecap='round' stroke-dasharray='{dashes}'/>"
            )
        };
        // One row of three at the foot of a card, one of four on a line.
        let standing = dots::standing(&Rect::new(0.0, 0.0, 100.0, 20.0), 3);
        let drawn = path(&standing, dots::STANDING, "none") + &path("M20 60h71", dots::WALKING, &dots::walking(20));
        let svg = format!("<svg xmlns='http://www.w3.org/2000/svg' width='120' height='80'>{drawn}</svg>");
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png(&svg).expect("a picture")).expect("pixels");
        let dots_in_row = |y: u32| {
            let is_ink = |x: u32| pixels.pixel(x, y).is_some_and(|pixel| pixel.alpha() > 128);
            (1..pixels.width()).filter(|x| is_ink(*x) && !is_ink(x - 1)).count()
        };
        assert_eq!((dots_in_row(40), dots_in_row(80), dots_in_row(120)), (3, 0, 4));
    }

    #[test]
    fn a_large_picture_is_coarser_and_a_large_page_smaller() {
        assert_eq!((sharpness(4_000.0, 4_000.0), sharpness(16_000.0, 16_000.0)), (2.0, 0.5));
        let side = |side: u32| -> f32 {
            let pdf = pdf(&square(side, "")).expect("a page");
            let text = String::from_utf8_lossy(&pdf);
            let (_, page) = text.split_once("/MediaBox [0 0 ").expect("a page");
            page.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
        };
        assert_eq!(side(96), 72.0);
        assert!((14_000.0..14_400.0).contains(&side(48_000)));
    }

    #[test]
    fn without_fonts_it_is_said_what_to_do() {
        let failure = tree_with(&square(10, "Hm"), Database::new()).expect_err("no fonts");
        assert!(failure.message.contains("no font is installed") && failure.help.contains("SVG"), "{failure:?}");
    }
}
