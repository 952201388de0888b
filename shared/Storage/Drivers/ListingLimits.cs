using System.Security.Cryptography;
using System.Text;

namespace Mirror.Storage.Drivers;

/// <summary>
/// Counts what one listing gives. Whoever lists may hold all of it, so neither the number of objects nor the size of their keys is left to
/// those who write into the store; and each page says where the next one begins, so it may go on for ever, or in a circle, or come just
/// before its request times out.
/// </summary>
internal sealed class ListingLimits(TimeProvider time)
{
    /// <summary>A store may give fewer objects than fit into a page, or none, but not for ever.</summary>
    internal const int MaxPages = 4_000;

    /// <summary>Of pages: a million objects, 1,000 a page, at nearly two seconds a page.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(30);

    private readonly long _began = time.GetTimestamp();

    // Digests: a token may be long.
    private readonly HashSet<string> _tokens = [];
    private int _pages;
    private int _objects;
    private int _entries;
    private long _keysSize;

    /// <summary>A thousand mirrors with a thousand bundles each.</summary>
    public int MaxObjects { get; init; } = 1_000_000;

    /// <summary>In characters of two bytes: 256 for each object. The key of a bundle has about 200.</summary>
    public long MaxKeysSize { get; init; } = 256_000_000;

    /// <summary>Of a directory: most files in it may be somebody else's, but each costs a look.</summary>
    public int MaxEntries { get; init; } = 4_000_000;

    public void AddObject(string? key)
    {
        if (++_objects > MaxObjects)
        {
            throw new InvalidDataException($"more than {MaxObjects} objects are listed: give the store a bucket or a prefix of its own");
        }
        AddName(key);
    }

    /// <summary>A name that is held during the listing.</summary>
    public void AddName(string? name)
    {
        _keysSize += name?.Length ?? 0;
        if (_keysSize > MaxKeysSize)
        {
            throw new InvalidDataException(
                $"the listed keys have more than {MaxKeysSize} characters: give the store a bucket or a prefix of its own");
        }
    }

    /// <summary>A file or a folder that is looked at.</summary>
    public void AddEntry()
    {
        if (++_entries > MaxEntries)
        {
            throw new InvalidDataException($"there are more than {MaxEntries} files and folders: give the store a directory of its own");
        }
    }

    /// <param name="next">The token that asks for the next page; null or empty after the last one.</param>
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
