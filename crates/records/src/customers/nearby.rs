//! The customers around a place, the nearest first.

use domain::geo::{Point, distance_mm};

use super::rows::nearby::{self as kept, Spot};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::select::Connection;

/// Nobody asks farther.
pub const MOST_M: u32 = 20_000;
/// The first circle. Where it holds too few the next is twice as wide.
const FIRST_M: u32 = 400;

/// A customer with its distance in millimetres.
#[derive(Debug)]
pub struct Near {
    pub spot: Spot,
    pub distance_mm: i64,
}

/// The nearest customers within a radius, in circles that grow until there are enough: in a crowded town the rest of
/// the radius is never read.
pub async fn nearby(
    db: &impl Connection,
    actor: &Actor,
    (place, radius_m): (Point, u32),
    n_most: usize,
) -> Result<Vec<Near>> {
    if !(1..=MOST_M).contains(&radius_m) {
        return Err(Error::field("/radius_m", "out_of_range"));
    }
    let mut circle_m = FIRST_M.min(radius_m);
    loop {
        let spots = kept::around(db, actor, place, f64::from(circle_m)).await?;
        let mut near: Vec<Near> = spots.into_iter().filter_map(|spot| measured(spot, place)).collect();
        near.retain(|it| it.distance_mm <= i64::from(circle_m) * 1_000);
        if near.len() >= n_most || circle_m == radius_m {
            near.sort_by_key(|it| (it.distance_mm, it.spot.id));
            near.truncate(n_most);
            return Ok(near);
        }
        circle_m = (circle_m * 2).min(radius_m);
    }
}

fn measured(spot: Spot, place: Point) -> Option<Near> {
    let system = spot.system.parse().ok()?;
    let point = Point::new(spot.lat, spot.lng, system)?;
    Some(Near { distance_mm: distance_mm(point, place), spot })
}
