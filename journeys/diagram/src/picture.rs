//! The whole journey as one stand-alone SVG document.

use std::fmt::Write;

use crate::geometry::{Point, Rect};
use crate::layout::{Layout, label_width};
use crate::route::number;

/// What is drawn in one node's box. Colours are CSS colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// The activity's name: the large line.
    pub title: String,
    /// What it does in a few words: the line below the title.
    pub summary: String,
    /// The activity's kind: the small line above the title.
    pub kind_label: String,
    /// The kind's colour, behind the icon.
    pub color: String,
    /// The colour of the icon on `color`.
    pub text_color: String,
    /// SVG path data in a box of 24 by 24, drawn as lines of width 2.
    pub icon_path: String,
}

/// The colours and the typeface of a picture: CSS values.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Behind everything.
    pub background: String,
    /// A card's face.
    pub card: String,
    /// A card's border.
    pub border: String,
    /// Titles and labels.
    pub text: String,
    /// Summaries and kinds.
    pub muted: String,
    /// Connections.
    pub line: String,
    /// CSS `font-family`.
    pub font: String,
}

impl Theme {
    /// Dark text on a light ground.
    pub fn light() -> Self {
        Self::of(["#f5f6f8", "#ffffff", "#d8dde4", "#18212d", "#5b6776", "#93a0b1"])
    }

    /// Light text on a dark ground.
    pub fn dark() -> Self {
        Self::of(["#12161c", "#1c222b", "#343d4a", "#eef1f5", "#a3afbf", "#66748a"])
    }

