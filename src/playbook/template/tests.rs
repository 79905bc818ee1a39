use super::*;
use crate::playbook::expression::Reference;

struct World;

impl Scope for World {
    fn value(&self, reference: &Reference) -> Value {
        match reference {
            Reference::Variable(name) if name == "who" => Value::Text("a `b` $(c)".into()),
            Reference::Variable(name) if name == "Build-No" => Value::Int(7),
            Reference::Parameter(name) if name == "force" => Value::Bool(true),
            Reference::Context => Value::Text("prod".into()),
            Reference::Step(name, _) => Value::Text(format!("<{name}>").into()),
            _ => Value::Null,
        }
    }

    fn path_exists(&self, _: &str) -> bool {
        false
    }

    fn has_failed(&self) -> bool {
        false
    }
}

fn template(source: &str) -> Template {
    let is_known = |name: &str| name == "who";
    Template::parse(source, &is_known).expect("a template")
}

fn filled(source: &str) -> String {
    template(source).fill(&World).expect("values")
}

#[test]
fn values_take_their_places() {
    let cases = [
        ("x {{who}} y", "x a `b` $(c) y"),
        ("{{ who }}{{Build-No}}", "a `b` $(c)7"),
        ("{{port:=8080}}/{{who:=x}}", "8080/a `b` $(c)"),
        ("${who}-${HOME}", "a `b` $(c)-${HOME}"),
        ("$params.force in $env.context", "true in prod"),
        ("{{params.force}} {{$params.force}}", "true true"),
        (
            "{{steps.Build.output}} $steps.'A b'.output.",
            "<Build> <A b>.",
        ),
        ("{{nothing}}|", "|"),
    ];
    for (source, expected) in cases {
        assert_eq!(filled(source), expected, "{source}");
    }
}

#[test]
fn what_belongs_to_others_is_text() {
    for source in [
        "docker ps --format '{{.Names}}'",
        "${{ github.token }} {{",
        "echo $HOME ${HOME} $(id) {x} $params $env:X $steps.a",
        "{{}} {{1}}",
        "",
    ] {
        assert_eq!(filled(source), source);
        assert_eq!(template(source).slots().count(), 0, "{source}");
    }
}

#[test]
fn a_place_alone_is_its_value() {
    assert_eq!(template("{{Build-No}}").value(&World), Ok(Value::Int(7)));
    let text = template("no {{Build-No}}").value(&World);
    assert_eq!(text, Ok(Value::Text("no 7".into())));
}

#[test]
fn a_place_knows_where_it_is() {
    let template = template("a\n  {{who}}");
    let slot = template.slots().next().expect("a slot");
    assert_eq!(slot.at.to_string(), "line 2, column 3");
    assert_eq!(slot.written, "{{who}}");
    let fault = Template::parse("x {{$steps.a}}", &|_| false).expect_err("no part");
    assert_eq!(fault.at.to_string(), "line 1, column 3");
}
