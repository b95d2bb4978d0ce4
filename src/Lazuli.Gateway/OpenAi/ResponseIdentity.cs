using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>What all frames of one response share.</summary>
/// <param name="Id">E.g. <c>chatcmpl-…</c>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The resolved model version.</param>
/// <param name="SystemFingerprint">Changes when the model version or this program does: the same fingerprint and seed give the same text.</param>
internal sealed record ResponseIdentity(string Id, long Created, string Model, string SystemFingerprint)
{
    public const string DefaultServiceTier = "default";

    private const string IdAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly string s_program = typeof(ResponseIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static ResponseIdentity Create(string prefix, ServedModel model, TimeProvider time)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(model.ResolvedName + "\n" + s_program));
        return new ResponseIdentity(
            prefix + RandomNumberGenerator.GetString(IdAlphabet, 29),
            time.GetUtcNow().ToUnixTimeSeconds(),
            model.ResolvedName,
            "fp_" + Convert.ToHexStringLower(hash.AsSpan(0, 5)));
    }
}
