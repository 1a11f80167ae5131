//! Which part of AWS a region belongs to, and what its addresses end in.
//!
//! Source: "AWS General Reference", "Partitions", and the table of endpoints of the SDKs.

/// A part of AWS that is apart from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Second part of an ARN: `aws`, `aws-cn`, ...
    pub name: &'static str,
    /// What names of hosts end in.
    pub suffix: &'static str,
    /// The region for which calls of services that are not regional are signed.
    pub global_region: &'static str,
    /// The region that the Organizations service is in.
    pub organizations_region: &'static str,
}

/// Partitions by how the names of their regions begin; the last one is of all others.
const PARTITIONS: &[(&str, Partition)] = &[
    (
        "cn-",
        Partition {
            name: "aws-cn",
            suffix: "amazonaws.com.cn",
            global_region: "cn-north-1",
            organizations_region: "cn-northwest-1",
        },
    ),
    (
        "us-gov-",
        Partition {
            name: "aws-us-gov",
            suffix: "amazonaws.com",
            global_region: "us-gov-west-1",
            organizations_region: "us-gov-west-1",
        },
    ),
    (
        "us-iso-",
        Partition {
            name: "aws-iso",
            suffix: "c2s.ic.gov",
            global_region: "us-iso-east-1",
            organizations_region: "us-iso-east-1",
        },
    ),
    (
        "us-isob-",
        Partition {
            name: "aws-iso-b",
            suffix: "sc2s.sgov.gov",
            global_region: "us-isob-east-1",
            organizations_region: "us-isob-east-1",
        },
    ),
    (
        "us-isof-",
        Partition {
            name: "aws-iso-f",
            suffix: "csp.hci.ic.gov",
            global_region: "us-isof-south-1",
            organizations_region: "us-isof-south-1",
        },
    ),
    (
        "eu-isoe-",
        Partition {
            name: "aws-iso-e",
            suffix: "cloud.adc-e.uk",
            global_region: "eu-isoe-west-1",
            organizations_region: "eu-isoe-west-1",
        },
    ),
    (
        "eusc-",
        Partition {
            name: "aws-eusc",
            suffix: "amazonaws.eu",
            global_region: "eusc-de-east-1",
            organizations_region: "eusc-de-east-1",
        },
    ),
    (
        "",
        Partition {
            name: "aws",
            suffix: "amazonaws.com",
            global_region: "us-east-1",
            organizations_region: "us-east-1",
        },
    ),
];

impl Partition {
    /// Returns the partition of a region.
    #[must_use]
    pub fn of_region(region: &str) -> Self {
        let found = PARTITIONS.iter().find(|it| region.starts_with(it.0));
        found.map_or_else(|| unreachable!("every name begins with nothing"), |it| it.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_region_tells_its_partition() {
        let check = |region| Partition::of_region(region).name;
        assert_eq!(check("eu-west-1"), "aws");
        assert_eq!(check("us-gov-east-1"), "aws-us-gov");
        assert_eq!(check("cn-north-1"), "aws-cn");
        assert_eq!(check("us-isob-east-1"), "aws-iso-b");
        assert_eq!(check("us-isof-south-1"), "aws-iso-f");
        assert_eq!(check("eu-isoe-west-1"), "aws-iso-e");
        assert_eq!(check("eusc-de-east-1"), "aws-eusc");
    }
}
