using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>One of the bindings of a function.json.</summary>
internal sealed class Binding(JsonObject json)
{
    public string Type => Text("type") ?? throw new FunctionRefusedException("a binding has no type");

    public bool IsTrigger => Type.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase);

    public string Name => Needed("name");

    public string? Text(string name) => (json[name] as JsonValue)?.ToString();

    public string Needed(string name) => Text(name) is { Length: > 0 } text
        ? text
        : throw new FunctionRefusedException($"the binding '{Type}' has no {name}");

    public bool IsTrue(string name) => Text(name)?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    public IReadOnlyList<string> Texts(string name) => [.. (json[name] as JsonArray ?? []).Select(item => $"{item}")];
}
