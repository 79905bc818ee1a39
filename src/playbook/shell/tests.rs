use super::*;

fn carried(shell: &str, command: &str) -> Result<String, String> {
    let template = Template::parse(command, &|_| false).expect("a template");
    let shell = Shell::named(shell).expect("a shell");
    let mut carried = shell.carry(&template).map_err(|why| why.to_string())?;
    Ok(carried.argv.pop().unwrap_or_default())
}

/// Each command becomes what is expected.
#[track_caller]
pub(super) fn all(shell: &str, cases: &[(&str, &str)]) {
    let becomes = |command: &str| carried(shell, command).unwrap_or_else(|why| why);
    let differ: Vec<_> = cases
        .iter()
        .filter(|(command, expected)| becomes(command) != *expected)
        .map(|(command, expected)| format!("{command}\n  {}\n  {expected}", becomes(command)))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// Each command is refused, and it says why.
#[track_caller]
pub(super) fn none(shell: &str, cases: &[(&str, &str)]) {
    let differ: Vec<_> = cases
        .iter()
        .filter_map(|(command, why)| match carried(shell, command) {
            Err(refused) if refused.contains(why) => None,
            other => Some(format!("{command}\n  {other:?}\n  {why}")),
        })
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn a_posix_shell_reads_values_in_the_quoting_of_their_place() {
    all(
        "bash",
        &[
            ("echo {{x}}", "echo \"${OE_VALUE_1}\""),
            (
                "a --b={{x}}c {{y}}",
                "a --b=\"${OE_VALUE_1}\"c \"${OE_VALUE_2}\"",
            ),
            ("echo \"a {{x}} b\"", "echo \"a ${OE_VALUE_1} b\""),
            ("echo 'a {{x}} b'", "echo 'a '\"${OE_VALUE_1}\"' b'"),
            ("x=\"$(f {{x}})\"", "x=\"$(f \"${OE_VALUE_1}\")\""),
            (
                "x=\"$(f \"{{x}}\")\"{{y}}",
                "x=\"$(f \"${OE_VALUE_1}\")\"\"${OE_VALUE_2}\"",
            ),
            ("(f; g {{x}}) | h", "(f; g \"${OE_VALUE_1}\") | h"),
            (
                "echo \\' {{x}} '\\' {{y}}",
                "echo \\' \"${OE_VALUE_1}\" '\\' \"${OE_VALUE_2}\"",
            ),
            ("echo a#b {{x}}", "echo a#b \"${OE_VALUE_1}\""),
            ("# it's\necho {{x}}", "# it's\necho \"${OE_VALUE_1}\""),
            (
                "cat <<E\na {{x}}\nE\necho {{y}}",
                "cat <<E\na ${OE_VALUE_1}\nE\necho \"${OE_VALUE_2}\"",
            ),
            (
                "cat <<-'E'\n\ta '\n\tE\necho {{x}}",
                "cat <<-'E'\n\ta '\n\tE\necho \"${OE_VALUE_1}\"",
            ),
            ("cat <<< {{x}}", "cat <<< \"${OE_VALUE_1}\""),
            (
                "[ {{x}} = a ] && echo ${#HOME} {{y}}",
                "[ \"${OE_VALUE_1}\" = a ] && echo ${#HOME} \"${OE_VALUE_2}\"",
            ),
            (
                "if eval x; then echo {{x}}; fi",
                "if eval x; then echo \"${OE_VALUE_1}\"; fi",
            ),
            ("bash script.sh {{x}}", "bash script.sh \"${OE_VALUE_1}\""),
        ],
    );
}

#[test]
fn a_posix_shell_is_given_no_value_that_it_would_read_again() {
    none(
        "bash",
        &[
            ("echo a # {{x}}", "in a comment"),
            ("echo \\{{x}}", "after a backslash"),
            ("echo \"$${y}\" $\"{{x}}\" $ {{x}} a$'{{x}}'", "in `$'…'`"),
            ("echo $(({{x}} + 1))", "in arithmetic"),
            ("(( {{x}} ))", "in arithmetic"),
            ("[[ {{x}} -eq 1 ]]", "in `[[…]]`"),
            ("echo ${y:-{{x}}}", "in `${…}`"),
            ("echo \"${y:-{{x}}}\"", "in `${…}`"),
            ("echo `f {{x}}`", "in backticks"),
            ("echo \"`f {{x}}`\"", "in backticks"),
            ("echo $'{{x}}'", "in `$'…'`"),
            ("eval echo {{x}}", "reads it as code"),
            ("a=1 eval \"echo {{x}}\"", "reads it as code"),
            ("if ! \\eval '{{x}}'; then", "reads it as code"),
            ("sudo /bin/sh -ec \"ls {{x}}\"", "another shell"),
            ("ssh host ls {{x}}", "reads it as code"),
            ("let y={{x}}", "reads it as code"),
            ("printf -v {{x}} a", "as a name"),
            ("read {{x}}", "as a name"),
            ("a[{{x}}]=1", "in a subscript"),
            ("cat <<'E'\n{{x}}\nE\n", "whose end is quoted"),
            ("cat <<E\n$(echo {{x}})\nE\n", "holds code"),
        ],
    );
}

#[test]
fn cmd_reads_values_late() {
    all(
        "cmd",
        &[
            ("echo {{x}}", "echo !OE_VALUE_1!"),
            (
                "a \"{{x}}\" & b {{y}}",
                "a \"!OE_VALUE_1!\" & b !OE_VALUE_2!",
            ),
        ],
    );
    none(
        "cmd",
        &[
            ("rem {{x}}", "in a comment"),
            ("echo a\n:: {{x}}", "in a comment"),
            ("echo ^{{x}}", "after `^`"),
            ("call {{x}}", "another shell"),
            ("a & cmd.exe /c {{x}}", "another shell"),
            ("set /a y={{x}}", "in arithmetic"),
        ],
    );
    for value in ["a\"b", "a\nb", "a\0b"] {
        assert!(Shell::Cmd.refuses(value).is_some(), "{value:?}");
    }
    assert_eq!(Shell::Cmd.refuses("a & b"), None);
}

#[test]
fn python_reads_values_in_expressions() {
    let value = "__import__(\"os\").environ[\"OE_VALUE_1\"]";
    let command = format!("print('#', {value})");
    all("python", &[("print('#', {{x}})", command.as_str())]);
    none(
        "python",
        &[
            ("print('a {{x}}')", "in a text"),
            ("print(\"\"\"a\n'{{x}}\"\"\")", "in a text"),
            ("# {{x}}", "in a comment"),
            ("print('\\'{{x}}')", "in a text"),
        ],
    );
}

#[test]
fn shells_are_known_by_name() {
    assert_eq!(Shell::named("Bash"), Ok(Shell::Posix("bash".to_owned())));
    assert_eq!(Shell::named("bas"), Err(Some("bash")));
    assert_eq!(Shell::named("cobol"), Err(None));
}
