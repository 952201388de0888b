using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Reads a list of refspecs, and puts an error where the wrong one stands.</summary>
internal static class RefMapReader
{
    /// <summary>The map, or null where there is none or where it was reported as wrong.</summary>
    public static RefMap? Read(Section section, ErrorList errors)
    {
        var before = errors.Count;
        var refspecs = section.List("refs", ParseOne);
        if (!section.Has("refs") || errors.Count > before)
        {
            return null;
        }
        try
        {
            return RefMap.Parse(refspecs);
        }
        catch (FormatException exception)
        {
            errors.Add(section.KeyAt("refs"), $"refs: {exception.Message}");
            return null;
        }
    }

    // Beside one that takes everything, so that an exclusion can be judged alone.
    private static string ParseOne(string refspec)
    {
        RefMap.Parse([refspec, "refs/*"]);
        return refspec;
    }
}
