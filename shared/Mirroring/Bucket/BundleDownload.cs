using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A bundle of a chain on its way out of the bucket: decrypted and checked as it flows.</summary>
internal sealed class BundleDownload : IAsyncDisposable
{
    private readonly ChainEntry _entry;
    private readonly List<IAsyncDisposable> _streams = [];

    private readonly BundleSource _source;

    private BundleDownload(BundleSource source, ChainEntry entry) => (_source, _entry) = (source, entry);

    /// <summary>Whether the pack has been read, or begun to be.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>Whether all of it has proved to be what the head names.</summary>
    public bool IsProven { get; private set; }

    public Bundle Bundle { get; private set; } = null!;

    /// <summary>Opens it as far as its header, whose refs must be those that the head promises.</summary>
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
            // Whatever it is: nobody else could close what is open by now.
            await download.DisposeAsync();
            if (TryExplain(entry, wrong) is { } explained)
            {
                throw explained;
            }
            throw;
        }
    }

    /// <summary>Copies the pack. The last of it comes only when all of the object has proved to be what the head names.</summary>
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

    /// <summary>Reads on to the end, to know that it is whole.</summary>
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

    /// <summary>Adds which bundle it is to what its readers say.</summary>
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
