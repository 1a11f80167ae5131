//! Ports as few ranges.

/// Distinct ports of a protocol from which on they are not listed: they are chosen by the programs
/// (RPC, passive FTP, clusters), and others come tomorrow.
pub const PORTS_MAX: usize = 16;

/// Returns ports as ranges without a gap, ascending; `None` if there are too many of them.
#[must_use]
pub fn ranges(mut ports: Vec<u16>) -> Option<Vec<(u16, u16)>> {
    ports.sort_unstable();
    ports.dedup();
    if ports.len() > PORTS_MAX {
        return None;
    }
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for port in ports {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == port => *last = port,
            _ => ranges.push((port, port)),
        }
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ports: &[u16], expected: Option<&[(u16, u16)]>) {
        assert_eq!(ranges(ports.to_vec()).as_deref(), expected, "{ports:?}");
    }

    #[test]
    fn neighbours_become_a_range_and_too_many_ports_are_left_alone() {
        check(&[8081, 443, 8080, 443], Some(&[(443, 443), (8080, 8081)]));
        check(&[65534, 65535], Some(&[(65534, 65535)]));
        check(&[], Some(&[]));
        let many: Vec<u16> = (0..=16).map(|it| it * 2).collect();
        check(&many, None);
    }
}
