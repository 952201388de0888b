using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Http;

/// <summary>The keys of an application: one for each function, and the master key, which opens all.</summary>
internal sealed class FunctionKeys
{
    private readonly ConcurrentDictionary<string, string> _keys = [];

    public string Master { get; } = NewKey();

    public string Of(string function) => _keys.GetOrAdd(function, _ => NewKey());

    /// <summary>The header goes before the query.</summary>
    public bool Admits(HttpRequest request, string function, KeyNeeded needed)
    {
        var given = request.Headers["x-functions-key"].FirstOrDefault() ?? request.Query["code"].FirstOrDefault();
        return needed switch
        {
            KeyNeeded.None => true,
            KeyNeeded.Function => given == Of(function) || given == Master,
            _ => given == Master,
        };
    }

    /// <summary>With the two signs at the end that a URL must escape, as the keys of the real host have them.</summary>
    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(40)).Replace('+', '-').Replace('/', '_');
}
