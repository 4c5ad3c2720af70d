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

/// Only what the actor sees, by the columns of the owner and the region. Whoever owns a customer, or leads its owner,
/// also sees what others sell and deliver there.
pub fn visible_to(select: Select, actor: &Actor, owner: &str, region: &str, of: Of<'_>) -> Select {
    if actor.trip.is_some() {
        // A shared phone sees what its trip holds, which `deliveries` adds, and nothing by owner or region.
        return select.and("1 = 0", []);
    }
    let (condition, asked): (Option<String>, Value) = match actor.reach() {
        Reach::RegionTree => {
            (Some(format!("{region} IN ({REGION_TREE})")), actor.region.map(|region| region.0).into())
        }
        Reach::Own => (Some(owned(|column| format!("{column} = ?"), owner, of)), actor.id.0.into()),
        Reach::Team => (Some(owned(of_team, owner, of)), actor.id.0.into()),
        reach => (handed_over(reach, of), actor.id.0.into()),
    };
    match condition {
        // Whatever a condition asks for, it asks for the same each time.
        Some(condition) => select.and(&condition, vec![asked; condition.matches('?').count()]),
        None => select,
    }
}

fn of_team(column: &str) -> String {
    format!("({column} = ? OR {column} IN (SELECT id FROM people_users WHERE manager_id = ?))")
}

/// What is theirs by its owner, or by its customer's.
fn owned(theirs: impl Fn(&str) -> String, owner: &str, of: Of<'_>) -> String {
    match of {
        Of::Order(work) | Of::Delivery(work) => format!(
            "({} OR {work}.customer_id IN (SELECT id FROM customers WHERE {}))",
            theirs(owner),
            theirs("owner_id")
        ),
        Of::Customer(_) | Of::Other => theirs(owner),
    }
}

/// What has come to a department; none where all has, as to the whole company.
fn handed_over(reach: Reach, of: Of<'_>) -> Option<String> {
    match (reach, of) {
        (Reach::Legal, Of::Customer(customer)) => Some(format!(
            "{customer} IN (SELECT a.customer_id FROM approvals_todos t JOIN approvals a ON a.id = t.approval_id \
             WHERE t.assignee_id = ? AND a.customer_id IS NOT NULL)"
        )),
        (Reach::Finance, Of::Customer(customer)) => Some(format!(
            "(EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = {customer}) \
             OR EXISTS (SELECT 1 FROM orders o WHERE o.bill_to_id = {customer}) \
             OR EXISTS (SELECT 1 FROM customers f WHERE f.id = {customer} AND f.credit_limit_fen > 0))"
        )),
        (Reach::Logistics, Of::Customer(customer)) => {
            Some(format!("EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = {customer} AND o.{GOES})"))
        }
        (Reach::Driver, Of::Customer(customer)) => {
            Some(format!("{customer} IN (SELECT customer_id FROM deliveries WHERE driver_id = ?)"))
        }
        (Reach::Driver, Of::Order(orders)) => {
            Some(format!("{orders}.id IN (SELECT order_id FROM deliveries WHERE driver_id = ?)"))
        }
        (Reach::Driver, Of::Delivery(deliveries)) => Some(format!("{deliveries}.driver_id = ?")),
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
    let condition = format!("({} OR ({owner} IS NULL AND {region} IN ({REGION_TREE})))", of_team(owner));
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

/// Only what somebody set whose region lies above or below the actor's, by the column of who did, or they themselves;
/// all for whoever sees the whole company.
pub fn within_reach_of(select: Select, actor: &Actor, author: &str) -> Select {
    if actor.reach() == Reach::Company {
        return select;
    }
    let region: Value = actor.region.map(|region| region.0).into();
    let condition = format!(
        "{author} IN (SELECT id FROM people_users WHERE id = ? OR region_id IN ({REGION_TREE}) \
         OR region_id IN ({REGIONS_ABOVE}))"
    );
    select.and(&condition, [actor.id.0.into(), region.clone(), region])
}

/// The region `?` and all below it. Regions in a ring are each found once: `UNION` drops what it has already.
const REGION_TREE: &str = "WITH RECURSIVE tree AS (SELECT id FROM people_regions WHERE id = ? \
    UNION SELECT below.id FROM people_regions below JOIN tree ON below.parent_id = tree.id) SELECT id FROM tree";

/// The region `?` and all above it.
const REGIONS_ABOVE: &str = "WITH RECURSIVE line AS (SELECT id, parent_id FROM people_regions WHERE id = ? \
    UNION SELECT above.id, above.parent_id FROM people_regions above JOIN line ON line.parent_id = above.id) \
    SELECT id FROM line";
