//! Chores while others work: nothing lost, nothing doubled, nothing back from the dead.

use chrono::NaiveDate;
use tidegate_store::commit::Writer;
use tidegate_store::{Lake, compact, expire, vacuum};

use crate::support::{Trap, World, file, object};

const WEEK_MS: i64 = 7 * 86_400_000;

/// Fills two files into each of three days.
async fn filled(lake: &Lake) {
    let mut writer = Writer::new(lake).await.unwrap();
    for day in 0..3 {
        for n in 0..2 {
            let files = [file(lake, day, 10).await];
            writer.append(&files, &[object(&format!("{day}-{n}"), 10)]).await.unwrap();
        }
    }
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(1970, 1, day).unwrap()
}

#[tokio::test]
async fn what_expires_while_files_are_put_together_stays_expired() {
    let world = World::new();
    let lake = world.trapped().await;
    filled(&lake).await;
    let other = world.lake().await;
    world.set(Trap::Before(Box::pin(async move {
        let report = expire::run(&other, date(3)).await.unwrap();
        assert_eq!((report.days, report.n_records), (vec![date(1), date(2)], 40));
    })));
    let report = compact::run(&lake, compact::Options::ALL).await.unwrap();
    assert_eq!((report.n_conflicts, report.n_files_after), (2, 1));
    assert_eq!(world.verified().await, 20);
}

#[tokio::test]
async fn two_who_put_the_same_files_together_do_not_double_them() {
    let world = World::new();
    let lake = world.trapped().await;
    filled(&lake).await;
    let other = world.lake().await;
    world.set(Trap::Before(Box::pin(async move {
        compact::run(&other, compact::Options::ALL).await.unwrap();
    })));
    let report = compact::run(&lake, compact::Options::ALL).await.unwrap();
    assert_eq!((report.n_conflicts, report.n_files_after), (3, 0));
    assert_eq!(world.verified().await, 60);
}

#[tokio::test]
async fn records_that_arrive_while_days_expire_are_kept() {
    let world = World::new();
    let lake = world.trapped().await;
    filled(&lake).await;
    let other = world.lake().await;
    world.set(Trap::Before(Box::pin(async move {
        let mut writer = Writer::new(&other).await.unwrap();
        writer.append(&[file(&other, 0, 5).await], &[object("late", 5)]).await.unwrap();
    })));
    assert_eq!(expire::run(&lake, date(3)).await.unwrap().n_records, 40);
    assert_eq!(world.verified().await, 25);
}

#[tokio::test]
async fn vacuum_keeps_what_left_the_table_lately_and_deletes_it_later() {
    let world = World::new();
    let lake = world.lake().await;
    filled(&lake).await;
    compact::run(&lake, compact::Options::ALL).await.unwrap();
    let now = vacuum::run(&lake, WEEK_MS, false).await.unwrap();
    assert_eq!(now.files, Vec::<String>::new());
    let later = world.lake_a_month_later().await;
    // Six files and their summaries.
    assert_eq!(vacuum::run(&later, WEEK_MS, true).await.unwrap().files.len(), 12);
    assert_eq!(vacuum::run(&later, WEEK_MS, false).await.unwrap().files.len(), 12);
    assert_eq!(vacuum::run(&later, WEEK_MS, false).await.unwrap().files.len(), 0);
    assert_eq!(world.verified().await, 60);
}
