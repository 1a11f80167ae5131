//! Parameters of an address: unknown ones and doubled ones are errors, with the nearest name.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use tidegate_query::nearest::nearest;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use crate::problem::{Code, Problem};

/// The parameters of a request, as `T` declares them.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned + IntoParams,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = T::into_params(|| Some(ParameterIn::Query));
        let known: Vec<&str> = known.iter().map(|it| it.name.as_str()).collect();
        check_names(parts.uri.query().unwrap_or_default(), &known)?;
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(it)| Self(it)).map_err(|it| {
            let text = it.body_text();
            let reason = text.strip_prefix("Failed to deserialize query string: ");
            let reason = reason.unwrap_or(&text).to_owned();
            Problem::new(Code::Usage, format!("a parameter cannot be read: {reason}"))
                .hint("/api/openapi.json lists the parameters of every route")
        })
    }
}

fn check_names(query: &str, known: &[&str]) -> Result<(), Problem> {
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        if !known.contains(&name.as_ref()) {
            return Err(unknown(&name, known));
        }
        if seen.iter().any(|it| *it == name) {
            let message = format!("the parameter `{name}` is given twice");
            return Err(Problem::new(Code::Usage, message).hint("give it once"));
        }
        seen.push(name.into_owned());
    }
    Ok(())
}

fn unknown(name: &str, known: &[&str]) -> Problem {
    let shown: String = name.chars().take(40).collect();
    let problem = Problem::new(Code::Usage, format!("there is no parameter `{shown}` here"));
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            problem.hint(format!("did you mean `{near}`?")).suggestions(vec![near.to_owned()])
        }
        None if known.is_empty() => problem.hint("this route has no parameters"),
        None => problem.hint(format!("there are: {}", known.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str) -> String {
        match check_names(query, &["q", "from", "until"]) {
            Ok(()) => "fine".to_owned(),
            Err(problem) => serde_json::to_string(&problem.body()).unwrap(),
        }
    }

    #[test]
    fn a_parameter_is_known_and_given_once() {
        assert_eq!(check("q=a%20b&from=-1h"), "fine");
        assert!(check("untl=now").contains("did you mean `until`?"), "{}", check("untl=now"));
        assert!(check("elephant").contains("there are: q, from, until"), "{}", check("elephant"));
        assert!(check("q=1&q=2").contains("`q` is given twice"), "{}", check("q=1&q=2"));
    }
}
