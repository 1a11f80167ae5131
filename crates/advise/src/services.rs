//! Traffic as ways, protocols and ports: what the engine is asked for by name.

/// A way, a protocol and ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// Whether it is about what leaves.
    pub is_egress: bool,
    /// IANA number; `None` for all.
    pub protocol: Option<u8>,
    /// First port; zero for protocols without ports.
    pub from_port: u16,
    /// Last port.
    pub to_port: u16,
}

/// Services of as many ports are broad: they are about what clients call from, too.
const N_PORTS_BROAD: u16 = 10_000;

impl Service {
    /// Returns whether it is about so many ports that most traffic is about one of them.
    pub(crate) fn is_broad(self) -> bool {
        self.to_port - self.from_port >= N_PORTS_BROAD
    }

    fn is_like(self, other: Self) -> bool {
        (self.is_egress, self.protocol) == (other.is_egress, other.protocol)
    }

    /// Returns how many ports lie between this one and the next; none if they touch.
    fn gap(self, next: Self) -> u16 {
        next.from_port.saturating_sub(self.to_port.saturating_add(1))
    }
}

/// Returns services that hold all of these, `n_max` at most if their ways and protocols allow it. Those
/// that touch become one; beyond that, the smallest gaps between ports are filled.
pub(crate) fn condensed(mut services: Vec<Service>, n_max: usize) -> Vec<Service> {
    services.sort_unstable();
    let touching = joined(&services, |one, next| one.gap(next) == 0);
    let pairs = touching.windows(2).filter(|it| it[0].is_like(it[1]));
    let mut gaps: Vec<u16> = pairs.map(|it| it[0].gap(it[1])).collect();
    gaps.sort_unstable();
    let n_more = touching.len().saturating_sub(n_max);
    match gaps.get(n_more.saturating_sub(1)).or(gaps.last()) {
        Some(widest) if n_more > 0 => joined(&touching, |one, next| one.gap(next) <= *widest),
        _ => touching,
    }
}

/// Joins neighbours of a way and a protocol.
fn joined(services: &[Service], may_join: impl Fn(Service, Service) -> bool) -> Vec<Service> {
    let mut all: Vec<Service> = Vec::with_capacity(services.len());
    for service in services {
        match all.last_mut() {
            Some(last) if last.is_like(*service) && may_join(*last, *service) => {
                last.to_port = last.to_port.max(service.to_port);
            }
            _ => all.push(*service),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Condenses TCP ports and renders what comes of it.
    fn check(ports: &[(u16, u16)], n_max: usize) -> String {
        let service = |it: &(u16, u16)| Service {
            is_egress: false,
            protocol: Some(6),
            from_port: it.0,
            to_port: it.1,
        };
        let condensed = condensed(ports.iter().map(service).collect(), n_max);
        let texts = condensed.iter().map(|it| format!("{}-{}", it.from_port, it.to_port));
        texts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ports_that_touch_are_one_and_the_smallest_gaps_are_filled() {
        assert_eq!(check(&[(22, 22), (80, 90), (85, 99), (100, 100)], 10), "22-22 80-100");
        assert_eq!(check(&[(22, 22), (80, 80), (82, 82), (443, 443)], 3), "22-22 80-82 443-443");
        assert_eq!(check(&[(22, 22), (80, 80), (443, 443)], 1), "22-443");
        assert_eq!(check(&[(0, 65_535), (22, 22)], 1), "0-65535");
        assert_eq!(check(&[], 1), "");
    }

    prop_compose! {
        fn any_service()(
            is_egress in any::<bool>(),
            protocol in prop::option::of(prop::sample::select(vec![1_u8, 6, 17])),
            from in any::<u16>(),
            width in 0_u16..300,
        ) -> Service {
            Service { is_egress, protocol, from_port: from, to_port: from.saturating_add(width) }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_left_out(services in prop::collection::vec(any_service(), 0..60)) {
            let condensed = condensed(services.clone(), 8);
            // Two ways with four protocols each may be left.
            prop_assert!(condensed.len() <= 8);
            for service in services {
                let holds = |it: &Service| {
                    it.is_like(service)
                        && it.from_port <= service.from_port
                        && service.to_port <= it.to_port
                };
                prop_assert!(condensed.iter().any(holds));
            }
        }
    }
}
