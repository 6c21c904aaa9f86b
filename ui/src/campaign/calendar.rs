//! Days and hours with what is sent in them.

use leptos::prelude::*;

/// Months drawn at a time.
const MOST: usize = 6;

/// The months in which something is sent, each a calendar from Monday on; `days` = `2026-12-03` and how many. `from` is the
/// first that is drawn.
#[component]
pub fn Months(days: Vec<(String, u64)>, from: RwSignal<usize>) -> impl IntoView {
    if days.is_empty() {
        return view! { <p class="note">"Nothing is sent."</p> }.into_any();
    }
    let mut names: Vec<String> = days.iter().filter_map(|(day, _)| Some(day.get(..7)?.to_owned())).collect();
    names.dedup();
    let count = names.len();
    // There may be fewer than when it was paged to.
    let first = move || from.get().min(count.saturating_sub(1) / MOST * MOST);
    let drawn = move || names.iter().skip(first()).take(MOST).filter_map(|name| month(name, &days)).collect_view();
    let page = move |to: usize, words: &'static str, off: bool| {
        view! { <button class="quiet" disabled=off on:click=move |_| from.set(to)>{words}</button> }
    };
    view! {
        <div class="months" data-test="months">{drawn}</div>
        {(count > MOST).then(|| view! {
            <div class="row" role="group" aria-label="Months">
                {move || page(first().saturating_sub(MOST), "Earlier", first() == 0)}
                <span class="note" role="status">{move || format!("Months {} to {} of {count} with messages", first() + 1, (first() + MOST).min(count))}</span>
                {move || page(first() + MOST, "Later", first() + MOST >= count)}
            </div>
        })}
    }
    .into_any()
}

/// A month, `2026-12`.
fn month(name: &str, days: &[(String, u64)]) -> Option<AnyView> {
    let most = days.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let (year, number) = name.split_once('-')?;
    let (year, number) = (year.parse().ok()?, number.parse().ok()?);
    let cells = (1..=length(year, number)).map(|day| {
        let name = format!("{name}-{day:02}");
        let count = days.iter().find(|(at, _)| *at == name).map_or(0, |(_, count)| *count);
        let words = (count > 0).then(|| format!("{name}: {count} messages"));
        let depth = if count == 0 { 0 } else { 1 + (3 * count / most.max(1)).min(3) };
        let column = (day == 1).then(|| format!("grid-column: {}", weekday(year, number, 1) + 1));
        view! {
            <span class="day" data-depth=depth style=column title=words.clone() role=words.is_some().then_some("img") aria-label=words>
                <span class="date">{day}</span>
                {(count > 0).then(|| view! { <b>{count}</b> })}
            </span>
        }
    });
    let caption = format!("{} {year}", MONTHS.get(number as usize - 1).copied().unwrap_or_default());
    Some(view! { <figure class="month"><figcaption>{caption}</figcaption><div class="days">{cells.collect_view()}</div></figure> }.into_any())
}

/// The months, from January.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// 0 = Monday.
fn weekday(year: i64, month: i64, day: i64) -> i64 {
    let before: i64 = (1..month).map(|month| length(year, month)).sum();
    let years = year - 1;
    (years * 365 + years / 4 - years / 100 + years / 400 + before + day - 1).rem_euclid(7)
}

/// Messages by hour of the day.
pub fn hours(hours: &[u64]) -> AnyView {
    let most = hours.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return ().into_any();
    }
    let busiest = hours.iter().position(|count| *count == most).unwrap_or(0);
    let words = format!("Messages by hour of the day; most, {most}, between {busiest}:00 and {}:00.", busiest + 1);
    let bars = hours.iter().enumerate().map(|(hour, count)| {
        let height = 100.0 * *count as f64 / most as f64;
        view! { <span class="bar-of-hour" title=format!("{hour}:00: {count}") style=format!("height: {height}%")></span> }
    });
    view! {
        <figure class="hours">
            <div class="bars" role="img" aria-label=words.clone()>{bars.collect_view()}</div>
            <div class="scale" aria-hidden="true"><span>"0:00"</span><span>"6:00"</span><span>"12:00"</span><span>"18:00"</span><span>"24:00"</span></div>
            <figcaption>{words}</figcaption>
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week() {
        assert_eq!(weekday(2026, 11, 26), 3, "a Thursday");
        assert_eq!(weekday(2024, 2, 29), 3);
        assert_eq!(weekday(2000, 1, 1), 5);
        assert_eq!((length(2024, 2), length(2026, 2), length(2026, 4)), (29, 28, 30));
    }
}
