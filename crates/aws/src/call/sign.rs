//! Signatures: version 4, by the library of the SDKs.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;

use super::request::Request;
use super::service::S3;

/// Returns the headers that a signed request to `url` has, or why it cannot be signed.
pub(super) fn headers(
    request: &Request,
    url: &str,
    signing_region: &str,
    credentials: &Credentials,
    time: SystemTime,
) -> Result<Vec<(String, String)>, String> {
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(signing_region)
        .name(request.service.name)
        .time(time)
        .settings(settings(request))
        .build()
        .map_err(|it| it.to_string())?
        .into();
    let given = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let body = SignableBody::Bytes(request.body.as_bytes());
    let signable = SignableRequest::new(request.method, url, given.clone(), body);
    let signed = sign(signable.map_err(|it| it.to_string())?, &params);
    let (instructions, _) = signed.map_err(|it| it.to_string())?.into_parts();
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Ok(given.chain(instructions.headers()).map(owned).collect())
}

/// S3 wants the path as it is, and the sum of the body beside it.
fn settings(request: &Request) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if request.service == &S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::request::{Params, get, query};
    use super::super::service::EC2;
    use super::*;

    fn check(request: &Request, url: &str) -> String {
        let credentials =
            Credentials::new("AKID", "hush", Some("session".to_owned()), None, "test");
        let time = SystemTime::UNIX_EPOCH + Duration::from_hours(492_336);
        let headers = headers(request, url, "eu-west-1", &credentials, time).unwrap();
        let lines: Vec<String> = headers.iter().map(|it| format!("{}: {}", it.0, it.1)).collect();
        let text = lines.join("\n");
        assert!(!text.contains("hush"), "{text}");
        text
    }

    #[test]
    fn a_request_is_signed_for_its_service_region_and_time() {
        let form = query(&EC2, "DescribeVpcs", Params::new());
        insta::assert_snapshot!(check(&form, "https://ec2.eu-west-1.amazonaws.com/"), @"
        content-type: application/x-www-form-urlencoded; charset=utf-8
        x-amz-date: 20260302T000000Z
        authorization: AWS4-HMAC-SHA256 Credential=AKID/20260302/eu-west-1/ec2/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=f3c200a07b8ee8d68eb0f97d7a506c4a529ef739aa92868257e25cad8385b43d
        x-amz-security-token: session
        ");
        let bucket = get(&S3, "GetBucketPolicy", "/?policy".to_owned());
        insta::assert_snapshot!(check(&bucket, "https://b.s3.eu-west-1.amazonaws.com/?policy"), @"
        x-amz-date: 20260302T000000Z
        authorization: AWS4-HMAC-SHA256 Credential=AKID/20260302/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=ed5ca4d7e2510e4351cd2c9ed4709db3f7e078ed7cf4ce46513757dcadcd367d
        x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        x-amz-security-token: session
        ");
    }
}
