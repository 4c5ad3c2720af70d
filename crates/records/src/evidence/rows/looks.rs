//! What pictures look like: seven rows a picture, each under the number of one piece of its hashes.

use chrono::NaiveDate;
use domain::evidence::{Around, band_keys, probe_keys};
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, DbErr, FromQueryResult, Value};
use wechat::photo::{Look, Looks};

use crate::select::{Select, execute};

/// A picture that may look alike; how near it is, is counted by whoever asked.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub struct Candidate {
    pub photo_id: Uuid,
    dhash: i64,
    phash: i64,
}

impl Candidate {
    pub fn look(&self) -> Look {
        Look { dhash: self.dhash.cast_unsigned(), phash: self.phash.cast_unsigned() }
    }
}

/// Files a picture under each of its pieces.
pub async fn insert(
    db: &impl ConnectionTrait,
    photo: Uuid,
    look: Look,
    seen_on: NaiveDate,
) -> Result<(), DbErr> {
    let keys = band_keys(look.dhash, look.phash);
    let rows = vec!["(?, ?, ?, ?, ?)"; keys.len()].join(", ");
    let text =
        format!("INSERT INTO evidence_hash_bands (key, seen_on, photo_id, dhash, phash) VALUES {rows}");
    let (dhash, phash) = (look.dhash.cast_signed(), look.phash.cast_signed());
    let values = keys
        .into_iter()
        .flat_map(|key| [Value::from(key), seen_on.into(), photo.into(), dhash.into(), phash.into()]);
    execute(db, &text, values).await?;
    Ok(())
}

/// The pictures since a day that differ from one of these looks in at most so many bits, and others. All such are found
/// for what stands upright, for the turned ones all that differ in 13 bits. Every number is looked up in the key;
/// PostgreSQL counts the bits there and then, SQLite leaves that to us.
pub async fn candidates(
    db: &impl ConnectionTrait,
    looks: &Looks,
    since: NaiveDate,
    n_bits: u32,
) -> Result<Vec<Candidate>, DbErr> {
    let probes = |look: &Look, around| probe_keys(look.dhash, look.phash, around);
    let mut keys = probes(&looks.upright, Around::Wide);
    keys.extend(looks.turned.iter().flat_map(|look| probes(look, Around::Close)));
    keys.sort_unstable();
    keys.dedup();
    let keys = format!("{keys:?}").replace(' ', "");
    let is_postgres = db.get_database_backend() == DbBackend::Postgres;
    let table = if is_postgres {
        "unnest(CAST(TRANSLATE(?, '[]', '{}') AS bigint[])) AS probe (value)"
    } else {
        "json_each(?) AS probe"
    };
    let text = format!(
        "SELECT DISTINCT photo_id, dhash, phash FROM {table} \
         JOIN evidence_hash_bands ON evidence_hash_bands.key = probe.value"
    );
    let select = Select::new("").then(&text, [keys.into()]).and("seen_on >= ?", [since.into()]);
    if !is_postgres {
        return select.all(db).await;
    }
    let near = "bit_count(CAST(dhash # ? AS bit(64))) + bit_count(CAST(phash # ? AS bit(64))) <= ?";
    let looks = looks.all();
    let any = format!("({})", vec![near; looks.len()].join(" OR "));
    let values = looks.iter().flat_map(|look| {
        [look.dhash.cast_signed().into(), look.phash.cast_signed().into(), i64::from(n_bits).into()]
    });
    select.and(&any, values).all(db).await
}

/// Forgets what was filed before a day. Returns how many rows went.
pub async fn forget(db: &impl ConnectionTrait, before: NaiveDate) -> Result<u64, DbErr> {
    execute(db, "DELETE FROM evidence_hash_bands WHERE seen_on < ?", [before.into()]).await
}
