//! What a misspelled name is probably meant to be.

/// The candidate closest to `name`: the same but for upper and lower case, else at most two letters off, and less than a
/// third of the name. Of equally close ones the first.
pub fn similar<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().take(128).collect();
    let mut letters = Vec::new();
    candidates
        .filter_map(|candidate| {
            letters.clear();
            letters.extend(candidate.to_lowercase().chars().take(128));
            // each letter more or less is one off at least
            (letters.len().abs_diff(name.len()) <= 2).then(|| (distance(&name, &letters), candidate))
        })
        .filter(|(off, _)| *off == 0 || (*off <= 2 && off * 3 < name.len()))
        .min_by_key(|(off, _)| *off)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: how many letters must be put in, taken out or changed.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = corner + usize::from(x != y);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::similar;

    #[test]
    fn finds_what_is_meant() {
        let names = ["welcome", "welcome-back", "bye"];
        assert_eq!(similar("Welcome", names.into_iter()), Some("welcome"));
        assert_eq!(similar("welcom", names.into_iter()), Some("welcome"));
        assert_eq!(similar("goodbye", names.into_iter()), None);
        assert_eq!(similar("by", names.into_iter()), None);
    }
}
