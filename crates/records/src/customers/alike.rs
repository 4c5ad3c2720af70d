//! Known customers that a file may be: shown as a warning, never a refusal. Of others' customers only the name.

use domain::customers::{By, Known, NEAR_MM, likeness};
use domain::identifiers::File;
use platform::Tx;
use uuid::Uuid;

use super::point;
use super::rows::likeness::{Wanted, candidates};
use super::rows::{self, customer};
use crate::actor::Actor;
use crate::error::Result;

/// A customer that a file may be.
#[derive(Debug)]
pub struct Alike {
    /// Absent outside the caller's scope.
    pub id: Option<Uuid>,
    pub name: String,
    pub by: Vec<By>,
}

/// The known customers that this file may be, at most twenty.
pub async fn alike(tx: &Tx, actor: &Actor, of: &customer::Model) -> Result<Vec<Alike>> {
    let wanted = Wanted {
        id: Some(of.id),
        uscc: of.uscc.clone(),
        normal_phone: of.normal_phone.clone(),
        name: Some(of.normal_name.clone()).filter(|name| !name.is_empty()),
        district: of.district_code.clone(),
        point: point(of),
    };
    // Whole metres of a fixed rule.
    let radius_m = f64::from(i32::try_from(NEAR_MM / 1_000).unwrap_or(i32::MAX));
    let mut found: Vec<(customer::Model, Vec<By>)> = Vec::new();
    for it in candidates(tx.db(), &wanted, radius_m).await? {
        let by = likeness(&known(of), &known(&it));
        if !by.is_empty() && !found.iter().any(|(other, _)| other.id == it.id) && found.len() < 20 {
            found.push((it, by));
        }
    }
    let ids: Vec<Uuid> = found.iter().map(|(it, _)| it.id).collect();
    let seen = rows::visible_among(tx.db(), actor, &ids).await?;
    let shown = found.into_iter().map(|(it, by)| Alike {
        id: seen.iter().any(|seen| seen.id == it.id).then_some(it.id),
        name: it.name,
        by,
    });
    Ok(shown.collect())
}

fn known(it: &customer::Model) -> Known<'_> {
    Known {
        file: File {
            uscc: it.uscc.as_deref(),
            phone: it.phone.as_deref(),
            name: &it.name,
            district: it.district_code.as_deref(),
        },
        point: point(it),
    }
}
