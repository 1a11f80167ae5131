//! The `CREATE EXTERNAL TABLE` of Hive and Athena.
//!
//! `DataFusion` has a statement of the same name and another form; ours is known by `ROW FORMAT`,
//! by `TBLPROPERTIES`, or by saying nothing of how files are stored. Column types are Hive's.

use std::collections::BTreeMap;

use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::sql::sqlparser::dialect::HiveDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::raw::partition::{Partition, Partitions};
use crate::{Error, Result};

/// What Hive puts between fields if nobody says otherwise.
const DELIMITER_DEFAULT: u8 = 0x01;

/// The property that says how many lines come before the records.
const HEADER_LINES: &str = "skip.header.line.count";

/// A statement that is ours to carry out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    /// Make a table.
    Create(Box<Create>),
    /// Tell a table of its partitions, which we find ourselves.
    Partitions {
        /// The table.
        name: String,
    },
}

/// A table to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Create {
    pub(crate) name: String,
    pub(crate) is_if_not_exists: bool,
    pub(crate) columns: Vec<Field>,
    pub(crate) partitions: Partitions,
    pub(crate) storage: Storage,
    pub(crate) location: String,
}

/// How the files are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// Lines of text.
    Text {
        /// What stands between fields.
        delimiter: u8,
        /// Lines before the records.
        n_header_lines: u64,
    },
    /// Parquet.
    Parquet,
}

/// Reads `sql` if it is one of the statements that are ours; `None` if it is not.
pub(crate) fn parse(sql: &str) -> Result<Option<Statement>> {
    // What cannot be taken into tokens is for the engine's own parser to complain about.
    let Ok(tokens) = Tokenizer::new(&HiveDialect {}, sql).tokenize() else { return Ok(None) };
    let tokens = tokens.into_iter().filter(|it| !matches!(it, Token::Whitespace(_)));
    let mut reader = Reader { tokens: tokens.collect(), at: 0 };
    if reader.take(&["CREATE", "EXTERNAL", "TABLE"]) {
        let is_hive = reader.has(&["ROW", "FORMAT"])
            || reader.has(&["TBLPROPERTIES"])
            || !reader.has(&["STORED", "AS"]);
        if !is_hive {
            return Ok(None);
        }
        return Ok(Some(Statement::Create(Box::new(create(&mut reader)?))));
    }
    if reader.take(&["MSCK", "REPAIR", "TABLE"]) {
        return Ok(Some(Statement::Partitions { name: reader.table_name()? }));
    }
    if reader.take(&["ALTER", "TABLE"]) && reader.has(&["ADD"]) && reader.has(&["PARTITION"]) {
        return Ok(Some(Statement::Partitions { name: reader.table_name()? }));
    }
    Ok(None)
}

/// The clauses of a statement, as they were found.
#[derive(Default)]
struct Clauses {
    partitions: Vec<Field>,
    delimiter: Option<u8>,
    is_parquet: bool,
    location: Option<String>,
    properties: BTreeMap<String, String>,
}

fn create(reader: &mut Reader) -> Result<Create> {
    let is_if_not_exists = reader.take(&["IF", "NOT", "EXISTS"]);
    let name = reader.table_name()?;
    let columns = reader.columns()?;
    let mut clauses = Clauses::default();
    while !reader.is_at_end() {
        clause(reader, &mut clauses)?;
    }
    let Some(location) = clauses.location else {
        return Err(Error::sql(format!("table `{name}` has no LOCATION"), None));
    };
    let storage = if clauses.is_parquet {
        Storage::Parquet
    } else {
        Storage::Text {
            delimiter: clauses.delimiter.unwrap_or(DELIMITER_DEFAULT),
            n_header_lines: header_lines(&clauses.properties)?,
        }
    };
    let partitions = clauses.partitions.iter().map(|it| Partition {
        name: it.name().clone(),
        data_type: it.data_type().clone(),
        form: clauses.properties.get(&format!("projection.{}.format", it.name())).cloned(),
    });
    let partitions = Partitions::new(partitions.collect());
    Ok(Create { name, is_if_not_exists, columns, partitions, storage, location })
}

