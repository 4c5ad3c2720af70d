//! The rules of Gugan (骨干): facts, ids and the time go in, decisions come out.
//!
//! One folder a capability, named as in `api`. What is absent: input and output, SQL, HTTP, async, a clock, chance.
//! Times are UTC instants; days are the company's (Asia/Shanghai). Money is integer fen. A location names its
//! coordinate system.
//!
//! One thing, one word: 当日重点客户行动清单 action list · 签到 check-in · 签收 sign-off · 待办 todo · 特批 special approval ·
//! 留痕 trace · 证据 evidence · 升级 escalation (梯级 rung) · 电子围栏 fence · 区域 region · 业务员 rep · 主管 supervisor ·
//! 区域总监 regional director · 待复核 provisional · 提醒 notice · 晨会 morning meeting · 客户阶段 customer stage ·
//! 商机 opportunity · 最小证据单元 unit · 能力缺口 gap · 送货 delivery · 拒收 refused · 部分签收 partially signed ·
//! 工作日历 calendar (班次 shift) · 调休上班 make-up day · 线索 lead · 代理 delegation ·
//! 客户档案 customer file · 公海 pool · 临时额度 temporary credit · 沟通记录 communication · 长期任务 standing task ·
//! 额度占用 exposure · 超限 finding · 底价 floor · 赠品 gift · 促销 promotion · 报价单 quote · 订单异常 order exception.

#[cfg(feature = "stored")]
#[doc(hidden)]
pub use sea_orm;
#[cfg(feature = "described")]
#[doc(hidden)]
pub use utoipa;

#[macro_use]
mod names;
#[cfg(feature = "stored")]
#[macro_use]
pub mod stored;

/// Nothing: the rules keep nothing.
#[cfg(not(feature = "stored"))]
#[doc(hidden)]
#[macro_export]
macro_rules! stored_name {
    ($set:ident) => {};
}

pub mod actions;
pub mod approvals;
pub mod customers;
pub mod deliveries;
pub mod documents;
pub mod evidence;
pub mod geo;
pub mod identifiers;
pub mod ids;
pub mod imports;
pub mod leads;
pub mod money;
pub mod notices;
pub mod opportunities;
pub mod orders;
pub mod people;
pub mod quotes;
pub mod texts;
pub mod visits;
pub mod working_time;
pub mod writing;
