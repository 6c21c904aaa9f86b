use model::Path;
use model::time::parse_instant;
use model::wire::AttributeType;
use serde_json::Value;

use crate::{Findings, places};

rule! {
    /// Checks that a criterion has the values that its comparison needs: `BETWEEN` two dates, `BEFORE`, `AFTER` and
    /// `ON` one, every other at least one value.
    ///
    /// **Why it matters.** The service refuses it, or nobody matches.
    ///
    /// **Bad example.** `{"AttributeType": "BETWEEN", "Values": ["2026-12-01"]}`
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Attributes": {"Since": {
    ///   "AttributeType": "BETWEEN",
    ///   "Values": ["2026-12-01"]
    /// }}}}}
    /// ```
    ///
    /// **How to fix it.** Write the missing value; dates like `2026-12-01T00:00:00Z`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Attributes": {"Since": {
    ///   "AttributeType": "BETWEEN",
    ///   "Values": ["2026-12-01", "2026-12-31"]
    /// }}}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.1 and 6, S002; `AttributeDimension`.
    "criterion-values", Error, "a criterion's values do not fit its comparison", Dimensions
}

fn check(dimensions: &[(Path, &Value)], found: &mut Findings) {
    for (at, criterion) in places::attribute_criteria(dimensions) {
        let values = criterion.values();
        let list = at.join("Values");
        let kind = criterion.attribute_type().unwrap_or(AttributeType::Inclusive);
        match kind {
            AttributeType::Between if values.len() != 2 => {
                found
                    .report(list, format!("`BETWEEN` compares with 2 dates, not {}", values.len()))
                    .help("give the first and the last date");
            }
            AttributeType::Before | AttributeType::After | AttributeType::On | AttributeType::Between => {
                let wrong = values.iter().enumerate().find(|(_, value)| parse_instant(value).is_none());
                if let Some((i, value)) = wrong {
                    found
                        .report(list.join(i), format!("`{value}` is not a date that `{kind}` could compare with"))
                        .help("write it like `2026-12-01T00:00:00Z`");
                } else if values.is_empty() {
                    found.report(list, format!("`{kind}` compares with a date, and none is given")).help("give a date");
                }
            }
            _ if values.is_empty() => {
                found
                    .report(list, "the criterion has no values: nobody matches")
                    .help("give a value, or take the criterion away")
                    .remove("Remove the criterion", at);
            }
            _ => {}
        }
    }
}
