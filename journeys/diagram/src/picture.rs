//! The whole journey as one stand-alone SVG document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use model::Severity;
use model::changes::Change;
use model::drawing::canvas::Note;

use crate::comparison::Comparison;
use crate::dots;
use crate::geometry::{Point, Rect};
use crate::icon::{self, Family};
use crate::layout::{Layout, label_width};
use crate::route::{Route, number};
use crate::scene::{Scene, SceneNode, Stands};

/// The colours and the typeface of a picture: CSS values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything.
    pub background: &'static str,
    /// A card's face.
    pub card: &'static str,
    /// A card's border.
    pub border: &'static str,
    /// Titles and labels.
    pub text: &'static str,
    /// Summaries.
    pub muted: &'static str,
    /// Connections.
    pub line: &'static str,
    /// An activity that does not exist.
    pub bad: &'static str,
    /// The story that is read, and people at a card.
    pub lit: &'static str,
    /// The icon and the tile behind it: of the entry, messages, waits, splits, activities without a kind.
    pub icons: [(&'static str, &'static str); 5],
    /// A note's face and its border.
    pub paper: (&'static str, &'static str),
    /// CSS `font-family`.
    pub font: &'static str,
}

const FONT: &str = "system-ui, 'Segoe UI', Cantarell, 'DejaVu Sans', sans-serif";

/// Dark text on a light ground.
pub const LIGHT: Theme = Theme {
    background: "#f4f5f7",
    card: "#ffffff",
    border: "#d9dde3",
    text: "#1b2430",
    muted: "#566172",
    line: "#93a0b1",
    bad: "#b3261e",
    lit: "#d6006c",
    icons: [
        ("#14703f", "#def3e7"),
        ("#1a5fd0", "#e4edfb"),
        ("#96570a", "#fbf0dd"),
        ("#6b3fb3", "#efe8fa"),
        ("#566172", "#eef0f3"),
    ],
    paper: ("#fff6cf", "#e6d58e"),
    font: FONT,
};

/// Light text on a dark ground.
pub const DARK: Theme = Theme {
    background: "#14181e",
    card: "#1b2028",
    border: "#323b47",
    text: "#e7ebf1",
    muted: "#a3afbf",
    line: "#66748a",
    bad: "#ff9d94",
    lit: "#ff6fb5",
    icons: [
        ("#6dd49d", "#173726"),
        ("#8ab6ff", "#1f3250"),
        ("#f0b65c", "#3d2f17"),
        ("#c3a3ff", "#33284d"),
        ("#a3afbf", "#242b35"),
    ],
    paper: ("#3a3420", "#5d5330"),
    font: FONT,
};

/// Around the journey.
const MARGIN: f64 = 32.0;
/// Radius of a line's corners.
const CORNER: f64 = 10.0;
/// Radius of a card's corners.
const CARD_CORNER: f64 = 10.0;
/// Length of an arrow head.
const HEAD: f64 = 7.0;
/// How a connection that is new, or gone, is drawn.
const NEW_LINE: &str = r#" stroke-width="4""#;
const GONE_LINE: &str = r#" stroke-dasharray="7 5""#;
/// How wide a connection is that nobody goes along, and one that all do; as on the canvas.
const THIN: f64 = 1.5;
const THICK: f64 = 8.5;
/// Width and least height of a note, what is around its words, and their size; as on the canvas.
const NOTE: f64 = 200.0;
const LEAST_NOTE: f64 = 80.0;
const PADDING: f64 = 10.0;
const NOTE_TEXT: f64 = 13.0;
/// Height of a label.
const LABEL: f64 = 22.0;

