using Azure.Storage.Queues;

namespace Mirror.Functions.Serving;

/// <summary>The storage account whose queues the host polls, from the host's own settings.</summary>
internal static class QueueAccount
{
    private const string Setting = "AzureWebJobsStorage";

    /// <summary>For one request.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Returns a function that opens the account. If the settings are missing or invalid, it throws a
    /// <see cref="CallException"/>.</summary>
    public static Func<QueueMessageEncoding, QueueServiceClient> Find(Func<string, string?> environment)
    {
        var (connection, url, account) = (environment(Setting), environment($"{Setting}__queueServiceUri"),
            environment($"{Setting}__accountName"));
        return encoding =>
        {
            try
            {
                return connection is { Length: > 0 } ? new QueueServiceClient(connection, Options(encoding))
                    : url is { Length: > 0 } || account is { Length: > 0 }
                        ? new QueueServiceClient(new Uri(url is { Length: > 0 } ? url : $"https://{account}.queue.core.windows.net"),
                            MachineIdentity.Create(), Options(encoding))
                    : throw new CallException($"{Setting} is not set: the queues are in the account that it names");
            }
            catch (Exception wrong) when (wrong is FormatException or ArgumentException)
            {
                // The message does not quote the value, which may contain the account's key.
                throw new CallException($"{Setting}: {wrong.Message}");
            }
        };
    }

    /// <param name="retryCount">The number of retries.
    /// A working service answers in milliseconds, and a forge waits only ten seconds for its webhook.</param>
    internal static QueueClientOptions Options(QueueMessageEncoding encoding, int retryCount = 3) => new()
    {
        Transport = AzureTransport.Shared,
        MessageEncoding = encoding,
        Retry = { MaxRetries = retryCount, NetworkTimeout = Patience },
        // Trimming removes code that tracing needs; see build/AzureStorage.LinkAttributes.xml.
        Diagnostics = { IsDistributedTracingEnabled = false },
    };
}
