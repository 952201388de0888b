using System.Text;
using Mirror.Age.Signatures;

namespace Mirror.Age.Tests.Signatures;

public class SshSignatureTests
{
    private const string Ns = "mirror-head";

    private static readonly SigningKey Key = SigningKey.Generate("producer");
    private static readonly byte[] Message = "the head"u8.ToArray();
    private static readonly string Signature = Key.Sign(Message, Ns);
    private static readonly byte[] Raw = Convert.FromBase64String(string.Concat(Signature.Split('\n')[1..^2]));

    private static readonly Dictionary<string, (SignatureFailure Failure, string Text)> Illegal = new()
    {
        ["nothing"] = (SignatureFailure.Malformed, ""),
        ["no BEGIN"] = (SignatureFailure.Malformed, Signature[Signature.IndexOf('\n', StringComparison.Ordinal)..]),
        ["text before"] = (SignatureFailure.Malformed, $"\n{Signature}"),
        ["text behind"] = (SignatureFailure.Malformed, $"{Signature}x"),
        ["an empty line behind"] = (SignatureFailure.Malformed, $"{Signature}\n"),
        ["CRLF"] = (SignatureFailure.Malformed, Signature.Replace("\n", "\r\n", StringComparison.Ordinal)),
        ["another label"] = (SignatureFailure.Malformed, Signature.Replace("SSH", "PGP", StringComparison.Ordinal)),
        ["only the marks"] = (SignatureFailure.Malformed, "-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"),
        ["marks that share a line's end"] = (SignatureFailure.Malformed, "-----BEGIN SSH SIGNATURE----------END SSH SIGNATURE-----\n"),
        ["a byte behind"] = (SignatureFailure.Malformed, Armored([.. Raw, 0])),
        ["a byte too few"] = (SignatureFailure.Malformed, Armored(Raw[..^1])),
        ["another preamble"] = (SignatureFailure.Malformed, Armored(Blob(magic: "SSHSIH"))),
        ["version 2"] = (SignatureFailure.Malformed, Armored(Blob(version: 2))),
        ["version 0"] = (SignatureFailure.Malformed, Armored(Blob(version: 0))),
        ["something reserved"] = (SignatureFailure.Malformed, Armored(Blob(reserved: "x"))),
        ["sha1"] = (SignatureFailure.Malformed, Armored(Blob(hash: "sha1"))),
        ["another hash than was signed"] = (SignatureFailure.Wrong, Armored(Blob(hash: "sha256"))),
        ["another type of signature"] = (SignatureFailure.Malformed, Armored(Blob(type: "ssh-rsa"))),
        ["a signature too short"] = (SignatureFailure.Malformed, Armored(Blob(size: 63))),
        ["a signature too long"] = (SignatureFailure.Malformed, Armored(Blob(size: 65))),
        ["a signature of zeros"] = (SignatureFailure.Wrong, Armored(Blob(size: 64))),
        ["another namespace"] = (SignatureFailure.WrongNamespace, Key.Sign(Message, "file")),
        ["a longer namespace"] = (SignatureFailure.WrongNamespace, Key.Sign(Message, $"{Ns}\0")),
        ["no namespace"] = (SignatureFailure.WrongNamespace, Armored(Blob(ns: ""))),
        ["another message"] = (SignatureFailure.Wrong, Key.Sign([1], Ns)),
        ["another key"] = (SignatureFailure.Untrusted, SigningKey.Generate("").Sign(Message, Ns)),
        ["a public key too short"] = (SignatureFailure.Untrusted, Armored(Blob(publicKey: "x"))),
    };

    public static TheoryData<string> Names => [.. Illegal.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Illegal_signatures_do_not_count(string name) => Assert.Equal(Illegal[name].Failure, FailureOf(Illegal[name].Text, name));

    [Fact]
    public void The_signer_is_told_among_those_that_are_trusted()
    {
        VerifyingKey[] trusted = [SigningKey.Generate("other").VerifyingKey, Key.VerifyingKey];

        Assert.Same(trusted[1], SshSignature.Verify(Signature, Message, Ns, trusted));
        Assert.Equal(
            SignatureFailure.Untrusted, Assert.Throws<SignatureException>(() => SshSignature.Verify(Signature, Message, Ns, [])).Failure);
    }

    [Fact]
    public void The_fingerprint_of_an_unknown_signer_is_told()
    {
        var failure = Assert.Throws<SignatureException>(
            () => SshSignature.Verify(Signature, Message, Ns, [SigningKey.Generate("").VerifyingKey]));

        Assert.Contains(Key.VerifyingKey.Fingerprint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_for_no_purpose_is_neither_made_nor_asked_for()
    {
        Assert.Throws<ArgumentException>(() => Key.Sign(Message, ""));
        Assert.Throws<ArgumentException>(() => SshSignature.Verify(Signature, Message, "", [Key.VerifyingKey]));
    }

    [Fact]
    public void Only_the_last_line_s_end_may_be_missing()
    {
        Assert.Equal(Key.VerifyingKey, SshSignature.Verify(Signature[..^1], Message, Ns, [Key.VerifyingKey]));
        for (var size = 0; size < Signature.Length - 1; size++)
        {
            Assert.Equal(SignatureFailure.Malformed, FailureOf(Signature[..size], $"first {size}"));
        }
    }

    [Fact]
    public void Every_prefix_of_the_bytes_is_malformed()
    {
        for (var size = 0; size < Raw.Length; size++)
        {
            Assert.Equal(SignatureFailure.Malformed, FailureOf(Armored(Raw[..size]), $"first {size}"));
        }
    }

    [Fact]
    public void Every_flipped_bit_of_the_text_or_of_the_bytes_makes_it_not_count()
    {
        for (var bit = 0; bit < Raw.Length * 8; bit++)
        {
            var spoilt = Raw.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << bit % 8);

            Assert.True(FailureOf(Armored(spoilt), $"bit {bit}") is not null, $"bit {bit} of the bytes");
        }
        for (var bit = 0; bit < Signature.Length * 8; bit++)
        {
            var spoilt = Encoding.Latin1.GetBytes(Signature);
            spoilt[bit / 8] ^= (byte)(1 << bit % 8);

            Assert.True(FailureOf(Encoding.Latin1.GetString(spoilt), $"bit {bit}") is not null, $"bit {bit} of the text");
        }
    }

    private static byte[] Blob(
        string magic = "SSHSIG",
        uint version = 1,
        string? publicKey = null,
        string ns = Ns,
        string reserved = "",
        string hash = "sha512",
        string type = "ssh-ed25519",
        int? size = null)
    {
        var signature = size is { } wanted ? new byte[wanted] : Raw[^64..];
        return new SshWriter().Bytes(Encoding.ASCII.GetBytes(magic)).UInt32(version)
            .String(publicKey is null ? Key.VerifyingKey.Blob : Encoding.ASCII.GetBytes(publicKey)).String(ns).String(reserved).String(hash)
            .String(new SshWriter().String(type).String(signature).Written).Written.ToArray();
    }

    private static string Armored(byte[] blob) => SshArmor.Encode("SSH SIGNATURE", blob);

    /// <summary>Why a signature does not count; null when it does. Any other exception fails the test.</summary>
    private static SignatureFailure? FailureOf(string text, string place)
    {
        try
        {
            SshSignature.Verify(text, Message, Ns, [Key.VerifyingKey]);
            return null;
        }
        catch (SignatureException failure)
        {
            return failure.Failure;
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
            throw;
        }
    }
}
