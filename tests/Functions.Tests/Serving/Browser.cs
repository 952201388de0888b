using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>A real browser without a window: Debian's chromium-headless-shell or chromium.</summary>
internal static class Browser
{
    public const string Missing = "there is no chromium here: install chromium-headless-shell (100 MB to download, 306 MB installed)";

    public static string? Program { get; } = new[] { "chromium-headless-shell", "chromium" }
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The document as the browser has understood it.</summary>
    public static Task<string> DumpAsync(Uri address) => RunAsync("--dump-dom", address.AbsoluteUri);

    /// <summary>A picture of the page, as a PNG.</summary>
    public static async Task<byte[]> PictureAsync(Uri address, int width, int height)
    {
        var file = Path.Combine(Scratch.NewFolder("picture"), "page.png");
        await RunAsync($"--screenshot={file}", $"--window-size={width},{height}", "--hide-scrollbars", address.AbsoluteUri);
        return await File.ReadAllBytesAsync(file);
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        // Its sandbox needs what a container does not give it; it sees nothing but our own pages.
        var profile = Scratch.NewFolder("browser");
        return await new Command(Program!, ["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={profile}", .. arguments])
        {
            Environment = new Dictionary<string, string?> { ["HOME"] = profile },
        }.RunAsync();
    }
}

/// <summary>A test that needs a browser, and is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Program is null ? Browser.Missing : null;
}
