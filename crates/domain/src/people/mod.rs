//! Who people are and how far they see.
//!
//! A rep sees own customers and work; a supervisor the team's; a regional director the region tree below, and so does a
//! clerk who enters for it; legal, finance and logistics what is at or past their hand-over points; a driver the own
//! trips' stops; the sales director, operations and the admin the whole company. Operations configures and decides
//! nothing; the admin manages people. Out of scope reads as absent.

pub mod delegation;
mod pin;
mod record;
mod tries;

use chrono::NaiveDate;

pub use pin::is_pin;
pub use record::{is_phone, is_term, last_day, no_admin_from};
pub use tries::{Guessed, Tries};

names! {
    /// How a session was opened.
    pub enum Way {
        /// In the mini-program, by WeChat.
        WeChat = "wechat",
        /// In the console, by a password.
        Console = "console",
        /// On a phone that drivers share, by a personal number, for one trip.
        SharedPhone = "shared_phone",
    }
}

names! {
    /// What somebody is in the company.
    pub enum Role {
        /// 业务员
        Rep = "rep",
        /// 内勤
        OrderClerk = "order_clerk",
        /// 销售主管
        Supervisor = "supervisor",
        /// 区域总监
        RegionalDirector = "regional_director",
        /// 销售总监
        SalesDirector = "sales_director",
        /// 法务
        Legal = "legal",
        /// 财务
        Finance = "finance",
        /// 物流
        Logistics = "logistics",
        /// 运营专员
        Operations = "operations",
        /// 管理员
        Admin = "admin",
    }
}

names! {
    /// The kinds of work that somebody who leaves hands on, in the order they are moved in.
    pub enum Work {
        /// A customer that is theirs.
        Customer = "customer",
        /// An opportunity that is theirs.
        Opportunity = "opportunity",
        /// A lead that nobody has turned into a customer.
        Lead = "lead",
        /// A decision that waits for them.
        Todo = "todo",
        /// Somebody they lead.
        User = "user",
    }
}

impl Role {
    /// Does the role see what things cost? Who carries them does not.
    pub fn sees_prices(self) -> bool {
        self != Self::Logistics
    }

    /// How far the role sees. Of the people of logistics, whoever answers to one of them drives: see [`Reach::Driver`].
    pub fn reach(self) -> Reach {
        match self {
            Self::Rep => Reach::Own,
            Self::Supervisor => Reach::Team,
            Self::RegionalDirector | Self::OrderClerk => Reach::RegionTree,
            Self::Legal => Reach::Legal,
            Self::Finance => Reach::Finance,
            Self::Logistics => Reach::Logistics,
            Self::SalesDirector | Self::Operations | Self::Admin => Reach::Company,
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
    /// Customers with a decision that is or was theirs.
    Legal,
    /// Customers with an order or credit, and all that follows from it.
    Finance,
    /// Customers with something to load or deliver, now or before.
    Logistics,
    /// The stops of the own trips.
    Driver,
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
