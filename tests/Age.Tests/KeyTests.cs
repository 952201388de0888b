using Mirror.Age.Format;

namespace Mirror.Age.Tests;

public class KeyTests
{
    private const string Secret = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    private const string Public = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    [Fact]
    public void The_pair_of_the_specification_is_read_and_written()
    {
        var identity = AgeIdentity.Parse(Secret);

        Assert.Equal(Secret, identity.ToText());
        Assert.Equal(Public, identity.Recipient.ToString());
        Assert.Equal(AgeRecipient.Parse(Public), identity.Recipient);
        Assert.Equal(AgeRecipient.Parse(Public).GetHashCode(), identity.Recipient.GetHashCode());
        Assert.NotEqual(AgeIdentity.Generate().Recipient, identity.Recipient);
    }

    [Fact]
    public void An_identity_prints_as_its_recipient() => Assert.Equal($"identity of {Public}", $"{AgeIdentity.Parse(Secret)}");

    [Theory]
    [InlineData("")]
    [InlineData("age1")]
    [InlineData(" " + Public)]
    [InlineData(Public + "q")]
    [InlineData("AGE1ZVKYG2LQZRAA2LNJVQEJ32NKUU0UES2S82HZRYE869XEEXVN73EQUNUJWJ")]
    [InlineData("Age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj")]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwk")]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw")]
    [InlineData("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujw\u0131")]
    [InlineData("age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")]
    [InlineData(Secret)]
    public void Anything_else_is_no_recipient(string text) => Assert.Throws<AgeKeyException>(() => AgeRecipient.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("AGE-SECRET-KEY-1")]
    [InlineData(Secret + "Q")]
    [InlineData("age-secret-key-1gfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpyysjzgfpq4egaex")]
    [InlineData("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEx")]
    [InlineData("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEQ")]
    [InlineData("AGE-SECRET-\u212aEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")]
    [InlineData("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR")]
    [InlineData(Public)]
    public void Anything_else_is_no_identity(string text) => Assert.Throws<AgeKeyException>(() => AgeIdentity.Parse(text));

    [Fact]
    public void A_bit_behind_the_last_byte_is_refused_though_the_checksum_is_right() =>
        Assert.Throws<AgeKeyException>(() => AgeRecipient.Parse("age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73epp9g8nq"));

    [Fact]
    public void Every_flipped_bit_of_a_key_is_refused()
    {
        for (var i = 0; i < Public.Length * 8; i++)
        {
            var spoilt = Public.ToCharArray();
            spoilt[i / 8] ^= (char)(1 << i % 8);

            Assert.Throws<AgeKeyException>(() => AgeRecipient.Parse(new string(spoilt)));
        }
    }

    [Fact]
    public void A_recipient_of_small_order_is_refused()
    {
        var failure = Assert.Throws<AgeKeyException>(() => AgeRecipient.Parse(Bech32.Encode("age", new byte[32])));

        Assert.Contains("small order", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_keys_have_comments_blank_lines_and_several_keys()
    {
        var other = AgeIdentity.Generate();

        var identities = AgeIdentity.ParseFile($"# created: today\r\n\r\n{Secret}\r\n  \n#{Public}\n{other.ToText()}");
        var recipients = AgeRecipient.ParseFile($"\n{Public}\n# the other\n{other.Recipient}\n");

        Assert.Equal([Secret, other.ToText()], identities.Select(identity => identity.ToText()));
        Assert.Equal([Public, other.Recipient.ToString()], recipients.Select(recipient => recipient.ToString()));
    }

    [Fact]
    public void An_error_in_a_file_names_the_line_and_not_the_secret()
    {
        var spoilt = $"{Secret[..^1]}Q";

        var identity = Assert.Throws<AgeKeyException>(() => AgeIdentity.ParseFile($"# key\n{Secret}\n{spoilt}\n"));
        var recipient = Assert.Throws<AgeKeyException>(() => AgeRecipient.ParseFile($"\n{Secret}\n"));

        Assert.StartsWith("line 3: not an age identity", identity.Message, StringComparison.Ordinal);
        Assert.StartsWith("line 2: this is a secret key, not a recipient", recipient.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("GFPYY", $"{identity}{recipient}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    public void A_file_without_a_key_is_refused(string text)
    {
        Assert.Throws<AgeKeyException>(() => AgeIdentity.ParseFile(text));
        Assert.Throws<AgeKeyException>(() => AgeRecipient.ParseFile(text));
    }
}
