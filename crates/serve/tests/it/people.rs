//! Views and notes.

use axum::http::StatusCode;

use crate::world::{Wish, World, on_runtime, write};

#[test]
fn a_view_is_kept_and_one_of_them_is_the_default() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let put = async |name: &str, body: &str| {
            world.ask(write("PUT", &format!("/api/v1/views/{name}"), body)).await
        };
        assert_eq!(world.get("/api/v1/views").await.text, "[]");
        let first = put("b", r#"{"url": "/explore?q=a", "is_default": true}"#).await;
        insta::assert_snapshot!(first.pretty(), @r#"
        {
          "description": null,
          "is_default": true,
          "name": "b",
          "saved_at": "2024-04-21T12:00:00Z",
          "url": "/explore?q=a"
        }
        "#);
        put("a%20b", r#"{"url": "/", "description": "x", "is_default": true}"#).await;
        insta::assert_snapshot!(world.get("/api/v1/views").await.pretty(), @r#"
        [
          {
            "description": "x",
            "is_default": true,
            "name": "a b",
            "saved_at": "2024-04-21T12:00:00Z",
            "url": "/"
          },
          {
            "description": null,
            "is_default": false,
            "name": "b",
            "saved_at": "2024-04-21T12:00:00Z",
            "url": "/explore?q=a"
          }
        ]
        "#);
        insta::assert_snapshot!(world.get("/api/v1/views/a%20b").await.pretty(), @r#"
        {
          "description": "x",
          "is_default": true,
          "name": "a b",
          "saved_at": "2024-04-21T12:00:00Z",
          "url": "/"
        }
        "#);
        for url in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
            let told = put("c", &format!(r#"{{"url": {url:?}}}"#)).await.told();
            assert_eq!(told, "400 usage: the address of a view is not one of the console", "{url}");
        }
        let told = put("c", r#"{"url": "/", "link": 1}"#).await.told();
        assert!(told.contains("unknown field `link`"), "{told}");
        let delete = || write("DELETE", "/api/v1/views/b", "");
        assert_eq!(world.ask(delete()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.ask(delete()).await.told(), "404 not_found: there is no view `b`");
    });
}

#[test]
fn a_note_is_on_a_thing_that_has_a_page() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let put = async |path: &str, body: &str| {
            world.ask(write("PUT", &format!("/api/v1/notes/{path}"), body)).await
        };
        let body = r#"{"text": "ours", "tag": "known-scanner"}"#;
        insta::assert_snapshot!(put("address/198.51.100.7", body).await.pretty(), @r#"
        {
          "id": "198.51.100.7",
          "kind": "address",
          "saved_at": "2024-04-21T12:00:00Z",
          "tag": "known-scanner",
          "text": "ours"
        }
        "#);
        put("address/198.51.100.7", r#"{"text": "not ours", "tag": "watch"}"#).await;
        insta::assert_snapshot!(world.get("/api/v1/notes").await.pretty(), @r#"
        [
          {
            "id": "198.51.100.7",
            "kind": "address",
            "saved_at": "2024-04-21T12:00:00Z",
            "tag": "watch",
            "text": "not ours"
          }
        ]
        "#);
        // Another spelling is the same thing.
        put("address/2001:DB8::1", body).await;
        let other = world.get("/api/v1/entity/address/2001:db8:0::1").await.text;
        assert!(other.contains(r#""text":"ours""#), "{other}");
        let told = put("elephant/1", body).await.told();
        assert_eq!(told, "404 not_found: there is no kind of thing `elephant`");
        let long = format!(r#"{{"text": "{}", "tag": "note"}}"#, "x".repeat(5_000));
        let told = put("address/10.0.0.1", &long).await.told();
        assert_eq!(told, "400 usage: the note is longer than 4000 characters");
        let delete = || write("DELETE", "/api/v1/notes/address/198.51.100.7", "");
        assert_eq!(world.ask(delete()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.ask(delete()).await.told(), "404 not_found: there is no note on it");
    });
}

#[test]
fn what_many_write_at_once_is_all_kept() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let names = ["a", "b", "c", "d"];
        let puts = names.map(|it| {
            let path = format!("/api/v1/views/{it}");
            world.ask(write("PUT", &path, r#"{"url": "/"}"#))
        });
        for answer in futures::future::join_all(puts).await {
            assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        }
        let views = world.get("/api/v1/views").await.text;
        for name in names {
            assert!(views.contains(&format!(r#""name":"{name}""#)), "{views}");
        }
    });
}
