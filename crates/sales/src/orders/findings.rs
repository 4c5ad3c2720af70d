//! Findings as they are kept and shown.

use std::collections::HashMap;

use domain::ids::{FindingId, OrderId, ProductId};
use domain::money::Percent;
use domain::orders::{Finding, Line, Measure, Occasion};
use platform::Tx;
use serde_json::{Number, Value, json};

use super::rows::findings::{self, Model};
use crate::error::Result;
use crate::texts;

/// The findings as rows of an order.
pub fn rows_of(
    tx: &Tx,
    (order, occasion): (OrderId, Occasion),
    found: &[Finding],
    lines: &[Line],
    names: &HashMap<ProductId, String>,
) -> Vec<Model> {
    let row = |finding: &Finding| Model {
        id: FindingId(platform::new_id()),
        order_id: order,
        occasion,
        rule: finding.rule,
        line_no: finding.line.and_then(|place| i32::try_from(place + 1).ok()),
        measures: measures(finding),
        approver_role: finding.approver_role,
        cure: Some(sentence(finding, lines, names)),
        found_at: tx.now(),
        granted_at: None,
        superseded_at: None,
    };
    found.iter().map(row).collect()
}

/// Keeps them in the place of what the last check found; everything that was ever found is kept.
pub async fn replace(tx: &Tx, order: OrderId, found: Vec<Model>) -> Result<()> {
    findings::supersede(tx.db(), order, tx.now()).await?;
    findings::insert(tx.db(), found).await?;
    Ok(())
}

/// Is the finding one of those that were asked about, and no larger?
pub fn is_within(found: &Model, asked: &[Model]) -> bool {
    asked.iter().filter(|it| (it.rule, it.line_no) == (found.rule, found.line_no)).any(|it| {
        let sizes = (millionths(&found.measures["over_by"]), millionths(&it.measures["over_by"]));
        match sizes {
            (Some(found), Some(asked)) => found <= asked,
            // Without a size, such as a region, it is the same or it is another.
            _ => found.measures == it.measures,
        }
    })
}

/// A shown size as a whole number of millionths; none of what is no size.
fn millionths(shown: &Value) -> Option<i128> {
    let text = match shown {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if part.len() > 6 {
        return None;
    }
    format!("{whole}{part:0<6}").parse().ok()
}

/// How it would end, in a sentence that names the product where there are several.
pub fn sentence(finding: &Finding, lines: &[Line], names: &HashMap<ProductId, String>) -> String {
    let name = |place: usize| {
        let line = lines.get(place).filter(|_| lines.len() > 1)?;
        names.get(&line.product).map(String::as_str)
    };
    texts::cure(finding.cure.as_ref(), finding.approver_role, name)
}

/// `{limit, actual, over_by}`.
pub fn measures(finding: &Finding) -> Value {
    let (limit, actual) = (shown(finding.limit), shown(finding.actual));
    json!({"limit": limit, "actual": actual, "over_by": finding.over_by.map(shown)})
}

fn shown(measure: Measure) -> Value {
    match measure {
        Measure::Money(amount) => json!(amount),
        Measure::Price(price) => json!(price),
        Measure::Quantity(quantity) => json!(quantity),
        Measure::Days(days) => json!(days),
        Measure::Region(region) => json!(region),
        Measure::Rate(share) => rate(share),
    }
}

/// A share as a number between 0 and 1, exact.
fn rate(share: Percent) -> Value {
    let sign = if share.0 < 0 { "-" } else { "" };
    let parts = share.0.unsigned_abs();
    let text = format!("{sign}{}.{:06}", parts / 1_000_000, parts % 1_000_000);
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}
