//! Which role may call which route: one table, nothing allowed that does not stand in it.
//!
//! What of its records a caller then sees is decided in `people::scope`, in one place too.

use actix_web::http::Method;
use domain::people::Role;

use Role::*;

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, without a session.
    Anybody,
    /// These roles.
    Roles(&'static [Role]),
}

const EVERYBODY: &[Role] = &Role::ALL;
const FIELD: &[Role] = &[Rep, Supervisor];
const LEADERS: &[Role] = &[Supervisor, RegionalDirector, SalesDirector];
const SELLS: &[Role] = &[Rep, Supervisor, RegionalDirector, SalesDirector];
const SALES: &[Role] = &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector];
const SEES_CUSTOMERS: &[Role] = &[
    Rep,
    OrderClerk,
    Supervisor,
    RegionalDirector,
    SalesDirector,
    Legal,
    Finance,
    Logistics,
    Operations,
    Admin,
];
const SEES_ORDERS: &[Role] =
    &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Finance, Logistics, Operations, Admin];
/// Only who sees the whole company: a trip carries goods of many reps.
const SEES_TRIPS: &[Role] = &[SalesDirector, Finance, Logistics, Operations, Admin];
const SEES_LISTS: &[Role] = &[Rep, Supervisor, RegionalDirector, SalesDirector, Operations, Admin];
const SEES_PHOTOS: &[Role] =
    &[Rep, Supervisor, RegionalDirector, SalesDirector, Finance, Logistics, Operations, Admin];

/// Every route under `/api/v1`, by method and path, with who may call it.
#[rustfmt::skip]
pub const ROUTES: &[(&str, &str, Who)] = &[
    ("POST", "/auth/wechat/login", Who::Anybody),
    ("POST", "/auth/wechat/bind", Who::Anybody),
    ("POST", "/auth/console/login", Who::Anybody),
    ("POST", "/auth/logout", Who::Roles(EVERYBODY)),
    ("GET", "/me", Who::Roles(EVERYBODY)),
    ("GET", "/regions", Who::Roles(EVERYBODY)),
    ("GET", "/users", Who::Roles(&[Supervisor, RegionalDirector, SalesDirector, Operations, Admin])),
    ("GET", "/users/{id}", Who::Roles(EVERYBODY)),
    ("PUT", "/users/{id}/pin", Who::Roles(EVERYBODY)),
    ("GET", "/customers", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/customers/{id}", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/customers/{id}/poster", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/scenes", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/customers/{id}/timeline", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/products", Who::Roles(EVERYBODY)),
    ("GET", "/price-lists", Who::Roles(SALES)),
    ("GET", "/opportunities", Who::Roles(SALES)),
    ("POST", "/opportunities", Who::Roles(SALES)),
    ("GET", "/opportunities/gaps", Who::Roles(&[RegionalDirector, SalesDirector, Operations, Admin])),
    ("GET", "/opportunities/{id}", Who::Roles(SALES)),
    ("POST", "/opportunities/{id}/evidence", Who::Roles(FIELD)),
    ("POST", "/opportunities/{id}/evidence/{evidence_id}/pages", Who::Roles(FIELD)),
    ("POST", "/opportunities/{id}/evidence/{evidence_id}/reject", Who::Roles(LEADERS)),
    ("POST", "/opportunities/{id}/advance", Who::Roles(SELLS)),
    ("POST", "/opportunities/{id}/lose", Who::Roles(SELLS)),
    ("POST", "/opportunities/{id}/reopen", Who::Roles(SELLS)),
    ("GET", "/orders", Who::Roles(SEES_ORDERS)),
    ("GET", "/orders/{id}", Who::Roles(SEES_ORDERS)),
    ("GET", "/action-lists/suggestions", Who::Roles(FIELD)),
    ("GET", "/action-lists", Who::Roles(SEES_LISTS)),
    ("GET", "/action-lists/{date}", Who::Roles(FIELD)),
    ("PUT", "/action-lists/{date}", Who::Roles(FIELD)),
    ("POST", "/action-lists/{date}/submit", Who::Roles(FIELD)),
    ("POST", "/action-lists/{date}/items/{id}/reason", Who::Roles(FIELD)),
    ("POST", "/users/{id}/leaves", Who::Roles(SELLS)),
    ("POST", "/capture-tickets", Who::Roles(&[Rep, Supervisor, Logistics])),
    ("POST", "/photos", Who::Roles(&[Rep, Supervisor, Logistics])),
    ("GET", "/photos/{id}", Who::Roles(SEES_PHOTOS)),
    ("GET", "/photos/{id}/content", Who::Roles(SEES_PHOTOS)),
    ("GET", "/reviews", Who::Roles(EVERYBODY)),
    ("POST", "/files", Who::Roles(EVERYBODY)),
    ("GET", "/files/{id}", Who::Roles(EVERYBODY)),
    ("GET", "/files/{id}/content", Who::Roles(EVERYBODY)),
    ("POST", "/visits", Who::Roles(FIELD)),
    ("GET", "/visits", Who::Roles(SEES_LISTS)),
    ("GET", "/visits/{id}", Who::Roles(SEES_LISTS)),
    ("POST", "/visits/{id}/complete", Who::Roles(FIELD)),
    ("POST", "/trips", Who::Roles(&[Logistics, Operations])),
    ("GET", "/trips", Who::Roles(SEES_TRIPS)),
    ("GET", "/trips/{id}", Who::Roles(SEES_TRIPS)),
    ("POST", "/trips/{id}/take", Who::Anybody),
    ("POST", "/trips/{id}/depart", Who::Roles(&[Logistics])),
    ("POST", "/trips/{id}/hand-in", Who::Roles(&[Logistics])),
    ("POST", "/trips/{id}/hand-in/confirm", Who::Roles(&[Finance])),
    ("POST", "/stops/{id}/arrive", Who::Roles(&[Logistics])),
    ("POST", "/stops/{id}/sign-off", Who::Roles(&[Logistics])),
    ("GET", "/return-reasons", Who::Roles(EVERYBODY)),
    ("POST", "/deliveries", Who::Roles(&[Logistics])),
    ("GET", "/deliveries", Who::Roles(SEES_ORDERS)),
    ("GET", "/deliveries/{id}", Who::Roles(SEES_ORDERS)),
    ("POST", "/deliveries/{id}/depart", Who::Roles(&[Logistics])),
    ("POST", "/deliveries/{id}/sign-off", Who::Roles(&[Logistics])),
    ("POST", "/deliveries/{id}/fail", Who::Roles(&[Logistics])),
    ("POST", "/deliveries/{id}/evidence", Who::Roles(&[Logistics])),
    ("POST", "/deliveries/{id}/corrections", Who::Roles(&[Logistics, Supervisor])),
    ("POST", "/deliveries/{id}/override", Who::Roles(&[Logistics, Supervisor, RegionalDirector, SalesDirector])),
    ("GET", "/deliveries/overrides", Who::Roles(
        &[Supervisor, RegionalDirector, SalesDirector, Finance, Logistics, Operations, Admin])),
    ("GET", "/todos", Who::Roles(EVERYBODY)),
    ("GET", "/approvals", Who::Roles(EVERYBODY)),
    ("GET", "/approvals/{id}", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/decide", Who::Roles(
        &[Supervisor, RegionalDirector, SalesDirector, Legal, Finance, Logistics, Admin])),
    ("GET", "/notifications", Who::Roles(EVERYBODY)),
    ("POST", "/notifications/{id}/read", Who::Roles(EVERYBODY)),
    ("GET", "/notifications/subscription-plan", Who::Roles(EVERYBODY)),
    ("POST", "/notifications/subscriptions", Who::Roles(EVERYBODY)),
    ("GET", "/notifications/deliveries", Who::Roles(EVERYBODY)),
    ("POST", "/imports/{import}", Who::Roles(&[Operations, Admin])),
    ("GET", "/imports/{import}", Who::Roles(&[Operations, Admin])),
    ("GET", "/config/{kind}", Who::Roles(&[Operations, Admin])),
    ("PUT", "/config/{kind}/draft", Who::Roles(&[Operations])),
    ("POST", "/config/{kind}/check", Who::Roles(&[Operations, Admin])),
    ("POST", "/config/{kind}/publish", Who::Roles(&[Operations])),
    ("GET", "/config/{kind}/versions", Who::Roles(&[Operations, Admin])),
    ("GET", "/jobs/dead", Who::Roles(&[Admin])),
    ("POST", "/jobs/dead/{id}/replay", Who::Roles(&[Admin])),
    ("POST", "/dev/clock", Who::Anybody),
    ("POST", "/dev/settle", Who::Anybody),
    ("POST", "/dev/reset", Who::Anybody),
    ("GET", "/dev/people", Who::Anybody),
    ("GET", "/dev/wechat/sent", Who::Anybody),
    ("POST", "/dev/wechat/faults", Who::Anybody),
    ("POST", "/dev/wechat/subscribe", Who::Anybody),
];

