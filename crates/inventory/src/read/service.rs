//! Which service of AWS an interface belongs to, told by its type and its description.
//!
//! AWS documents neither list as complete ("Requester-managed network interfaces" in the EC2 User
//! Guide names some): what is not known has no service.

/// Types that tell the service.
const TYPES: &[(&str, &str)] = &[
    ("nat_gateway", "nat-gateway"),
    ("natGateway", "nat-gateway"),
    ("regional_nat_gateway", "nat-gateway"),
    ("transit_gateway", "transit-gateway"),
    ("network_load_balancer", "nlb"),
    ("gateway_load_balancer", "gwlb"),
    ("gateway_load_balancer_endpoint", "gwlb-endpoint"),
    ("vpc_endpoint", "vpc-endpoint"),
    ("lambda", "lambda"),
    ("quicksight", "quicksight"),
    ("global_accelerator_managed", "global-accelerator"),
    ("api_gateway_managed", "api-gateway"),
    ("iot_rules_managed", "iot-rules"),
    ("aws_codestar_connections_managed", "codestar-connections"),
];

/// Beginnings of descriptions that tell the service; a longer one stands before its own beginning.
const DESCRIPTIONS: &[(&str, &str)] = &[
    ("Interface for NAT Gateway", "nat-gateway"),
    ("Network Interface for Transit Gateway Attachment", "transit-gateway"),
    ("ELB app/", "alb"),
    ("ELB net/", "nlb"),
    ("ELB gwy/", "gwlb"),
    ("ELB ", "clb"),
    ("AWS Lambda VPC ENI", "lambda"),
    ("arn:aws:ecs:", "ecs"),
    ("arn:aws-cn:ecs:", "ecs"),
    ("arn:aws-us-gov:ecs:", "ecs"),
    ("aws-k8s-branch-eni", "eks"),
    ("aws-K8S-", "eks"),
    ("Amazon EKS ", "eks"),
    ("RDSNetworkInterface", "rds"),
    ("Network interface for DBProxy", "rds-proxy"),
    ("RedshiftNetworkInterface", "redshift"),
    ("ElastiCache", "elasticache"),
    ("EFS mount target for", "efs"),
    ("DMSNetworkInterface", "dms"),
    ("AWS created network interface for directory", "directory-service"),
    ("AWS ElasticMapReduce", "emr"),
    ("ENI managed by APIGateway", "api-gateway"),
    ("VPC Endpoint Interface", "vpc-endpoint"),
    ("CloudHsm ENI", "cloudhsm"),
    ("CloudHSM ENI", "cloudhsm"),
    ("DAX ", "dax"),
];

/// Returns the service, or nothing. A description tells more than a type: `load_balancer` is several.
pub(super) fn of(interface_type: &str, description: &str) -> &'static str {
    let by_description = DESCRIPTIONS.iter().find(|it| description.starts_with(it.0));
    let by_type = TYPES.iter().find(|it| it.0 == interface_type);
    by_description.or(by_type).map_or("", |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_and_description_tell_the_service() {
        let check = |interface_type: &str, description: &str, expected: &str| {
            assert_eq!(of(interface_type, description), expected, "{interface_type} {description}");
        };
        check("nat_gateway", "Interface for NAT Gateway nat-0a", "nat-gateway");
        check("load_balancer", "ELB app/web/50dc6c495c0c9188", "alb");
        check("network_load_balancer", "ELB net/in/50dc6c495c0c9188", "nlb");
        check("interface", "ELB classic", "clb");
        check("interface", "ELB gwy/fw/50dc6c495c0c9188", "gwlb");
        check("lambda", "AWS Lambda VPC ENI-resize-1", "lambda");
        check("interface", "RDSNetworkInterface", "rds");
        check("interface", "arn:aws:ecs:eu-west-1:111122223333:attachment/1", "ecs");
        check("branch", "aws-k8s-branch-eni", "eks");
        check("vpc_endpoint", "", "vpc-endpoint");
        check("transit_gateway", "mine", "transit-gateway");
        check("interface", "Primary network interface", "");
        check("something_new", "", "");
    }
}
