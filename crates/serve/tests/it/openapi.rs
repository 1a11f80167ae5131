//! The description of the API that is committed, from which the console's types are made.

use std::path::Path;

#[test]
fn the_description_is_that_of_the_routes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let routes = tidegate_serve::api::openapi_text().unwrap();
    let how = "cargo run --bin tidegate -- serve openapi > crates/serve/openapi.json";
    assert!(committed == routes, "crates/serve/openapi.json is not that of the routes: {how}");
}
