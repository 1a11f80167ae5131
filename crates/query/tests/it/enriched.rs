//! Sums of records with context: those of summaries are those of the records, for every dimension.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{BooleanArray, Int64Array};
use bytes::Bytes;
use tempfile::TempDir;
use tidegate_decode::{Decoder, Options};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_query::explore::{Dimension, Question, Source, Window};
use tidegate_store::commit::{self, Writer};
use tidegate_store::layout::{self, Gather};
use tidegate_store::ledger::SourceObject;
use tidegate_store::summary::parts;
use tidegate_store::{Lake, Place};

use crate::explore::{HOUR_S, answer, question, window};
use crate::world::{Collect, engine, on_runtime};

/// Groups that are asked for: more than there are.
const ALL: usize = 1_000;

const HEADER: &str = "account-id interface-id srcaddr dstaddr srcport dstport protocol packets \
    bytes start end action log-status pkt-srcaddr pkt-dstaddr flow-direction tcp-flags vpc-id region";

/// A record: everything in it follows from its number, which is its account.
fn line(number: i64) -> String {
    let at_s = 1_713_398_400 + number * 397;
    let action = if number % 5 == 0 { "REJECT" } else { "ACCEPT" };
    let behind = |it: &str, is: bool| if is { it.to_owned() } else { "-".to_owned() };
    format!(
        "{number} eni-{} 10.0.0.{} 203.0.113.{} {} {} {} {} {} {at_s} {} {action} OK {} {} {} {} \
         vpc-{} eu-west-{}",
        number % 4,
        number % 17,
        number % 9,
        40_000 + number % 50,
        [443, 22, 53][usize::try_from(number % 3).unwrap()],
        [6, 17][usize::try_from(number % 2).unwrap()],
        1 + number % 7,
        40 + number,
        at_s + 59,
        behind(&format!("10.9.0.{}", number % 3), number % 4 == 1),
        behind(&format!("192.0.2.{}", number % 5), number % 6 == 1),
        ["ingress", "egress", "-"][usize::try_from(number % 3).unwrap()],
        [0, 2, 18][usize::try_from(number % 3).unwrap()],
        number % 2,
        number % 3,
    )
}

/// Gives each record the context of its number.
fn enrich(columns: &mut Columns) {
    let (ids, values) = columns.text("account_id").unwrap();
    let numbers: Vec<u32> = ids.iter().map(|it| values[*it as usize].parse().unwrap()).collect();
    let mut text = |name: &str, every: u32, values: &[&str]| {
        // Every so many records have none.
        let n_values = u32::try_from(values.len()).unwrap();
        let id = |it: &u32| if it.is_multiple_of(every) { NULL } else { it % n_values };
        let values = values.iter().map(|it| (*it).to_owned()).collect();
        columns.put(name, Column::text(numbers.iter().map(id).collect(), values));
    };
    text("initiator", 11, &["dst", "src", "unknown"]);
    text("direction", 13, &["egress", "ingress", "unknown"]);
    text("vantage", 7, &["duplicate", "receiver", "sender"]);
    text("src_country_code", 3, &["DE", "US"]);
    text("dst_country_code", 5, &["FR", "GB", "NL"]);
    text("src_as_name", 4, &["One", "Two"]);
    text("instance_id", 2, &["i-1", "i-2", "i-3"]);
    text("subnet_id", 9, &["subnet-1", "subnet-2"]);
    text("reject_cause", 2, &["acl", "group"]);
    let systems: Int64Array =
        numbers.iter().map(|it| (it % 4 > 0).then_some(i64::from(64_500 + it % 3))).collect();
    columns.put("src_as_number", Column::Plain(Arc::new(systems)));
    let counted: BooleanArray =
        numbers.iter().map(|it| (it % 10 > 0).then_some(it % 3 > 0)).collect();
    columns.put("counted", Column::Plain(Arc::new(counted)));
    let groups = |every: u32| {
        let id = |it: &u32| if it.is_multiple_of(every) { NULL } else { it % 3 };
        let lists = [&["sg-1"][..], &["sg-1", "sg-2"], &["sg-3", "sg-2", "sg-4"]];
        let values = lists.iter().map(|it| it.iter().map(ToString::to_string).collect()).collect();
        Column::Lists { ids: numbers.iter().map(id).collect(), values }
    };
    columns.put("security_group_ids", groups(8));
    columns.put("peer_security_group_ids", groups(4));
}

