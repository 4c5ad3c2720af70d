//! What lies around a place, by the index `customers_place`.
//!
//! The index is over the coordinate system and the cell that a point lies in, computed by the database itself from
//! what is stored, so no writer can forget it. A search asks for the ranges of cells of a box around the place, in
//! each coordinate system, and measures exactly afterwards. The ranges stand in the text, not in a joined list: only
//! so does PostgreSQL weigh them by what it knows of the cells.

use chrono::{DateTime, Utc};
use domain::geo::{Bounds, Point, System, bounds};
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::actor::Actor;
use crate::people::{Of, visible_to};
use crate::select::Select;

/// The cell of a customer: the very expression of the index.
const CELL: &str = "CAST(round(c.lat * 200) * 100000 + round(c.lng * 200) AS bigint)";

/// A customer with where it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Spot {
    pub id: Uuid,
    pub name: String,
    pub kind: String,
    pub stage: String,
    pub owner_id: Option<Uuid>,
    pub lat: f64,
    pub lng: f64,
    pub system: String,
    pub location_confirmed: bool,
    pub last_verified_at: Option<DateTime<Utc>>,
}

/// The boxes around a place, one for each coordinate system, as SQL asks for them.
pub struct Boxes {
    /// The ranges of cells, as a condition that the index answers.
    pub bands: String,
    /// A box around them all, as a condition with its values. It names no coordinate system: SQLite would look up
    /// that alone.
    pub within: (String, Vec<Value>),
}

/// The boxes around a place.
pub fn boxes(around: Point, radius_m: f64) -> Boxes {
    let systems = [System::Gcj02, System::Wgs84, System::Bd09];
    let all: Vec<(System, Bounds)> =
        systems.into_iter().map(|system| (system, bounds(around.to(system), radius_m))).collect();
    let rows = all.iter().flat_map(|(system, it)| {
        let system = system.as_str();
        let range = move |(first, last): &(i64, i64)| {
            format!("(c.system = '{system}' AND {CELL} BETWEEN {first} AND {last})")
        };
        it.bands.iter().map(range)
    });
    let bands = format!("({})", rows.collect::<Vec<_>>().join(" OR "));
    let ends = |of: fn(&Bounds) -> (f64, f64)| {
        let all: Vec<(f64, f64)> = all.iter().map(|(_, it)| of(it)).collect();
        let least = all.iter().map(|(least, _)| *least).fold(f64::INFINITY, f64::min);
        [least, all.iter().map(|(_, most)| *most).fold(f64::NEG_INFINITY, f64::max)]
    };
    let values = [ends(|it| it.lat), ends(|it| it.lng)].concat().into_iter().map(Value::from);
    Boxes { bands, within: ("c.lat BETWEEN ? AND ? AND c.lng BETWEEN ? AND ?".to_owned(), values.collect()) }
}

fn select(boxes: Boxes) -> Select {
    let text = "SELECT c.id, c.name, c.kind, c.stage, c.owner_id, c.lat, c.lng, c.system, c.location_confirmed, \
                c.last_verified_at FROM customers c";
    Select::new(text).and(&boxes.bands, []).and(&boxes.within.0, boxes.within.1)
}

/// The customers in the boxes around a place that the actor sees, in no order: the caller measures.
pub async fn around(
    db: &impl ConnectionTrait,
    actor: &Actor,
    place: Point,
    radius_m: f64,
) -> Result<Vec<Spot>, DbErr> {
    visible_to(select(boxes(place, radius_m)), actor, "c.owner_id", "c.region_id", Of::Customer("c.id"))
        .then("LIMIT 20000", [])
        .all(db)
        .await
}

#[cfg(test)]
mod tests {
    use migrations::{Migrator, MigratorTrait};
    use platform::{Clock, Db, sql};

    use super::*;

    /// How the database goes about it.
    async fn plan(db: &Db, explain: &str) -> String {
        let place = Point::new(29.86, 121.52, System::Gcj02).unwrap();
        let select = select(boxes(place, 2_000.0)).explained(explain);
        let rows: Vec<String> = select.texts(db.conn()).await.unwrap();
        rows.join("\n")
    }

    #[tokio::test]
    async fn sqlite_looks_cells_up() {
        let db = Db::connect("sqlite::memory:", 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn().inner(), None).await.unwrap();
        let plan = plan(&db, "EXPLAIN QUERY PLAN").await;
        assert!(plan.contains("USING INDEX customers_place (system=? AND <expr>>? AND <expr><?)"), "{plan}");
        assert!(!plan.contains("(system=?)"), "{plan}");
        assert!(!plan.contains("SCAN c"), "{plan}");
    }

    /// Only where a throw-away server is at hand, as in the production profile.
    #[tokio::test]
    async fn postgres_looks_cells_up() {
        let Ok(url) = std::env::var("GUGAN_TEST_DATABASE_URL") else { return };
        let (server, _) = url.rsplit_once('/').unwrap();
        let name = format!("nearby_{}", platform::new_id().simple());
        let there = Db::connect(&url, 1, Clock::system()).await.unwrap();
        let create = sql(there.conn(), &format!("CREATE DATABASE {name}"), []);
        there.conn().execute_raw(create).await.unwrap();
        let db = Db::connect(&format!("{server}/{name}"), 1, Clock::system()).await.unwrap();
        Migrator::up(db.conn().inner(), None).await.unwrap();
        for text in [
            "INSERT INTO people_regions (id, name, created_at, version) VALUES (gen_random_uuid(), 'x', now(), 1)",
            "INSERT INTO customers (id, name, normal_name, kind, region_id, lat, lng, system, location_confirmed, \
             fence_radius_m, price_tier, credit_limit_fen, payment_terms, contacts, decision_chain, needs, stage, \
             confirmed_at, created_at, updated_at, version) SELECT gen_random_uuid(), 'x', 'x', 'store', r.id, \
             27 + n % 4000 / 1000.0, 118 + n % 3777 / 1000.0, 'gcj02', true, 150, 'C', 0, 'monthly', '[]', '[]', \
             '[]', 'regular', now(), now(), now(), 1 FROM generate_series(1, 18000) n, people_regions r",
            "ANALYZE customers",
        ] {
            db.conn().execute_raw(sql(db.conn(), text, [])).await.unwrap();
        }
        let plan = plan(&db, "EXPLAIN").await;
        assert!(plan.contains("customers_place"), "{plan}");
        assert!(!plan.contains("Seq Scan on customers"), "{plan}");
    }
}
