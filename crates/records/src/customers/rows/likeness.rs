//! Known customers that a new file may be, each found by an index.

use domain::geo::Point;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, Value};

use super::nearby::boxes;
use super::{CUSTOMER, customer};
use crate::select::Select;

/// How many are looked at for each thing that may be shared.
const N_MOST: &str = "ORDER BY id LIMIT 20";

/// What a new file is looked up by. Absent where it has none.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub id: Option<Uuid>,
    pub uscc: Option<String>,
    pub normal_phone: Option<String>,
    pub name: Option<String>,
    /// Namesakes in other districts are others.
    pub district: Option<String>,
    pub point: Option<Point>,
}

/// The customers that share a credit code, a phone or a name that no district tells apart, or lie within metres of the place. A
/// customer may come more than once.
pub async fn candidates(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    radius_m: f64,
) -> Result<Vec<customer::Model>, DbErr> {
    let mut questions: Vec<(&str, Vec<Value>)> = Vec::new();
    questions.extend(wanted.uscc.as_deref().map(|it| ("uscc = ?", vec![it.into()])));
    questions.extend(wanted.normal_phone.as_deref().map(|it| ("normal_phone = ?", vec![it.into()])));
    if let Some(name) = &wanted.name {
        let district = wanted.district.as_deref().unwrap_or_default();
        let values = vec![name.as_str().into(), district.into(), district.into()];
        questions
            .push(("normal_name = ? AND (district_code = ? OR district_code IS NULL OR ? = '')", values));
    }
    let mut found = Vec::new();
    for (condition, values) in questions {
        let select = Select::new(CUSTOMER).and(condition, values).and_if("id <> ?", wanted.id);
        found.extend(select.then(N_MOST, []).all::<customer::Model>(db).await?);
    }
    if let Some(point) = wanted.point {
        let boxes = boxes(point, radius_m);
        let select = Select::new("SELECT c.* FROM customers c").and(&boxes.bands, []);
        let select = select.and(&boxes.within.0, boxes.within.1).and_if("c.id <> ?", wanted.id);
        let select = select.then("ORDER BY c.id LIMIT 100", []);
        found.extend(select.all::<customer::Model>(db).await?);
    }
    Ok(found)
}
