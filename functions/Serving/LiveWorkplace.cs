using System.Diagnostics.CodeAnalysis;

namespace Mirror.Functions.Serving;

/// <summary>The configuration as it is now, and what it opens: read again when its file has changed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
internal sealed class LiveWorkplace(string file)
{
    private readonly SemaphoreSlim _turn = new(1);
    private (DateTime Written, Workplace Workplace)? _current;

    /// <summary>A configuration that cannot be used is a <see cref="UsageException"/>, of this call and of each until it is mended.</summary>
    public async Task<Workplace> GetAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            var written = File.GetLastWriteTimeUtc(file);
            if (_current?.Written != written)
            {
                // The old one is left to the collector: calls may be under way with it.
                _current = (written, await Workplace.OpenAsync(file, cancellation));
            }
            return _current.Value.Workplace;
        }
        finally
        {
            _turn.Release();
        }
    }
}
