mod corpus;
mod document;
mod hostile;
mod look;
mod mutants;
mod small;
#[cfg(feature = "turbo")]
mod turbo;
