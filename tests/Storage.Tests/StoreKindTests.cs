using Mirror.Storage.Azure;
using Mirror.Storage.S3;

namespace Mirror.Storage.Tests;

/// <summary>What a driver says of its own places and logins, so that nobody else has to know it.</summary>
public sealed class StoreKindTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("./a", "/etc/a", "")]
    [InlineData("az://account/container/a/b?endpoint=https://a.example", "az://account/container/a/b", "a/b")]
    [InlineData("s3://bucket/a?region=eu-west-1", "s3://bucket/a", "a")]
    public void A_place_is_read_by_the_kind_that_its_scheme_names(string text, string expected, string prefix)
    {
        var location = StoreLocation.Parse(text, "/etc");

        Assert.Equal((expected, prefix), (location.ToString(), location.Prefix));
        Assert.Contains(location.Kind, StoreKinds.All);
        Assert.Equal(expected, ObjectStore.Open(location, LoginValues.None, TimeProvider.System).Name);
    }

    [Theory]
    [InlineData("gs://bucket", "is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]")]
    [InlineData("az:account", "is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]")]
    [InlineData("az://account/container?endpoint=https://me:secret@a.example",
        "a URL in a file holds no user name or password: put them under 'credentials'")]
    [InlineData("s3://bucket?endpoint=https://a.example/%3Fsig=secret", "a URL here has no query and no fragment")]
    [InlineData("s3://bucket?endpoint=ftp://a.example", "endpoint: an http or https URL")]
    public void What_is_no_place_is_not_quoted(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => StoreLocation.Parse(text, "/")).Message);

    [Fact]
    public void A_key_belongs_to_one_way_of_logging_in()
    {
        foreach (var kind in StoreKinds.All)
        {
            var names = kind.Logins.SelectMany(way => way.Keys).Select(key => key.Name).ToList();
            Assert.Equal(names.Distinct(), names);
            Assert.All(kind.Logins, way => Assert.False(way.Keys[0].IsOptional));
        }
    }

    [Fact]
    public async Task A_login_is_made_of_the_keys_that_are_there()
    {
        Assert.IsType<AzureLogin.Machine>(AzureKind.LoginOf(LoginValues.None));
        Assert.IsType<AzureLogin.ConnectionString>(AzureKind.LoginOf(Secrets("connection_string")));
        Assert.IsType<AzureLogin.Signature>(AzureKind.LoginOf(Secrets("sas")));

        Assert.IsType<S3Login.Machine>(S3Kind.LoginOf(LoginValues.None));
        Assert.Equal(new S3Login.Profile("backup"),
            S3Kind.LoginOf(new LoginValues { Words = new Dictionary<string, string> { ["profile"] = "backup" } }));
        var fixedKeys = Assert.IsType<S3Login.Keys>(S3Kind.LoginOf(Secrets("access_key", "secret_key")));
        Assert.Equal(new S3Keys("access_key New", "secret_key New", null), await fixedKeys.Source(LoginAge.New, CancellationToken.None));
        var temporary = Assert.IsType<S3Login.Keys>(S3Kind.LoginOf(Secrets("access_key", "secret_key", "session_token")));
        Assert.Equal("session_token Any", (await temporary.Source(LoginAge.Any, CancellationToken.None)).Token);
    }

    [Fact]
    public void What_makes_a_login_good_is_a_secret_by_itself()
    {
        var keys = StoreKinds.Find("az")!.Logins.SelectMany(way => way.Keys).ToDictionary(key => key.Name);

        Assert.Equal(["a%2Fb", "a/b"], keys["sas"].SecretParts("sv=2024&sp=rl&sig=a%2Fb&se=2030"));
        Assert.Equal(["a/b==", "a/b=="], keys["connection_string"].SecretParts("AccountName=x;AccountKey=a/b==;EndpointSuffix=y"));
        Assert.Empty(keys["sas"].SecretParts("nonsense"));
    }

    private static LoginValues Secrets(params string[] names) => new()
    {
        Secrets = names.ToDictionary(
            name => name, LoginSource<string> (name) => (age, _) => ValueTask.FromResult($"{name} {age}")),
        Words = Nothing,
    };
}