/// What a session of one trip may call: a shared phone does the trip and nothing else.
const OF_A_TRIP: &[(&str, &str)] = &[
    ("GET", "/me"),
    ("POST", "/auth/logout"),
    ("POST", "/capture-tickets"),
    ("POST", "/photos"),
    ("GET", "/photos/{id}"),
    ("GET", "/return-reasons"),
    ("GET", "/trips/{id}"),
    ("POST", "/trips/{id}/depart"),
    ("POST", "/trips/{id}/hand-in"),
    ("POST", "/stops/{id}/arrive"),
    ("POST", "/stops/{id}/sign-off"),
    ("GET", "/deliveries/{id}"),
    ("POST", "/deliveries/{id}/depart"),
    ("POST", "/deliveries/{id}/sign-off"),
    ("POST", "/deliveries/{id}/fail"),
    ("POST", "/deliveries/{id}/evidence"),
];

/// May a session of one trip call the route that matched?
pub fn is_of_a_trip(method: &Method, pattern: &str) -> bool {
    let path = pattern.strip_prefix("/api/v1").unwrap_or_default();
    OF_A_TRIP.contains(&(method.as_str(), path))
}

/// The people who lead reps: who reviews, and whose digest it is.
pub fn is_leader(role: Role) -> bool {
    LEADERS.contains(&role)
}

/// Who may call the route that matched. None for a route that does not stand in the table.
pub fn who(method: &Method, pattern: &str) -> Option<Who> {
    let path = pattern.strip_prefix("/api/v1")?;
    ROUTES.iter().find(|(verb, route, _)| *verb == method.as_str() && *route == path).map(|(.., who)| *who)
}
