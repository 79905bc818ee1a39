//! A process that writes a run is killed at random moments, and the run resumed,
//! until it ends: nothing that was committed is lost or done again.

mod workload;

use workload::{Kills, FOLDER};

const KILLS: u32 = 20;
const NAME: &str = "store_crash::a_killed_process_loses_nothing_that_was_committed";

#[test]
fn a_killed_process_loses_nothing_that_was_committed() {
    // The test is its own child.
    if let Some(folder) = std::env::var_os(FOLDER) {
        return workload::work(folder.as_ref());
    }
    let report = Kills::begin(&["--exact", NAME, "--nocapture"]).until(KILLS);
    println!("{report}");
}
