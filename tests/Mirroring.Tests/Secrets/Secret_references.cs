namespace Mirror.Mirroring.Tests;

public sealed class Secret_references
{
    [Theory]
    [InlineData("env:TOKEN", SecretKind.Environment, "TOKEN")]
    [InlineData("file:keys/far.key", SecretKind.File, "/etc/mirror/keys/far.key")]
    [InlineData("file:/keys/far.key", SecretKind.File, "/keys/far.key")]
    [InlineData("keyvault:https://v.vault.azure.net/secrets/app", SecretKind.KeyVault, "https://v.vault.azure.net/secrets/app")]
    [InlineData("keyvault:https://v.vault.azure.net/secrets/app/0a1b", SecretKind.KeyVault, "https://v.vault.azure.net/secrets/app/0a1b")]
    public void Say_where_the_secret_is(string text, SecretKind kind, string target)
    {
        var reference = SecretReference.Parse(text, "/etc/mirror");
        Assert.Equal((kind, target, text), (reference.Kind, reference.Target, reference.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hunter2")]
    [InlineData("ENV:hunter2")]
    [InlineData("env:")]
    [InlineData("env:hunter2 hunter2")]
    [InlineData("env:A=hunter2")]
    [InlineData("file:")]
    [InlineData("vault:hunter2")]
    [InlineData("keyvault:")]
    [InlineData("keyvault:hunter2")]
    [InlineData("keyvault:http://v.example/secrets/hunter2")]
    [InlineData("keyvault:https://v.example/keys/hunter2")]
    [InlineData("keyvault:https://v.example/secrets/")]
    [InlineData("keyvault:https://v.example/secrets/a/b/hunter2")]
    [InlineData("keyvault:https://u:hunter2@v.example/secrets/a")]
    [InlineData("keyvault:https://v.example/secrets/a?x=hunter2")]
    public void Are_refused_without_quoting_them(string text)
    {
        var exception = Assert.Throws<FormatException>(() => SecretReference.Parse(text, "/"));
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }
}
