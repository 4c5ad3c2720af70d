//! approvals.
