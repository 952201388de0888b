namespace Mirror.Storage;

/// <summary>The ways to log in at an S3 server.</summary>
public abstract record S3Login
{
    private S3Login()
    {
    }

    /// <summary>The identity of this machine, in Amazon's order: the AWS_ variables, a web identity, the shared files, the role of the
    /// container or machine.</summary>
    public sealed record Machine : S3Login;

    /// <summary>A profile of the shared files, which may assume a role or log in by SSO.</summary>
    public sealed record Profile(string Name) : S3Login;

    public sealed record Keys(LoginSource<S3Keys> Source) : S3Login;
}

/// <param name="Token">Null unless the keys are temporary.</param>
public sealed record S3Keys(string AccessKey, string SecretKey, string? Token);
