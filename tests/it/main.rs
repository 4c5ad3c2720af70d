//! The product's tests over HTTP: one binary, a module a capability. `PROFILE=production` runs the same against
//! PostgreSQL and Redis.

mod support;

mod access;
mod actions;
mod approvals;
mod architecture;
mod contract;
mod customers;
mod day;
mod deliveries;
mod evidence;
mod imports;
mod leads;
mod migrations;
mod notices;
mod opportunities;
mod orders;
mod people;
mod process;
mod quotes;
mod races;
mod schema;
mod settings;
mod statements;
mod visits;