/// What is on the picture beside the journey itself.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    /// Notes.
    pub notes: Vec<Note>,
    /// Problems by node: how bad the worst is. An error is an exclamation mark, advice an `i`.
    pub problems: BTreeMap<String, Severity>,
    /// Words at the foot of a card, by node: how many came by.
    pub counts: BTreeMap<String, String>,
    /// Words on a connection, behind its label, by `Origin::key`; and the share of all people that go along, 0 to 1, which is
    /// how thick the line is.
    pub traffic: BTreeMap<String, (String, f64)>,
    /// The nodes that the story that is read comes by.
    pub lit: BTreeSet<String>,
    /// The connections that it goes along, by `Origin::key`.
    pub lit_ways: BTreeSet<String>,
    /// How many dots stand at a node.
    pub standing: BTreeMap<String, u64>,
    /// From one dot to the next on a connection along which people go, in canvas units; by `Origin::key`.
    pub walking: BTreeMap<String, u64>,
    /// What another version has otherwise: cards that differ say so on a tag, those that are gone stand beside the others; they
    /// have a border of their own: thick for new, dashed for gone, double for changed. Connections that are new are thick,
    /// those that are gone dashed. So it reads without colours, too.
    pub comparison: Comparison,
    /// How the journey's own members differ from that version's.
    pub entry: Option<Change>,
}

/// The picture of a scene where `layout` puts it.
///
/// Text is escaped, and cut with an ellipsis where it would not fit. The same input gives the same bytes.
pub fn svg(scene: &Scene, layout: &Layout, theme: &Theme) -> String {
    marked(scene, layout, theme, &Marks::default())
}

