//! Decides what each line of a window is: header, record, nothing, or bad.

use std::sync::Arc;

use super::cells::{Cells, Row};
use super::header::{Header, header, is_no_name};
use super::plain::{Plain, Separator, rewrite};
use super::split::{Split, split};
use crate::batches::Builder;
use crate::column::shown;
use crate::format::LogFormat;
use crate::layout::Layout;
use crate::run::Run;

/// What the lines of one object are taken for.
#[derive(Clone, Debug)]
enum Format {
    /// This, by a header or by the caller.
    Known(Arc<Layout>),
    /// The default format if they look like it.
    Unknown,
    /// Nothing: the header above them was refused, for this reason.
    Refused(String),
}

/// The lines of one object.
#[derive(Debug)]
pub(super) struct Lines {
    format: Format,
    separator: Separator,
    /// Whether no line came yet.
    is_first: bool,
    /// Number of the next line, from 1.
    next: u64,
    default: Arc<Layout>,
    split: Split,
    plain: Plain,
    rows: Vec<Row>,
    bad: Vec<(u32, String)>,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            format: Format::Unknown,
            separator: Separator::Space,
            is_first: true,
            next: 1,
            default: LogFormat::version_2().layout,
            split: Split::default(),
            plain: Plain::default(),
            rows: Vec::new(),
            bad: Vec::new(),
        }
    }

    /// Forgets the object before.
    pub(super) fn start(&mut self, given: Option<Arc<Layout>>) {
        self.format = given.map_or(Format::Unknown, Format::Known);
        self.separator = Separator::Space;
        self.is_first = true;
        self.next = 1;
    }

    /// Returns the number of the next line, and counts it.
    pub(super) fn take_number(&mut self) -> u64 {
        self.is_first = false;
        self.next += 1;
        self.next - 1
    }

    /// Decodes the window `text[..end]`, which ends with a line feed. What follows is not looked
    /// at, but lets fields be read eight and sixteen bytes at a time.
    pub(super) fn window(&mut self, text: &[u8], end: usize, run: &mut Run<'_>) {
        let mut from = 0;
        while from < end {
            from += self.lines_of_one_separator(&text[from..], end - from, run);
        }
    }

    /// Decodes lines until the window ends or a header changes the separator; returns how many
    /// bytes they have.
    fn lines_of_one_separator(&mut self, text: &[u8], end: usize, run: &mut Run<'_>) -> usize {
        let mut found = std::mem::take(&mut self.split);
        let mut plain = std::mem::take(&mut self.plain);
        let window = &text[..end];
        if self.separator == Separator::Space {
            split(window, &mut found);
        }
        let n_taken = if self.separator == Separator::Comma || found.is_odd {
            rewrite(window, self.separator, &mut plain);
            split(&plain.text, &mut found);
            let cells = Cells { text: &plain.text, starts: found.starts() };
            let view = View { cells, line_ends: &found.line_ends, window, plain: Some(&plain) };
            self.walk(&view, run)
        } else {
            let cells = Cells { text, starts: found.starts() };
            let view = View { cells, line_ends: &found.line_ends, window, plain: None };
            self.walk(&view, run)
        };
        self.split = found;
        self.plain = plain;
        n_taken
    }

    /// Decides what each line is; returns how many bytes were decided on. It ends early at a header
    /// that changes the separator.
    fn walk(&mut self, view: &View<'_>, run: &mut Run<'_>) -> usize {
        self.rows.clear();
        let separator = self.separator;
        let mut layout = self.layout();
        let mut base = 0;
        let mut n_lines = 0;
        for line_end in view.line_ends {
            let row = Row { base, line: n_lines };
            base = view.cells.next_base(base, *line_end, layout.n_slots());
            n_lines += 1;
            let n_fields = base - row.base;
            if n_fields == layout.n_slots() && self.is_record(view.cells.field(row, 0)) {
                self.rows.push(row);
                continue;
            }
            match self.classify(view, row, n_fields) {
                Line::Blank => continue,
                Line::Record(row) => self.rows.push(row),
                Line::Bad(reason) => self.bad.push((row.line, reason)),
                Line::Header(header) => {
                    self.flush(view, &layout, run);
                    self.report(view, run);
                    self.take_header(&header, row, run);
                    layout = self.layout();
                }
            }
            self.is_first = false;
            if self.separator != separator {
                break;
            }
        }
        self.flush(view, &layout, run);
        self.report(view, run);
        self.next += u64::from(n_lines);
        n_lines.checked_sub(1).map_or(0, |last| view.end_of(last))
    }

    /// Returns quickly whether a line with the right number of fields is a record, by its first.
    #[inline]
    fn is_record(&self, first: &[u8]) -> bool {
        match self.format {
            Format::Known(_) => !self.is_first && !first.is_empty() && is_no_name(first),
            Format::Unknown => first == b"2",
            Format::Refused(_) => false,
        }
    }

    fn classify<'a>(&self, view: &View<'a>, row: Row, n_fields: u32) -> Line<'a> {
        let first = view.cells.field(row, 0);
        if first.is_empty() {
            let is_broken = |it: &Plain| it.broken.binary_search(&(row.line as usize)).is_ok();
            if view.plain.is_some_and(is_broken) {
                return Line::Bad("the line has control characters; is it text?".to_owned());
            }
            return Line::Blank;
        }
        let may_be_header = first[0].is_ascii_lowercase() || first[0] == b'"';
        if may_be_header && let Some(header) = header(view.original(row.line), self.is_first) {
            return Line::Header(header);
        }
        let after_time = Row { base: row.base + 1, line: row.line };
        match &self.format {
            Format::Refused(reason) => Line::Bad(format!("no format: {reason}")),
            Format::Known(layout) if n_fields == layout.n_slots() => Line::Record(row),
            Format::Known(layout) if n_fields == layout.n_slots() + 1 && is_time(first) => {
                Line::Record(after_time)
            }
            Format::Known(layout) => {
                let n_slots = layout.n_slots();
                Line::Bad(format!("{n_fields} fields, the format has {n_slots}"))
            }
            Format::Unknown
                if n_fields == self.default.n_slots() + 1
                    && is_time(first)
                    && view.cells.field(after_time, 0) == b"2" =>
            {
                Line::Record(after_time)
            }
            Format::Unknown => Line::Bad(format!(
                "no header, and {n_fields} fields that begin with `{}` are not the default format \
                 (14 fields that begin with `2`); give the format with --log-format",
                shown(first)
            )),
        }
    }

    fn layout(&self) -> Arc<Layout> {
        match &self.format {
            Format::Known(layout) => Arc::clone(layout),
            Format::Unknown | Format::Refused(_) => Arc::clone(&self.default),
        }
    }

    fn take_header(&mut self, header: &Header<'_>, row: Row, run: &mut Run<'_>) {
        self.separator = header.separator;
        match Layout::new(&header.names, run.limits.fields_max) {
            Ok(layout) => {
                run.counts.n_headers += 1;
                self.format = Format::Known(Arc::new(layout));
            }
            Err(error) => {
                let number = self.next + u64::from(row.line);
                self.bad.push((row.line, error.to_string()));
                self.format = Format::Refused(format!("{error} (line {number})"));
            }
        }
    }

    /// Hands the records so far to their batch.
    fn flush(&mut self, view: &View<'_>, layout: &Layout, run: &mut Run<'_>) {
        let bad = &mut self.bad;
        let mut on_bad = |row: &Row, reason: String| bad.push((row.line, reason));
        let cells = &view.cells;
        let fill = |it: &mut Builder, rows: &[Row], bad: &mut Vec<_>| {
            it.fill(layout, cells, rows, bad);
        };
        run.append(layout.set, &self.rows, &fill, &mut on_bad);
        self.rows.clear();
    }

    /// Reports the bad lines since the last header of the window, in order.
    fn report(&mut self, view: &View<'_>, run: &mut Run<'_>) {
        let format = match &self.format {
            Format::Known(layout) => Some(Arc::clone(&layout.names)),
            Format::Unknown | Format::Refused(_) => None,
        };
        self.bad.sort_by_key(|(line, _)| *line);
        for (line, reason) in self.bad.drain(..) {
            let number = self.next + u64::from(line);
            run.bad_of(format.clone(), number, reason, view.original(line));
        }
    }

    /// Decodes one line of another layout.
    pub(super) fn one(&mut self, line: &[u8], layout: &Arc<Layout>, run: &mut Run<'_>) {
        let format = std::mem::replace(&mut self.format, Format::Known(Arc::clone(layout)));
        let separator = std::mem::replace(&mut self.separator, Separator::Space);
        self.is_first = false;
        self.window(line, line.len(), run);
        self.format = format;
        self.separator = separator;
    }
}

