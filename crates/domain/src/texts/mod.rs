//! Every Chinese sentence that somebody reads, by the capability that says it; the words of a refusal's code stand
//! beside the codes. Punctuation is full-width. What the program only reads (a dictionary, a date in WeChat's form) lies
//! where it is read.

mod actions;
mod approvals;
mod customers;
mod deliveries;
mod evidence;
mod imports;
mod leads;
pub mod notices;
mod opportunities;
mod orders;
mod people;
mod quotes;
pub mod trace;
mod visits;

pub use actions::*;
pub use approvals::*;
pub use customers::*;
pub use deliveries::*;
pub use evidence::*;
pub use imports::*;
pub use leads::*;
pub use opportunities::*;
pub use orders::*;
pub use people::*;
pub use quotes::*;
pub use visits::*;
