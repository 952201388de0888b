using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Downloads a bundle of a chain, and decrypts and checks it while it is read.</summary>
internal sealed class BundleDownload : IAsyncDisposable
{
    private readonly ChainEntry _entry;
    private readonly List<IAsyncDisposable> _streams = [];

    private readonly BundleSource _source;

    private BundleDownload(BundleSource source, ChainEntry entry) => (_source, _entry) = (source, entry);

    /// <summary>Whether reading the pack has begun.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Whether the whole object has matched the head.</summary>
    public bool IsProven { get; private set; }

    public Bundle Bundle { get; private set; } = null!;

    /// <summary>Opens the object and reads the bundle's header, whose refs must match the head.</summary>
    public static async Task<BundleDownload> OpenAsync(BundleSource source, ChainEntry entry, CancellationToken cancellation)
    {
        var download = new BundleDownload(source, entry);
        try
        {
            await download.BeginAsync(cancellation);
            return download;
        }
        catch (Exception wrong)
        {
            // Any exception: the caller has no reference yet with which it could close the streams.
            await download.DisposeAsync();
            if (TryExplain(entry, wrong) is { } explained)
            {
                throw explained;
            }
            throw;
        }
    }

    /// <summary>Copies the pack. Its last bytes are only copied after the whole object has matched the head.</summary>
    public async Task CopyPackAsync(Stream destination, CancellationToken cancellation)
    {
        IsSpent = true;
        try
        {
            await new PackTransfer(Bundle.Pack, Bundle.ObjectCount, _source.Meter).CopyToAsync(destination, cancellation);
            IsProven = true;
        }
        catch (AgeException wrong)
        {
            throw ChainException.BadBundle(_entry, wrong.Message, wrong);
        }
    }

    /// <summary>Reads to the end, to verify the whole object.</summary>
    public Task DrainAsync(CancellationToken cancellation) => CopyPackAsync(Stream.Null, cancellation);

    private async Task BeginAsync(CancellationToken cancellation)
    {
        var reader = Keep(await _source.Bucket.OpenReadAsync(_entry.Key, offset: 0, cancellation));
        var digest = Keep(new DigestReader(reader, _entry));
        var file = Keep(await AgeFile.DecryptAsync(digest, _source.Identities, cancellation));
        if (file.Fingerprint != _entry.HeaderSha256)
        {
            throw new BundleException("it is another file than the one that the head names");
        }
        Bundle = await Bundle.OpenAsync(file, cancellation);
        if (RefsDigest.Of(Bundle.Header.Refs) != _entry.RefsDigest)
        {
            throw new BundleException("its refs are not those that the head names");
        }
    }

    private T Keep<T>(T stream)
        where T : IAsyncDisposable
    {
        _streams.Add(stream);
        return stream;
    }

    /// <summary>Adds the bundle's number to an error of its readers.</summary>
    private static ChainException? TryExplain(ChainEntry entry, Exception wrong) => wrong switch
    {
        AgeException or BundleException => ChainException.BadBundle(entry, wrong.Message, wrong),
        StorageException { Failure: StorageFailure.NotFound } =>
            new ChainException(ChainFailure.MissingBundle, $"bundle {entry.Sequence} is absent from the bucket", wrong),
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        for (var i = _streams.Count - 1; i >= 0; i--)
        {
            await _streams[i].DisposeAsync();
        }
    }
}
