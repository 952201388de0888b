namespace Mirror.Age.Tests;

/// <summary>A valid file, spoilt: cut after every byte, with every bit flipped, with pieces lost, doubled or added.</summary>
public class DamageTests
{
    private static readonly byte[] Plaintext = "attack at dawn"u8.ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_prefix_fails(bool isArmored)
    {
        var file = await FileAsync(isArmored);
        // The line's end behind END may be missing.
        var size = isArmored ? file.Length - 1 : file.Length;
        for (var i = 0; i < size; i++)
        {
            var failure = await Sealed.FailureAsync(file[..i], $"first {i} of {file.Length} bytes");

            // Of a chunk nobody can tell whether it was cut or changed; what remains of it must only be longer than a tag.
            var isChunk = !isArmored && i >= file.Length - Plaintext.Length;
            Assert.True(failure == (isChunk ? AgeFailure.Payload : AgeFailure.Truncated), $"first {i} of {file.Length} bytes: {failure}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_flipped_bit_fails(bool isArmored)
    {
        var file = await FileAsync(isArmored);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            var spoilt = file.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << bit % 8);
            var failure = await Sealed.FailureAsync(spoilt, $"bit {bit}");

            Assert.True(failure is not null, $"bit {bit} of {file.Length * 8}");
        }
    }

    [Fact]
    public async Task Noise_and_doubled_or_lost_pieces_fail()
    {
        const int seed = 4099;
        var random = new Random(seed);
        var file = await FileAsync(isArmored: false);
        for (var i = 0; i < 2000; i++)
        {
            var (from, to) = (random.Next(file.Length), random.Next(file.Length));
            var noise = Sealed.RandomBytes(i, random.Next(1, 20));
            var place = $"seed {seed}, round {i}: from {from} to {to}, {noise.Length} bytes of noise";

            Assert.True(await Sealed.FailureAsync([.. file[..from], .. noise, .. file[to..]], place) is not null, place);
        }
    }

    private static async Task<byte[]> FileAsync(bool isArmored) => isArmored
        ? await AgeCommand.EncryptAsync(Plaintext, "-a", "-r", Sealed.Identity.Recipient.ToString())
        : await Sealed.EncryptAsync(Plaintext);
}
