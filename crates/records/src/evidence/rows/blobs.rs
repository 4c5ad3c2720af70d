//! Which stored files are named by a row.

use std::collections::HashSet;

use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult};

use crate::select::Select;

/// Every column that names a stored file. Whoever keeps another adds it here, or its files are swept away.
const NAMED_BY: [(&str, &str); 3] =
    [("evidence_photos", "sha256"), ("evidence_files", "sha256"), ("imports", "file_sha256")];

#[derive(FromQueryResult)]
struct Name {
    sha256: String,
}

/// Those of these digests that a row names.
pub async fn named(db: &impl ConnectionTrait, digests: &[String]) -> Result<HashSet<String>, DbErr> {
    let mut named = HashSet::new();
    for (table, column) in NAMED_BY {
        for some in digests.chunks(400) {
            let select = Select::new(&format!("SELECT DISTINCT {column} AS sha256 FROM {table}"));
            let rows: Vec<Name> = select.and_among(column, some.iter().map(|it| it.as_str())).all(db).await?;
            named.extend(rows.into_iter().map(|it| it.sha256));
        }
    }
    Ok(named)
}

/// The next 1,000 digests that rows name, after this one.
pub async fn after(db: &impl ConnectionTrait, digest: &str) -> Result<Vec<String>, DbErr> {
    let mut all = Vec::new();
    for (table, column) in NAMED_BY {
        let select = Select::new(&format!("SELECT DISTINCT {column} AS sha256 FROM {table}"));
        let page = select.and(&format!("{column} > ?"), [digest.into()]).then("ORDER BY 1 LIMIT 1000", []);
        let rows: Vec<Name> = page.all(db).await?;
        all.extend(rows.into_iter().map(|it| it.sha256));
    }
    all.sort_unstable();
    all.dedup();
    all.truncate(1000);
    Ok(all)
}