/// As [`svg`], with what stands on it.
pub fn marked(scene: &Scene, layout: &Layout, theme: &Theme, marks: &Marks) -> String {
    let comparison = &marks.comparison;
    let lost = comparison.lost.iter().filter_map(Route::bounds);
    let ghosts = comparison.ghosts.iter().map(|(_, area)| *area);
    let notes: Vec<Sheet> = marks.notes.iter().map(Sheet::of).collect();
    let beside = ghosts.chain(lost).chain(notes.iter().map(|sheet| sheet.area));
    let area = beside.fold(layout.bounds, |area, other| area.union(&other)).inflate(MARGIN);
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
        font = theme.font,
    ));
    line(&format!(r#"<rect {} fill="{}"/>"#, place(&area), theme.background));
    line(&format!(r#"<g fill="none" stroke="{}" stroke-width="2" stroke-linejoin="round">"#, theme.line));
    for route in &comparison.lost {
        line(&format!(r#"<path d="{}" stroke="{}"{GONE_LINE}/>"#, route.svg_path(CORNER), theme.bad));
    }
    for (route, origin) in layout.edges.iter().zip(&scene.origins) {
        if !route.points.is_empty() {
            let is_new = comparison.added.contains(origin);
            let mut stroke = match marks.traffic.get(&origin.key()) {
                Some((_, share)) => {
                    format!(r#" stroke-width="{}""#, number(THIN + (THICK - THIN) * share.clamp(0.0, 1.0)))
                }
                None if is_new => NEW_LINE.to_owned(),
                None => String::new(),
            };
            if marks.lit_ways.contains(&origin.key()) {
                push(&mut stroke, format_args!(r#" stroke="{}""#, theme.lit));
            }
            line(&format!(r#"<path d="{}"{stroke}/>"#, route.svg_path(CORNER)));
            if let Some(gap) = marks.walking.get(&origin.key()) {
                let (path, dashes) = (route.svg_path(CORNER), dots::walking(*gap));
                line(&format!(
                    r#"<path d="{path}" stroke="{}" stroke-width="{}" stroke-linecap="round" stroke-dasharray="{dashes}"/>"#,
                    theme.text,
                    dots::WALKING
                ));
            }
        }
    }
    line("</g>");
    line(&format!(r#"<g fill="{}">"#, theme.line));
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
    for ((route, origin), edge) in layout.edges.iter().zip(&scene.origins).zip(&scene.graph.edges) {
        let counted = marks.traffic.get(&origin.key()).map_or("", |(words, _)| words);
        let words = [edge.label.as_str(), counted].into_iter().filter(|words| !words.is_empty());
        let words = words.collect::<Vec<_>>().join(" · ");
        if !route.points.is_empty() && !words.is_empty() {
            line(&edge_label(route.label_at, &words, theme));
        }
    }
    line("</g>");
    let here = layout.nodes.iter().zip(&scene.nodes);
    let gone = comparison.ghosts.iter().map(|(node, area)| (area, node));
    let differs = here.clone().filter_map(|(area, node)| {
        let change = match node.stands {
            Stands::Entry => marks.entry,
            _ => comparison.steps.get(&node.id).map(|step| step.what),
        };
        Some((area, change?))
    });
    let differs: Vec<(&Rect, Change)> = differs.chain(gone.clone().map(|(area, _)| (area, Change::Removed))).collect();
    for (area, change) in &differs {
        line(&change_border(area, *change, theme));
    }
    for (area, node) in here.clone() {
        let lit = marks.lit.contains(&node.id);
        if lit {
            line(&lit_border(area, theme));
        }
        line(&node_of(area, node, if lit { theme.lit } else { theme.border }, theme));
    }
    for (area, node) in gone {
        line(&node_of(area, node, theme.border, theme));
    }
    let has_dots =
        |area: &Rect| here.clone().any(|(other, node)| other == area && marks.standing.contains_key(&node.id));
    for (area, change) in differs {
        line(&change_tag(area, change, has_dots(area), theme));
    }
    for (area, node) in here {
        let standing = marks.standing.get(&node.id);
        if let Some(words) = marks.counts.get(&node.id) {
            line(&count(area, words, standing.is_some(), theme));
        }
        if let Some(count) = standing {
            let (path, lit, width) = (dots::standing(area, *count), theme.lit, dots::STANDING);
            line(&format!(r#"<path d="{path}" stroke="{lit}" stroke-width="{width}" stroke-linecap="round"/>"#));
        }
        if let Some(severity) = marks.problems.get(&node.id) {
            line(&badge(area, *severity, theme));
        }
    }
    for sheet in &notes {
        line(&sheet.svg(theme));
    }
    line("</svg>");
    out
}

fn node_of(area: &Rect, node: &SceneNode, border: &str, theme: &Theme) -> String {
    match node.stands {
        Stands::End => mark(area, theme.line, "", theme),
        Stands::Missing => mark(area, theme.bad, "?", theme),
        Stands::Folded(_) => edge_label(area.center(), &node.title, theme),
        Stands::Entry => card(area, node, icon::ENTRY, theme.icons[0], border, theme),
        Stands::Activity(kind) => {
            let colors = match icon::family(kind) {
                Family::Message => theme.icons[1],
                Family::Time => theme.icons[2],
                Family::Split => theme.icons[3],
                Family::Unknown => theme.icons[4],
            };
            card(area, node, icon::of_kind(kind), colors, border, theme)
        }
    }
}

/// The border of a card that differs; it lies below the card and what is on it.
fn change_border(area: &Rect, change: Change, theme: &Theme) -> String {
    let ring = |by: f64, stroke: &str| {
        let (radius, color) = (number(CARD_CORNER + by), change_word(change, theme).1);
        format!(r#"<rect {} rx="{radius}" fill="none" stroke="{color}" {stroke}/>"#, place(&area.inflate(by)))
    };
    match change {
        Change::Added => ring(1.5, r#"stroke-width="3""#),
        Change::Removed => ring(1.0, r#"stroke-width="2" stroke-dasharray="7 5""#),
        Change::Changed | Change::Renamed => ring(1.0, r#"stroke-width="2""#) + &ring(4.5, r#"stroke-width="1.5""#),
    }
}

/// How a card differs, in a sign and a word, and the colour of both.
fn change_word(change: Change, theme: &Theme) -> (&'static str, &'static str) {
    match change {
        Change::Added => ("+ added", theme.icons[0].0),
        Change::Removed => ("− removed", theme.bad),
        Change::Changed => ("~ changed", theme.icons[2].0),
        Change::Renamed => ("≈ renamed", theme.icons[3].0),
    }
}

/// What is around the border of a card that the story comes by, two units wide as on the canvas; it lies below the card and
/// what is on it.
fn lit_border(area: &Rect, theme: &Theme) -> String {
    let (radius, place) = (number(CARD_CORNER + 1.25), place(&area.inflate(1.25)));
    format!(r#"<rect {place} rx="{radius}" fill="none" stroke="{}" stroke-width="1.5"/>"#, theme.lit)
}

/// The tag of a card that differs; it makes way for the count, which stands on the head where dots are at the foot.
fn change_tag(area: &Rect, change: Change, has_dots: bool, theme: &Theme) -> String {
    let (text, color) = change_word(change, theme);
    let width = label_width(text) + 10.0;
    let x = if has_dots { area.x + BESIDE_DAY } else { area.right() - width - 20.0 };
    let tag = Rect::new(x, area.y - LABEL / 2.0 - 2.0, width, LABEL);
    format!(
        r#"<g><rect {} rx="{}" fill="{color}"/><text x="{}" y="{}" font-size="12" font-weight="700" text-anchor="middle" fill="{}">{text}</text></g>"#,
        place(&tag),
        LABEL / 2.0,
        number(tag.center().x),
        number(tag.center().y + 4.2),
        theme.card,
    )
}

/// How many came by, at the foot of a card; on its head where dots are at the foot.
fn count(area: &Rect, words: &str, has_dots: bool, theme: &Theme) -> String {
    let width = label_width(words);
    let y = if has_dots { area.y } else { area.bottom() };
    let tag = Rect::new(area.right() - width - 8.0, y - LABEL / 2.0, width, LABEL);
    format!(
        r#"<rect {} rx="{}" fill="{}"/><text x="{}" y="{}" font-size="12" text-anchor="middle" fill="{}">{}</text>"#,
        place(&tag),
        LABEL / 2.0,
        theme.text,
        number(tag.center().x),
        number(tag.center().y + 4.2),
        theme.card,
        escape(words),
    )
}

/// That something is wrong with a step, at the corner of its card.
fn badge(area: &Rect, severity: Severity, theme: &Theme) -> String {
    let (letter, color, face) = match severity {
        Severity::Error => ("!", theme.bad, theme.card),
        Severity::Warning => ("i", theme.icons[2].0, theme.icons[2].1),
    };
    let (x, y) = (area.right() - 2.0, area.y + 1.0);
    format!(
        r#"<circle cx="{}" cy="{}" r="10" fill="{face}" stroke="{color}"/><text x="{}" y="{}" font-size="12" font-weight="700" text-anchor="middle" fill="{color}">{letter}</text>"#,
        number(x),
        number(y),
        number(x),
        number(y + 4.2),
    )
}

/// A note as it is drawn.
struct Sheet {
    area: Rect,
    lines: Vec<String>,
}

impl Sheet {
    /// As wide as on the canvas, as high as its words need.
    fn of(note: &Note) -> Sheet {
        let lines = wrapped(&note.text, NOTE - 2.0 * PADDING, NOTE_TEXT);
        let height = (lines.len() as f64 * NOTE_TEXT * LEADING + 2.0 * PADDING).max(LEAST_NOTE);
        Sheet { area: Rect::new(note.x, note.y, NOTE, height), lines }
    }

    fn svg(&self, theme: &Theme) -> String {
        let (face, edge) = theme.paper;
        let mut out = format!(r#"<g><rect {} rx="4" fill="{face}" stroke="{edge}"/>"#, place(&self.area));
        for (at, words) in self.lines.iter().enumerate() {
            let y = self.area.y + PADDING + NOTE_TEXT * (at as f64 * LEADING + LEADING / 2.0 + 0.35);
            push(
                &mut out,
                format_args!(
                    r#"<text x="{}" y="{}" font-size="{NOTE_TEXT}" fill="{}">{}</text>"#,
                    number(self.area.x + PADDING),
                    number(y),
                    theme.text,
                    escape(words),
                ),
            );
        }
        out + "</g>"
    }
}

/// `text` in lines that are no wider than `room` at font size `size`: broken between words, a long word within.
fn wrapped(text: &str, room: f64, size: f64) -> Vec<String> {
    let width = |text: &str| text.chars().map(share).sum::<f64>() * size;
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&joined) <= room {
                line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                if width(&line) + share(letter) * size > room && !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(letter);
            }
        }
        lines.push(line);
    }
    lines
}

/// The end of a path: a ring with a dot, or with a letter.
fn mark(area: &Rect, color: &str, letter: &str, theme: &Theme) -> String {
    let (x, y) = (number(area.center().x), number(area.center().y));
    let ring = format!(
        r#"<circle cx="{x}" cy="{y}" r="{}" fill="{}" stroke="{color}" stroke-width="2"/>"#,
        number(area.width / 2.0 - 1.0),
        theme.card
    );
    if letter.is_empty() {
        return format!(r#"{ring}<circle cx="{x}" cy="{y}" r="5" fill="{color}"/>"#);
    }
    let baseline = number(area.center().y + 4.6);
    format!(
        r#"{ring}<text x="{x}" y="{baseline}" font-size="13" font-weight="700" text-anchor="middle" fill="{color}">{letter}</text>"#
    )
}

fn edge_label(at: Point, label: &str, theme: &Theme) -> String {
    let width = label_width(label);
    let area = Rect::new(at.x - width / 2.0, at.y - LABEL / 2.0, width, LABEL);
    format!(
        r#"<rect {} rx="{}" fill="{}" stroke="{}"/><text x="{}" y="{}" fill="{}">{}</text>"#,
        place(&area),
        LABEL / 2.0,
        theme.card,
        theme.border,
        number(at.x),
        number(at.y + 4.2),
        theme.text,
        escape(&fitted(label, width - 12.0, 12.0)),
    )
}

/// One card: the icon on its tile at the left, title and summary beside it.
fn card(
    area: &Rect,
    node: &SceneNode,
    icon: &str,
    (ink, tile_color): (&str, &str),
    border: &str,
    theme: &Theme,
) -> String {
    let mut out = String::from("<g>");
    push(
        &mut out,
        format_args!(r#"<rect {} rx="{CARD_CORNER}" fill="{}" stroke="{border}"/>"#, place(area), theme.card),
    );
    let tile = Rect::new(area.x + 14.0, area.center().y - TILE / 2.0, TILE, TILE);
    push(&mut out, format_args!(r#"<rect {} rx="8" fill="{tile_color}"/>"#, place(&tile)));
    let (inset, scale) = (TILE * 0.2, number(TILE * 0.6 / 24.0));
    push(
        &mut out,
        format_args!(
            r#"<path transform="translate({} {}) scale({scale})" d="{icon}" fill="none" stroke="{ink}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>"#,
            number(tile.x + inset),
            number(tile.y + inset),
        ),
    );
    // size, weight, how much wider the letters are, colour, text
    let title = (14.0, 600, BOLD, theme.text, node.title.as_str());
    let summary = (12.0, 400, 1.0, theme.muted, node.summary.as_str());
    let lines = [title, summary].into_iter().filter(|line| !line.4.is_empty());
    let height: f64 = lines.clone().map(|line| line.0 * LEADING).sum();
    let x = tile.right() + 12.0;
    let mut y = area.center().y - height / 2.0;
    for (size, weight, wide, color, text) in lines {
        // the baseline of a line lies about three quarters down
        let baseline = y + size * (LEADING / 2.0 + 0.35);
        y += size * LEADING;
        push(
            &mut out,
            format_args!(
                r#"<text x="{}" y="{}" font-size="{size}" font-weight="{weight}" fill="{color}">{}</text>"#,
                number(x),
                number(baseline),
                escape(&fitted(text, area.right() - 12.0 - x, size * wide)),
            ),
        );
    }
    if !node.day.is_empty() {
        let width = label_width(&node.day);
        let day = Rect::new(area.x + DAY, area.y - LABEL / 2.0, width, LABEL);
        push(
            &mut out,
            format_args!(
                r#"<rect {} rx="{}" fill="{}" stroke="{}"/><text x="{}" y="{}" font-size="12" text-anchor="middle" fill="{}">{}</text>"#,
                place(&day),
                LABEL / 2.0,
                theme.card,
                theme.border,
                number(day.center().x),
                number(day.center().y + 4.2),
                theme.muted,
                escape(&node.day),
            ),
        );
    }
    out.push_str("</g>");
    out
}

/// How far from the left edge of a card the day stands on its head.
const DAY: f64 = 10.0;
/// How far from there a tag stands beside the day.
const BESIDE_DAY: f64 = 90.0;
/// Side of the tile behind an icon.
const TILE: f64 = 38.0;
/// How much wider than usual the letters of a title are.
const BOLD: f64 = 1.12;
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
    fn notes_are_broken_into_lines() {
        assert_eq!(wrapped("Ask Ana about this\n\nsoon", 70.0, 12.0), ["Ask Ana", "about this", "", "soon"]);
        assert_eq!(wrapped("mmmmmm", 40.0, 12.0), ["mmm", "mmm"]);
        assert_eq!(wrapped("", 40.0, 12.0), Vec::<String>::new());
    }
}
