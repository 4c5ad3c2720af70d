//! The demo's regions and people.

use anyhow::Context;
use domain::ids::UserId;
use domain::imports::{RegionRow, UserRow};
use domain::people::Role;
use platform::Tx;
use serde::Deserialize;

use super::files::NoMore;
use super::{Ids, files, named, store};
use crate::people::{password, rows};
use crate::{App, notices};

/// Who is where.
pub(super) struct Company {
    pub(super) regions: Ids,
    pub(super) users: Ids,
}

/// With which a driver of the demo takes a trip over.
const DRIVERS_PIN: &str = "2580";

/// What no importer reads of a person.
#[derive(Deserialize)]
struct More {
    /// 1 for who is bound already.
    wechat: u8,
    password_hash: String,
}

pub(super) async fn load(app: &App, tx: &Tx) -> anyhow::Result<Company> {
    let regions: Vec<(RegionRow, NoMore)> = files::sheet(files::REGIONS, RegionRow::read)?;
    let regions: Vec<&RegionRow> = regions.iter().map(|(row, _)| row).collect();
    let regions = store(tx, "people_regions", &regions).await?;

    let people: Vec<(UserRow, More)> = files::sheet(files::USERS, UserRow::read)?;
    let users: Vec<&UserRow> = people.iter().map(|(row, _)| row).collect();
    let users = store(tx, "people_users", &users).await?;
    for (row, more) in &people {
        let user = UserId(*named(&users, &row.external_id)?);
        rows::set_password(tx.db(), user, &more.password_hash).await?;
        if row.role == Role::Logistics {
            let hash = password::hashed(DRIVERS_PIN.to_owned()).await?;
            rows::put_pin(tx.db(), user, &hash, user, tx.now()).await?;
        }
        if more.wechat == 1 {
            bind(app, tx, user, &row.username).await?;
        }
    }
    Ok(Company { regions, users })
}

/// Binds a person to the simulated WeChat, with the credits it starts everybody with.
async fn bind(app: &App, tx: &Tx, user: UserId, username: &str) -> anyhow::Result<()> {
    let openid = format!("sim-openid-{username}");
    let is_new = rows::bind(tx.db(), &openid, None, user, tx.now()).await?;
    anyhow::ensure!(is_new, "{openid} is bound already");
    notices::grant_initial(app, tx.db(), user, tx.now()).await.context("granting credits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn everybody_has_the_password_that_is_named_after_them() {
        let people: Vec<(UserRow, More)> = files::sheet(files::USERS, UserRow::read).unwrap();
        for (row, more) in people {
            let is_right = password::is_right(format!("demo-{}", row.username), Some(more.password_hash));
            assert!(is_right.await.unwrap(), "{}", row.username);
        }
    }
}
