//! The demo's regions and people.

use anyhow::Context;
use domain::ids::UserId;
use domain::imports::{RegionRow, UserRow};
use platform::Tx;
use serde::Deserialize;

use super::{Ids, files, id_of};
use crate::people::rows::{self, region, user};
use crate::{App, notices};

/// Who is where.
pub(super) struct Company {
    pub(super) regions: Ids,
    pub(super) users: Ids,
}

/// What no importer reads of a person.
#[derive(Deserialize)]
struct More {
    /// 1 for who is bound already.
    wechat: u8,
    password_hash: String,
}

pub(super) async fn load(app: &App, tx: &Tx) -> anyhow::Result<Company> {
    let regions = load_regions(tx).await?;
    let mut users = Ids::new();
    for line in files::lines(files::USERS)? {
        let row = line.read(UserRow::read)?;
        let more: More = line.more()?;
        let openid = (more.wechat == 1).then(|| format!("sim-openid-{}", row.username));
        let id = platform::new_id();
        users.insert(row.external_id.clone(), id);
        let person = user::Model {
            id,
            external_id: Some(row.external_id),
            username: row.username,
            name: row.name,
            phone: row.phone,
            role: row.role.name().to_owned(),
            region_id: row.region.map(|region| id_of(&regions, &region)).transpose()?,
            manager_id: row.manager.map(|manager| id_of(&users, &manager)).transpose()?,
            active_from: row.active_from,
            active_to: row.active_to,
            password_hash: Some(more.password_hash),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        rows::upsert_user(tx.db(), person).await?;
        if let Some(openid) = openid {
            bind(app, tx, UserId(id), &openid).await?;
        }
    }
    Ok(Company { regions, users })
}

async fn load_regions(tx: &Tx) -> anyhow::Result<Ids> {
    let mut regions = Ids::new();
    for line in files::lines(files::REGIONS)? {
        let row = line.read(RegionRow::read)?;
        let id = platform::new_id();
        regions.insert(row.code.clone(), id);
        let region = region::Model {
            id,
            external_id: Some(row.code),
            name: row.name,
            parent_id: row.parent.map(|parent| id_of(&regions, &parent)).transpose()?,
            created_at: tx.now(),
            version: 1,
        };
        rows::upsert_region(tx.db(), region).await?;
    }
    Ok(regions)
}

/// Binds a person to the simulated WeChat, with the credits it starts everybody with.
async fn bind(app: &App, tx: &Tx, user: UserId, openid: &str) -> anyhow::Result<()> {
    let is_new = rows::bind(tx.db(), openid, None, user, tx.now()).await?;
    anyhow::ensure!(is_new, "{openid} is bound already");
    notices::grant_initial(app, tx.db(), user, tx.now())
        .await
        .context("granting credits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::password;

    #[tokio::test]
    async fn everybody_has_the_password_that_is_named_after_them() {
        for line in files::lines(files::USERS).unwrap() {
            let username = line.read(UserRow::read).unwrap().username;
            let more: More = line.more().unwrap();
            let is_right = password::is_right(format!("demo-{username}"), Some(more.password_hash));
            assert!(is_right.await.unwrap(), "{username}");
        }
    }
}
