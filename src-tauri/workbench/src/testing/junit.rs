//! A report as JUnit XML, which build servers read.

use std::fmt::Write;

use simulation::StoryStep;
use simulation::expectations::Verdict;

use crate::testing::Report;

/// One case: name, class, and what is wrong with it.
struct Case<'r> {
    class: &'r str,
    name: String,
    verdict: Verdict,
    message: String,
    text: String,
}

/// The report as JUnit XML: a suite for each file, a case for each expectation and promise.
///
/// What failed is a `failure`; what names something that is not there, or could not be read, is an `error`.
pub fn junit(report: &Report) -> String {
    let mut suites: Vec<(&str, Vec<Case<'_>>)> = Vec::new();
    let mut add = |file, case| match suites.iter_mut().find(|(known, _)| *known == file) {
        Some((_, cases)) => cases.push(case),
        None => suites.push((file, vec![case])),
    };
    for problem in &report.unreadable {
        let message = format!("line {}: {}", problem.line, problem.message);
        let case = Case {
            class: &problem.file,
            name: "can be read".to_owned(),
            verdict: Verdict::Broken,
            text: message.clone(),
            message,
        };
        add(&problem.file, case);
    }
    for outcome in &report.outcomes {
        let lines: Vec<String> = outcome
            .failed
            .iter()
            .map(|failed| format!("line {}: {}\n{}", failed.line, failed.message, steps(&failed.story)))
            .collect();
        add(
            &outcome.file,
            Case {
                class: &outcome.journey,
                name: outcome.name.clone(),
                verdict: outcome.verdict,
                message: outcome.failed.first().map(|failed| failed.message.clone()).unwrap_or_default(),
                text: lines.join("\n"),
            },
        );
    }
    for kept in &report.promises {
        let text = kept.broken.as_ref().map(|broken| format!("{}\n\n{}", steps(&broken.story), broken.again));
        add(
            &kept.file,
            Case {
                class: &kept.journey,
                name: kept.promise.clone(),
                verdict: kept.verdict,
                message: kept.message.clone(),
                text: text.unwrap_or_default(),
            },
        );
    }
    let all: Vec<&Case<'_>> = suites.iter().flat_map(|(_, cases)| cases).collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    line(&mut out, &format!("<testsuites name=\"waymark test\" {}>", counts(all.into_iter())));
    for (file, cases) in &suites {
        line(&mut out, &format!("  <testsuite name=\"{}\" {}>", escape(file), counts(cases.iter())));
        for case in cases {
            let head = format!("    <testcase name=\"{}\" classname=\"{}\"", escape(&case.name), escape(case.class));
            let element = match case.verdict {
                Verdict::Passed => {
                    line(&mut out, &format!("{head}/>"));
                    continue;
                }
                Verdict::Failed => "failure",
                Verdict::Broken => "error",
            };
            line(&mut out, &format!("{head}>"));
            let (message, text) = (escape(&case.message), escape(&case.text));
            line(&mut out, &format!("      <{element} message=\"{message}\">{text}</{element}>"));
            line(&mut out, "    </testcase>");
        }
        line(&mut out, "  </testsuite>");
    }
    line(&mut out, "</testsuites>");
    out
}

fn counts<'c, 'r: 'c>(cases: impl Iterator<Item = &'c Case<'r>>) -> String {
    let (mut tests, mut failures, mut errors) = (0, 0, 0);
    for case in cases {
        tests += 1;
        failures += usize::from(case.verdict == Verdict::Failed);
        errors += usize::from(case.verdict == Verdict::Broken);
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"")
}

fn steps(story: &[StoryStep]) -> String {
    let mut out = String::new();
    for step in story {
        // Writing to a text can not fail.
        let _ = writeln!(out, "  {}  {}", crate::instant(step.at), step.text);
    }
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

/// Text for an attribute or an element. Characters that XML 1.0 can not hold, escaped or not (production 2, `Char`), are
/// shown as the replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}
