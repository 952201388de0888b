namespace Mirror.Storage;

/// <summary>Who to be at an S3 server.</summary>
public abstract record S3Login
{
    private S3Login()
    {
    }

    /// <summary>Who this machine is, in the order that Amazon gives: the AWS_ variables, a web
    /// identity, the shared files, the container's or the machine's role.</summary>
    public sealed record Machine : S3Login;

    /// <summary>A profile of the shared files, which may assume a role or log in by SSO.</summary>
    public sealed record Profile(string Name) : S3Login;

    public sealed record Keys(LoginSource<S3Keys> Source) : S3Login;
}

/// <param name="Token">Of temporary keys only.</param>
public sealed record S3Keys(string AccessKey, string SecretKey, string? Token);
