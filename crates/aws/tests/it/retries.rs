//! What is tried again, how often, and what is told in the end.

use tidegate_aws::account;

use crate::stub::{Answer, Stub, ok, refused, told};

const CALLER: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a\
    </Arn><UserId>U</UserId><Account>1</Account></GetCallerIdentityResult>\
    </GetCallerIdentityResponse>";

/// Asks who calls; returns what came of it, and the pauses.
async fn check(answers: Vec<Answer>) -> String {
    let stub = Stub::start(answers);
    let text = match account::caller(&stub.region).await {
        Ok(identity) => identity.account_id,
        Err(error) => told(&error),
    };
    format!("{text}\npauses {:?}", stub.pauses_s())
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let answers = vec![
        refused(503, "RequestLimitExceeded"),
        refused(400, "Throttling"),
        Answer { status: 429, headers: "retry-after: 30\r\n".into(), body: b"{}".to_vec() },
        ok(CALLER),
    ];
    insta::assert_snapshot!(check(answers).await, @"
    1
    pauses [1, 2, 30]
    ");
}

#[tokio::test]
async fn throttling_for_ever_ends_after_five_tries() {
    insta::assert_snapshot!(check(vec![refused(503, "RequestLimitExceeded")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1, tried 5 times
      caused by: RequestLimitExceeded: It is so. (request r-1)
    hint: try again later; AWS limits how often an account may ask
    pauses [1, 2, 4, 8]
    ");
}

#[tokio::test]
async fn a_denial_is_not_tried_again_and_says_what_to_do() {
    insta::assert_snapshot!(check(vec![refused(403, "AccessDenied")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1
      caused by: AccessDenied: It is so. (request r-1)
    pauses []
    ");
    insta::assert_snapshot!(check(vec![refused(400, "ExpiredToken")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1
      caused by: ExpiredToken: It is so. (request r-1)
    hint: the credentials have expired: sign in again (`aws sso login`)
    pauses []
    ");
    insta::assert_snapshot!(check(vec![refused(401, "AuthFailure")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1
      caused by: AuthFailure: It is so. (request r-1)
    hint: AWS does not know these credentials here: check AWS_PROFILE, the keys, the clock of this machine, and that the region is switched on for the account
    pauses []
    ");
}

#[tokio::test]
async fn what_is_not_there_is_not_tried_again() {
    insta::assert_snapshot!(check(vec![refused(400, "InvalidVpcID.NotFound")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1
      caused by: InvalidVpcID.NotFound: It is so. (request r-1)
    pauses []
    ");
    insta::assert_snapshot!(check(vec![refused(501, "NotImplemented")]).await, @"
    cannot call sts:GetCallerIdentity in eu-west-1
      caused by: NotImplemented: It is so. (request r-1)
    pauses []
    ");
}

#[tokio::test]
async fn a_server_that_hangs_up_is_asked_again() {
    let cut = Answer { status: 200, headers: "x-cut: ".into(), body: CALLER.into() };
    let text = check(vec![cut, ok(CALLER)]).await;
    assert_eq!(text, "1\npauses [1]");
}
