//! A server of AWS's make that says what a test wants it to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// Who calls, whatever the credentials are.
pub(crate) const CALLER: &str = "<R><Account>111122223333</Account></R>";

/// Every list of EC2, with nothing in it.
pub(crate) const NOTHING: &str = "<R><networkInterfaceSet/><securityGroupInfo/>\
    <securityGroupRuleSet/><prefixListSet/><subnetSet/><vpcSet/><natGatewaySet/><reservationSet/>\
    <flowLogSet/></R>";

/// No function of Lambda.
pub(crate) const NO_FUNCTIONS: &str = r#"{"Functions": []}"#;

/// A server that answers each action as it is told, or denies it; returns the environment in which it
/// is found.
pub(crate) fn serve(
    answer: impl Fn(&str) -> Option<&'static str> + Send + 'static,
) -> Vec<(String, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            respond(stream.unwrap(), &answer);
        }
    });
    let pairs = [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", "AKID".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "hush".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

fn respond(mut stream: TcpStream, answer: &dyn Fn(&str) -> Option<&'static str>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap() > 2 {}
    let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
    let mut body = vec![0; length.map_or(0, |it| it.parse().unwrap())];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    let target = head.lines().find_map(|it| it.strip_prefix("x-amz-target: "));
    let of_target = target.and_then(|it| it.split('.').nth(1));
    let of_form = body.strip_prefix("Action=").and_then(|it| it.split('&').next());
    let action = of_form.or(of_target);
    let denial = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not \
        authorized.</Message></Error></Errors></Response>";
    let (status, text) = match answer(action.unwrap_or("ListFunctions")) {
        Some(text) if text.starts_with("<ErrorResponse>") => (409, text),
        Some(text) => (200, text),
        None => (403, denial),
    };
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    )
    .unwrap();
}
