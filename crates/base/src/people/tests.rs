//! A company of a few people in memory.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::people::Role;
use migrations::{Migrator, MigratorTrait};
use platform::Db;
use uuid::Uuid;

use super::rows::{region, user};
use super::*;

/// The company's midnight, and so many hours later.
pub fn hour(n: u32) -> DateTime<Utc> {
    domain::working_time::at_local(day(0), chrono::NaiveTime::MIN) + TimeDelta::hours(i64::from(n))
}

pub fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 16 + n).unwrap()
}

pub struct Company {
    db: Db,
    ids: HashMap<String, Uuid>,
}

impl Company {
    pub async fn new() -> Self {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn().inner(), None).await.unwrap();
        Self { db, ids: HashMap::new() }
    }

    pub fn db(&self) -> &impl Connection {
        self.db.conn()
    }

    pub fn id(&self, name: &str) -> UserId {
        UserId(self.ids[name])
    }

    pub fn region_id(&self, name: &str) -> RegionId {
        RegionId(self.ids[name])
    }

    pub async fn region(&mut self, name: &str, above: Option<&str>) {
        let region = region::Model {
            id: self.fresh(name),
            external_id: Some(name.to_owned()),
            name: name.to_owned(),
            parent_id: above.map(|above| self.ids[above]),
            created_at: hour(0),
            version: 1,
        };
        rows::upsert_regions(self.db(), vec![region]).await.unwrap();
    }

    pub async fn hire(&mut self, name: &str, role: Role, (from, to): (Option<NaiveDate>, Option<NaiveDate>)) {
        let user = user::Model {
            id: self.fresh(name),
            external_id: None,
            username: name.to_owned(),
            name: name.to_owned(),
            phone: None,
            role,
            region_id: None,
            manager_id: None,
            active_from: from,
            active_to: to,
            password_hash: None,
            created_at: hour(0),
            updated_at: hour(0),
            version: 1,
        };
        rows::insert_user(self.db(), &user).await.unwrap();
    }

    pub async fn place(&mut self, name: &str, (role, region): (Role, &str), manager: Option<&str>) {
        self.hire(name, role, (None, None)).await;
        let region_id = Some(self.ids[region]);
        self.change(name, |user| user::Model { region_id, ..user }).await;
        if let Some(manager) = manager {
            self.manage(name, manager).await;
        }
    }

    pub async fn manage(&self, name: &str, manager: &str) {
        let manager_id = Some(self.ids[manager]);
        self.change(name, |user| user::Model { manager_id, ..user }).await;
    }

    pub async fn last_day(&self, name: &str, day: NaiveDate) {
        self.change(name, |user| user::Model { active_to: Some(day), ..user }).await;
    }

    async fn change(&self, name: &str, change: impl FnOnce(user::Model) -> user::Model) {
        let user = rows::user(self.db(), self.id(name)).await.unwrap().unwrap();
        rows::change_user(self.db(), &change(user)).await.unwrap();
    }

    fn fresh(&mut self, name: &str) -> Uuid {
        *self.ids.entry(name.to_owned()).or_insert_with(platform::new_id)
    }
}
