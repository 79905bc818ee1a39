//! The environment variables of the host.

use std::collections::BTreeMap;

use crate::process::environment;

use super::error::Failure;
use super::{guard, oe_status, pointer};

/// Tells the environment variables of the host, where those are not the ones that
/// native code finds in the process: .NET on Unix keeps what is set in it to itself.
/// From then on they are what playbooks ask for (`$env:NAME`, `OE_HOME`,
/// `OE_PLAYBOOK_PATH` and the like), and what programs are started with, in place
/// of those of the process; whoever tells them again says all of them. What runs keeps
/// what it was started with.
///
/// # Parameters
/// - `json`, `length`: a JSON object of names and texts, in UTF-8, and how many bytes
///   it has. Not kept.
///
/// # Returns
/// `OE_STATUS_OK`; `OE_STATUS_NULL_ARGUMENT`; `OE_STATUS_INVALID_UTF8`;
/// `OE_STATUS_INVALID_JSON` if it is no such object, or a name is empty or has a `=`
/// or a NUL in it, or a text a NUL.
///
/// # Safety
/// `json` must be valid for reads of `length` bytes.
#[no_mangle]
pub unsafe extern "C" fn oe_environment_set(json: *const u8, length: usize) -> oe_status {
    guard::call(|| {
        // SAFETY: this function's own contract.
        let json = unsafe { pointer::text(json, length, "json")? };
        environment::set(variables(json)?);
        Ok(())
    })
}

/// No program could be given others.
fn variables(json: &str) -> Result<BTreeMap<String, String>, Failure> {
    let refused = |why: String| Failure::new(oe_status::OE_STATUS_INVALID_JSON, why);
    let variables: BTreeMap<String, String> =
        serde_json::from_str(json).map_err(|error| refused(error.to_string()))?;
    // Windows has names that begin with `=`.
    let is_wrong = |(name, value): &(&String, &String)| {
        let rest = name.chars().skip(1).collect::<String>();
        name.is_empty() || rest.contains('=') || name.contains('\0') || value.contains('\0')
    };
    match variables.iter().find(is_wrong) {
        Some((name, _)) => Err(refused(format!(
            "no program can be given the variable {name:?}: leave it out"
        ))),
        None => Ok(variables),
    }
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn a_host_says_names_and_texts() {
        let read = variables(r#"{"A": "1", "=C:": "C:\\x", "empty": ""}"#).expect("variables");
        let read: Vec<_> = read
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(read, ["=C:=C:\\x", "A=1", "empty="]);
    }

    #[test]
    fn what_no_program_can_be_given_is_refused() {
        for json in [
            "[]",
            r#"{"A": 1}"#,
            r#"{"": "x"}"#,
            r#"{"A=B": "x"}"#,
            r#"{"é=B": "x"}"#,
            r#"{"A\u0000": "x"}"#,
            r#"{"A": "x\u0000"}"#,
        ] {
            assert!(variables(json).is_err(), "{json}");
        }
    }
}
