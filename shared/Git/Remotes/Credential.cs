namespace Mirror.Git;

/// <summary>A user name and a password or token, for HTTP. Prints as stars, so that no log or error shows it by accident.</summary>
public sealed record Credential(string Username, string Password)
{
    public override string ToString() => "***";
}
