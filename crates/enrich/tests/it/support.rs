//! What the tests share: logs decoded to columns, inventories from listings, columns as text.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use arrow::array::Array;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Decoder, LogFormat, Options, Sink};
use tidegate_enrich::{Context, Evidence, Network};
use tidegate_model::columns::{Column, Columns, NULL};
use tidegate_model::inventory::{Fact, Interface, Inventory, Validity};

/// Keeps batches.
#[derive(Default)]
struct Kept(Vec<RecordBatch>);

impl Sink for Kept {
    fn batch(&mut self, batch: RecordBatch) {
        self.0.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        panic!("{bad_line:?}");
    }
}

/// Decodes objects, each on its own.
pub(crate) fn decode(format: Option<&str>, object: &[u8]) -> Vec<RecordBatch> {
    let log_format = format.map(|it| LogFormat::parse(it).unwrap());
    let mut decoder = Decoder::new(Options { log_format, ..Options::default() });
    let mut kept = Kept::default();
    decoder.decode_bytes(&Bytes::copy_from_slice(object), &mut kept);
    decoder.flush(&mut kept);
    kept.0
}

/// Decodes the lines of a format into columns.
pub(crate) fn columns(format: &str, lines: &str) -> Columns {
    Columns::merge(decode(Some(format), lines.as_bytes())).unwrap()
}

/// Enriches columns with nothing but an inventory and themselves.
pub(crate) fn enriched(mut columns: Columns, inventory: &Inventory) -> Columns {
    let network = Network::new(inventory);
    let mut evidence = Evidence::default();
    evidence.observe(&columns);
    evidence.pin();
    tidegate_enrich::apply(&mut columns, &Context { network: &network, evidence: &evidence });
    columns
}

/// All time.
pub(crate) const ALWAYS: Validity = Validity { from_us: i64::MIN, until_us: i64::MAX };

/// Returns a fact that always held.
pub(crate) fn always<T>(value: T) -> Fact<T> {
    Fact { validity: ALWAYS, source: "test".to_owned(), value }
}

/// Returns an ordinary interface.
pub(crate) fn interface(id: &str, address: &str) -> Interface {
    let address = address.parse().unwrap();
    Interface {
        id: id.to_owned(),
        interface_type: "interface".to_owned(),
        primary_address: Some(address),
        private_addresses: vec![address],
        has_source_dest_check: true,
        ..Interface::default()
    }
}

/// Returns the interfaces of a listing as `aws ec2 describe-network-interfaces` prints it.
pub(crate) fn inventory(listing: &serde_json::Value) -> Inventory {
    let text = |it: &serde_json::Value| it.as_str().unwrap_or_default().to_owned();
    let all = |it: &serde_json::Value, name: &str| -> Vec<String> {
        it.as_array().into_iter().flatten().map(|it| text(&it[name])).collect()
    };
    let addresses = |texts: Vec<String>| texts.iter().map(|it| it.parse().unwrap()).collect();
    let interfaces = listing["NetworkInterfaces"].as_array().unwrap().iter().map(|it| {
        always(Interface {
            interface_type: text(&it["InterfaceType"]),
            vpc_id: text(&it["VpcId"]),
            subnet_id: text(&it["SubnetId"]),
            account_id: text(&it["OwnerId"]),
            instance_id: text(&it["Attachment"]["InstanceId"]),
            private_addresses: addresses(all(&it["PrivateIpAddresses"], "PrivateIpAddress")),
            ipv6_addresses: addresses(all(&it["Ipv6Addresses"], "Ipv6Address")),
            security_group_ids: all(&it["Groups"], "GroupId"),
            has_source_dest_check: it["SourceDestCheck"].as_bool().unwrap_or(true),
            ..interface(&text(&it["NetworkInterfaceId"]), &text(&it["PrivateIpAddress"]))
        })
    });
    Inventory { interfaces: interfaces.collect(), ..Inventory::default() }
}

/// Returns the path of a file of the shared data, or nothing if it is not on this machine.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let is_there = path.exists();
    if !is_there {
        // The reason is for whoever runs the test with its output shown.
        #[expect(clippy::print_stderr, reason = "tells why nothing was tested")]
        {
            eprintln!("skipped: {} is not here", path.display());
        }
    }
    is_there.then_some(path)
}

/// Returns the paths of all objects below a folder, in the order of their names.
pub(crate) fn objects(folder: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            paths.extend(objects(&path));
        } else if path.to_string_lossy().ends_with(".log.gz") {
            paths.push(path);
        }
    }
    paths.sort();
    paths
}

/// Returns what bytes of gzip hold.
pub(crate) fn gunzip(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

/// Returns the values of a column as text.
pub(crate) fn values(columns: &Columns, name: &str) -> Vec<Option<String>> {
    let id = |it: &u32| (*it != NULL).then_some(*it as usize);
    let settled = match columns.get(name) {
        Some(Column::Keyed { keys, of_keys }) => Some(of_keys.settled(keys)),
        column => column.cloned(),
    };
    match settled {
        None => vec![None; columns.n_rows],
        Some(Column::Keyed { .. }) => unreachable!("it was settled"),
        Some(Column::Text { ids, values }) => {
            ids.iter().map(|it| id(it).map(|it| values[it].clone())).collect()
        }
        Some(Column::Lists { ids, values }) => {
            ids.iter().map(|it| id(it).map(|it| values[it].join("+"))).collect()
        }
        Some(Column::Plain(array)) => {
            let array = match array.data_type() {
                DataType::Timestamp(_, _) => cast(&array, &DataType::Int64).unwrap(),
                _ => array,
            };
            let text = cast(&array, &DataType::Utf8).unwrap();
            let text = text.as_any().downcast_ref::<arrow::array::StringArray>().unwrap();
            (0..text.len()).map(|it| text.is_valid(it).then(|| text.value(it).to_owned())).collect()
        }
    }
}

/// Returns each row as the values of these columns.
pub(crate) fn table(columns: &Columns, names: &[&str]) -> Vec<String> {
    let all: Vec<Vec<Option<String>>> = names.iter().map(|it| values(columns, it)).collect();
    let row = |at: usize| {
        let cells = all.iter().map(|it| it[at].as_deref().unwrap_or("-"));
        cells.collect::<Vec<_>>().join(" ")
    };
    (0..columns.n_rows).map(row).collect()
}
