namespace Mirror.Functions.Webhook;

/// <summary>The caller, by the last segment of the route.</summary>
internal enum Forge
{
    GitHub,
    GitLab,

    /// <summary>Anything that can sign a request: a script, or another forge with a small adapter.</summary>
    Generic,
}
