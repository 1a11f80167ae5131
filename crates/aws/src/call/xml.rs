//! XML to a tree. Answers of AWS have no attributes that matter, no mixed content and few levels.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

/// Levels of an answer: real ones have a dozen, and one that was made to fill the stack is stopped.
const LEVELS_MAX: usize = 64;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name without a namespace.
    pub(crate) name: String,
    /// Its text, if it has no elements.
    pub(crate) text: String,
    /// Its elements.
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Returns the first element of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name == name)
    }

    /// Returns the text of the first element of this name, empty if there is none.
    pub(crate) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |it| it.text.as_str())
    }

    /// Returns the first element of this name at any level below.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|it| if it.name == name { Some(it) } else { it.find(name) })
    }
}

/// Reads a document, and returns its root or what is wrong with it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(bytes).map_err(|it| format!("it is not UTF-8: {it}"))?;
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event();
        match event
            .map_err(|it| format!("it is no XML at byte {}: {it}", reader.error_position()))?
        {
            Event::Start(start) => {
                if open.len() > LEVELS_MAX {
                    return Err(format!("it has more than {LEVELS_MAX} levels"));
                }
                open.push(named(start.local_name().as_ref()));
            }
            Event::Empty(start) => close(&mut open, named(start.local_name().as_ref())),
            Event::End(_) => {
                let element = open.pop().unwrap_or_default();
                close(&mut open, element);
            }
            Event::Text(it) => add(&mut open, &it.decode().map_err(|it| it.to_string())?),
            Event::CData(it) => add(&mut open, &it.decode().map_err(|it| it.to_string())?),
            Event::GeneralRef(it) => add(&mut open, &resolved(&it)?),
            Event::Eof => break,
            _ => {}
        }
    }
    match (open.len(), open.pop().and_then(|it| it.children.into_iter().next())) {
        (1, Some(root)) => Ok(root),
        (1, None) => Err("it is empty".to_owned()),
        _ => Err("it ends before its end".to_owned()),
    }
}

fn named(name: &[u8]) -> Element {
    Element { name: String::from_utf8_lossy(name).into_owned(), ..Element::default() }
}

/// Adds a finished element to the one around it. Space between elements is no text.
fn close(open: &mut [Element], mut element: Element) {
    if !element.children.is_empty() {
        element.text.clear();
    }
    if let Some(parent) = open.last_mut() {
        parent.children.push(element);
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Returns the text that `&amp;` or `&#39;` stands for.
fn resolved(reference: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = reference.resolve_char_ref().map_err(|it| it.to_string())? {
        return Ok(character.to_string());
    }
    let name = reference.decode().map_err(|it| it.to_string())?;
    let text = resolve_predefined_entity(&name);
    text.map(str::to_owned).ok_or_else(|| format!("`&{name};` is not known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(element: &Element) -> String {
        if element.children.is_empty() {
            return format!("{}={}", element.name, element.text);
        }
        let children: Vec<String> = element.children.iter().map(shown).collect();
        format!("{}({})", element.name, children.join(" "))
    }

    fn check(text: &str) -> String {
        parse(text.as_bytes()).map_or_else(|it| it, |it| shown(&it))
    }

    #[test]
    fn elements_texts_and_references_are_read() {
        assert_eq!(
            check(
                "<?xml version='1.0'?>\n<a xmlns='x'>\n <b>1 &amp; &#50;</b><c/><n:d> </n:d></a>\n"
            ),
            "a(b=1 & 2 c= d= )"
        );
        assert_eq!(check("<a><![CDATA[<x>]]></a>"), "a=<x>");
    }

    #[test]
    fn what_is_damaged_says_where() {
        assert_eq!(check(""), "it is empty");
        assert_eq!(check("<a><b>1</b>"), "it ends before its end");
        assert_eq!(
            check("<a><b>1</b"),
            "it is no XML at byte 7: syntax error: tag not closed: `>` not found before end of input"
        );
        assert!(check("<a></b>").starts_with("it is no XML at byte"));
        assert_eq!(check("<a>&lol;</a>"), "`&lol;` is not known");
        assert_eq!(check(&"<a>".repeat(99)), "it has more than 64 levels");
    }
}
