using System.Security.Cryptography;
using System.Text;

namespace Mirror.Storage.Drivers;

/// <summary>
/// Limits one listing. Callers may hold the whole result, and others may write into the store, so the number of objects and the size of
/// their keys are limited. Each page names the next one, so a listing could also be endless, go in a circle, or be as slow as the time
/// limit of each request allows.
/// </summary>
internal sealed class ListingLimits(TimeProvider time)
{
    /// <summary>A store may send pages with few objects or none, but not without end.</summary>
    internal const int MaxPages = 4_000;

    /// <summary>For listings in pages: a million objects, 1,000 per page, at nearly two seconds per page.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(30);

    private readonly long _began = time.GetTimestamp();

    // Digests of the tokens, since a token may be long.
    private readonly HashSet<string> _tokens = [];
    private int _pages;
    private int _objects;
    private int _entries;
    private long _keysSize;

    /// <summary>A thousand mirrors with a thousand bundles each.</summary>
    public int MaxObjects { get; init; } = 1_000_000;

    /// <summary>In characters of two bytes: 256 characters for each object. The key of a bundle has about 200.</summary>
    public long MaxKeysSize { get; init; } = 256_000_000;

    /// <summary>For a directory, where most files may belong to others. Each of them takes a check.</summary>
    public int MaxEntries { get; init; } = 4_000_000;

    public void AddObject(string? key)
    {
        if (++_objects > MaxObjects)
        {
            throw new InvalidDataException($"more than {MaxObjects} objects are listed: give the store a bucket or a prefix of its own");
        }
        AddName(key);
    }

    /// <summary>Counts a name that is held during the listing.</summary>
    public void AddName(string? name)
    {
        _keysSize += name?.Length ?? 0;
        if (_keysSize > MaxKeysSize)
        {
            throw new InvalidDataException(
                $"the listed keys have more than {MaxKeysSize} characters: give the store a bucket or a prefix of its own");
        }
    }

    /// <summary>Counts a file or folder that is checked.</summary>
    public void AddEntry()
    {
        if (++_entries > MaxEntries)
        {
            throw new InvalidDataException($"there are more than {MaxEntries} files and folders: give the store a directory of its own");
        }
    }

    /// <param name="next">The token for the next page; null or empty after the last page.</param>
    public void AddPage(string? next)
    {
        if (string.IsNullOrEmpty(next))
        {
            return;
        }
        if (time.GetElapsedTime(_began) >= MaxTime)
        {
            throw new BrokenAnswerException($"a listing is not complete after {MaxTime.TotalMinutes:0} minutes");
        }
        if (++_pages >= MaxPages)
        {
            throw new BrokenAnswerException($"a listing has more than {MaxPages} pages");
        }
        if (!_tokens.Add(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(next)))))
        {
            throw new BrokenAnswerException("a listing goes round in a circle: the same continuation token came twice");
        }
    }
}
