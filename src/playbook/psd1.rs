//! Reads psd1 files as data: what PowerShell takes for constants, and besides them
//! `$env:NAME`, `??` and script blocks, which are kept as they are. Everything else
//! is refused, and nothing is ever run.

mod block;
mod cursor;
mod fault;
mod number;
mod text;
mod variable;

use crate::playbook::place::{Place, Position};
use crate::playbook::value::{Data, MapBuilder, Node};

use cursor::{is_dash, is_line_end, is_space, Cursor};
pub(super) use cursor::{is_double_quote, is_single_quote};
pub use fault::{Fault, Found};
use variable::Variable;

/// How many brackets may be in each other.
pub const DEPTH_LIMIT: usize = 64;

/// Something that was read, or what is wrong and where.
type Read<T> = Result<T, (Position, Fault)>;

/// Reads a playbook's hashtable.
pub fn read(source: &str) -> Result<Node, (Position, Fault)> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let mut reader = Reader {
        cursor: Cursor::new(source),
        depth: 0,
    };
    reader.document()
}

struct Reader<'s> {
    cursor: Cursor<'s>,
    depth: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Read<Node> {
        self.skip_blank()?;
        if !self.cursor.is_at("@{") && !self.is_at_type() {
            return Err((self.cursor.position(), Fault::NotAHashtable));
        }
        let node = self.primary()?;
        loop {
            self.skip_blank()?;
            if !self.cursor.take(';') {
                break;
            }
        }
        if !self.cursor.is_at_end() {
            return Err((self.cursor.position(), Fault::AfterTheEnd));
        }
        Ok(node)
    }

    /// A statement: values with `??` between them.
    fn statement(&mut self) -> Read<Node> {
        let mut node = self.list()?;
        loop {
            self.skip_space()?;
            if !self.cursor.is_at("??") || self.cursor.is_at("??=") {
                return Ok(node);
            }
            self.cursor.pass("??");
            self.skip_blank()?;
            node = choice(node, self.list()?);
        }
    }

    /// A value, or several with commas between them.
    fn list(&mut self) -> Read<Node> {
        let place = self.place();
        let first = self.item()?;
        self.skip_space()?;
        if self.cursor.peek() != Some(',') {
            return Ok(first);
        }
        let mut items = vec![first];
        while self.cursor.take(',') {
            self.skip_blank()?;
            items.push(self.item()?);
            self.skip_space()?;
        }
        Ok(Node::new(Data::List(items), place))
    }

    fn item(&mut self) -> Read<Node> {
        let place = self.place();
        match self.cursor.peek() {
            // A comma before a value makes a list of it alone.
            Some(',') => self.nested(|reader| {
                reader.cursor.next();
                reader.skip_blank()?;
                Ok(Node::new(Data::List(vec![reader.item()?]), place))
            }),
            Some(sign) if is_dash(sign) || sign == '+' => self.signed(place),
            _ => self.primary(),
        }
    }

    fn signed(&mut self, place: Place) -> Read<Node> {
        let start = self.cursor.position();
        let offset = self.cursor.offset();
        let is_negative = self.cursor.next().is_some_and(is_dash);
        self.skip_space()?;
        if !self.is_at_number() {
            let what = format!("{}…", self.cursor.since(offset));
            return Err((start, Fault::Computed { what }));
        }
        let mut node = self.number(is_negative)?;
        node.place = place;
        // `-0407` is no number of a script.
        node.written = None;
        Ok(node)
    }

    fn primary(&mut self) -> Read<Node> {
        let place = self.place();
        let data = match self.cursor.peek() {
            Some('@') if text::is_here_string(&self.cursor) => text::here(&mut self.cursor)?,
            Some('@') if self.cursor.is_at("@{") => self.nested(Self::hashtable)?,
            Some('@') if self.cursor.is_at("@(") => self.nested(Self::array)?,
            Some('(') => return self.nested(Self::parentheses),
            Some('{') => block::read(&mut self.cursor)?,
            Some('$') => self.variable()?,
            Some('[') => return self.typed(),
            Some(quote) if is_single_quote(quote) || is_double_quote(quote) => {
                text::quoted(&mut self.cursor)?
            }
            _ if self.is_at_number() => return self.number(false),
            _ => return Err(self.no_value()),
        };
        Ok(Node::new(data, place))
    }

    /// Reads something in brackets, unless too many are open.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth == DEPTH_LIMIT {
            let limit = DEPTH_LIMIT;
            return Err((self.cursor.position(), Fault::TooDeep { limit }));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn hashtable(&mut self) -> Read<Data> {
        let start = self.cursor.position();
        self.cursor.pass("@{");
        self.skip_blank()?;
        let mut map = MapBuilder::default();
        while !self.cursor.take('}') {
            if self.cursor.is_at_end() {
                return unended("a hashtable", "`}`", start);
            }
            self.entry(&mut map)?;
            self.end_of_statement('}', "a new line, `;` or `}`", ("a hashtable", start))?;
        }
        Ok(Data::Map(map.finish()))
    }

    fn entry(&mut self, map: &mut MapBuilder) -> Read<()> {
        let position = self.cursor.position();
        let key = self.key()?;
        if let Err(Place::At(first)) = map.claim(&key, Place::At(position)) {
            return Err((position, Fault::RepeatedKey { key, first }));
        }
        self.skip_space()?;
        if self.cursor.peek() != Some('=') {
            return Err(self.unexpected("`=` after the name"));
        }
        self.cursor.next();
        self.skip_blank()?;
        let value = self.statement()?;
        map.push(key, Place::At(position), value);
        Ok(())
    }

    fn key(&mut self) -> Read<String> {
        let position = self.cursor.position();
        let is_letter = |letter: char| letter.is_alphabetic() || letter == '_';
        if self.cursor.peek().is_some_and(is_letter) {
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            return Ok(self.cursor.take_while(is_part).to_owned());
        }
        let is_key = match self.cursor.peek() {
            Some('@') => text::is_here_string(&self.cursor),
            Some(quote) if is_single_quote(quote) || is_double_quote(quote) => true,
            _ => self.is_at_number(),
        };
        if !is_key {
            return Err((position, Fault::NoKey));
        }
        match self.primary()?.data {
            Data::Text(text) => Ok(text),
            Data::Int(number) => Ok(number.to_string()),
            Data::Float(number) => Ok(number.to_string()),
            _ => Err((position, Fault::NoKey)),
        }
    }

    /// `@( … )`: what its statements give out, lists spread.
    fn array(&mut self) -> Read<Data> {
        let start = self.cursor.position();
        self.cursor.pass("@(");
        self.skip_blank()?;
        let mut items = Vec::new();
        while !self.cursor.take(')') {
            if self.cursor.is_at_end() {
                return unended("a list", "`)`", start);
            }
            let position = self.cursor.position();
            match self.statement()? {
                Node {
                    data: Data::List(list),
                    ..
                } => items.extend(list),
                node if may_be_list(&node) => return Err((position, Fault::SpreadChoice)),
                node => items.push(node),
            }
            self.end_of_statement(')', "a new line, `,`, `;` or `)`", ("a list", start))?;
        }
        Ok(Data::List(items))
    }

    fn parentheses(&mut self) -> Read<Node> {
        let start = self.cursor.position();
        self.cursor.next();
        self.skip_blank()?;
        let node = self.statement()?;
        self.skip_blank()?;
        if self.cursor.is_at_end() {
            return unended("a parenthesis", "`)`", start);
        }
        if !self.cursor.take(')') {
            return Err(self.unexpected("`)`"));
        }
        Ok(node)
    }

    fn variable(&mut self) -> Read<Data> {
        match variable::read(&mut self.cursor)? {
            None => Err(self.no_value()),
            Some(Variable::Null) => Ok(Data::Null),
            Some(Variable::Bool(value)) => Ok(Data::Bool(value)),
            Some(Variable::Environment(name)) => Ok(Data::Environment(name)),
        }
    }

    /// `[ordered]` and `[hashtable]` before a hashtable say what it is anyway.
    fn typed(&mut self) -> Read<Node> {
        let start = self.cursor.position();
        let offset = self.cursor.offset();
        self.cursor
            .take_while(|letter| letter != ']' && !is_line_end(letter));
        self.cursor.take(']');
        let name = self.cursor.since(offset).to_owned();
        self.skip_space()?;
        let is_known = ["[ordered]", "[hashtable]"].contains(&name.to_lowercase().as_str());
        if is_known && self.cursor.is_at("@{") {
            return self.primary();
        }
        Err((start, Fault::Computed { what: name }))
    }

    fn is_at_type(&self) -> bool {
        self.cursor.peek() == Some('[')
    }

    fn is_at_number(&self) -> bool {
        let is_digit = |digit: Option<char>| digit.is_some_and(|digit| digit.is_ascii_digit());
        let first = self.cursor.peek();
        is_digit(first) || (first == Some('.') && is_digit(self.cursor.peek_second()))
    }

    fn number(&mut self, is_negative: bool) -> Read<Node> {
        let place = self.place();
        let position = self.cursor.position();
        let word = self.cursor.take_while(|letter| !ends_number(letter));
        let data = number::parse(word, is_negative).map_err(|fault| (position, fault))?;
        let mut node = Node::new(data, place);
        if node.as_written().as_deref() != Some(word) {
            node.written = Some(word.into());
        }
        Ok(node)
    }

    /// After a statement: a new line, `;` or the bracket that closes.
    fn end_of_statement(
        &mut self,
        close: char,
        expected: &'static str,
        (what, start): (&'static str, Position),
    ) -> Read<()> {
        self.skip_space()?;
        let end = if close == '}' { "`}`" } else { "`)`" };
        match self.cursor.peek() {
            None => return unended(what, end, start),
            Some(character) if character == close => return Ok(()),
            Some(character) if character == ';' || is_line_end(character) => {}
            Some(_) => return Err(self.after_value(expected)),
        }
        loop {
            self.skip_blank()?;
            if !self.cursor.take(';') {
                return Ok(());
            }
        }
    }

    /// What is wrong with something right behind a value.
    fn after_value(&self, expected: &'static str) -> (Position, Fault) {
        let mut ahead = self.cursor.clone();
        let offset = ahead.offset();
        let first = ahead.next();
        let is_operator = match first {
            Some(dash) if is_dash(dash) => true,
            Some(sign) => "+*/%.[|&<>?:!=".contains(sign),
            None => false,
        };
        if !is_operator {
            return self.unexpected(expected);
        }
        ahead.take_while(char::is_alphanumeric);
        let what = ahead.since(offset).to_owned();
        (self.cursor.position(), Fault::Computed { what })
    }

    /// What is wrong where a value should begin.
    fn no_value(&self) -> (Position, Fault) {
        let mut ahead = self.cursor.clone();
        let word = ahead.take_while(|letter| !ends_number(letter));
        let begins_word = |letter: char| letter.is_alphanumeric() || "_./\\~".contains(letter);
        if word.starts_with(begins_word) {
            let word = word.chars().take(40).collect();
            return (self.cursor.position(), Fault::BareWord { word });
        }
        match self.cursor.peek() {
            Some('!') => {
                let what = "!".to_owned();
                (self.cursor.position(), Fault::Computed { what })
            }
            _ => self.unexpected("a value"),
        }
    }

    fn unexpected(&self, expected: &'static str) -> (Position, Fault) {
        let found = Found::of(self.cursor.peek());
        (
            self.cursor.position(),
            Fault::Unexpected { found, expected },
        )
    }

    fn place(&self) -> Place {
        Place::At(self.cursor.position())
    }

    /// Passes what separates within a line, comments and continued lines included.
    fn skip_space(&mut self) -> Read<()> {
        loop {
            self.cursor.take_while(is_space);
            if self.cursor.peek() == Some('#') {
                self.cursor.take_while(|letter| !is_line_end(letter));
            } else if self.cursor.is_at("<#") {
                self.skip_comment()?;
            } else if self.is_at_continued_line() {
                self.cursor.next();
                self.cursor.take_line_end();
            } else {
                return Ok(());
            }
        }
    }

    fn is_at_continued_line(&self) -> bool {
        self.cursor.peek() == Some('`') && self.cursor.peek_second().is_some_and(is_line_end)
    }

    fn skip_comment(&mut self) -> Read<()> {
        let start = self.cursor.position();
        self.cursor.pass("<#");
        while !self.cursor.is_at("#>") {
            if self.cursor.next().is_none() {
                return unended("a comment", "`#>`", start);
            }
        }
        self.cursor.pass("#>");
        Ok(())
    }

    /// Passes what separates, line ends included.
    fn skip_blank(&mut self) -> Read<()> {
        loop {
            self.skip_space()?;
            if !self.cursor.take_line_end() {
                return Ok(());
            }
        }
    }
}

/// `left ?? right`, at once where `left` is no environment variable.
fn choice(left: Node, right: Node) -> Node {
    let place = left.place;
    match left.data {
        Data::Null => right,
        Data::Environment(_) | Data::Otherwise(_) => {
            Node::new(Data::Otherwise(Box::new((left, right))), place)
        }
        _ => left,
    }
}

fn may_be_list(node: &Node) -> bool {
    match &node.data {
        Data::List(_) => true,
        Data::Otherwise(values) => may_be_list(&values.0) || may_be_list(&values.1),
        _ => false,
    }
}

fn ends_number(letter: char) -> bool {
    letter.is_whitespace()
        || is_single_quote(letter)
        || is_double_quote(letter)
        || "=,;(){}[]|&#<>`@$?:".contains(letter)
}

fn unended<T>(what: &'static str, end: &'static str, start: Position) -> Read<T> {
    Err((start, Fault::Unended { what, end }))
}

#[cfg(test)]
#[path = "psd1/random_tests.rs"]
mod random_tests;
#[cfg(test)]
#[path = "psd1/tests.rs"]
mod tests;
