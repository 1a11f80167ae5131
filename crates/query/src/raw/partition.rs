//! What the path of an object says: the partition columns of a table over raw logs.
//!
//! A value is taken from `name=value` in the path, else from the folders that AWS makes:
//! `AWSLogs/<account>/vpcflowlogs/<region>/yyyy/mm/dd/[hh/]`. What the path does not say is NULL.

use arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;

/// Date as partitions are named in how-tos.
const DATE_FORM: &str = "yyyy-MM-dd";

/// The partition columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Partitions {
    columns: Vec<Partition>,
}

/// One partition column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Partition {
    /// Name, in lower case.
    pub(crate) name: String,
    /// Type.
    pub(crate) data_type: DataType,
    /// How dates are written, if the table says so (`projection.dt.format`).
    pub(crate) form: Option<String>,
}

impl Partitions {
    pub(crate) fn new(columns: Vec<Partition>) -> Self {
        Self { columns }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|it| it.name.as_str()).collect()
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        let field = |it: &Partition| Field::new(&it.name, it.data_type.clone(), true);
        self.columns.iter().map(field).collect()
    }

    /// Returns the value of each column for the object at `path`.
    pub(crate) fn values(&self, path: &str) -> Vec<ScalarValue> {
        let folders: Vec<&str> = path.split('/').collect();
        self.columns.iter().map(|it| it.value(&folders)).collect()
    }
}

impl Partition {
    fn value(&self, folders: &[&str]) -> ScalarValue {
        let named = folders.iter().find_map(|it| it.strip_prefix(&self.name)?.strip_prefix('='));
        let text = named.map(str::to_owned).or_else(|| self.in_tree(folders));
        let null = ScalarValue::try_new_null(&self.data_type).unwrap_or(ScalarValue::Null);
        let Some(text) = text else { return null };
        // Hive makes NULL of what does not fit the type.
        ScalarValue::try_from_string(text, &self.data_type).unwrap_or(null)
    }

    fn in_tree(&self, folders: &[&str]) -> Option<String> {
        let tree = Tree::find(folders)?;
        let text = match self.name.as_str() {
            "year" => tree.year,
            "month" => tree.month,
            "day" => tree.day,
            "hour" => tree.hour?,
            "region" | "aws_region" | "awsregion" => tree.region?,
            "account" | "accountid" | "account_id" | "aws_account_id" => tree.account?,
            _ => return Some(tree.date(self.form.as_deref().unwrap_or(DATE_FORM))),
        };
        Some(text.to_owned())
    }
}

/// The folders that AWS makes.
#[derive(Clone, Copy, Debug)]
struct Tree<'a> {
    account: Option<&'a str>,
    region: Option<&'a str>,
    year: &'a str,
    month: &'a str,
    day: &'a str,
    hour: Option<&'a str>,
}

impl<'a> Tree<'a> {
    fn find(folders: &[&'a str]) -> Option<Self> {
        let is_number =
            |it: &str, n: usize| it.len() == n && it.bytes().all(|it| it.is_ascii_digit());
        let at = folders
            .windows(3)
            .position(|it| is_number(it[0], 4) && is_number(it[1], 2) && is_number(it[2], 2))?;
        let hour = folders.get(at + 3).copied().filter(|it| is_number(it, 2));
        let before = |n: usize| Some(*folders.get(at.checked_sub(n)?)?);
        let is_aws = before(2).is_some_and(|it| it.eq_ignore_ascii_case("vpcflowlogs"));
        Some(Self {
            account: before(3).filter(|_| is_aws),
            region: before(1).filter(|_| is_aws),
            year: folders[at],
            month: folders[at + 1],
            day: folders[at + 2],
            hour,
        })
    }

    fn date(&self, form: &str) -> String {
        form.replace("yyyy", self.year)
            .replace("MM", self.month)
            .replace("dd", self.day)
            .replace("HH", self.hour.unwrap_or("00"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "p/AWSLogs/123456789012/vpcflowlogs/us-east-1/2024/04/19/x.log.gz";

    fn check(path: &str, name: &str, data_type: &DataType, expected: &str) {
        let form = (name == "day_path").then(|| "yyyy/MM/dd".to_owned());
        let column = Partition { name: name.to_owned(), data_type: data_type.clone(), form };
        let values = Partitions::new(vec![column]).values(path);
        assert_eq!(values[0].to_string(), expected, "{name} of {path}");
    }

    #[test]
    fn the_path_says_what_the_partition_is() {
        let text = DataType::Utf8View;
        check(PLAIN, "dt", &text, "2024-04-19");
        check(PLAIN, "day_path", &text, "2024/04/19");
        check(PLAIN, "date", &DataType::Date32, "2024-04-19");
        check(PLAIN, "year", &text, "2024");
        check(PLAIN, "month", &DataType::Int32, "4");
        check(PLAIN, "hour", &text, "NULL");
        check(PLAIN, "region", &text, "us-east-1");
        check(PLAIN, "account", &text, "123456789012");
        check("p/dt=2024-01-02/2024/04/19/x", "dt", &text, "2024-01-02");
        check("p/year=2024/month=04/x", "month", &text, "04");
        check("p/2024/04/19/07/x", "hour", &DataType::Int32, "7");
        check("p/x.log", "dt", &text, "NULL");
        check("p/dt=soon/x.log", "dt", &DataType::Date32, "NULL");
    }
}
