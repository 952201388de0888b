using System.Text;

namespace Mirror.Git.Tests.Refs;

public class ObjectIdTests
{
    private const string Sha1 = "95d09f2b10159347eece71399a7e2e907ea3df4f";
    private const string Sha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";

    [Theory]
    [InlineData(Sha1, "sha1")]
    [InlineData(Sha256, "sha256")]
    public void Digits_tell_the_format_and_come_back_as_they_were(string hex, string format)
    {
        var id = ObjectId.Parse(hex);
        var written = new byte[hex.Length];
        id.WriteHex(written);

        Assert.Equal(format, id.Format.Name);
        Assert.Equal(hex, id.ToString());
        Assert.Equal(hex, Encoding.ASCII.GetString(written));
        Assert.Equal(hex[..10], id.Abbreviated);
        Assert.Equal(id, ObjectId.FromBytes(Convert.FromHexString(hex)));
        Assert.Equal(id, ObjectId.Parse(hex.ToUpperInvariant()));
        Assert.False(id.IsNull);
    }

    [Theory]
    [InlineData("")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4f0")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4g")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4 ")]
    [InlineData("0x5d09f2b10159347eece71399a7e2e907ea3df4f")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4é")]
    [InlineData("95d09f2b10159347eece71399a7e2e907ea3df4\0")]
    public void Anything_else_is_not_an_id(string hex)
    {
        Assert.False(ObjectId.TryParse(Encoding.UTF8.GetBytes(hex), out _));
        Assert.Throws<FormatException>(() => ObjectId.Parse(hex));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(33)]
    [InlineData(64)]
    public void So_many_bytes_are_not_an_id(int size) =>
        Assert.Throws<ArgumentException>(() => ObjectId.FromBytes(new byte[size]));

    [Fact]
    public void Ids_of_two_formats_are_never_equal_though_all_their_digits_are_zeros()
    {
        Assert.NotEqual(ObjectFormat.Sha1.Null, ObjectFormat.Sha256.Null);
        Assert.True(ObjectFormat.Sha1.Null.IsNull && ObjectFormat.Sha256.Null.IsNull);
        Assert.Equal(new string('0', 40), ObjectFormat.Sha1.Null.ToString());
        Assert.Equal(new string('0', 64), ObjectFormat.Sha256.Null.ToString());
    }

    [Fact]
    public void Ids_sort_as_their_digits_do()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var ids = Enumerable.Range(0, 500).Select(i => Any(random, i % 2 == 0 ? 20 : 32)).ToList();
        var byDigits = ids.OrderBy(id => id.ToString(), StringComparer.Ordinal).ToList();

        Assert.True(byDigits.SequenceEqual(ids.Order()), $"seed {seed}");
        Assert.True(byDigits.Zip(byDigits.Skip(1)).All(pair => pair.First < pair.Second && pair.Second >= pair.First), $"seed {seed}");
        Assert.Equal(500, ids.Distinct().Count());
    }

    [Fact]
    public void A_server_cannot_choose_ids_that_all_hash_alike()
    {
        var begins = Enumerable.Range(0, 1000).Select(i => ObjectId.Parse($"{i:x8}{i:x8}{new string('0', 24)}"));
        var ends = Enumerable.Range(1, 1000).Select(i => ObjectId.Parse($"{i:x40}"));

        Assert.InRange(begins.Concat(ends).Select(id => id.GetHashCode()).Distinct().Count(), 1990, 2000);
    }

    [Fact]
    public void A_place_that_is_too_small_for_the_digits_is_refused() =>
        Assert.Throws<ArgumentException>(() => ObjectId.Parse(Sha1).WriteHex(new byte[39]));

    private static ObjectId Any(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return ObjectId.FromBytes(bytes);
    }
}
