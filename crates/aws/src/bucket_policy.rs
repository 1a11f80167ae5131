//! Policies of buckets: who else may write into them.

use serde_json::Value;

use crate::call::request::{Request, get as get_request};
use crate::call::service::S3;
use crate::call::{self};
use crate::{Region, Result};

/// Bytes that a policy of a bucket may have ("Bucket policies" in the S3 User Guide).
pub const POLICY_BYTES_MAX: usize = 20 << 10;

/// Returns the policy of a bucket of this region, if it has one.
pub async fn get(region: &Region, bucket: &str) -> Result<Option<Value>> {
    let request = Request {
        bucket: Some(bucket.to_owned()),
        ..get_request(&S3, "GetBucketPolicy", "/?policy".to_owned())
    };
    match call::json(region, &request).await {
        Ok(policy) => Ok(Some(policy).filter(Value::is_object)),
        Err(error) if error.code() == Some("NoSuchBucketPolicy") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Gives a bucket of this region a policy, in place of the one that it has: put what is to stay
/// into it.
pub async fn put(region: &Region, bucket: &str, policy: &Value) -> Result<()> {
    let request = Request {
        method: "PUT",
        bucket: Some(bucket.to_owned()),
        headers: vec![("content-type", "application/json".to_owned())],
        body: policy.to_string(),
        ..get_request(&S3, "PutBucketPolicy", "/?policy".to_owned())
    };
    call::bytes(region, &request).await?;
    Ok(())
}
