//! What the prompt needs: completion.

use tempfile::TempDir;

use crate::world::engine;

/// Completes `line`, whose `|` is the cursor, and returns the start and the words.
fn check(line: &str, start: usize, first: &[&str]) {
    let folder = TempDir::new().unwrap();
    let engine = engine(folder.path());
    let position = line.find('|').unwrap();
    let (found, words) = engine.complete(&line.replace('|', ""), position);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!((found, &words[..words.len().min(first.len())]), (start, first), "{line}");
}

#[test]
fn a_word_is_completed_to_what_it_may_be() {
    check("SELECT srca|", 7, &["srcaddr"]);
    check("select * from flo| where", 14, &["floor(", "flow_direction", "flow_logs", "flow_logs("]);
    check("SELECT cidr_c|", 7, &["cidr_contains("]);
    check("SELECT GRO|", 7, &["GROUP BY"]);
    check("select gro|", 7, &["group by", "grouping("]);
    check("SELECT sourcea|", 7, &["sourceaddress"]);
    check("SELECT 'srca|", 8, &[]);
    check("SELECT ü, srca|", 11, &["srcaddr"]);
    check("zzz|", 0, &[]);
}
