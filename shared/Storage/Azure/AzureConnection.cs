using Azure;
using Azure.Storage.Blobs;
using Mirror.Storage.Logins;

namespace Mirror.Storage.Azure;

internal enum AzureIdentity
{
    /// <summary>A user or machine that Entra authenticates, whose permissions are roles.</summary>
    Entra,

    /// <summary>The account key, which has all permissions.</summary>
    Key,

    /// <summary>A shared access signature, which contains its permissions.</summary>
    Signature,
}

/// <summary>A container with one login. Errors about an invalid login never show the login.</summary>
internal sealed record AzureConnection(BlobContainerClient Container, AzureIdentity Identity, AzureSignature? Signature)
{
    /// <summary>Connects at the first request, and again when the store refuses the login and there is another one.</summary>
    public static RotatingClient<string, AzureConnection> Rotating(AzureLocation address, AzureLogin login) => login switch
    {
        AzureLogin.ConnectionString given => Rotating(given.Source, text => ByConnectionString(address, text.Trim())),
        AzureLogin.Signature given => Rotating(given.Source, text => BySignature(address, text.Trim())),
        _ => Rotating((_, _) => ValueTask.FromResult(""), _ => ByMachine(address)),
    };

    private static RotatingClient<string, AzureConnection> Rotating(LoginSource<string> source, Func<string, AzureConnection> connect) =>
        new(source, connect, failure => failure is RequestFailedException { Status: 401 or 403 });

    private static AzureConnection ByMachine(AzureLocation address)
    {
        var url = UrlOf(address);
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidDataException(
                "a machine's identity is only shown over https: use a connection string or a signature with http");
        }
        return new AzureConnection(new BlobContainerClient(url, MachineIdentity.Create(), AzurePipeline.Options()),
            AzureIdentity.Entra, Signature: null);
    }

    private static AzureConnection BySignature(AzureLocation address, string text)
    {
        var signature = AzureSignature.Parse(text)
            ?? throw new InvalidDataException("the login is no shared access signature: one looks like 'sv=…&sp=…&se=…&sig=…'");
        var credential = new AzureSasCredential(text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..]);
        return new AzureConnection(
            new BlobContainerClient(UrlOf(address), credential, AzurePipeline.Options()), AzureIdentity.Signature, signature);
    }

    private static AzureConnection ByConnectionString(AzureLocation address, string text)
    {
        var container = Connect(address, text);
        if (container.AccountName is { Length: > 0 } account && account != address.Account)
        {
            throw new InvalidDataException($"the connection string is for the account '{account}'");
        }
        const string signatureField = "SharedAccessSignature=";
        var field = text.Split(';').FirstOrDefault(field => field.StartsWith(signatureField, StringComparison.OrdinalIgnoreCase));
        return field is null
            ? new AzureConnection(container, AzureIdentity.Key, Signature: null)
            : new AzureConnection(container, AzureIdentity.Signature, AzureSignature.Parse(field[signatureField.Length..]));
    }

    private static BlobContainerClient Connect(AzureLocation address, string text)
    {
        try
        {
            return new BlobContainerClient(text, address.Container, AzurePipeline.Options());
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException or InvalidOperationException)
        {
            // No inner exception, since its message may hold a part of the key.
            throw new InvalidDataException(
                "the login is no connection string: one looks like 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…'");
        }
    }

    private static Uri UrlOf(AzureLocation address)
    {
        var endpoint = address.Endpoint?.AbsoluteUri.TrimEnd('/') ?? $"https://{address.Account}.blob.core.windows.net";
        return new Uri($"{endpoint}/{address.Container}");
    }
}
