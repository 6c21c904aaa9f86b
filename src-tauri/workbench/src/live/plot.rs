//! Plots as `svg` elements: small, in the colours of the page, each with a name that says what is to be seen. The table
//! beside a plot has all its numbers.

use std::fmt::Write;

use model::numbers::grouped;

/// Width of a plot, in its own units.
const WIDTH: f64 = 320.0;
/// Height of the columns by day, and of a bar with its space.
const HEIGHT: f64 = 90.0;
const BAR: f64 = 20.0;
/// Where bars begin: names stand before them; and how much is left behind them for the number.
const NAMES: f64 = 110.0;
const NUMBERS: f64 = 56.0;
/// Characters of a name that have room.
const LONGEST: usize = 16;

/// Columns over time, one for each day or hour in which something was counted.
pub(crate) fn days(title: &str, points: &[(String, f64)]) -> String {
    let most = most(points);
    let width = WIDTH / points.len().max(1) as f64;
    let mut path = String::new();
    for (place, (_, value)) in points.iter().enumerate() {
        let height = (value / most * (HEIGHT - 10.0)).max(if *value > 0.0 { 1.0 } else { 0.0 });
        let (x, thick) = (place as f64 * width, (width - 1.0).clamp(0.5, 24.0));
        let _ = write!(path, "M{x:.1} {HEIGHT}v-{height:.1}h{thick:.1}v{height:.1}z");
    }
    let day = |point: Option<&(String, f64)>| point.map(|(name, _)| escape(name)).unwrap_or_default();
    let (first, last) = (day(points.first()), day(points.last()));
    let (base, total) = (HEIGHT + 14.0, HEIGHT + 18.0);
    let label = format!("{title}, {first} to {last}, at most {}", number(most));
    let drawn = format!(
        "<path d=\"{path}\"/><path class=\"axis\" d=\"M0 {HEIGHT}h{WIDTH}\"/><text x=\"0\" y=\"{base}\">{first}</text>\
         <text x=\"{WIDTH}\" y=\"{base}\" text-anchor=\"end\">{}</text>",
        if points.len() > 1 { last.as_str() } else { "" }
    );
    svg(&label, total, &drawn)
}

/// Bars below each other, each with its name and number.
pub(super) fn bars(title: &str, points: &[(String, f64)]) -> String {
    let most = most(points);
    let mut drawn = String::new();
    for (place, (name, value)) in points.iter().enumerate() {
        let top = place as f64 * BAR;
        let wide = (value / most * (WIDTH - NAMES - NUMBERS)).max(1.0);
        let (bar, text) = (top + 3.0, top + 14.0);
        let short: String = match name.chars().count() > LONGEST {
            true => name.chars().take(LONGEST - 1).chain(['…']).collect(),
            false => name.clone(),
        };
        let _ = write!(
            drawn,
            "<text x=\"{:.1}\" y=\"{text}\" text-anchor=\"end\">{}</text><path d=\"M{NAMES} {bar}h{wide:.1}v14h-{wide:.1}z\"/>\
             <text x=\"{:.1}\" y=\"{text}\">{}</text>",
            NAMES - 6.0,
            escape(&short),
            NAMES + wide + 6.0,
            number(*value)
        );
    }
    let label = format!("{title}, at most {}", number(most));
    svg(&label, points.len() as f64 * BAR, &drawn)
}

fn svg(label: &str, height: f64, drawn: &str) -> String {
    let label = escape(label);
    format!("<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">{drawn}</svg>")
}

fn most(points: &[(String, f64)]) -> f64 {
    points.iter().map(|(_, value)| *value).fold(f64::MIN_POSITIVE, f64::max)
}

/// A count as it is, a smaller number with two digits.
fn number(value: f64) -> String {
    if value >= 10.0 || value.fract() == 0.0 { grouped(value.round().max(0.0) as u64) } else { format!("{value:.2}") }
}

/// Text that stands in an element or an attribute.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(list: &[(&str, f64)]) -> Vec<(String, f64)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
    }

    #[test]
    fn a_plot_names_itself_and_no_name_gets_out_of_its_text() {
        let drawn = bars("Steps & more", &points(&[("<script>\"x\"", 1_200.0), ("a very long name of a step", 0.0)]));
        assert!(
            drawn.starts_with("<svg class=\"plot\"")
                && drawn.contains("aria-label=\"Steps &amp; more, at most 1,200\"")
        );
        assert!(drawn.contains("&lt;script&gt;&quot;x&quot;") && !drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("a very long nam…"), "{drawn}");
    }

    #[test]
    fn columns_are_as_high_as_their_share_of_the_most() {
        let drawn = days("Sent", &points(&[("2026-11-01", 40.0), ("2026-11-02", 0.0), ("2026-11-03", 10.0)]));
        assert!(drawn.contains("v-80.0") && drawn.contains("v-0.0") && drawn.contains("v-20.0"), "{drawn}");
        assert!(drawn.contains("2026-11-01 to 2026-11-03, at most 40"), "{drawn}");
    }
}
