use super::*;
use crate::store::StoreReader;

fn refusal(folder: &Folder) -> String {
    let error = Store::open(&folder.path(), StoreOptions::default());
    let error = error.expect_err("it must be refused");
    let reading = StoreReader::open(&folder.path()).err();
    assert_eq!(reading.as_ref(), Some(&error));
    error.to_string()
}

#[test]
fn a_newer_schema_is_refused_with_both_versions() {
    let folder = Folder::new();
    drop(folder.open());
    folder
        .raw()
        .execute_batch("PRAGMA user_version = 9")
        .expect("a version");
    let database = folder.database();
    assert_eq!(
        refusal(&folder),
        format!(
            "the database {} has schema version 9, and this engine knows 1 at most",
            database.display()
        )
    );
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let folder = Folder::new();
    drop(folder.open());
    fs::remove_file(folder.database()).expect("the database");
    folder
        .raw()
        .execute_batch("CREATE TABLE own (x)")
        .expect("a table");
    make_private(&folder.database());
    let database = folder.database();
    assert_eq!(
        refusal(&folder),
        format!("{} is a database of another program", database.display())
    );
    let tables = "SELECT group_concat(name) FROM sqlite_schema";
    let tables: String = folder
        .raw()
        .query_row(tables, [], |row| row.get(0))
        .expect("names");
    assert_eq!(tables, "own");
}

#[test]
fn many_may_open_a_new_store_at_once() {
    let folder = Folder::new();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let folder = &folder;
            scope.spawn(move || drop(begin(&folder.open(), &format!("r{number}"))));
        }
    });
    assert_eq!(folder.open().reader().runs().expect("the runs").len(), 8);
}

#[test]
fn a_reader_makes_nothing() {
    let folder = Folder::new();
    let error = StoreReader::open(&folder.path()).err();
    let path = folder.database();
    assert_eq!(error, Some(StoreError::Missing { path }));
    assert!(!folder.0.exists());
}

#[cfg(unix)]
pub(super) fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the rights");
}

#[cfg(not(unix))]
pub(super) fn make_private(_path: &Path) {}
