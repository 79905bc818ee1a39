use super::*;
use crate::store::Durability;

fn shared(folder: &Folder, durability: Durability) -> Store {
    Store::shared(&folder.path(), durability).expect("a store")
}

fn sessions(folder: &Folder) -> u32 {
    let query = "SELECT count(*) FROM session";
    let sessions = folder.raw().query_row(query, [], |row| row.get(0));
    sessions.expect("a count")
}

#[test]
fn who_opens_the_same_folder_shares_a_session() {
    let folder = Folder::new();
    let one = shared(&folder, Durability::Normal);
    let other = shared(&folder, Durability::Normal);
    assert_eq!(sessions(&folder), 1);
    let _careful = shared(&folder, Durability::Full);
    assert_eq!(sessions(&folder), 2, "durability is one's own");
    drop(one);
    let mut driver = Driver::new(vec![TaskSpec::new("a")], begin(&other, "r"));
    drop(other);
    assert_eq!(driver.run(|_, _| success()), RunStatus::Completed);
    let again = shared(&folder, Durability::Normal);
    assert_eq!(lines(&again, "r"), ["a 1 Succeeded, final"]);
}

#[test]
fn the_last_one_closes_it() {
    let folder = Folder::new();
    drop(shared(&folder, Durability::Normal));
    assert_eq!(sessions(&folder), 0);
    assert!(!folder.path().join("orchestration.db-wal").exists());
    let _again = shared(&folder, Durability::Normal);
    assert_eq!(sessions(&folder), 1);
}

#[test]
#[cfg(unix)]
fn a_folder_that_was_deleted_is_not_written_any_more() {
    let folder = Folder::new();
    let _before = shared(&folder, Durability::Normal);
    fs::remove_dir_all(folder.path()).expect("it goes");
    let after = shared(&folder, Durability::Normal);
    drop(begin(&after, "r"));
    assert_eq!(sessions(&folder), 1);
    let runs = folder
        .raw()
        .query_row("SELECT count(*) FROM run", [], |row| row.get(0));
    assert_eq!(runs, Ok(1));
}

#[test]
#[cfg(unix)]
fn a_shared_folder_is_checked_again() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let _store = shared(&folder, Durability::Normal);
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(folder.path(), open).expect("the rights");
    let refused = Store::shared(&folder.path(), Durability::Normal);
    let error = refused.expect_err("others may look");
    assert!(matches!(error, StoreError::NotPrivate { .. }), "{error}");
}
