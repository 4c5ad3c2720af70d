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
/// Reps, clerks and operations ask; they decide nothing.
const DECIDES: &[Role] = &[Supervisor, RegionalDirector, SalesDirector, Legal, Finance, Logistics, Admin];
const LEADERS: &[Role] = &[Supervisor, RegionalDirector, SalesDirector];
const MOVES_OPPORTUNITIES: &[Role] = &[Rep, Supervisor, RegionalDirector, SalesDirector];
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
const ENTERS_LEADS: &[Role] = &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Operations];
const SEES_LEADS: &[Role] =
    &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Operations, Admin];
/// Who sees what is owed: who carries goods does not.
const SEES_STANDING: &[Role] =
    &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Legal, Finance, Operations, Admin];
/// Who makes files. Operations and the admin keep them as they import them.
const KEEPS_CUSTOMERS: &[Role] = &[Rep, Supervisor, RegionalDirector, SalesDirector, Operations, Admin];
/// Finance changes what may be owed and on which terms.
const EDITS_CUSTOMERS: &[Role] =
    &[Rep, Supervisor, RegionalDirector, SalesDirector, Finance, Operations, Admin];
const SEES_ORDERS: &[Role] =
    &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Finance, Logistics, Operations, Admin];
/// Who writes quotes and orders.
const SELLS: &[Role] = &[Rep, OrderClerk, Supervisor];
const SEES_QUOTES: &[Role] =
    &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Finance, Operations, Admin];
