namespace Mirror.Git.Tests.Protocol;

/// <summary>Listings in one line, so that a test can say what it expects.</summary>
internal static class Listings
{
    public static string Summary(this RefListing listing)
    {
        var words = new List<string> { listing.Format.Name };
        words.AddRange(listing.Head is { } head ? [$"HEAD:{head.Familiar}"] : []);
        words.AddRange(listing.HeadId is { } id ? [$"HEAD={Short(id)}"] : []);
        words.AddRange(listing.Refs.Select(found => $"{found.Name.Familiar}={Short(found.Id)}"
            + (listing.Peeled.TryGetValue(found.Id, out var peeled) ? $"^{Short(peeled)}" : "")));
        words.AddRange(listing.Haves.Select(have => $".have={Short(have)}"));
        words.AddRange(listing.Unusable.Select(name => $"!{name}"));
        return string.Join(' ', words);
    }

    private static string Short(ObjectId id) => id.ToString()[..1];
}
