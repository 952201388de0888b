namespace Mirror.Git;

/// <summary>A user name and a password or token, for HTTP.
/// <see cref="ToString"/> gives stars, so that no log or error shows it by accident.</summary>
public sealed record Credential(string Username, string Password)
{
    /// <summary>Where it was found, as text for an error.</summary>
    public string? Origin { get; init; }

    /// <summary><see cref="Origin"/> does not count.</summary>
    public bool Equals(Credential? other) => other is not null && Username == other.Username && Password == other.Password;

    public override int GetHashCode() => HashCode.Combine(Username, Password);

    public override string ToString() => "***";
}
