//! How far somebody sees: the one place that decides it, for every list and every record.
//!
//! Reps see their own, leaders their team's or regions', clerks the regions they enter for. A department sees what has
//! come to its hand-over point or is past it, by what the flow itself has written: a decision, an order, a delivery.

use domain::ids::RegionId;
use domain::people::Reach;
use sea_orm::entity::prelude::*;
use sea_orm::{DbErr, FromQueryResult, Value};

use crate::actor::Actor;
use crate::select::Select;

/// What is looked at, and by which name the statement knows it.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Something of a customer, by the column with the customer's id.
    Customer(&'a str),
    /// Orders, by the table's name in the statement.
    Order(&'a str),
    /// Deliveries, by the table's name in the statement.
    Delivery(&'a str),
    /// What no department waits for.
    Other,
}

/// Only what the actor sees, by the columns of the owner and the region. An order and its
/// deliveries are seen by its rep and by its customer's owner.
pub fn visible_to(select: Select, actor: &Actor, owner: &str, region: &str, of: Of<'_>) -> Select {
    if actor.trip.is_some() {
        // A shared phone sees what its trip holds, which `deliveries` adds, and nothing by owner or region.
        return select.and("1 = 0", []);
    }
    let me: Value = actor.id.0.into();
    match actor.reach() {
        Reach::Own => match of {
            Of::Order(work) | Of::Delivery(work) => select.and(
                &format!(
                    "({owner} = ? OR {work}.customer_id IN (SELECT id FROM customers WHERE owner_id = ?))"
                ),
                [me.clone(), me],
            ),
            _ => select.and(&format!("{owner} = ?"), [me]),
        },
        Reach::Team => select.and(
            &format!("({owner} = ? OR {owner} IN (SELECT id FROM people_users WHERE manager_id = ?))"),
            [me.clone(), me],
        ),
        Reach::RegionTree => {
            let top = actor.region.map(|region| region.0);
            select.and(&format!("{region} IN ({REGION_TREE})"), [top.into()])
        }
        Reach::Legal | Reach::Finance | Reach::Logistics | Reach::Driver => {
            match handed_over(actor.reach(), of) {
                Some((condition, true)) => select.and(&condition, [me]),
                Some((condition, false)) => select.and(&condition, []),
                None => select,
            }
        }
        Reach::Company => select,
    }
}

/// What has come to a department, as a condition, and whether it asks whose; none where all has.
fn handed_over(reach: Reach, of: Of<'_>) -> Option<(String, bool)> {
    match (reach, of) {
        (Reach::Legal, Of::Customer(customer)) => Some((
            format!(
                "EXISTS (SELECT 1 FROM approvals a JOIN approvals_todos t ON t.approval_id = a.id \
                 WHERE a.customer_id = {customer} AND t.assignee_id = ?)"
            ),
            true,
        )),
        (Reach::Finance, Of::Customer(customer)) => Some((
            format!(
                "(EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = {customer}) \
                 OR EXISTS (SELECT 1 FROM orders o WHERE o.bill_to_id = {customer}) \
                 OR EXISTS (SELECT 1 FROM customers f WHERE f.id = {customer} \
                 AND f.credit_limit_fen > 0))"
            ),
            false,
        )),
        (Reach::Logistics, Of::Customer(customer)) => Some((
            format!("EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = {customer} AND o.{GOES})"),
            false,
        )),
        (Reach::Driver, Of::Customer(customer)) => Some((
            format!(
                "EXISTS (SELECT 1 FROM deliveries d WHERE d.customer_id = {customer} AND d.driver_id = ?)"
            ),
            true,
        )),
        (Reach::Driver, Of::Order(orders)) => Some((
            format!("EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = {orders}.id AND d.driver_id = ?)"),
            true,
        )),
        (Reach::Driver, Of::Delivery(deliveries)) => Some((format!("{deliveries}.driver_id = ?"), true)),
        _ => None,
    }
}

/// An order goes or went to its customer.
const GOES: &str = "status IN ('accepted', 'partially_delivered', 'delivered', 'refused')";

/// The same where work may wait for an owner: what is nobody's is seen by the leaders of its region too.
pub fn visible_unowned(select: Select, actor: &Actor, owner: &str, region: &str) -> Select {
    if actor.trip.is_some() || actor.reach() != Reach::Team {
        return visible_to(select, actor, owner, region, Of::Other);
    }
    let me: Value = actor.id.0.into();
    let top = actor.region.map(|region| region.0);
    let condition = format!(
        "({owner} = ? OR {owner} IN (SELECT id FROM people_users WHERE manager_id = ?) \
         OR ({owner} IS NULL AND {region} IN ({REGION_TREE})))"
    );
    select.and(&condition, [me.clone(), me, top.into()])
}

/// Only what is in a region or in one below it, by a region's column.
pub fn below(select: Select, column: &str, region: Uuid) -> Select {
    select.and(&format!("{column} IN ({REGION_TREE})"), [region.into()])
}

/// Is a region the other one or below it?
pub async fn is_at_or_below(
    db: &impl ConnectionTrait,
    region: RegionId,
    top: RegionId,
) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Found {
        #[expect(dead_code, reason = "that it is found is all there is to know")]
        id: Uuid,
    }
    let select = Select::new("SELECT id FROM people_regions").and("id = ?", [region.0.into()]);
    Ok(below(select, "id", top.0).one::<Found>(db).await?.is_some())
}

/// Only what somebody set whose region lies above or below the actor's, by the column of who did; all for whoever sees
/// the whole company.
pub fn within_reach_of(select: Select, actor: &Actor, author: &str) -> Select {
    let Some(region) = actor.region.filter(|_| actor.reach() != Reach::Company) else {
        return select;
    };
    let condition = format!(
        "{author} IN (SELECT id FROM people_users WHERE id = ? OR region_id IN ({REGION_TREE}) \
         OR region_id IN ({REGIONS_ABOVE}))"
    );
    select.and(&condition, [actor.id.0.into(), region.0.into(), region.0.into()])
}

/// The region `?` and all below it. Regions in a ring are each found once: `UNION` drops what it has already.
const REGION_TREE: &str = "WITH RECURSIVE tree AS (SELECT id FROM people_regions WHERE id = ? \
    UNION SELECT below.id FROM people_regions below JOIN tree ON below.parent_id = tree.id) SELECT id FROM tree";

/// The region `?` and all above it.
const REGIONS_ABOVE: &str = "WITH RECURSIVE line AS (SELECT id, parent_id FROM people_regions WHERE id = ? \
    UNION SELECT above.id, above.parent_id FROM people_regions above JOIN line ON line.parent_id = above.id) \
    SELECT id FROM line";
