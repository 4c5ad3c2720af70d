mod corpus;
mod hostile;
mod look;
mod small;