/// How files are written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Summaries {
    With,
    Without,
}

/// Puts records into the lake, in one commit.
async fn store(folder: &Path, numbers: std::ops::Range<i64>, summaries: Summaries) {
    let lake = Lake::open_or_create(Place::local(folder).unwrap(), || 0).await.unwrap();
    let name = format!("file:///logs/{}", numbers.start);
    let lines: Vec<String> = numbers.map(line).collect();
    let text = format!("{HEADER}\n{}\n", lines.join("\n"));
    let mut sink = Collect(Gather::default());
    let mut decoder = Decoder::new(Options::default());
    decoder.decode_bytes(&Bytes::from(text), &mut sink);
    decoder.flush(&mut sink);
    let mut rows = layout::arrange(sink.0.columns().unwrap()).unwrap();
    enrich(&mut rows.columns);
    let mut files = Vec::new();
    for mut file in layout::files(&rows).unwrap() {
        assert!(file.summary.is_some());
        file.summary = file.summary.filter(|_| summaries == Summaries::With);
        files.push(commit::put(&lake, file).await.unwrap());
    }
    let n_records = lines.len() as u64;
    let object = SourceObject { url: name, n_records, ..SourceObject::default() };
    Writer::new(&lake).await.unwrap().append(&files, &[object]).await.unwrap();
}

/// Every dimension that is summed up, some with the ways of a record, some behind filters.
fn questions(window: Window) -> Vec<Question> {
    let metrics = ["bytes", "flows", "packets"];
    let alone = Dimension::all().filter(|it| !parts(it.name).is_empty());
    let alone = alone.map(|it| (it.name.to_owned(), String::new()));
    let ways = ["srcaddr", "client_addr", "server_addr", "server_port", "security_group_ids"];
    let ways = ways.map(|it| (format!("{it},action,direction"), String::new()));
    let filtered = [
        ("security_group_ids", "action = REJECT"),
        ("client_addr", "direction = egress and action = ACCEPT"),
        ("server_addr", "server_addr in 203.0.113.0/29"),
        ("dstport", "action = REJECT"),
        ("src_country_code", "src_country_code is not null"),
        ("instance_id", "initiator = dst"),
    ];
    let filtered = filtered.map(|(by, filter)| (by.to_owned(), filter.to_owned()));
    let all = alone.chain(ways).chain(filtered).enumerate();
    all.map(|(index, (by, filter))| Question {
        limit: ALL,
        ..question(&by, &filter, metrics[index % metrics.len()], window)
    })
    .collect()
}

#[test]
fn sums_of_records_with_context_are_those_of_the_records() {
    on_runtime(async {
        let folder = TempDir::new().unwrap();
        store(folder.path(), 1..250, Summaries::With).await;
        store(folder.path(), 250..330, Summaries::Without).await;
        store(folder.path(), 330..600, Summaries::With).await;
        let engine = Arc::new(engine(folder.path()));
        // Whole days, and one with edges in the middle of an hour.
        let windows = [window(0, 72 * HOUR_S), window(5 * HOUR_S + 17, 50 * HOUR_S + 1)];
        let mut n_summed = 0;
        let [all, edges] = windows.map(questions);
        for asked in all.into_iter().chain(edges.into_iter().step_by(4)) {
            let (text, source) = answer(&engine, &asked).await;
            assert!(text.contains("; other -; total "), "{asked:?}: {text}");
            n_summed += usize::from(source == Source::Both);
        }
        assert!(n_summed > 50, "{n_summed}");
    });
}
