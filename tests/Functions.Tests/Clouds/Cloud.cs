namespace Mirror.Functions.Tests.Clouds;

/// <summary>
/// A bucket and two places for ledgers in a real store, and who may do what there: the near side all, the far side only read the bucket.
/// </summary>
internal abstract class Cloud
{
    public abstract string Bucket { get; }

    public abstract string NearState { get; }

    public abstract string FarState { get; }

    /// <summary>The section <c>credentials</c> of a configuration, and the variables that it names.</summary>
    public abstract (string Credentials, Dictionary<string, string> Variables) Near { get; }

    /// <summary>The same for who may only read the bucket.</summary>
    public abstract (string Credentials, Dictionary<string, string> Variables) Far { get; }

    /// <summary>What the far side is told when it wants to write into the bucket.</summary>
    public abstract string MissingRight { get; }

    /// <summary>A bucket that is not there, in the words of a location.</summary>
    public abstract string NoSuchBucket { get; }

    public abstract Task<IReadOnlyList<string>> ListAsync();

    public abstract Task DeleteAsync(string name);

    /// <summary>Sides whose bucket and ledgers are here.</summary>
    public async Task<PartitionSides> PlaceAsync()
    {
        var sides = await PartitionSides.CreateAsync();
        await ConfigureAsync(sides, sides.Near, sides.NearKeys, Bucket, NearState, Near);
        await ConfigureAsync(sides, sides.Far, sides.FarKeys, Bucket, FarState, Far);
        return sides;
    }

    public static async Task ConfigureAsync(
        PartitionSides sides, MirrorProgram side, string keys, string bucket, string state,
        (string Credentials, Dictionary<string, string> Variables) login)
    {
        foreach (var (name, value) in login.Variables)
        {
            side.Environment[name] = value;
            side.Secrets.Add(value);
        }
        await side.WriteAsync("mirror.yaml", $"store: {bucket}\nstate: {state}\n{keys}{login.Credentials}mirrors:\n"
            + $"{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}");
    }
}
