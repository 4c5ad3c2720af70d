//! The time, from one place.
//!
//! In production it is the machine's. In development it is the machine's plus an offset kept in one database
//! row, so that every process of the installation agrees after somebody moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use crate::sql;

/// Where the time comes from. Clones share what was last read.
#[derive(Clone, Debug)]
pub struct Clock {
    movable: bool,
    offset_us: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { movable: false, offset_us: Arc::default() }
    }

    /// The clock that a development switch may move forward.
    pub fn movable() -> Self {
        Self { movable: true, offset_us: Arc::default() }
    }

    /// Is it the one of development?
    pub fn is_movable(&self) -> bool {
        self.movable
    }

    /// The real time in UTC, cut to microseconds so that both databases keep it exactly.
    #[expect(clippy::disallowed_methods, reason = "the one place the machine's clock is read")]
    pub fn real() -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    /// The time that rules use, in UTC.
    pub async fn now(&self, db: &impl ConnectionTrait) -> Result<DateTime<Utc>, DbErr> {
        if self.movable {
            let row = db.query_one_raw(sql(db, "SELECT offset_us FROM clock WHERE id = 1", [])).await?;
            let offset_us = row.map(|row| row.try_get("", "offset_us")).transpose()?.unwrap_or(0);
            self.offset_us.store(offset_us, Ordering::Relaxed);
        }
        Ok(self.last_known())
    }

    /// The time by the offset that was read last, without asking the database. For log lines,
    /// and for telling clients what time it is about.
    pub fn last_known(&self) -> DateTime<Utc> {
        let offset = TimeDelta::microseconds(self.offset_us.load(Ordering::Relaxed));
        Self::real().checked_add_signed(offset).unwrap_or_else(Self::real)
    }

    /// Moves the clock to `now`. False when that would be going back.
    pub async fn move_to(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let offset_us = (now - Self::real()).num_microseconds().unwrap_or(i64::MAX);
        let moved = sql(
            db,
            "INSERT INTO clock (id, offset_us) VALUES (1, $1) \
             ON CONFLICT (id) DO UPDATE SET offset_us = excluded.offset_us \
             WHERE clock.offset_us <= excluded.offset_us",
            [offset_us.into()],
        );
        let won = db.execute_raw(moved).await?.rows_affected() == 1;
        if won {
            self.offset_us.store(offset_us, Ordering::Relaxed);
        }
        Ok(won)
    }

    /// Puts the clock at `now`, also back: for whoever begins anew.
    pub async fn restart_at(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
        self.reset(db).await?;
        let offset_us = (now - Self::real()).num_microseconds().unwrap_or(0);
        let set = sql(db, "INSERT INTO clock (id, offset_us) VALUES (1, $1)", [offset_us.into()]);
        db.execute_raw(set).await?;
        self.offset_us.store(offset_us, Ordering::Relaxed);
        Ok(())
    }

    /// Back to the real time.
    pub async fn reset(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        db.execute_raw(sql(db, "DELETE FROM clock", [])).await?;
        self.offset_us.store(0, Ordering::Relaxed);
        Ok(())
    }
}
