//! What is asked, in the three forms that the services understand.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::service::{Protocol, Service};

/// What is written as it is in an address: "unreserved" of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What is asked of a service.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) service: &'static Service,
    pub(crate) action: &'static str,
    pub(crate) method: &'static str,
    /// The bucket, if it is one that is asked.
    pub(crate) bucket: Option<String>,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// Parameters of a form, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn add(&mut self, name: &str, value: impl std::fmt::Display) {
        self.0.push((name.to_owned(), format!("{value}")));
    }

    pub(crate) fn add_some(&mut self, name: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    /// Adds `name.1`, `name.2` and so on.
    pub(crate) fn add_list(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = impl std::fmt::Display>,
    ) {
        for (index, value) in values.into_iter().enumerate() {
            self.add(&format!("{name}.{}", index + 1), value);
        }
    }

    /// Adds the tags of a new resource of this type, if there are any.
    pub(crate) fn add_tags(&mut self, resource_type: &str, tags: &tidegate_model::inventory::Tags) {
        if tags.is_empty() {
            return;
        }
        self.add("TagSpecification.1.ResourceType", resource_type);
        for (index, (key, value)) in tags.iter().enumerate() {
            self.add(&format!("TagSpecification.1.Tag.{}.Key", index + 1), key);
            self.add(&format!("TagSpecification.1.Tag.{}.Value", index + 1), value);
        }
    }
}

/// Returns a request of a service that takes forms.
pub(crate) fn query(service: &'static Service, action: &'static str, params: Params) -> Request {
    let Protocol::Query(version) = service.protocol else {
        unreachable!("`{}` takes no forms", service.name)
    };
    let mut body = format!("Action={action}&Version={version}");
    for (name, value) in params.0 {
        // Writing into a text cannot fail.
        let _ = write!(body, "&{}={}", escaped(&name), escaped(&value));
    }
    let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
    let headers = vec![("content-type", content_type)];
    let (method, path) = ("POST", "/".to_owned());
    Request { service, action, method, bucket: None, path, headers, body }
}

/// Returns a request of a service that takes JSON.
pub(crate) fn json(service: &'static Service, action: &'static str, body: &Value) -> Request {
    let Protocol::Json(prefix) = service.protocol else {
        unreachable!("`{}` takes no JSON", service.name)
    };
    let headers = vec![
        ("content-type", "application/x-amz-json-1.1".to_owned()),
        ("x-amz-target", format!("{prefix}.{action}")),
    ];
    let (method, path, body) = ("POST", "/".to_owned(), body.to_string());
    Request { service, action, method, bucket: None, path, headers, body }
}

/// Returns a request that has everything in its path.
pub(crate) fn get(service: &'static Service, action: &'static str, path: String) -> Request {
    let (headers, body) = (Vec::new(), String::new());
    Request { service, action, method: "GET", bucket: None, path, headers, body }
}

/// Returns `text` as it stands in an address or a form.
pub(crate) fn escaped(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, ESCAPED)
}

#[cfg(test)]
mod tests {
    use super::super::service::EC2;
    use super::*;

    #[test]
    fn a_form_has_its_parameters_escaped_and_numbered() {
        let mut params = Params::new();
        params.add_list("GroupId", ["sg-1", "sg-2"]);
        params.add("Description", "a b&c=é+~");
        params.add_some("NextToken", None::<&str>);
        params.add_tags("vpc", &[("k".to_owned(), "v".to_owned())].into());
        insta::assert_snapshot!(query(&EC2, "DescribeSecurityGroups", params).body, @"Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.1=sg-1&GroupId.2=sg-2&Description=a%20b%26c%3D%C3%A9%2B~&TagSpecification.1.ResourceType=vpc&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v");
    }
}
