using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Age.Curves;

/// <summary>The OpenSSL 3 functions that the base library does not offer, EVP_PKEY(7).
/// .NET's own cryptography loads the same library.</summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    // obj_mac.h: NID_X25519 and NID_ED25519.
    public const int X25519 = 1034;
    public const int Ed25519 = 1087;

    static LibCrypto() =>
        NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, (name, assembly, path) => Load(name, assembly, path));

    internal static nint Load(string name, Assembly assembly, DllImportSearchPath? path) =>
        NativeLibrary.TryLoad(name, assembly, path, out var library)
            ? library
            : throw new DllNotFoundException($"{name} was not found: install OpenSSL 3, the package libssl3 or openssl-libs");

    [LibraryImport(Library)]
    public static partial PkeyHandle EVP_PKEY_new_raw_private_key(int type, nint engine, ReadOnlySpan<byte> key, nuint size);

    [LibraryImport(Library)]
    public static partial PkeyHandle EVP_PKEY_new_raw_public_key(int type, nint engine, ReadOnlySpan<byte> key, nuint size);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_raw_public_key(PkeyHandle key, Span<byte> destination, ref nuint size);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    public static partial PkeyContextHandle EVP_PKEY_CTX_new(PkeyHandle key, nint engine);

    [LibraryImport(Library)]
    private static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive_init(PkeyContextHandle context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive_set_peer(PkeyContextHandle context, PkeyHandle peer);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_derive(PkeyContextHandle context, Span<byte> secret, ref nuint size);

    [LibraryImport(Library)]
    public static partial DigestContextHandle EVP_MD_CTX_new();

    [LibraryImport(Library)]
    private static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSignInit(DigestContextHandle context, nint keyContext, nint digest, nint engine, PkeyHandle key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSign(
        DigestContextHandle context, Span<byte> signature, ref nuint signatureSize, ReadOnlySpan<byte> message, nuint messageSize);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerifyInit(DigestContextHandle context, nint keyContext, nint digest, nint engine, PkeyHandle key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerify(
        DigestContextHandle context, ReadOnlySpan<byte> signature, nuint signatureSize, ReadOnlySpan<byte> message, nuint messageSize);

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    internal sealed class PkeyHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    internal sealed class PkeyContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_PKEY_CTX_free(handle);
            return true;
        }
    }

    internal sealed class DigestContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }
}
