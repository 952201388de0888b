namespace Mirror.Tests.Servers;

/// <summary>
/// A hang is a failed test and not a stuck build. How long a thing takes is never tested: a loaded machine takes as long as it likes.
/// </summary>
public static class Hang
{
    /// <summary>Long enough for the largest corpus with ten other suites beside it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
}
