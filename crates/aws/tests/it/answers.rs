//! Answers that cannot be read, and what must not be said.

use tidegate_aws::account;
use tidegate_aws::listing::{SUBJECTS, list};

use crate::stub::{Answer, Stub, ok, refused, told};

async fn check(body: impl Into<Vec<u8>>) -> String {
    let stub = Stub::start(vec![ok(body)]);
    told(&account::caller(&stub.region).await.unwrap_err())
}

#[tokio::test]
async fn an_answer_that_is_damaged_is_told() {
    insta::assert_snapshot!(check("<GetCallerIdentityResponse><GetCallerIdentityRe").await, @"cannot read the answer of sts:GetCallerIdentity in eu-west-1: it is no XML at byte 27: syntax error: tag not closed: `>` not found before end of input");
    insta::assert_snapshot!(check("<a><b>1</b>").await, @"cannot read the answer of sts:GetCallerIdentity in eu-west-1: it ends before its end");
    insta::assert_snapshot!(check("<GetCallerIdentityResponse/>").await, @"cannot read the answer of sts:GetCallerIdentity in eu-west-1: it has no `Account`");
    insta::assert_snapshot!(check("").await, @"cannot read the answer of sts:GetCallerIdentity in eu-west-1: it is empty");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_not_read_on() {
    insta::assert_snapshot!(check(vec![b' '; (64 << 20) + 1]).await, @"cannot read the answer of sts:GetCallerIdentity in eu-west-1: it is longer than 67108864 bytes");
}

#[tokio::test]
async fn a_request_is_signed_and_nothing_says_a_secret() {
    let stub = Stub::start(vec![refused(403, "UnauthorizedOperation")]);
    let error = list(&stub.region, "111122223333", SUBJECTS[0]).await.unwrap_err();
    let head = stub.asked()[0].head.clone();
    let signed = "authorization: AWS4-HMAC-SHA256 Credential=AKID/20260302/eu-west-1/ec2/\
        aws4_request, SignedHeaders=";
    assert!(head.contains(signed), "{head}");
    assert!(head.contains("x-amz-security-token: token-token\r\n"), "{head}");
    let said = format!("{error:?} {} {:?}", told(&error), stub.region);
    for text in [said, head.replace("x-amz-security-token: token-token", "")] {
        assert!(!text.contains("hush") && !text.contains("token-token"), "{text}");
    }
}

#[tokio::test]
async fn credentials_of_another_account_are_refused() {
    let stub = Stub::start(vec![ok("<R><Account>1</Account></R>")]);
    assert_eq!(account::caller_of(&stub.region, "1").await.unwrap().account_id, "1");
    let error = account::caller_of(&stub.region, "2").await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    cannot read account 2: the credentials are of account 1
    hint: use a role of that account, or leave the account out
    ");
}

#[tokio::test]
async fn a_role_is_taken_on_once_and_its_denial_is_told() {
    let assumed = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ROLE</AccessKeyId>\
        <SecretAccessKey>hush</SecretAccessKey><SessionToken>t</SessionToken>\
        <Expiration>2026-03-02T13:00:00Z</Expiration></Credentials></AssumeRoleResult>\
        </AssumeRoleResponse>";
    let caller = "<R><Account>2</Account></R>";
    let stub = Stub::start(vec![ok(assumed), ok(caller)]);
    let role = tidegate_aws::Role {
        arn: "arn:aws:iam::2:role/read".to_owned(),
        external_id: Some("x 1".to_owned()),
        session_name: "tidegate".to_owned(),
    };
    let session = session_of(&stub).assume(role.clone());
    for _ in 0..2 {
        let identity = account::caller(&session.in_region("eu-west-1")).await.unwrap();
        assert_eq!(identity.account_id, "2");
    }
    insta::assert_snapshot!(stub.bodies(), @"
    Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A2%3Arole%2Fread&RoleSessionName=tidegate&ExternalId=x%201
    Action=GetCallerIdentity&Version=2011-06-15
    Action=GetCallerIdentity&Version=2011-06-15
    ");
    assert!(stub.asked()[1].head.contains("Credential=ROLE/"));
    let stub = Stub::start(vec![Answer { status: 403, ..refused(403, "AccessDenied") }]);
    let session = session_of(&stub).assume(role);
    let error = account::caller(&session.in_region("eu-west-1")).await.unwrap_err();
    insta::assert_snapshot!(told(&error), @"
    cannot take on the role `arn:aws:iam::2:role/read`
      caused by: cannot call sts:AssumeRole in eu-west-1
      caused by: AccessDenied: It is so. (request r-1)
    hint: the caller needs `sts:AssumeRole` on `arn:aws:iam::2:role/read`, whose trust policy must let the caller in, with the external id that it wants; `tidegate setup policy --for sync --role-name NAME` prints what is needed
    ");
    assert_eq!(error.lacking_permission(), Some("sts:AssumeRole"));
}

fn session_of(stub: &Stub) -> tidegate_aws::Session {
    stub.region.session().clone()
}
