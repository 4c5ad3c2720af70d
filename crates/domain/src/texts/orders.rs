//! Orders, what was found about them, and what would end it.

use serde_json::Value;

use crate::money::Fen;
use crate::orders::Cure;
use crate::people::Role;

/// Why an order is taken back that nobody allowed in time.
pub const APPROVAL_LAPSED: &str = "特批逾期未批，订单已自动取消";

pub fn order_placed(total: Fen) -> String {
    format!("下单 {total} 元")
}

pub fn order_returned(number: &str, amount: Fen) -> String {
    format!("订单 {number} 退货 {amount} 元")
}

/// What a line of the timeline says to who sees no prices, where its own title names an amount.
pub fn without_amount(kind: &str) -> Option<&'static str> {
    match kind {
        "order_placed" => Some("下单"),
        "order_returned" => Some("订单退货"),
        _ => None,
    }
}

pub fn order_lapsed(number: &str) -> String {
    format!("订单 {number} 特批逾期")
}

pub fn special_approval(customer: &str, total: Fen) -> String {
    format!("订单特批：{customer} {total} 元")
}

/// What was found, in one line.
pub fn findings<'a>(found: impl Iterator<Item = (&'a str, &'a Value)>) -> String {
    let words = found.map(|(rule, measures)| {
        let of = |name: &str| match &measures[name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (limit, actual, over_by) = (of("limit"), of("actual"), of("over_by"));
        match rule {
            "credit" => format!("信用占用 {actual} 元，额度 {limit} 元，超出 {over_by} 元"),
            "overdue" => format!("货款逾期 {actual} 天"),
            "return_rate" => format!("退货率 {actual}，上限 {limit}"),
            "price" => format!("单价 {actual} 元，政策价 {limit} 元"),
            "gift" => format!("赠品超出 {over_by}"),
            _ => "发往其他区域，有窜货风险".to_owned(),
        }
    });
    words.collect::<Vec<_>>().join("；")
}

/// Who may allow it, as people say it.
fn approver(role: Role) -> &'static str {
    match role {
        Role::Supervisor => "主管",
        Role::SalesDirector => "销售总监",
        _ => "区域总监",
    }
}

/// What would end a finding. `name` gives a line's product where there are several lines.
pub fn cure<'a>(cure: Option<&Cure>, role: Role, name: impl Fn(usize) -> Option<&'a str>) -> String {
    let of = |line: &usize| name(*line).map(|name| format!("「{name}」")).unwrap_or_default();
    match cure {
        Some(Cure::OrderLess { line, n, unit }) => format!("{}少订 {n} {unit}即可通过", of(line)),
        Some(Cure::OrderLessBy { amount }) => format!("合计少订 {amount} 元即可通过"),
        Some(Cure::PayFirst { amount }) => format!("先回款 {amount} 元即可通过"),
        Some(Cure::SettleOverdue { days }) => format!("结清逾期 {days} 天的货款即可通过"),
        Some(Cure::PriceAtLeast { line, unit, price }) => {
            format!("{}单价改为每{unit} {price} 元或以上即可通过", of(line))
        }
        Some(Cure::PriceAtMost { line, unit, price }) => {
            format!("{}单价改为每{unit} {price} 元或以下即可通过", of(line))
        }
        Some(Cure::FewerGifts { line, n, unit }) => format!("{}赠品减少 {n} {unit}即可通过", of(line)),
        Some(Cure::NamePromotion { line }) => format!("{}赠品选择对应的促销活动即可通过", of(line)),
        None => format!("需{}特批", approver(role)),
    }
}
