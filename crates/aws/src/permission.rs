//! Which permission a refused request would have needed.

/// Returns the IAM permission that `action` on a bucket needs: `list`, `read`, `write`, `delete`.
///
/// The words are those of `tidegate-store`'s errors. AWS answers 403 without naming the permission
/// when the caller may not list the bucket ("S3 User Guide", "Troubleshoot access denied").
#[must_use]
pub fn needed_for(action: &str) -> Option<&'static str> {
    let permissions = [
        ("list", "s3:ListBucket"),
        ("find", "s3:ListBucket"),
        ("read", "s3:GetObject"),
        ("write", "s3:PutObject"),
        ("delete", "s3:DeleteObject"),
        ("remove", "s3:DeleteObject"),
    ];
    permissions.iter().find(|(it, _)| *it == action).map(|(_, permission)| *permission)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_on_a_bucket_has_its_permission() {
        let check = |action| needed_for(action).unwrap_or("unknown");
        assert_eq!(check("list"), "s3:ListBucket");
        assert_eq!(check("read"), "s3:GetObject");
        assert_eq!(check("write"), "s3:PutObject");
        assert_eq!(check("delete"), "s3:DeleteObject");
        assert_eq!(check("think"), "unknown");
    }
}
