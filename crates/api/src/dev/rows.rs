//! Who is behind an identity, and who there is.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

use crate::select::{Select, marks};

pub async fn usernames(
    db: &impl ConnectionTrait,
    openids: &[String],
) -> Result<Vec<(String, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Known {
        openid: String,
        username: String,
    }
    let mut known = Vec::new();
    for chunk in openids.chunks(500) {
        let text =
            "SELECT i.openid, u.username FROM people_identities i JOIN people_users u ON u.id = i.user_id";
        let condition = format!("i.openid IN ({})", marks(chunk.len()));
        let values = chunk.iter().map(|openid| openid.as_str().into());
        let rows: Vec<Known> = Select::new(text).and(&condition, values).all(db).await?;
        known.extend(rows.into_iter().map(|row| (row.openid, row.username)));
    }
    Ok(known)
}

/// Somebody to try things as.
#[derive(Debug, FromQueryResult)]
pub struct Person {
    pub username: String,
    pub name: String,
    pub role: String,
    pub region: Option<String>,
    pub manager: Option<String>,
    pub openid: Option<String>,
}

/// The first hundred people.
pub async fn people(db: &impl ConnectionTrait) -> Result<Vec<Person>, DbErr> {
    let text = "SELECT u.username, u.name, u.role, r.name AS region, m.username AS manager, i.openid \
                FROM people_users u LEFT JOIN people_regions r ON r.id = u.region_id \
                LEFT JOIN people_users m ON m.id = u.manager_id LEFT JOIN people_identities i ON i.user_id = u.id";
    Select::new(text).then("ORDER BY u.username LIMIT 100", []).all(db).await
}
