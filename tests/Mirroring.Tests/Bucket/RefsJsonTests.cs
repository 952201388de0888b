using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Mirror.Mirroring.Tests;

/// <summary>Refs are taken out of a document that comes in pieces.</summary>
public sealed class RefsJsonTests
{
    private const string Id = "0123456789012345678901234567890123456789";
    private const string Document = $$$"""
        { "format": 1, "published": { "refs": 7 }, "note": "caf\u00e9",
          "state": { "refs": { "refs/heads/caf\u00e9": "{{{Id}}}", "refs/heads/z\"": "{{{Id}}}" }, "chain": [ "é" ] }, "fence": 3 }
        """;

    [Fact]
    public void The_rest_of_a_document_is_the_same_wherever_it_is_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Document);
        var whole = RefsJson.TakeOut(new ReadOnlySequence<byte>(bytes), 8, int.MaxValue);

        var (json, refs) = RefsJson.TakeOut(OneByteEach(bytes), 8, int.MaxValue);

        Assert.Equal(["refs/heads/café", "refs/heads/z\""], refs!.Select(found => found.Name.ToString()));
        Assert.Equal(whole.Refs!, refs!);
        Assert.Equal(whole.Json.ToArray(), json.ToArray());
        Assert.Equal("{}", JsonDocument.Parse(json).RootElement.GetProperty("state").GetProperty("refs").GetRawText());
    }

    [Theory]
    [InlineData("""{ "format": 1 }""")]
    [InlineData("""{ "refs": [] }""")]
    [InlineData("""{ "published": { "refs": {} } }""")]
    [InlineData("""{ "state": { "chain": { "refs": {} } } }""")]
    public void A_document_without_refs_in_their_place_is_left_as_it_is(string text)
    {
        var (json, refs) = RefsJson.TakeOut(OneByteEach(Encoding.UTF8.GetBytes(text)), 8, int.MaxValue);

        Assert.Null(refs);
        Assert.Equal(text, Encoding.UTF8.GetString(json.Span));
    }

    [Fact]
    public void No_part_of_a_document_is_taken_for_a_document()
    {
        var bytes = Encoding.UTF8.GetBytes(Document.TrimEnd());

        Assert.All(Enumerable.Range(1, bytes.Length - 1), size =>
            Assert.ThrowsAny<JsonException>(() => RefsJson.TakeOut(OneByteEach(bytes[..size]), 8, int.MaxValue)));
    }

    [Fact]
    public void What_is_wrong_behind_very_many_refs_has_its_own_line()
    {
        var refs = string.Join(",\n", Enumerable.Range(10, 90).Select(i => $"\"refs/heads/{i}\": \"{Id}\""));
        var bytes = Encoding.UTF8.GetBytes($"{{ \"refs\": {{\n{refs} }},\n \"chain\": oops }}");

        var wrong = Assert.ThrowsAny<JsonException>(() => RefsJson.TakeOut(new ReadOnlySequence<byte>(bytes), 8, int.MaxValue));

        Assert.Equal(91, wrong.LineNumber);
    }

    [Theory]
    [InlineData("""{ "refs": {}, "managed": "123456789" }""")]
    [InlineData("""{ "managed": "123456789123456789" }""")]
    public void What_stands_beside_the_refs_has_a_limit(string text)
    {
        var bytes = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text));

        Assert.Contains("at most 30 are read", Assert.Throws<FormatException>(() => RefsJson.TakeOut(bytes, 8, 30)).Message,
            StringComparison.Ordinal);
    }

    private static ReadOnlySequence<byte> OneByteEach(byte[] bytes)
    {
        var first = new BytesSegment(bytes.AsMemory(0, 1), null);
        var last = first;
        for (var i = 1; i < bytes.Length; i++)
        {
            last = new BytesSegment(bytes.AsMemory(i, 1), last);
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }
}
