//! The environment, read once.

use std::collections::BTreeMap;

/// Prefix of our variables.
pub(crate) const PREFIX: &str = "TIDEGATE_";

/// Variables of AWS's own tools that are settings of ours, from the strongest.
///
/// "AWS SDKs and Tools Reference Guide", "Service-specific endpoints".
const ALIASES: [(&str, &str); 3] = [
    ("aws.endpoint_url", "AWS_ENDPOINT_URL_S3"),
    ("aws.endpoint_url", "AWS_ENDPOINT_URL"),
    ("aws.anonymous", "AWS_NO_SIGN_REQUEST"),
];

/// Variable with the token of those who may ask the server. Secrets are no settings.
pub(crate) const READ_TOKEN: &str = "TIDEGATE_SERVE_TOKEN";

/// Variable with the token of those who may also write.
pub(crate) const ADMIN_TOKEN: &str = "TIDEGATE_SERVE_ADMIN_TOKEN";

/// The variables that are set, to something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the environment of this process. What is not UTF-8 is none of ours.
    pub(crate) fn of_process() -> Self {
        let pairs = std::env::vars_os();
        Self::new(pairs.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Returns an environment of these variables.
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variables = variables.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Self { variables }
    }

    /// Returns the value of a variable.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns the name and value of the variable that sets `key`, if one does.
    pub(crate) fn setting(&self, key: &str) -> Option<(String, String)> {
        let own = variable(key);
        if let Some(value) = self.get(&own) {
            return Some((own, value.to_owned()));
        }
        let aliases = ALIASES.iter().filter(|(it, _)| *it == key);
        let mut set = aliases.filter_map(|(_, name)| Some((name, self.get(name)?)));
        set.next().map(|(name, value)| ((*name).to_owned(), plain_bool(value)))
    }

    /// Returns the names of our variables that are set.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str).filter(|it| it.starts_with(PREFIX))
    }
}

/// Returns the name of the variable that sets `key`: `sql.rows_max` is `TIDEGATE_SQL_ROWS_MAX`.
pub(crate) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace('.', "_"))
}

/// AWS's tools take `1` and `yes` for true.
fn plain_bool(value: &str) -> String {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "on" => "true".to_owned(),
        "0" | "no" | "off" => "false".to_owned(),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(variables: &[(&str, &str)], key: &str) -> Option<String> {
        let owned = variables.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        Environment::new(owned).setting(key).map(|(name, value)| format!("{name}={value}"))
    }

    #[test]
    fn our_own_variable_beats_that_of_aws() {
        let variables = [
            ("TIDEGATE_AWS_ENDPOINT_URL", "http://a"),
            ("AWS_ENDPOINT_URL_S3", "http://b"),
            ("AWS_ENDPOINT_URL", "http://c"),
        ];
        let key = "aws.endpoint_url";
        assert_eq!(check(&variables, key).unwrap(), "TIDEGATE_AWS_ENDPOINT_URL=http://a");
        assert_eq!(check(&variables[1..], key).unwrap(), "AWS_ENDPOINT_URL_S3=http://b");
        assert_eq!(check(&variables[2..], key).unwrap(), "AWS_ENDPOINT_URL=http://c");
        assert_eq!(check(&[], key), None);
    }

    #[test]
    fn an_empty_variable_is_not_set_and_yes_is_true() {
        assert_eq!(check(&[("TIDEGATE_LAKE", "")], "lake"), None);
        let variables = [("AWS_NO_SIGN_REQUEST", "YES")];
        assert_eq!(check(&variables, "aws.anonymous").unwrap(), "AWS_NO_SIGN_REQUEST=true");
    }
}
