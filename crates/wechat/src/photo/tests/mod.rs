mod corpus;
mod hostile;
mod small;
