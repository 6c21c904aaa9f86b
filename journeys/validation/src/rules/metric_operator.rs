use model::Path;
use serde_json::Value;

use crate::similar::similar;
use crate::{Findings, places};

rule! {
    /// Checks that the comparison of a metric is one of the five that the service knows.
    ///
    /// **Why it matters.** The service refuses the criterion.
    ///
    /// **Bad example.** `{"ComparisonOperator": "GREATER", "Value": 10}`
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Metrics": {"Orders": {
    ///   "ComparisonOperator": "GREATER",
    ///   "Value": 10
    /// }}}}}
    /// ```
    ///
    /// **How to fix it.** Write `GREATER_THAN`.
    ///
    /// **Good example.**
    ///
    /// ```json
    /// {"segments/vip": {"Dimensions": {"Metrics": {"Orders": {
    ///   "ComparisonOperator": "GREATER_THAN",
    ///   "Value": 10
    /// }}}}}
    /// ```
    ///
    /// Source: segments-and-endpoints.md 2.1 and 6, S002; `MetricDimension.ComparisonOperator`.
    "metric-operator", Error, "the comparison of a metric is unknown", Dimensions
}

const OPERATORS: [&str; 5] = ["EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"];

fn check(dimensions: &[(Path, &Value)], found: &mut Findings) {
    for (at, metric) in places::metric_criteria(dimensions) {
        let Some(operator) = metric.comparison_operator().filter(|word| !OPERATORS.contains(word)) else { continue };
        let at = at.join("ComparisonOperator");
        let finding = found
            .report(at.clone(), format!("`{operator}` is not one of {}", OPERATORS.join(", ")))
            .help("choose one of the words");
        let meant = match operator {
            "=" | "==" => Some("EQUAL"),
            ">" => Some("GREATER_THAN"),
            "<" => Some("LESS_THAN"),
            ">=" => Some("GREATER_THAN_OR_EQUAL"),
            "<=" => Some("LESS_THAN_OR_EQUAL"),
            other => similar(other, OPERATORS.into_iter()),
        };
        if let Some(meant) = meant {
            finding.set(format!("Write {meant}"), &at, meant);
        }
    }
}
