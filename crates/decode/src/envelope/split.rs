//! Finds where JSON documents begin and end, byte by byte.

/// What a byte is to the documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// In a document or between two: nothing begins or ends.
    Inside,
    /// It is the first byte of a document.
    Begin,
    /// It is the last byte of a document.
    End,
    /// A document has ended before it, and it is the first byte of the next.
    EndAndBegin,
}

/// Where we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Between documents. Brackets and commas of an array of documents belong here.
    #[default]
    Between,
    /// In a document, outside of strings.
    Document,
    /// In a string of a document.
    String,
    /// In a string, after a backslash.
    Escape,
    /// In something that is no document.
    Garbage,
}

/// Finds where documents begin and end. Only objects count as documents.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    place: Place,
    depth: usize,
}

impl Splitter {
    /// Returns whether a document has begun and not ended.
    pub(super) fn is_inside(&self) -> bool {
        self.place != Place::Between
    }

    /// Takes the next byte.
    pub(super) fn step(&mut self, byte: u8) -> Step {
        match (self.place, byte) {
            (Place::Between, b'{') => self.begin(Step::Begin),
            (Place::Between, b'[' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n') => Step::Inside,
            (Place::Between, _) => self.to(Place::Garbage, Step::Begin),
            (Place::Garbage, b'{') => self.begin(Step::EndAndBegin),
            // No string has a line feed: the document is broken, and the next line is another.
            (Place::Garbage | Place::String | Place::Escape, b'\n') => {
                self.to(Place::Between, Step::End)
            }
            (Place::Document, b'"') | (Place::Escape, _) => self.to(Place::String, Step::Inside),
            (Place::Document, b'{') => {
                self.depth += 1;
                Step::Inside
            }
            (Place::Document, b'}') if self.depth == 1 => self.to(Place::Between, Step::End),
            (Place::Document, b'}') => {
                self.depth -= 1;
                Step::Inside
            }
            (Place::String, b'"') => self.to(Place::Document, Step::Inside),
            (Place::String, b'\\') => self.to(Place::Escape, Step::Inside),
            (Place::Garbage | Place::Document | Place::String, _) => Step::Inside,
        }
    }

    fn begin(&mut self, step: Step) -> Step {
        self.depth = 1;
        self.to(Place::Document, step)
    }

    fn to(&mut self, place: Place, step: Step) -> Step {
        self.place = place;
        step
    }
}

/// Returns the parts of a broken document that may be documents of their own: its lines, and what
/// begins with `{` after a `}`.
pub(super) fn pieces(text: &[u8]) -> Vec<&[u8]> {
    let is_between = |it: &u8| it.is_ascii_whitespace() || matches!(it, b',' | b'[' | b']');
    let mut pieces = Vec::new();
    for line in text.split(|it| *it == b'\n') {
        let mut from = 0;
        for at in memchr::memmem::find_iter(line, b"}{") {
            pieces.push(&line[from..=at]);
            from = at + 1;
        }
        pieces.push(&line[from..]);
    }
    pieces.retain(|it| !it.iter().all(is_between));
    pieces
}