fn header_lines(properties: &BTreeMap<String, String>) -> Result<u64> {
    match properties.get(HEADER_LINES) {
        None => Ok(0),
        Some(text) => text.trim().parse().map_err(|_| {
            Error::sql(format!("`{HEADER_LINES}` is `{text}`, which is no number of lines"), None)
        }),
    }
}

fn clause(reader: &mut Reader, clauses: &mut Clauses) -> Result<()> {
    if reader.take(&["COMMENT"]) {
        reader.text()?;
    } else if reader.take(&["PARTITIONED", "BY"]) {
        clauses.partitions = reader.columns()?;
    } else if reader.take(&["ROW", "FORMAT", "DELIMITED"]) {
        delimited(reader, clauses)?;
    } else if reader.take(&["ROW", "FORMAT", "SERDE"]) {
        serde(reader, clauses)?;
    } else if reader.take(&["STORED", "AS"]) {
        stored(reader, clauses)?;
    } else if reader.take(&["LOCATION"]) {
        clauses.location = Some(reader.text()?);
    } else if reader.take(&["TBLPROPERTIES"]) || reader.take(&["WITH", "SERDEPROPERTIES"]) {
        clauses.properties.extend(reader.properties()?);
    } else {
        return Err(reader.unexpected("a clause, as LOCATION or TBLPROPERTIES"));
    }
    Ok(())
}

fn delimited(reader: &mut Reader, clauses: &mut Clauses) -> Result<()> {
    loop {
        if reader.take(&["FIELDS", "TERMINATED", "BY"]) {
            let text = reader.text()?;
            clauses.delimiter = Some(delimiter(&text)?);
        } else if reader.take(&["ESCAPED", "BY"])
            || reader.take(&["LINES", "TERMINATED", "BY"])
            || reader.take(&["NULL", "DEFINED", "AS"])
        {
            // Flow logs escape nothing, end lines as everybody does, and write NULL as `-`.
            reader.text()?;
        } else {
            return Ok(());
        }
    }
}

fn delimiter(text: &str) -> Result<u8> {
    let unescaped = match text {
        "\\t" => "\t",
        "\\001" => "\u{1}",
        other => other,
    };
    match unescaped.as_bytes() {
        [byte] => Ok(*byte),
        _ => Err(Error::sql(format!("fields end at one character, not at `{text}`"), None)),
    }
}

fn serde(reader: &mut Reader, clauses: &mut Clauses) -> Result<()> {
    let class = reader.text()?;
    let name = class.rsplit('.').next().unwrap_or_default();
    match name {
        "ParquetHiveSerDe" => clauses.is_parquet = true,
        "LazySimpleSerDe" => {
            if reader.take(&["WITH", "SERDEPROPERTIES"]) {
                let properties = reader.properties()?;
                let text = properties.get("field.delim").or(properties.get("serialization.format"));
                clauses.delimiter = text.map(|it| delimiter(it)).transpose()?;
            }
        }
        _ => {
            let hint = "`ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '` reads flow logs as text";
            let message = format!("the row format `{class}` is not supported");
            return Err(Error::sql(message, Some(hint.to_owned())));
        }
    }
    Ok(())
}

fn stored(reader: &mut Reader, clauses: &mut Clauses) -> Result<()> {
    if reader.take(&["INPUTFORMAT"]) {
        clauses.is_parquet |= reader.text()?.to_lowercase().contains("parquet");
        if reader.take(&["OUTPUTFORMAT"]) {
            reader.text()?;
        }
    } else if reader.take(&["PARQUET"]) {
        clauses.is_parquet = true;
    } else if !reader.take(&["TEXTFILE"]) {
        return Err(reader.unexpected("TEXTFILE or PARQUET"));
    }
    Ok(())
}

