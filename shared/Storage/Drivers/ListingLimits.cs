using System.Security.Cryptography;
using System.Text;

namespace Mirror.Storage.Drivers;

/// <summary>Counts the pages of one listing, each of which says where the next one begins: it may go on for ever, or in a circle.</summary>
internal sealed class ListingLimits
{
    /// <summary>A thousand mirrors with a thousand bundles each.</summary>
    internal const int MaxObjects = 1_000_000;

    /// <summary>A store may give fewer objects than fit into a page, or none, but not for ever.</summary>
    internal const int MaxPages = 4_000;

    // Digests: a token may be long.
    private readonly HashSet<string> _tokens = [];
    private int _pages;
    private int _objects;

    /// <param name="next">The token that asks for the next page; null or empty after the last one.</param>
    public void Add(int objectCount, string? next)
    {
        _objects += objectCount;
        if (_objects > MaxObjects)
        {
            throw new InvalidDataException($"more than {MaxObjects} objects are listed: give the store a bucket or a prefix of its own");
        }
        if (string.IsNullOrEmpty(next))
        {
            return;
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
