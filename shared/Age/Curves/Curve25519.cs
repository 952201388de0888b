using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using static Mirror.Age.Curves.LibCrypto;

namespace Mirror.Age.Curves;

/// <summary>
/// X25519, RFC 7748, and Ed25519, RFC 8032, which the base library lacks. Only this class uses OpenSSL's functions, so that NSec or the
/// base library can replace them. The caller checks the sizes.
/// </summary>
internal static class Curve25519
{
    public const int KeySize = 32;
    public const int SignatureSize = 64;

    public static byte[] X25519PublicKey(ReadOnlySpan<byte> secret) => PublicKey(X25519, secret);

    /// <summary>False if the shared secret is all zero.
    /// Then the peer is a point of small order, and the secret is known to everyone.</summary>
    public static bool TryX25519(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> peer, Span<byte> shared)
    {
        using var own = PrivateKey(X25519, secret);
        using var other = Made(EVP_PKEY_new_raw_public_key(X25519, 0, peer, KeySize));
        using var context = Made(EVP_PKEY_CTX_new(own, 0));
        Check(EVP_PKEY_derive_init(context));
        Check(EVP_PKEY_derive_set_peer(context, other));
        nuint size = KeySize;
        if (EVP_PKEY_derive(context, shared[..KeySize], ref size) <= 0)
        {
            // OpenSSL refuses an all-zero result itself, and leaves an error in the thread's queue.
            ERR_clear_error();
            return false;
        }
        return shared[..KeySize].ContainsAnyExcept((byte)0);
    }

    public static byte[] Ed25519PublicKey(ReadOnlySpan<byte> seed) => PublicKey(Ed25519, seed);

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        using var key = PrivateKey(Ed25519, seed);
        using var context = Made(EVP_MD_CTX_new());
        Check(EVP_DigestSignInit(context, 0, 0, 0, key));
        var signature = new byte[SignatureSize];
        nuint size = SignatureSize;
        Check(EVP_DigestSign(context, signature, ref size, message, (nuint)message.Length));
        return signature;
    }

    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var key = Made(EVP_PKEY_new_raw_public_key(Ed25519, 0, publicKey, KeySize));
        using var context = Made(EVP_MD_CTX_new());
        Check(EVP_DigestVerifyInit(context, 0, 0, 0, key));
        var isRight = EVP_DigestVerify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        ERR_clear_error();
        return isRight;
    }

    private static byte[] PublicKey(int type, ReadOnlySpan<byte> secret)
    {
        using var key = PrivateKey(type, secret);
        var bytes = new byte[KeySize];
        nuint size = KeySize;
        Check(EVP_PKEY_get_raw_public_key(key, bytes, ref size));
        return bytes;
    }

    private static PkeyHandle PrivateKey(int type, ReadOnlySpan<byte> secret) =>
        Made(EVP_PKEY_new_raw_private_key(type, 0, secret, KeySize));

    private static T Made<T>(T handle, [CallerArgumentExpression(nameof(handle))] string call = "")
        where T : SafeHandle =>
        handle.IsInvalid ? throw Failed(call) : handle;

    private static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 1)
        {
            throw Failed(call);
        }
    }

    private static CryptographicException Failed(string call)
    {
        ERR_clear_error();
        return new CryptographicException($"libcrypto: {call[..call.IndexOf('(')]} failed");
    }
}
