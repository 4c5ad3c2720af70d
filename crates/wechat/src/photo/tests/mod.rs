mod corpus;
mod document;
mod hostile;
mod look;
mod small;
