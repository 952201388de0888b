using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Reads a list of refspecs. Each error has the place of its refspec.</summary>
internal static class RefMapReader
{
    /// <summary>The map, or null if there is none or it has errors.</summary>
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

    // Together with a refspec that matches everything, so that an exclusion can be checked alone.
    private static string ParseOne(string refspec)
    {
        RefMap.Parse([refspec, "refs/*"]);
        return refspec;
    }
}
