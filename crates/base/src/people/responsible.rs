//! Who is responsible: by role and region, and up the line of managers.

use chrono::NaiveDate;
use domain::ids::{RegionId, UserId};
use domain::people::{Role, is_active};

use super::rows;
use crate::error::Result;
use crate::select::Connection;

/// So many people of a role are asked at most.
const N_ASKED: u64 = 50;
/// More levels than any company has.
const ALL_LEVELS: u32 = 64;

/// The active people of a role: in the region, else in the nearest region above that has any; in the company, where no
/// region is named. In order of their ids, or the first one alone.
pub async fn in_role(
    db: &impl Connection,
    role: Role,
    region: Option<RegionId>,
    day: NaiveDate,
    first_only: bool,
) -> Result<Vec<UserId>> {
    let n_most = if first_only { 1 } else { N_ASKED };
    let Some(region) = region else {
        let found = rows::active_after(db, role, day, None, n_most).await?;
        return Ok(found.into_iter().map(|user| UserId(user.id)).collect());
    };
    let placed = rows::placed_above(db, role, region, day, n_most).await?;
    let nearest = placed.first().map(|it| it.depth);
    Ok(placed.into_iter().filter(|it| Some(it.depth) == nearest).map(|it| UserId(it.id)).collect())
}

/// So many active managers above somebody, nearest first. Whoever has left is passed over, and a ring in imported data
/// names nobody twice.
pub async fn chain(db: &impl Connection, of: UserId, levels: u32, day: NaiveDate) -> Result<Vec<UserId>> {
    let mut chain: Vec<UserId> = Vec::new();
    for above in rows::above(db, of).await? {
        let id = UserId(above.id);
        let is_new = id != of && !chain.contains(&id);
        if is_new && is_active(above.active_from, above.active_to, day) {
            chain.push(id);
        }
    }
    chain.truncate(levels.try_into().unwrap_or(usize::MAX));
    Ok(chain)
}

/// Whoever heads somebody's work: the director of their region, else whoever stands at the top above them.
pub async fn head_of(db: &impl Connection, of: UserId, day: NaiveDate) -> Result<Option<UserId>> {
    let region = rows::user(db, of).await?.and_then(|user| user.region_id);
    if let Some(region) = region {
        let directors = in_role(db, Role::RegionalDirector, Some(RegionId(region)), day, false).await?;
        if let Some(director) = directors.first()
            && !directors.contains(&of)
        {
            return Ok(Some(*director));
        }
    }
    Ok(chain(db, of, ALL_LEVELS, day).await?.pop())
}

/// The active person of that username.
pub async fn by_username(db: &impl Connection, name: &str, day: NaiveDate) -> Result<Option<UserId>> {
    let user = rows::user_by_username(db, name).await?;
    Ok(user.filter(|user| is_active(user.active_from, user.active_to, day)).map(|user| UserId(user.id)))
}

#[cfg(test)]
mod tests;