    fn of([background, card, border, text, muted, line]: [&str; 6]) -> Self {
        Self {
            background: background.into(),
            card: card.into(),
            border: border.into(),
            text: text.into(),
            muted: muted.into(),
            line: line.into(),
            font: "system-ui, 'Segoe UI', Cantarell, 'DejaVu Sans', sans-serif".into(),
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::light()
    }
}

/// Around the journey.
const MARGIN: f64 = 32.0;
/// Radius of a line's corners.
const CORNER: f64 = 10.0;
/// Radius of a card's corners.
const CARD_CORNER: f64 = 10.0;
/// Length of an arrow head.
const HEAD: f64 = 7.0;
/// Height of a label.
const LABEL: f64 = 22.0;

/// The picture of `layout`: `cards` in the order of its nodes, `edge_labels` in the order of its edges.
///
/// A missing card is drawn empty, a missing or empty label not at all. Text is escaped, and cut with an ellipsis where
/// it would not fit. The same input gives the same bytes.
pub fn svg(layout: &Layout, cards: &[Card], edge_labels: &[String], theme: &Theme) -> String {
    let area = layout.bounds.inflate(MARGIN);
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    line(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="{x} {y} {w} {h}" font-family="{font}">"#,
        x = number(area.x),
        y = number(area.y),
        w = number(area.width),
        h = number(area.height),
        font = escape(&theme.font),
    ));
    line(&format!(r#"<rect {} fill="{}"/>"#, place(&area), escape(&theme.background)));
    line(&format!(r#"<g fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round">"#, escape(&theme.line)));
    for route in &layout.edges {
        if !route.points.is_empty() {
            line(&format!(r#"<path d="{}"/>"#, route.svg_path(CORNER)));
        }
    }
    line("</g>");
    line(&format!(r#"<g fill="{}">"#, escape(&theme.line)));
    let mut heads: Vec<Point> = Vec::new();
    for end in layout.edges.iter().filter_map(|route| route.points.last()) {
        // lines that join share their head
        if !heads.contains(end) {
            let (x, y) = (number(end.x), number(end.y));
            line(&format!(r#"<path d="M{x} {y}l-4.5 -{HEAD}h9z"/>"#));
            heads.push(*end);
        }
    }
    line("</g>");
    line(r#"<g font-size="12" text-anchor="middle">"#);
    for (route, label) in layout.edges.iter().zip(edge_labels) {
        if !route.points.is_empty() && !label.is_empty() {
            line(&edge_label(route.label_at, label, theme));
        }
    }
    line("</g>");
    let none = Card::default();
    for (index, area) in layout.nodes.iter().enumerate() {
        line(&card(area, cards.get(index).unwrap_or(&none), theme));
    }
    line("</svg>");
    out
}

fn edge_label(at: Point, label: &str, theme: &Theme) -> String {
    let width = label_width(label);
    let area = Rect::new(at.x - width / 2.0, at.y - LABEL / 2.0, width, LABEL);
    format!(
        r#"<rect {} rx="{}" fill="{}" stroke="{}"/><text x="{}" y="{}" fill="{}">{}</text>"#,
        place(&area),
        LABEL / 2.0,
        escape(&theme.card),
        escape(&theme.border),
        number(at.x),
        number(at.y + 4.2),
        escape(&theme.text),
        escape(&fitted(label, width - 12.0, 12.0)),
    )
}

/// One card: the icon on its colour at the left, up to three lines of text beside it, as many as its height holds.
fn card(area: &Rect, card: &Card, theme: &Theme) -> String {
    let mut out = String::from("<g>");
    push(
        &mut out,
        format_args!(
            r#"<rect {} rx="{CARD_CORNER}" fill="{}" stroke="{}"/>"#,
            place(area),
            escape(&theme.card),
            escape(&theme.border)
        ),
    );
    let side = (area.height - 20.0).clamp(0.0, 40.0);
    let tile = Rect::new(area.x + 12.0, area.center().y - side / 2.0, side, side);
    if !card.color.is_empty() {
        push(&mut out, format_args!(r#"<rect {} rx="9" fill="{}"/>"#, place(&tile), escape(&card.color)));
        let scale = number(side * 0.55 / 24.0);
        let inset = side * 0.225;
        push(
            &mut out,
            format_args!(
                r#"<path transform="translate({} {}) scale({scale})" d="{}" fill="none" stroke="{}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>"#,
                number(tile.x + inset),
                number(tile.y + inset),
                escape(&card.icon_path),
                escape(&card.text_color),
            ),
        );
    }
    // size, weight, colour, text
    let kind = (10.5, 600, &theme.muted, &card.kind_label);
    let title = (14.0, 600, &theme.text, &card.title);
    let summary = (12.0, 400, &theme.muted, &card.summary);
    let lines = match area.height {
        tall if tall >= 64.0 => vec![kind, title, summary],
        tall if tall >= 44.0 => vec![title, summary],
        _ => vec![title],
    };
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.3.is_empty()).collect();
    let height: f64 = lines.iter().map(|line| line.0 * LEADING).sum();
    let x = tile.right() + 12.0;
    let mut y = area.center().y - height / 2.0;
    for (size, weight, color, text) in lines {
        // the baseline of a line lies about three quarters down
        let baseline = y + size * (LEADING / 2.0 + 0.35);
        y += size * LEADING;
        push(
            &mut out,
            format_args!(
                r#"<text x="{}" y="{}" font-size="{size}" font-weight="{weight}" fill="{}">{}</text>"#,
                number(x),
                number(baseline),
                escape(color),
                escape(&fitted(text, area.right() - 12.0 - x, size)),
            ),
        );
    }
    out.push_str("</g>");
    out
}

/// Height of a line of text in font sizes.
const LEADING: f64 = 1.36;

fn place(area: &Rect) -> String {
    let Rect { x, y, width, height } = *area;
    format!(r#"x="{}" y="{}" width="{}" height="{}""#, number(x), number(y), number(width), number(height))
}

fn push(out: &mut String, arguments: std::fmt::Arguments) {
    // writing to a String cannot fail
    let _ = out.write_fmt(arguments);
}

/// `text` on one line, cut with an ellipsis where it would be wider than `room` at font size `size`.
///
/// Widths are estimates that err on the wide side, as no font is at hand.
fn fitted(text: &str, room: f64, size: f64) -> String {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let width = |text: &str| text.chars().map(share).sum::<f64>() * size;
    if width(&text) <= room {
        return text;
    }
    let mut left = room - share('…') * size;
    let mut kept = String::new();
    for letter in text.chars() {
        left -= share(letter) * size;
        if left < 0.0 {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

/// About how wide a letter is, in font sizes.
fn share(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.31,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.95,
        'A'..='Z' | '&' => 0.7,
        letter if letter.is_ascii() => 0.6,
        letter if (letter as u32) < 0x1100 => 0.64,
        // East Asian letters and emoji are square
        _ => 1.05,
    }
}

/// `text` as XML text or attribute; letters that XML forbids are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_cut() {
        assert_eq!(escape("a<b> & \"c\" 'd'\u{1}\n"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; ");
        assert_eq!(fitted("Wait", 100.0, 12.0), "Wait");
        assert_eq!(fitted("Wait for three days", 60.0, 12.0), "Wait fo…");
        assert_eq!(fitted("Wait for", 0.0, 12.0), "…");
        assert_eq!(fitted("日本語日本語", 40.0, 12.0), "日本…");
    }

    #[test]
    fn missing_cards_and_labels_are_drawn_empty() {
        let layout = Layout { nodes: vec![Rect::new(0.0, 0.0, 100.0, 50.0)], ..Layout::default() };
        let svg = svg(&layout, &[], &[], &Theme::dark());
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(!svg.contains("<text"));
    }
}
