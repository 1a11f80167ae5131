//! Listings of a whole account and region: what they leave out is gone, wherever it was.
//!
//! A listing tells its scopes by what it lists: a VPC that has become empty has nothing that would
//! tell. A listing that says whose it is tells all scopes that are known there; of what an older file
//! brings later, the next listing says whether it is gone.

use std::collections::BTreeSet;

use tidegate_model::inventory::{
    FlowLog, Function, GroupReference, Instance, Interface, Inventory, NatGateway, PrefixList,
    SecurityGroup, Subnet, Vpc,
};

use crate::seen::{Mark, PlaceMark, Seen};
use crate::{Kind, Thing};

/// Adds the scopes and the keys that follow from places that were listed completely.
pub(super) fn expand(inventory: &Inventory, seen: &mut Seen) {
    for place in std::mem::take(&mut seen.places) {
        match place.kind {
            Kind::Interface => add::<Interface>(inventory, &place, seen),
            Kind::SecurityGroup => {
                // A group that is gone has no rules. Of those that are there, this listing need not
                // have the rules.
                let present = keys::<SecurityGroup>(&place, seen);
                add_rules(inventory, &place, seen, |group_id| !present.contains(group_id));
                add::<SecurityGroup>(inventory, &place, seen);
            }
            // A rule is where its group is.
            Kind::SecurityGroupRule => add_rules(inventory, &place, seen, |_| true),
            Kind::PrefixList => add::<PrefixList>(inventory, &place, seen),
            Kind::Subnet => add::<Subnet>(inventory, &place, seen),
            Kind::Vpc => add::<Vpc>(inventory, &place, seen),
            Kind::NatGateway => add::<NatGateway>(inventory, &place, seen),
            Kind::Instance => add::<Instance>(inventory, &place, seen),
            Kind::FlowLog => add::<FlowLog>(inventory, &place, seen),
            Kind::Function => add::<Function>(inventory, &place, seen),
            Kind::GroupReference => add::<GroupReference>(inventory, &place, seen),
        }
    }
}

/// Returns the things that were known to be in the place.
fn known<'a, T: Thing + 'a>(
    inventory: &'a Inventory,
    place: &'a PlaceMark,
) -> impl Iterator<Item = &'a T> {
    let facts = T::facts(inventory).iter().filter(|it| it.validity.contains(place.moment_us));
    let own = (place.account_id.as_str(), place.region.as_str());
    facts.map(|it| &it.value).filter(move |it| it.place() == Some(own))
}

fn add<T: Thing>(inventory: &Inventory, place: &PlaceMark, seen: &mut Seen) {
    let present = keys::<T>(place, seen);
    let mark = |name| Mark { moment_us: place.moment_us, kind: T::KIND, name };
    for thing in known::<T>(inventory, place) {
        match thing.scope() {
            Some(scope) => seen.listed.push(mark(scope)),
            None if present.contains(&*thing.key()) => {}
            None => seen.gone.push(mark(thing.key().into_owned())),
        }
    }
}

/// Returns the keys of what the listing has.
fn keys<T: Thing>(place: &PlaceMark, seen: &mut Seen) -> BTreeSet<String> {
    let sightings = T::sightings(seen).iter().filter(|it| it.moment_us == place.moment_us);
    sightings.map(|it| it.value.key().into_owned()).collect()
}

/// Says that the rules of known groups are listed, of those whose id is one of them.
fn add_rules(
    inventory: &Inventory,
    place: &PlaceMark,
    seen: &mut Seen,
    is_listed: impl Fn(&str) -> bool,
) {
    for group in known::<SecurityGroup>(inventory, place).filter(|it| is_listed(&it.id)) {
        let (moment_us, kind) = (place.moment_us, Kind::SecurityGroupRule);
        seen.listed.push(Mark { moment_us, kind, name: group.id.clone() });
    }
}
