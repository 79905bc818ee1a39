//! Random data as files may hold them, for tests.

use proptest::collection::vec;
use proptest::prelude::*;

use super::place::{Place, Position};
use super::value::{Data, MapBuilder, Node, Part};

pub(super) fn node(data: Data) -> Node {
    Node::new(data, Place::At(Position::START))
}

pub(super) fn any_text() -> impl Strategy<Value = String> {
    let letters = "[a-zA-Z0-9_äß'‘\"“$`{}()@#;,=:.<>\\-\\n\\r\\t 😀\u{0}]{0,12}";
    prop_oneof![letters, any::<String>(), Just("\n'@\n\"@".to_owned())]
}

pub(super) fn any_name() -> impl Strategy<Value = String> {
    "[A-Za-z_][A-Za-z0-9_]{0,8}"
}

pub(super) fn any_data() -> impl Strategy<Value = Data> {
    let parts = vec((any_text(), any_name()), 1..3).prop_map(|pieces| {
        let mut parts = Vec::new();
        for (text, name) in pieces {
            if !text.is_empty() {
                parts.push(Part::Text(text));
            }
            parts.push(Part::Environment(name));
        }
        Data::Joined(parts)
    });
    let leaf = prop_oneof![
        Just(Data::Null),
        any::<bool>().prop_map(Data::Bool),
        any::<i64>().prop_map(Data::Int),
        (-1e300..1e300_f64).prop_map(Data::Float),
        any_text().prop_map(Data::Text),
        any_name().prop_map(Data::Environment),
        "[a-z $;()\\n]{0,9}".prop_map(Data::Block),
        parts,
        (any_name(), any_text()).prop_map(|(name, text)| {
            let second = node(Data::Text(text));
            Data::Otherwise(Box::new((node(Data::Environment(name)), second)))
        }),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6)
                .prop_map(|items| Data::List(items.into_iter().map(node).collect())),
            map_of(inner),
        ]
    })
}

pub(super) fn map_of(value: impl Strategy<Value = Data>) -> impl Strategy<Value = Data> {
    let key = prop_oneof![any_name(), any_text()];
    vec((key, value), 0..6).prop_map(|entries| {
        let mut map = MapBuilder::default();
        let place = Place::At(Position::START);
        for (key, value) in entries {
            if map.claim(&key, place).is_ok() {
                map.push(key, place, node(value));
            }
        }
        Data::Map(map.finish())
    })
}
