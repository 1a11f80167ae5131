//! What routes answer that are not questions to the engine.

use std::time::Duration;

use axum::http::StatusCode;

use crate::world::{Wish, World, on_runtime};

#[test]
fn the_status_tells_how_everything_is() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let status = world.get("/api/v1/status").await.pretty();
        // How small a file is is the encoder's business.
        let lines = status.lines().filter(|it| !it.starts_with("  \"n_bytes\""));
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
        {
          "dead_letters": {
            "n_bytes": 120,
            "n_objects": 1
          },
          "disk": {
            "free_bytes": 1000,
            "total_bytes": 4000
          },
          "has_summaries": 1.0,
          "inventory": {
            "n_facts": 0,
            "synced_at": null
          },
          "is_token_needed": false,
          "lake": "file://[LAKE]",
          "lake_version": 1,
          "n_files": 3,
          "n_rows": 6,
          "newest": "2024-04-20T12:01:00Z",
          "now": "2024-04-21T12:00:00Z",
          "oldest": "2024-04-18T12:00:00Z",
          "role": "admin",
          "sources": [
            {
              "error": null,
              "lag_s": 86340,
              "last_pass_at": "2024-04-21T11:59:30Z",
              "n_bad_lines": 1,
              "n_objects": 3,
              "n_records": 6,
              "newest_record": "2024-04-20T12:01:00Z",
              "state": "idle",
              "url": "s3://acme/logs"
            }
          ],
          "version": "0.0.0"
        }
        "#);
    });
}

#[test]
fn nothing_is_found_before_there_are_rules() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let path = "/api/v1/findings?from=yesterday%2014:00&severity=high";
        insta::assert_snapshot!(world.get(path).await.pretty(), @r#"
        {
          "cost": {
            "elapsed_ms": 0,
            "n_bytes": 0,
            "n_files": 0,
            "n_files_total": 0,
            "n_rows": 0,
            "source": "none",
            "version": 1,
            "warnings": []
          },
          "findings": [],
          "window": {
            "from": "2024-04-20T14:00:00Z",
            "until": "2024-04-21T12:00:00Z"
          }
        }
        "#);
        let told = world.get("/api/v1/findings?severity=awful").await.told();
        assert!(told.contains("unknown variant `awful`"), "{told}");
    });
}

#[test]
fn advice_is_made_in_the_background_and_says_why_there_is_none() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        let first = world.get("/api/v1/advice").await;
        assert_eq!(first.status, StatusCode::ACCEPTED);
        assert!(first.text.contains(r#""state":"working""#), "{}", first.text);
        let mut answer = first;
        for _ in 0..200 {
            answer = world.get("/api/v1/advice").await;
            if answer.status == StatusCode::OK {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        insta::assert_snapshot!(answer.pretty(), @r#"
        {
          "progress": null,
          "reason": "the lake knows no security groups with rules: `tidegate inventory sync` reads them",
          "report": null,
          "state": "unavailable"
        }
        "#);
        let told = world.get("/api/v1/advice?days=0").await.told();
        assert_eq!(told, "400 usage: `days` is from 1 to 366");
    });
}

#[test]
fn advice_that_takes_too_long_is_stopped() {
    on_runtime(async {
        let mut wish = Wish { advice_takes: Duration::from_hours(1), ..Wish::default() };
        wish.limits.advice_time = Duration::from_millis(50);
        let world = World::new(wish).await;
        let mut answer = world.get("/api/v1/advice").await;
        for _ in 0..500 {
            if answer.status == StatusCode::OK {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            answer = world.get("/api/v1/advice").await;
        }
        let reason = r#""reason":"the advice was stopped after 0 s: ask for fewer days""#;
        assert!(answer.text.contains(reason), "{}", answer.text);
        let emitted = world.get("/api/v1/advice/emit?form=cli").await.told();
        assert_eq!(emitted, "504 too_slow: the advice was stopped after 0 s");
    });
}

#[test]
fn coverage_and_inventory_are_what_the_program_says() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        insta::assert_snapshot!(world.get("/api/v1/coverage").await.pretty(), @r#"
        {
          "flow_logs": [],
          "inventory_at": null,
          "reason": "the inventory has no VPC",
          "resources": [],
          "state": "unavailable",
          "summary": null
        }
        "#);
        insta::assert_snapshot!(world.get("/api/v1/inventory/vpcs?at=-1d").await.pretty(), @r#"
        {
          "columns": [],
          "kind": "vpcs",
          "n_total": 0,
          "rows": []
        }
        "#);
        let told = world.get("/api/v1/coverage/emit?form=terraform").await.told();
        assert_eq!(told, "404 not_found: the inventory has no VPC");
        let told = world.get("/api/v1/coverage/emit?form=pascal").await.told();
        assert!(told.contains("unknown variant `pascal`"), "{told}");
    });
}

#[test]
fn metrics_tell_what_was_asked() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        world.get("/api/v1/status").await;
        world.get("/api/v1/views/none").await;
        let metrics = world.get("/metrics").await;
        assert_eq!(metrics.status, StatusCode::OK);
        for line in [
            "tidegate_requests_total{route=\"/api/v1/status\",status=\"200\"} 1",
            "tidegate_requests_total{route=\"/api/v1/views/{name}\",status=\"404\"} 1",
            "tidegate_lake_up 1\n",
            "tidegate_lake_rows 6",
            "tidegate_source_lag_seconds{source=\"s3://acme/logs\"} 86340",
            "# EOF",
        ] {
            assert!(metrics.text.contains(line), "{line}\n{}", metrics.text);
        }
    });
}

#[test]
fn metrics_are_told_when_the_lake_is_away() {
    on_runtime(async {
        let world = World::new(Wish::default()).await;
        world.get("/api/v1/status").await;
        world.lose_lake();
        world.wait(Duration::from_secs(2));
        let metrics = world.get("/metrics").await;
        assert_eq!(metrics.status, StatusCode::OK, "{}", metrics.text);
        assert!(metrics.text.contains("tidegate_lake_up 0\n"), "{}", metrics.text);
        assert!(metrics.text.contains("route=\"/api/v1/status\""), "{}", metrics.text);
        assert!(!metrics.text.contains("tidegate_lake_rows"), "{}", metrics.text);
    });
}