/// Who carries goods does not see what somebody owes.
const SEES_MONEY: &[Role] = SEES_QUOTES;
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
    ("GET", "/me/sessions", Who::Roles(EVERYBODY)),
    ("POST", "/me/sessions/{id}/end", Who::Roles(EVERYBODY)),
    ("POST", "/users/{id}/logout", Who::Roles(&[Admin])),
    ("PUT", "/users/{id}/password", Who::Roles(EVERYBODY)),
    ("GET", "/regions", Who::Roles(EVERYBODY)),
    ("GET", "/users", Who::Roles(&[Supervisor, RegionalDirector, SalesDirector, Operations, Admin])),
    ("GET", "/users/{id}", Who::Roles(EVERYBODY)),
    ("PUT", "/users/{id}/pin", Who::Roles(EVERYBODY)),
    ("POST", "/users", Who::Roles(&[Admin])),
    ("PUT", "/users/{id}", Who::Roles(&[Admin])),
    ("POST", "/users/{id}/leave", Who::Roles(&[Admin])),
    ("GET", "/users/{id}/moved", Who::Roles(&[Admin])),
    ("POST", "/users/{id}/delegations", Who::Roles(EVERYBODY)),
    ("GET", "/users/{id}/delegations", Who::Roles(EVERYBODY)),
    ("POST", "/delegations/{id}/end", Who::Roles(EVERYBODY)),
    ("GET", "/customers", Who::Roles(SEES_CUSTOMERS)),
    ("POST", "/customers", Who::Roles(KEEPS_CUSTOMERS)),
    ("PUT", "/customers/{id}", Who::Roles(EDITS_CUSTOMERS)),
    ("GET", "/customers/nearby", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/customers/pool", Who::Roles(SEES_LISTS)),
    ("GET", "/customers/{id}/ship-to", Who::Roles(SEES_CUSTOMERS)),
    ("GET", "/customers/{id}/owners", Who::Roles(SEES_CUSTOMERS)),
    ("POST", "/customers/{id}/hand-over", Who::Roles(LEADERS)),
    ("POST", "/customers/{id}/release", Who::Roles(&[Rep, Supervisor, RegionalDirector, SalesDirector])),
    ("POST", "/customers/{id}/claim", Who::Roles(FIELD)),
    ("POST", "/customers/{id}/temporary-credits", Who::Roles(&[RegionalDirector, SalesDirector, Finance])),
    ("GET", "/customers/{id}/temporary-credits", Who::Roles(SEES_STANDING)),
    ("GET", "/customers/{id}/standing", Who::Roles(SEES_STANDING)),
    ("POST", "/customers/{id}/communications", Who::Roles(SALES)),
    ("GET", "/customers/{id}/communications", Who::Roles(SEES_CUSTOMERS)),
    ("POST", "/communications/{id}/outcome", Who::Roles(SALES)),
    ("GET", "/customers/{id}/evidence", Who::Roles(SEES_PHOTOS)),
    ("GET", "/standing-tasks", Who::Roles(SEES_LISTS)),
    ("POST", "/standing-tasks", Who::Roles(LEADERS)),
    ("GET", "/standing-tasks/{id}", Who::Roles(SEES_LISTS)),
    ("PUT", "/standing-tasks/{id}", Who::Roles(LEADERS)),
    ("POST", "/standing-tasks/{id}/publish", Who::Roles(LEADERS)),
    ("POST", "/standing-tasks/{id}/end", Who::Roles(LEADERS)),
    ("GET", "/standing-tasks/{id}/coverage", Who::Roles(SEES_LISTS)),
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
    ("POST", "/opportunities/{id}/advance", Who::Roles(MOVES_OPPORTUNITIES)),
    ("POST", "/opportunities/{id}/lose", Who::Roles(MOVES_OPPORTUNITIES)),
    ("POST", "/opportunities/{id}/reopen", Who::Roles(MOVES_OPPORTUNITIES)),
    ("POST", "/leads", Who::Roles(ENTERS_LEADS)),
    ("GET", "/leads", Who::Roles(SEES_LEADS)),
    ("GET", "/leads/{id}", Who::Roles(SEES_LEADS)),
    ("POST", "/leads/{id}/assign", Who::Roles(LEADERS)),
    ("POST", "/leads/{id}/responses", Who::Roles(SALES)),
    ("GET", "/leads/{id}/responses", Who::Roles(SEES_LEADS)),
    ("POST", "/leads/{id}/convert", Who::Roles(SALES)),
    ("GET", "/orders", Who::Roles(SEES_ORDERS)),
    ("GET", "/orders/{id}", Who::Roles(SEES_ORDERS)),
    ("GET", "/promotions", Who::Roles(SEES_ORDERS)),
    ("POST", "/promotions", Who::Roles(&[Operations])),
    ("GET", "/quotes", Who::Roles(SEES_QUOTES)),
    ("GET", "/quotes/{id}", Who::Roles(SEES_QUOTES)),
    ("POST", "/quotes", Who::Roles(SELLS)),
    ("PUT", "/quotes/{id}", Who::Roles(SELLS)),
    ("POST", "/quotes/{id}/send", Who::Roles(SELLS)),
    ("POST", "/quotes/{id}/sign", Who::Roles(SELLS)),
    ("POST", "/quotes/{id}/link", Who::Roles(SELLS)),
    ("POST", "/quotes/{id}/void", Who::Roles(SELLS)),
    ("POST", "/quotes/{id}/order", Who::Roles(SELLS)),
    ("POST", "/orders", Who::Roles(SELLS)),
    ("POST", "/orders/preview", Who::Roles(SELLS)),
    ("PUT", "/orders/{id}", Who::Roles(SELLS)),
    ("POST", "/orders/{id}/cancel", Who::Roles(SALES)),
    ("POST", "/orders/{id}/returns", Who::Roles(&[OrderClerk, Supervisor, Finance, Logistics])),
    ("GET", "/orders/checks/statistics", Who::Roles(
        &[Supervisor, RegionalDirector, SalesDirector, Finance, Operations, Admin])),
    ("GET", "/order-exceptions", Who::Roles(SEES_ORDERS)),
    ("POST", "/order-exceptions/{id}/close", Who::Roles(
        &[Rep, OrderClerk, Supervisor, RegionalDirector, SalesDirector, Finance, Logistics])),
    ("GET", "/customers/{id}/exposure", Who::Roles(SEES_MONEY)),
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
    ("GET", "/todos/counts", Who::Roles(EVERYBODY)),
    ("GET", "/approvals", Who::Roles(EVERYBODY)),
    ("GET", "/approvals/{id}", Who::Roles(EVERYBODY)),
    ("POST", "/approvals", Who::Roles(EVERYBODY)),
    ("GET", "/approvals/copies", Who::Roles(EVERYBODY)),
    ("GET", "/approvals/{id}/trace", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/decide", Who::Roles(DECIDES)),
    ("POST", "/approvals/{id}/decide", Who::Roles(DECIDES)),
    ("POST", "/approvals/{id}/withdraw", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/remind", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/resubmit", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/answer", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/comments", Who::Roles(EVERYBODY)),
    ("POST", "/approvals/{id}/override", Who::Roles(&[Admin])),
    ("POST", "/config/approval_flows/dry-run", Who::Roles(&[Operations, Admin])),
    ("GET", "/config/{kind}/schema", Who::Roles(&[Operations, Admin])),
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

/// The people who have customers of their own.
pub fn is_field(role: Role) -> bool {
    FIELD.contains(&role)
}

/// The people who lead reps: who reviews, and whose digest it is.
pub fn is_leader(role: Role) -> bool {
    LEADERS.contains(&role)
}

/// May somebody of this role take a decision?
pub fn decides(role: Role) -> bool {
    DECIDES.contains(&role)
}

/// Who may call the route that matched. None for a route that does not stand in the table.
pub fn who(method: &Method, pattern: &str) -> Option<Who> {
    let path = pattern.strip_prefix("/api/v1")?;
    ROUTES.iter().find(|(verb, route, _)| *verb == method.as_str() && *route == path).map(|(.., who)| *who)
}

/// The methods that a path under `/api/v1` can be asked with.
pub fn methods_of(path: &str) -> Vec<&'static str> {
    let is_at = |route: &str| {
        let fits =
            |(part, asked): (&str, &str)| part == asked || (part.starts_with('{') && !asked.is_empty());
        route.matches('/').count() == path.matches('/').count()
            && route.split('/').zip(path.split('/')).all(fits)
    };
    let mut methods: Vec<&str> =
        ROUTES.iter().filter(|(_, route, _)| is_at(route)).map(|(verb, ..)| *verb).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.dedup();
    methods
}
