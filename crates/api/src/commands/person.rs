//! Adds an employee on the server: the first admin, before anybody can log in and import the rest.

use anyhow::{Context, ensure};
use clap::Args;
use domain::identifiers::{is_mobile, normal_phone};
use domain::people::Role;

use crate::config::Config;
use crate::people::rows::{self, user};
use crate::{people, start};

/// Who to add.
#[derive(Debug, Args)]
pub struct NewPerson {
    /// The name for the console, and the id in imported files.
    #[arg(long)]
    username: String,
    /// As people read it.
    #[arg(long)]
    name: String,
    /// The mobile number that WeChat vouches for at the first login.
    #[arg(long)]
    phone: String,
    /// rep, supervisor, operations, admin, …
    #[arg(long)]
    role: String,
}

/// Writes the employee, or changes the one by that name.
pub async fn add(config: Config, person: &NewPerson) -> anyhow::Result<()> {
    let role = Role::by_name(&person.role).with_context(|| format!("there is no role {}", person.role))?;
    let phone = normal_phone(&person.phone);
    ensure!(is_mobile(&phone), "{} is not a mobile number", person.phone);
    let app = start::open_migrated(config).await?;
    let tx = app.db.begin().await?;
    let known = people::rows::user_by_username(tx.db(), &person.username).await?;
    let user = user::Model {
        id: known.as_ref().map_or_else(platform::new_id, |user| user.id),
        external_id: Some(person.username.clone()),
        username: person.username.clone(),
        name: person.name.clone(),
        phone: Some(phone),
        role,
        region_id: known.as_ref().and_then(|user| user.region_id),
        manager_id: known.as_ref().and_then(|user| user.manager_id),
        active_from: None,
        active_to: None,
        password_hash: None,
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    rows::upsert_users(tx.db(), vec![user]).await?;
    tx.commit().await?;
    println!(
        "{} may log in through WeChat with the number ending in {}",
        person.username,
        tail(&person.phone)
    );
    Ok(())
}

fn tail(phone: &str) -> String {
    phone.chars().skip(phone.chars().count().saturating_sub(4)).collect()
}
