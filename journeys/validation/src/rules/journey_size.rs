use model::Path;

use crate::{Findings, JourneyContext};

rule! {
    /// Checks that the journey has at most 7 MB as JSON.
    ///
    /// **Why it matters.** The service refuses larger requests (413).
    ///
    /// **Bad example.** A custom activity whose `Data` holds a picture.
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {
    ///   "Description": "<7000000>",
    ///   "SegmentStartCondition": {"SegmentId": "everyone"}
    /// }}}
    /// ```
    ///
    /// **How to fix it.** Keep large content elsewhere and send its address.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"journeys/welcome": {"StartCondition": {
    ///   "Description": "<100>",
    ///   "SegmentStartCondition": {"SegmentId": "everyone"}
    /// }}}
    /// ```
    ///
    /// Source: journeys.md 10, J067.
    "journey-size", Error, "the journey has more than 7 MB", Journey
}

const MOST: usize = 7_000_000;

/// Counts what is written to it.
struct Count(usize);

impl std::io::Write for Count {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn check(ctx: &JourneyContext, found: &mut Findings) {
    let mut count = Count(0);
    let counted = serde_json::to_writer(&mut count, ctx.document.root);
    if counted.is_ok() && count.0 > MOST {
        found
            .report(Path::default(), format!("the journey has {} bytes; {MOST} is the most", count.0))
            .help("shorten descriptions and `Data`");
    }
}
