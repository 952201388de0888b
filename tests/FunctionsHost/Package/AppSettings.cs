using System.Text.RegularExpressions;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>The application's settings, which become the handler's environment. The host finds them whatever their case.</summary>
internal sealed partial class AppSettings
{
    private readonly Dictionary<string, string> _values;

    public AppSettings(IReadOnlyDictionary<string, string> values)
    {
        _values = new(values, StringComparer.OrdinalIgnoreCase);
        _values.TryAdd(Runtime, "custom");
        if (_values[Runtime] != "custom")
        {
            throw new HostRefusedException($"{Runtime} is '{_values[Runtime]}': a custom handler wants 'custom'");
        }
    }

    private const string Runtime = "FUNCTIONS_WORKER_RUNTIME";

    public IEnumerable<KeyValuePair<string, string>> All => _values;

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>A connection is one setting here, a connection string; the real host also takes an identity, as several settings.</summary>
    public string FindConnection(string name)
    {
        if (_values.Keys.Any(key => key.StartsWith($"{name}__", StringComparison.OrdinalIgnoreCase)))
        {
            throw new NotSupportedException($"'{name}': a connection by identity is not played by this host");
        }
        return Find($"AzureWebJobs{name}") ?? Find(name)
            ?? throw new FunctionRefusedException($"there is no setting '{name}' for its connection");
    }

    /// <summary>Replaces each <c>%SETTING%</c>. One that is not there disables the function that asks for it.</summary>
    public string Expand(string text) => Reference().Replace(text, reference =>
        Find(reference.Groups[1].Value) ?? throw new FunctionRefusedException($"'{reference.Value}' does not resolve"));

    public bool IsDisabled(string function) =>
        Find($"AzureWebJobs.{function}.Disabled") is { } text
        && (text == "1" || text.Equals("true", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference();
}
