use super::*;

fn refusal(folder: &Folder) -> StoreError {
    let opened = Store::open(&folder.path(), StoreOptions::default());
    opened.expect_err("it must be refused")
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{symlink, PermissionsExt};

    use super::*;

    fn mode(path: &Path) -> u32 {
        let metadata = fs::metadata(path).expect("a file");
        metadata.permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the rights");
    }

    #[test]
    fn all_of_it_is_the_users_alone() {
        let folder = Folder::new();
        let store = folder.open();
        Driver::new(vec![TaskSpec::new("a")], begin(&store, "r")).run(|_, _| success());
        assert_eq!(mode(&folder.path()), 0o700);
        let entries = fs::read_dir(folder.path()).expect("the folder");
        let names: Vec<_> = entries
            .map(|entry| entry.expect("an entry"))
            .filter(|entry| entry.file_name() != ".gitignore")
            .map(|entry| (mode(&entry.path()), entry.file_name()))
            .collect();
        // The database, its log and index, and the session's lock.
        assert_eq!(names.len(), 4, "{names:?}");
        assert!(names.iter().all(|(mode, _)| *mode == 0o600), "{names:?}");
    }

    #[test]
    fn what_others_may_write_or_read_is_refused() {
        let folder = Folder::new();
        drop(folder.open());
        for (path, rights) in [
            (folder.path(), 0o770),
            (folder.path(), 0o755),
            (folder.database(), 0o644),
        ] {
            let before = mode(&path);
            set_mode(&path, rights);
            let expected = format!(
                "{} is open to other users (mode {rights:03o})",
                path.display()
            );
            let error = refusal(&folder);
            assert_eq!(error.to_string(), expected);
            assert!(error.advice().contains("chmod"));
            set_mode(&path, before);
        }
    }

    #[test]
    fn a_link_is_not_followed() {
        let (folder, other) = (Folder::new(), Folder::new());
        drop((folder.open(), other.open()));
        fs::remove_dir_all(folder.path()).expect("the folder");
        symlink(other.path(), folder.path()).expect("a link");
        let error = refusal(&folder);
        assert!(error.to_string().ends_with("is a symbolic link"), "{error}");
    }
}

#[test]
fn nothing_of_it_gets_into_a_repository() {
    let folder = Folder::new();
    drop(folder.open());
    let ignored = fs::read_to_string(folder.path().join(".gitignore"));
    assert_eq!(ignored.expect("the file"), "*\n");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = Folder::new();
    fs::write(&folder.0, "a file").expect("a file");
    let error = refusal(&folder);
    let text = error.to_string();
    let expected = format!("could not create the folder {}: ", folder.path().display());
    assert!(text.starts_with(&expected), "{text}");
    assert!(error.advice().contains("OE_STATE"));
    fs::remove_file(&folder.0).expect("the file");
}
