using System.Diagnostics;

namespace Mirror.Storage.Tests;

/// <summary>
/// Counts the requests that this process makes for URLs with a text in them. Where there is a query, the URL ends in '?*'.
/// </summary>
internal sealed class RequestCount : IDisposable
{
    private readonly ActivityListener _listener;
    private int _value;

    public RequestCount(string text)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = request =>
            {
                var url = request.GetTagItem("url.full") as string ?? "";
                if (url.Contains(text, StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _value);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Value => Volatile.Read(ref _value);

    public void Dispose() => _listener.Dispose();
}
