//! What is said of playbooks without running them. Both doors tell the same: what is
//! printed for machines and what a question is answered are these values as JSON.

mod checked;
mod drawn;
mod estimated;
mod exported;
mod listed;
mod planned;
mod told;

pub use checked::Checked;
pub use drawn::draw;
pub use estimated::Estimate;
pub use exported::export;
pub use listed::{list, ListedPlaybook};
pub use planned::ToldPlan;
pub use told::{told, Told};
