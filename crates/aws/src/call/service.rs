//! The services that are called: their protocol, their version and where they are.

use tidegate_model::partition::Partition;

/// A service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// Its name in permissions, in signatures and in the names of its hosts.
    pub(crate) name: &'static str,
    /// How it is spoken to.
    pub(crate) protocol: Protocol,
    /// Where it is.
    pub(crate) home: Home,
}

/// How a service is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A form goes in, XML comes back. The text is the version of the service.
    Query(&'static str),
    /// JSON both ways. The text stands before the action in `X-Amz-Target`.
    Json(&'static str),
    /// The action is method and path.
    Rest,
}

/// Where a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// In every region.
    Regional,
    /// Once in a partition, without a region in its name but in `us-east-1` for signatures.
    Global,
    /// Once in a partition, in one region.
    Organizations,
}

pub(crate) const EC2: Service =
    Service { name: "ec2", protocol: Protocol::Query("2016-11-15"), home: Home::Regional };

pub(crate) const STS: Service =
    Service { name: "sts", protocol: Protocol::Query("2011-06-15"), home: Home::Regional };

pub(crate) const IAM: Service =
    Service { name: "iam", protocol: Protocol::Query("2010-05-08"), home: Home::Global };

pub(crate) const LOGS: Service =
    Service { name: "logs", protocol: Protocol::Json("Logs_20140328"), home: Home::Regional };

pub(crate) const ORGANIZATIONS: Service = Service {
    name: "organizations",
    protocol: Protocol::Json("AWSOrganizationsV20161128"),
    home: Home::Organizations,
};

pub(crate) const LAMBDA: Service =
    Service { name: "lambda", protocol: Protocol::Rest, home: Home::Regional };

pub(crate) const S3: Service =
    Service { name: "s3", protocol: Protocol::Rest, home: Home::Regional };

impl Service {
    /// Returns the region for which a call from `region` is signed.
    pub(crate) fn signing_region<'a>(&self, region: &'a str) -> &'a str {
        let partition = Partition::of_region(region);
        match self.home {
            Home::Regional => region,
            Home::Global => partition.global_region,
            Home::Organizations => partition.organizations_region,
        }
    }

    /// Returns the address of the service for callers in `region`.
    pub(crate) fn address(&self, region: &str) -> String {
        let Partition { name, suffix, .. } = Partition::of_region(region);
        let signing_region = self.signing_region(region);
        match (self.home, name) {
            (Home::Global, "aws") => format!("https://{}.{suffix}", self.name),
            (Home::Global, "aws-us-gov") => format!("https://{}.us-gov.{suffix}", self.name),
            _ => format!("https://{}.{signing_region}.{suffix}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_address_in_every_partition() {
        let services = [EC2, STS, IAM, LOGS, ORGANIZATIONS, LAMBDA, S3];
        let regions = ["eu-west-1", "us-gov-east-1", "cn-north-1"];
        let lines = regions.iter().flat_map(|region| {
            services
                .iter()
                .map(move |it| format!("{} {}", it.address(region), it.signing_region(region)))
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
        https://ec2.eu-west-1.amazonaws.com eu-west-1
        https://sts.eu-west-1.amazonaws.com eu-west-1
        https://iam.amazonaws.com us-east-1
        https://logs.eu-west-1.amazonaws.com eu-west-1
        https://organizations.us-east-1.amazonaws.com us-east-1
        https://lambda.eu-west-1.amazonaws.com eu-west-1
        https://s3.eu-west-1.amazonaws.com eu-west-1
        https://ec2.us-gov-east-1.amazonaws.com us-gov-east-1
        https://sts.us-gov-east-1.amazonaws.com us-gov-east-1
        https://iam.us-gov.amazonaws.com us-gov-west-1
        https://logs.us-gov-east-1.amazonaws.com us-gov-east-1
        https://organizations.us-gov-west-1.amazonaws.com us-gov-west-1
        https://lambda.us-gov-east-1.amazonaws.com us-gov-east-1
        https://s3.us-gov-east-1.amazonaws.com us-gov-east-1
        https://ec2.cn-north-1.amazonaws.com.cn cn-north-1
        https://sts.cn-north-1.amazonaws.com.cn cn-north-1
        https://iam.cn-north-1.amazonaws.com.cn cn-north-1
        https://logs.cn-north-1.amazonaws.com.cn cn-north-1
        https://organizations.cn-northwest-1.amazonaws.com.cn cn-northwest-1
        https://lambda.cn-north-1.amazonaws.com.cn cn-north-1
        https://s3.cn-north-1.amazonaws.com.cn cn-north-1
        ");
    }
}
