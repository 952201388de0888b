using System.Text.Json;
using Mirror.Functions.Output;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Jobs;

/// <summary>The kind of job for a mirror.</summary>
internal enum JobKind
{
    Produce,
    Sync,
    Consume,
}

/// <summary>
/// A queue message: it is a mirror's turn. It is only a hint, since the job itself finds out what there is to do. Its fields have other
/// names than the host's metadata, which would replace them.
/// </summary>
internal sealed record JobMessage(JobKind Job, string Mirror, string Cause, DateTimeOffset Planned)
{
    // Messages of a later release may contain fields that this one does not know.
    private const int Format = 1;

    /// <summary>A mirror's name is part of a key of at most 1,024 bytes, and the other fields are short.</summary>
    private const int MaxSize = 8 * 1024;

    public string ToText() => JsonLine.Of(json =>
    {
        json.WriteNumber("format", Format);
        json.WriteString("job", Job.ToString().ToLowerInvariant());
        json.WriteString("mirror", Mirror);
        json.WriteString("cause", Cause);
        json.WriteString("planned", Iso8601.Of(Planned));
    });

    /// <summary>Reads a message. A <see cref="CallException"/> tells why it is not valid.</summary>
    public static JobMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > MaxSize)
        {
            throw new CallException($"the message is {bytes.Length} bytes long, and ours have at most {MaxSize}");
        }
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return Read(document.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new CallException("the message is not one of ours: a JSON object with format, job, mirror, cause and planned");
        }
    }

    private static JobMessage Read(JsonElement root)
    {
        var format = root.GetProperty("format").GetInt32();
        if (format != Format)
        {
            throw new CallException($"the message has format {format}; this release supports {Format}: it comes from a newer release");
        }
        var job = root.GetProperty("job").GetString() switch
        {
            JobState.Produce => JobKind.Produce,
            JobState.Sync => JobKind.Sync,
            JobState.Consume => JobKind.Consume,
            _ => throw new FormatException("no such job"),
        };
        return new JobMessage(job, Text(root, "mirror"), Text(root, "cause"), root.GetProperty("planned").GetDateTimeOffset());
    }

    private static string Text(JsonElement root, string name) =>
        root.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");
}
