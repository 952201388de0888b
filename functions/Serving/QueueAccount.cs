using Azure.Storage.Queues;

namespace Mirror.Functions.Serving;

/// <summary>The storage account whose queues the host polls, by the settings with which the host finds it.</summary>
internal static class QueueAccount
{
    private const string Setting = "AzureWebJobsStorage";

    /// <summary>For one request.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What opens it; a <see cref="CallException"/>, when it is called,
    /// where the settings do not say which or say nonsense.</summary>
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
                // Which does not quote: it may hold the account's key.
                throw new CallException($"{Setting}: {wrong.Message}");
            }
        };
    }

    /// <param name="retryCount">The service answers in milliseconds, or not at all; a
    /// forge that waits for its webhook does so for ten seconds.</param>
    internal static QueueClientOptions Options(QueueMessageEncoding encoding, int retryCount = 3) => new()
    {
        Transport = AzureTransport.Shared,
        MessageEncoding = encoding,
        Retry = { MaxRetries = retryCount, NetworkTimeout = Patience },
        // The trimmer takes away what tracing needs: see build/AzureStorage.LinkAttributes.xml.
        Diagnostics = { IsDistributedTracingEnabled = false },
    };
}