/// What a line is.
enum Line<'a> {
    Blank,
    Header(Header<'a>),
    Record(Row),
    Bad(String),
}

/// A window with its fields found.
struct View<'a> {
    cells: Cells<'a>,
    line_ends: &'a [u32],
    /// The text as it came.
    window: &'a [u8],
    /// How it was rewritten, if it was.
    plain: Option<&'a Plain>,
}

impl<'a> View<'a> {
    /// Returns the line as it came, without its end.
    fn original(&self, line: u32) -> &'a [u8] {
        let start = match line.checked_sub(1) {
            Some(before) => self.end_of(before),
            None => 0,
        };
        let line = &self.window[start..self.end_of(line)];
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Returns where the line ends in the window as it came.
    fn end_of(&self, line: u32) -> usize {
        let line = line as usize;
        match self.plain {
            Some(plain) => plain.ends[line],
            None => self.line_ends[line] as usize,
        }
    }
}

/// Returns whether `field` is a time as `CloudWatch` Logs exports put it before every line:
/// `2025-02-25T12:25:04.000Z`.
fn is_time(field: &[u8]) -> bool {
    let form = b"dddd-dd-ddTdd:dd:dd";
    let fits = |(it, form): (&u8, &u8)| match form {
        b'd' => it.is_ascii_digit(),
        sign => it == sign,
    };
    let is_rest = |it: &u8| it.is_ascii_digit() || matches!(it, b'.' | b'Z' | b'+' | b'-' | b':');
    field.len() > form.len()
        && field.iter().zip(form).all(fits)
        && field[form.len()..].iter().all(is_rest)
}
