using System.Numerics;
using System.Security.Cryptography;

namespace Lazuli.Proofs.Tests;

/// <summary>RFC 6962 section 2.1, word for word and recursive, over the leaves [start, start + n); roots seen before are looked up, nothing else is clever.</summary>
internal sealed class ReferenceTree(byte[][] leaves)
{
    private readonly Dictionary<(int Start, int Count), byte[]> _roots = [];

    public byte[] Root(int n) => Root(0, n);

    /// <summary>PATH(m, D[n]).</summary>
    public List<byte[]> Path(int m, int n) => Path(m, 0, n);

    /// <summary>PROOF(m, D[n]) for 0 &lt; m &lt;= n.</summary>
    public List<byte[]> Proof(int m, int n) => SubProof(m, 0, n, true);

    private byte[] Root(int start, int n)
    {
        if (!_roots.TryGetValue((start, n), out byte[]? root))
        {
            root = n switch
            {
                0 => SHA256.HashData([]),
                1 => SHA256.HashData([0, .. leaves[start]]),
                _ => SHA256.HashData([1, .. Root(start, Split(n)), .. Root(start + Split(n), n - Split(n))]),
            };
            _roots.Add((start, n), root);
        }

        return root;
    }

    private List<byte[]> Path(int m, int start, int n)
    {
        if (n == 1)
        {
            return [];
        }

        int k = Split(n);
        return m < k ? [.. Path(m, start, k), Root(start + k, n - k)] : [.. Path(m - k, start + k, n - k), Root(start, k)];
    }

    private List<byte[]> SubProof(int m, int start, int n, bool complete)
    {
        if (m == n)
        {
            return complete ? [] : [Root(start, n)];
        }

        int k = Split(n);
        return m <= k
            ? [.. SubProof(m, start, k, complete), Root(start + k, n - k)]
            : [.. SubProof(m - k, start + k, n - k, false), Root(start, k)];
    }

    private static int Split(int n) => (int)(BitOperations.RoundUpToPowerOf2((uint)n) / 2);
}
