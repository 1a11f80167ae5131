//! Looks every distinct address up.

use std::net::IpAddr;

use hashbrown::HashMap;
use tidegate_model::columns::NULL;

use super::Applied;
use crate::asn::AsnTable;
use crate::aws_ranges::AwsRange;
use crate::mmdb::{Database, Record};
use crate::place::{AutonomousSystem, Place};
use crate::{Atlas, public_address};

/// What was found: things, and for each address which of them it has.
pub(super) struct Found<'a> {
    pub(super) places: Things<'a, Place>,
    pub(super) systems: Things<'a, AutonomousSystem>,
    pub(super) aws_ranges: Things<'a, AwsRange>,
    pub(super) applied: Applied,
}

/// Things of one kind.
pub(super) struct Things<'a, T: Clone> {
    /// The things.
    pub(super) items: std::borrow::Cow<'a, [T]>,
    /// The position in `items` for each address, or [`NULL`].
    pub(super) of_addresses: Vec<u32>,
}

pub(super) fn look_up<'a>(addresses: &[Option<IpAddr>], atlas: &'a Atlas) -> Found<'a> {
    let mut lookup = Lookup::new(atlas);
    let (mut places, mut systems, mut aws_ranges) = (vec![], vec![], vec![]);
    for address in addresses {
        let public = address.and_then(public_address);
        let ids = public.map_or([NULL; 3], |it| lookup.one(it));
        places.push(ids[0]);
        systems.push(ids[1]);
        aws_ranges.push(ids[2]);
    }
    let ranges = atlas.aws_ranges.as_ref().map_or(&[][..], |it| it.ranges());
    Found {
        places: Things { items: lookup.places.into(), of_addresses: places },
        systems: Things { items: lookup.systems.into(), of_addresses: systems },
        aws_ranges: Things { items: ranges.into(), of_addresses: aws_ranges },
        applied: lookup.applied,
    }
}

/// A lookup of many addresses. Its memory ends with it, and it holds no more than the addresses have.
struct Lookup<'a> {
    atlas: &'a Atlas,
    /// For each database, the ids of records by where they stand.
    records: Vec<HashMap<usize, RecordIds>>,
    /// For each table of AS numbers, the ids of systems by their place in it.
    table_systems: Vec<HashMap<u32, u32>>,
    places: Vec<Place>,
    systems: Vec<AutonomousSystem>,
    applied: Applied,
}

/// What a record of a database has, as ids.
#[derive(Clone, Copy)]
struct RecordIds {
    place: u32,
    system: u32,
}

const NOTHING: RecordIds = RecordIds { place: NULL, system: NULL };

impl<'a> Lookup<'a> {
    fn new(atlas: &'a Atlas) -> Self {
        Self {
            atlas,
            records: atlas.databases.iter().map(|_| HashMap::new()).collect(),
            table_systems: atlas.systems.iter().map(|_| HashMap::new()).collect(),
            places: Vec::new(),
            systems: Vec::new(),
            applied: Applied::default(),
        }
    }

    /// Returns the ids of the place, the system and AWS's range of a public address.
    fn one(&mut self, address: IpAddr) -> [u32; 3] {
        self.applied.n_addresses += 1;
        let mut ids = RecordIds { place: NULL, system: self.system(address) };
        for (index, database) in self.atlas.databases.iter().enumerate() {
            let holds = database.holds();
            let is_wanted =
                (holds.country && ids.place == NULL) || (holds.system && ids.system == NULL);
            if !is_wanted {
                continue;
            }
            let found = self.record(index, database, address);
            ids.place = if ids.place == NULL { found.place } else { ids.place };
            ids.system = if ids.system == NULL { found.system } else { ids.system };
        }
        let range = self.atlas.aws_ranges.as_ref().and_then(|it| it.locate(address));
        [ids.place, ids.system, range.unwrap_or(NULL)]
    }

    /// Asks the tables of AS numbers.
    fn system(&mut self, address: IpAddr) -> u32 {
        for (table, ids) in self.atlas.systems.iter().zip(&mut self.table_systems) {
            let Some(place) = table.locate(address) else { continue };
            return *ids
                .entry(place)
                .or_insert_with(|| table_system(table, place, &mut self.systems));
        }
        NULL
    }

    /// Asks one database. What stands at one place is read once.
    fn record(&mut self, index: usize, database: &Database, address: IpAddr) -> RecordIds {
        let offset = match database.locate(address) {
            Ok(Some(offset)) => offset,
            Ok(None) => return NOTHING,
            Err(error) => return self.fail(database, &error),
        };
        if let Some(ids) = self.records[index].get(&offset) {
            return *ids;
        }
        let ids = match database.look_up(address) {
            Ok(record) => self.add(record),
            Err(error) => self.fail(database, &error),
        };
        self.records[index].insert(offset, ids);
        ids
    }

    fn add(&mut self, record: Record) -> RecordIds {
        RecordIds {
            place: record.place.map_or(NULL, |it| push(&mut self.places, it)),
            system: record.system.map_or(NULL, |it| push(&mut self.systems, it)),
        }
    }

    fn fail(&mut self, database: &Database, error: &maxminddb::MaxMindDbError) -> RecordIds {
        self.applied.n_failed += 1;
        let failure = || format!("`{}` is damaged: {error}", database.name());
        self.applied.first_failure.get_or_insert_with(failure);
        NOTHING
    }
}

fn table_system(table: &AsnTable, place: u32, systems: &mut Vec<AutonomousSystem>) -> u32 {
    table.system(place).map_or(NULL, |it| push(systems, it))
}

/// Adds a thing and returns its id.
fn push<T>(things: &mut Vec<T>, thing: T) -> u32 {
    things.push(thing);
    u32::try_from(things.len() - 1).unwrap_or(NULL)
}
