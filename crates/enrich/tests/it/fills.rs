//! AWS's own columns, filled from the inventory where AWS wrote nothing.

use insta::assert_snapshot;
use tidegate_model::columns::Columns;
use tidegate_model::inventory::{Interface, Inventory};

use crate::support::{always, columns, enriched, interface, table};

/// Returns an inventory that knows one interface to be in a VPC, of an instance.
fn inventory(vpc_id: &str, instance_id: &str) -> Inventory {
    let (vpc_id, instance_id) = (vpc_id.to_owned(), instance_id.to_owned());
    let known = Interface { vpc_id, instance_id, ..interface("eni-1", "10.0.0.1") };
    Inventory { interfaces: vec![always(known)], ..Inventory::default() }
}

/// Renders the columns that can be filled, and which of them were.
fn check(columns: &Columns) -> String {
    table(columns, &["vpc_id", "instance_id", "interface_type", "filled_fields"]).join("\n")
}

#[test]
fn a_better_inventory_takes_back_what_an_older_one_filled() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action vpc-id";
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT -\n\
        eni-1 10.0.0.1 10.0.0.3 40000 80 6 9 900 1700000000 1700000001 ACCEPT vpc-aws\n\
        eni-7 10.0.0.7 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT -";
    let first = enriched(columns(format, lines), &inventory("vpc-old", "i-old"));
    assert_snapshot!(check(&first), @r"
    vpc-old i-old interface vpc_id+instance_id+interface_type
    vpc-aws i-old interface instance_id+interface_type
    - - - -
    ");
    // In memory, and as it comes back from a file.
    let mut stored = first.clone();
    stored.settle();
    insta::allow_duplicates!(for stored in [first, stored] {
        let better = enriched(stored, &inventory("vpc-new", ""));
        assert_snapshot!(check(&better), @r"
        vpc-new - interface vpc_id+interface_type
        vpc-aws - interface interface_type
        - - - -
        ");
        let mut nothing = enriched(better, &Inventory::default());
        nothing.settle();
        assert_snapshot!(check(&nothing), @r"
        - - - -
        vpc-aws - - -
        - - - -
        ");
        assert!(nothing.get("filled_fields").is_none());
    });
}

#[test]
fn without_a_value_of_aws_all_follows_from_the_interface() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action";
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT\n\
        eni-7 10.0.0.7 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT";
    let first = enriched(columns(format, lines), &inventory("vpc-old", "i-old"));
    assert_snapshot!(check(&first), @r"
    vpc-old i-old interface vpc_id+instance_id+interface_type
    - - - -
    ");
    let mut settled = first;
    settled.settle();
    let better = enriched(settled, &inventory("vpc-new", "i-new"));
    assert_snapshot!(check(&better), @r"
    vpc-new i-new interface vpc_id+instance_id+interface_type
    - - - -
    ");
}

#[test]
fn a_column_has_no_value_that_no_row_has() {
    let format = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
        action instance-id";
    let lines = "\
        eni-1 10.0.0.1 10.0.0.2 40000 80 6 9 900 1700000000 1700000001 ACCEPT i-aws\n\
        eni-2 10.0.0.2 10.0.0.3 40000 80 6 9 900 1700000000 1700000001 ACCEPT -";
    let mut inventory = inventory("vpc-1", "i-inventory");
    let other = Interface { instance_id: "i-2".to_owned(), ..interface("eni-2", "10.0.0.2") };
    inventory.interfaces.push(always(other));
    let rows = enriched(columns(format, lines), &inventory);
    let (_, values) = rows.text("instance_id").unwrap();
    assert_eq!(values, ["i-2", "i-aws"]);
}
