//! Who people are and how far they see.
//!
//! A rep sees own customers and work; a supervisor the team's; a regional director the region tree below; the sales
//! director, legal, finance, logistics and operations the whole company where their step is concerned; operations
//! configures and decides nothing; the admin manages people. Out of scope reads as absent.

pub mod delegation;
mod pin;
mod record;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use pin::{Tries, is_pin};
pub use record::{is_phone, is_term, last_day, no_admin_from};

/// What somebody is in the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 业务员
    Rep,
    /// 内勤
    OrderClerk,
    /// 销售主管
    Supervisor,
    /// 区域总监
    RegionalDirector,
    /// 销售总监
    SalesDirector,
    /// 法务
    Legal,
    /// 财务
    Finance,
    /// 物流
    Logistics,
    /// 运营专员
    Operations,
    /// 管理员
    Admin,
}

impl Role {
    /// All of them, weakest in the field first.
    pub const ALL: [Self; 10] = [
        Self::Rep,
        Self::OrderClerk,
        Self::Supervisor,
        Self::RegionalDirector,
        Self::SalesDirector,
        Self::Legal,
        Self::Finance,
        Self::Logistics,
        Self::Operations,
        Self::Admin,
    ];

    /// The name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::OrderClerk => "order_clerk",
            Self::Supervisor => "supervisor",
            Self::RegionalDirector => "regional_director",
            Self::SalesDirector => "sales_director",
            Self::Legal => "legal",
            Self::Finance => "finance",
            Self::Logistics => "logistics",
            Self::Operations => "operations",
            Self::Admin => "admin",
        }
    }

    /// The role by its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Does the role see what things cost? Who carries them does not.
    pub fn sees_prices(self) -> bool {
        self != Self::Logistics
    }

    /// How far the role sees.
    pub fn reach(self) -> Reach {
        match self {
            Self::Rep => Reach::Own,
            Self::Supervisor => Reach::Team,
            Self::RegionalDirector => Reach::RegionTree,
            _ => Reach::Company,
        }
    }
}

/// How far somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Own customers and work.
    Own,
    /// Own and the direct reports'.
    Team,
    /// Everything in the own region and the regions below it.
    RegionTree,
    /// Everything.
    Company,
}

/// Is somebody employed on that day? Both ends inclusive; open where absent.
pub fn is_active(from: Option<NaiveDate>, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::by_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert_eq!(Role::by_name("boss"), None);
    }

    #[test]
    fn the_last_day_still_counts_as_employed() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        assert!(is_active(Some(day(1)), Some(day(23)), day(23)));
        assert!(!is_active(Some(day(1)), Some(day(23)), day(24)));
        assert!(!is_active(Some(day(2)), None, day(1)));
        assert!(is_active(None, None, day(1)));
    }
}
