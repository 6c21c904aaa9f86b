//! What comes on the canvas and goes from it while the wheel turns: a few at a time, so that no frame waits for many.

use std::collections::BTreeSet;

use leptos::prelude::*;

/// The most that come, and the most that go, in a frame. Making a card and its connection takes WebKit about 0.5 ms, painting
/// it as long again.
const A_FRAME: usize = 8;

/// Follows `wanted`: at once, and while it is `slow` by a few in each frame. Also tells whether something is still to come
/// or to go.
pub fn gradually<T>(wanted: Memo<Vec<T>>, slow: RwSignal<bool>) -> (Memo<Vec<T>>, Memo<bool>)
where
    T: Ord + Clone + Send + Sync + 'static,
{
    let frame = RwSignal::new(());
    let shown = Memo::new(move |before: Option<&Vec<T>>| {
        frame.track();
        wanted.with(|wanted| match before {
            Some(before) if slow.get() => step(before, wanted, A_FRAME),
            _ => wanted.clone(),
        })
    });
    let behind = Memo::new(move |_| wanted.with(|wanted| shown.with(|shown| shown != wanted)));
    Effect::new(move |_| {
        shown.track();
        if behind.get() {
            request_animation_frame(move || frame.try_set(()).map_or((), |_| ()));
        }
    });
    (shown, behind)
}

/// One step from what is there to what is wanted: at most `most` come, in the order wanted, and at most `most` go, the last
/// first. Ends with exactly what is wanted.
fn step<T: Ord + Clone>(before: &[T], wanted: &[T], most: usize) -> Vec<T> {
    let (there, asked): (BTreeSet<&T>, BTreeSet<&T>) = (before.iter().collect(), wanted.iter().collect());
    let mut room = most;
    let mut after: Vec<T> = wanted
        .iter()
        .filter(|item| {
            there.contains(item) || {
                let fits = room > 0;
                room = room.saturating_sub(1);
                fits
            }
        })
        .cloned()
        .collect();
    let odd: Vec<&T> = before.iter().filter(|item| !asked.contains(item)).collect();
    after.extend(odd[..odd.len().saturating_sub(most)].iter().map(|item| (*item).clone()));
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_small_and_the_last_one_arrives() {
        let wanted: Vec<u32> = (20..60).collect();
        let mut shown: Vec<u32> = (0..30).collect();
        let mut steps = 0;
        while shown != wanted {
            let next = step(&shown, &wanted, 7);
            let came = next.iter().filter(|item| !shown.contains(item)).count();
            let went = shown.iter().filter(|item| !next.contains(item)).count();
            assert!(came <= 7 && went <= 7 && came + went > 0, "{came} came, {went} went");
            shown = next;
            steps += 1;
        }
        assert_eq!(steps, 5, "30 come, 7 at a time, while 20 go");
    }

    #[test]
    fn what_is_right_stays() {
        assert_eq!(step(&[1, 2, 3], &[1, 2, 3], 2), [1, 2, 3]);
        assert_eq!(step(&[2, 1], &[1, 2], 2), [1, 2], "in the order wanted");
    }
}
