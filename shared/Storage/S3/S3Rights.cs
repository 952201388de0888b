using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>The permissions that an action needs, in the terms of a bucket policy.</summary>
internal static class S3Rights
{
    public static string Needed(S3Location address, StoreAction action)
    {
        var bucket = $"arn:aws:s3:::{address.Bucket}";
        var objects = address.Prefix.Length == 0 ? $"{bucket}/*" : $"{bucket}/{address.Prefix}/*";
        return action switch
        {
            StoreAction.List => $"it takes s3:ListBucket on {bucket}",
            StoreAction.LookAt or StoreAction.Read =>
                $"it takes s3:GetObject on {objects}; for what is absent, which is else denied too, s3:ListBucket on {bucket}",
            StoreAction.Write => $"it takes s3:PutObject on {objects}",
            StoreAction.Discard => $"it takes s3:AbortMultipartUpload on {objects}",
            StoreAction.Delete => $"it takes s3:GetObject and s3:DeleteObject on {objects}",
            _ => $"it takes s3:GetObject and s3:PutObject on {objects}",
        };
    }
}
