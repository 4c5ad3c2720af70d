//! Conditions on the fields of a record: a fixed list of operators, no code.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that holds of a record or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Condition {
    /// A field compared with a value.
    Test(Test),
    /// All of these.
    All(All),
    /// At least one of these.
    Any(Any),
    /// Not this.
    Not(Not),
}

/// All of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct All {
    /// The conditions.
    pub all: Vec<Condition>,
}

/// At least one of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Any {
    /// The conditions.
    pub any: Vec<Condition>,
}

/// Not this.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Not {
    /// The condition.
    pub not: Box<Condition>,
}

/// A field compared with a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// A field of the record.
    pub field: String,
    /// How it is compared.
    pub op: Operator,
    /// With what; two values for `between`, a list for `in`, nothing for `is_set`.
    #[serde(default)]
    pub value: Value,
}

/// How a field is compared. Numbers and amounts compare as numbers, all else as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// 等于
    Equal,
    /// 不等于
    NotEqual,
    /// 大于
    Greater,
    /// 小于
    Less,
    /// 大于等于
    AtLeast,
    /// 小于等于
    AtMost,
    /// 介于, both ends included
    Between,
    /// 属于 a list
    In,
    /// 包含: a list has the value, or a text has the part
    Contains,
    /// 已填写
    IsSet,
}

impl Condition {
    /// Whether it holds of the record. A field that is not there holds of nothing but `not_equal` and a `not`.
    pub fn holds(&self, facts: &Value) -> bool {
        match self {
            Self::Test(test) => test.holds(facts.get(&test.field).unwrap_or(&Value::Null)),
            Self::All(it) => it.all.iter().all(|condition| condition.holds(facts)),
            Self::Any(it) => it.any.iter().any(|condition| condition.holds(facts)),
            Self::Not(it) => !it.not.holds(facts),
        }
    }

    /// The comparisons in it, with where each stands below `pointer`.
    pub fn tests<'a>(&'a self, pointer: &str, into: &mut Vec<(String, &'a Test)>) {
        let each = |list: &'a [Condition], name: &str, into: &mut Vec<(String, &'a Test)>| {
            for (place, condition) in list.iter().enumerate() {
                condition.tests(&format!("{pointer}/{name}/{place}"), into);
            }
        };
        match self {
            Self::Test(test) => into.push((pointer.to_owned(), test)),
            Self::All(it) => each(&it.all, "all", into),
            Self::Any(it) => each(&it.any, "any", into),
            Self::Not(it) => it.not.tests(&format!("{pointer}/not"), into),
        }
    }
}

impl Test {
    fn holds(&self, field: &Value) -> bool {
        match self.op {
            Operator::Equal => same(field, &self.value),
            Operator::NotEqual => !same(field, &self.value),
            Operator::Greater => number(field) > number(&self.value) && self.are_numbers(field),
            Operator::Less => number(field) < number(&self.value) && self.are_numbers(field),
            Operator::AtLeast => number(field) >= number(&self.value) && self.are_numbers(field),
            Operator::AtMost => number(field) <= number(&self.value) && self.are_numbers(field),
            Operator::Between => self.is_between(field),
            Operator::In => self.value.as_array().is_some_and(|list| list.iter().any(|it| same(field, it))),
            Operator::Contains => match field {
                Value::Array(list) => list.iter().any(|it| same(it, &self.value)),
                Value::String(text) => self.value.as_str().is_some_and(|part| text.contains(part)),
                _ => false,
            },
            Operator::IsSet => match field {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(list) => !list.is_empty(),
                _ => true,
            },
        }
    }

    fn are_numbers(&self, field: &Value) -> bool {
        number(field).is_some() && number(&self.value).is_some()
    }

    fn is_between(&self, field: &Value) -> bool {
        let ends = self.value.as_array().map(Vec::as_slice);
        match (number(field), ends) {
            (Some(field), Some([low, high])) => {
                number(low).is_some_and(|low| low <= field) && number(high).is_some_and(|high| field <= high)
            }
            _ => false,
        }
    }
}

/// A number, also one that is written as text: amounts are.
pub(super) fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.to_string().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(condition: Value, expected: bool) {
        let facts =
            json!({"amount": "1280.50", "n": 3, "rules": ["credit", "price"], "note": "", "kind": "store"});
        let read: Condition = serde_json::from_value(condition.clone()).unwrap();
        assert_eq!(read.holds(&facts), expected, "{condition}");
    }

    #[test]
    fn amounts_compare_as_numbers_up_to_the_last_fen() {
        check(json!({"field": "amount", "op": "greater", "value": "1280.49"}), true);
        check(json!({"field": "amount", "op": "greater", "value": 1280.5}), false);
        check(json!({"field": "amount", "op": "at_least", "value": "1280.5"}), true);
        check(json!({"field": "amount", "op": "equal", "value": "1280.5"}), true);
        check(json!({"field": "amount", "op": "between", "value": [1280.5, 2000]}), true);
        check(json!({"field": "amount", "op": "less", "value": 10000}), true);
        check(json!({"field": "amount", "op": "at_most", "value": "9"}), false);
    }

    #[test]
    fn lists_and_texts_are_searched() {
        check(json!({"field": "rules", "op": "contains", "value": "price"}), true);
        check(json!({"field": "kind", "op": "in", "value": ["chain", "store"]}), true);
        check(json!({"field": "kind", "op": "contains", "value": "tor"}), true);
        check(json!({"field": "kind", "op": "not_equal", "value": "chain"}), true);
    }

    #[test]
    fn what_is_not_there_holds_of_nothing() {
        check(json!({"field": "absent", "op": "greater", "value": 0}), false);
        check(json!({"field": "absent", "op": "less", "value": 0}), false);
        check(json!({"field": "note", "op": "is_set"}), false);
        check(json!({"not": {"field": "absent", "op": "is_set"}}), true);
        check(json!({"all": [{"field": "n", "op": "equal", "value": 3}, {"any": []}]}), false);
    }
}
