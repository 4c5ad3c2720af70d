//! What every caller relies on, whatever the route: problems, keys, pages, headers, the description.

mod doors;
mod hostile;
mod idempotency;
mod pages;
mod paging;
mod problems;