/// Reads tokens one after the other.
struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn is_at_end(&self) -> bool {
        matches!(self.tokens.get(self.at), None | Some(Token::SemiColon))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        matches!(self.tokens.get(at), Some(Token::Word(it))
            if it.quote_style.is_none() && it.value.eq_ignore_ascii_case(word))
    }

    /// Takes the words if they come next.
    fn take(&mut self, words: &[&str]) -> bool {
        let is_next = words.iter().enumerate().all(|it| self.is_word(self.at + it.0, it.1));
        if is_next {
            self.at += words.len();
        }
        is_next
    }

    /// Whether the words stand anywhere in what is left.
    fn has(&self, words: &[&str]) -> bool {
        (self.at..self.tokens.len())
            .any(|at| words.iter().enumerate().all(|it| self.is_word(at + it.0, it.1)))
    }

    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn take_token(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.get(self.at) == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn expect(&mut self, token: &Token) -> Result<()> {
        if self.take_token(token) { Ok(()) } else { Err(self.unexpected(&token.to_string())) }
    }

    fn unexpected(&self, expected: &str) -> Error {
        let found = match self.tokens.get(self.at) {
            Some(token) => format!("`{token}`"),
            None => "the end".to_owned(),
        };
        Error::sql(format!("cannot read the statement: expected {expected}, found {found}"), None)
    }

    fn name(&mut self) -> Result<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return Err(self.unexpected("a name"));
        };
        self.at += 1;
        Ok(word.value.to_lowercase())
    }

    /// Reads `table` or `database.table`; databases are not kept apart.
    fn table_name(&mut self) -> Result<String> {
        let mut name = self.name()?;
        while self.take_token(&Token::Period) {
            name = self.name()?;
        }
        Ok(name)
    }

    fn text(&mut self) -> Result<String> {
        match self.next() {
            Some(Token::SingleQuotedString(text) | Token::DoubleQuotedString(text)) => {
                Ok(text.clone())
            }
            Some(Token::Word(word)) if word.quote_style == Some('"') => Ok(word.value.clone()),
            _ => {
                self.at -= 1;
                Err(self.unexpected("a quoted text"))
            }
        }
    }

    fn properties(&mut self) -> Result<BTreeMap<String, String>> {
        let mut properties = BTreeMap::new();
        self.expect(&Token::LParen)?;
        loop {
            let key = self.text()?;
            self.expect(&Token::Eq)?;
            properties.insert(key, self.text()?);
            if !self.take_token(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::RParen)?;
        Ok(properties)
    }

    fn columns(&mut self) -> Result<Vec<Field>> {
        let mut columns = Vec::new();
        self.expect(&Token::LParen)?;
        loop {
            let name = self.name()?;
            let data_type = self.data_type()?;
            if self.take(&["COMMENT"]) {
                self.text()?;
            }
            columns.push(Field::new(name, data_type, true));
            if !self.take_token(&Token::Comma) {
                break;
            }
        }
        self.expect(&Token::RParen)?;
        Ok(columns)
    }

    fn data_type(&mut self) -> Result<DataType> {
        let name = self.name()?;
        let data_type = match name.as_str() {
            "tinyint" => DataType::Int8,
            "smallint" => DataType::Int16,
            "int" | "integer" => DataType::Int32,
            "bigint" => DataType::Int64,
            "float" => DataType::Float32,
            "double" => DataType::Float64,
            "boolean" => DataType::Boolean,
            "string" | "varchar" | "char" => DataType::Utf8View,
            "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            "date" => DataType::Date32,
            _ => {
                let known = "tinyint, smallint, int, bigint, float, double, boolean, string, \
                             varchar, char, timestamp, date";
                let message = format!("there is no column type `{name}` here");
                return Err(Error::sql(message, Some(format!("the types are {known}"))));
            }
        };
        if self.take_token(&Token::LParen) {
            self.skip_to_paren()?;
        }
        Ok(data_type)
    }

    /// Passes over the length of a `varchar`.
    fn skip_to_paren(&mut self) -> Result<()> {
        while !self.take_token(&Token::RParen) {
            if self.next().is_none() {
                return Err(self.unexpected(")"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
