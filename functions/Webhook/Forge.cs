namespace Mirror.Functions.Webhook;

/// <summary>Who calls, by the last word of the route.</summary>
internal enum Forge
{
    GitHub,
    GitLab,

    /// <summary>Whoever can sign a request: a script, or a forge with a small program before it.</summary>
    Generic,
}
