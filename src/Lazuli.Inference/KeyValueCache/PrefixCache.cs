using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Inference;

/// <summary>Keeps full pages of finished prompts and answers, so that a later prompt that begins alike need not be fed again.</summary>
/// <remarks>
/// <para>A page's key is a chain: <c>k₀ = SHA-256(secret ‖ party)</c>, <c>kᵢ = SHA-256(kᵢ₋₁ ‖ tokens of page i)</c>. So a page is found only behind the same
/// tokens and for the same party: no tenant can learn from another's speed what the other asked. The secret is the engine's own.</para>
/// <para>Pages hold the same bits that feeding them again would give, since rows do not depend on what runs beside them. Least recently used pages go first, the end
/// of a text before its beginning. Not thread-safe: the scheduler owns it.</para>
/// </remarks>
internal sealed class PrefixCache(PageTable table, byte[] secret)
{
    private const int KeyBytes = SHA256.HashSizeInBytes;

    private readonly Dictionary<UInt128, LinkedListNode<Entry>> _byKey = [];
    private readonly LinkedList<Entry> _recent = []; // most recently used first

    /// <summary>Pages kept.</summary>
    public int Count => _byKey.Count;

    /// <summary>The longest run of kept pages that <paramref name="tokens"/> begins with.</summary>
    /// <param name="party">For whom.</param>
    /// <param name="tokens">The text; only whole pages of it are looked up.</param>
    public int[] Match(string party, ReadOnlySpan<int> tokens)
    {
        var found = new List<LinkedListNode<Entry>>();
        foreach (UInt128 key in Keys(party, tokens))
        {
            if (!_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                break;
            }

            found.Add(node);
        }

        for (int i = found.Count - 1; i >= 0; i--)
        {
            Touch(found[i]); // the beginning ends up more recent than what builds on it
        }

        return [.. found.Select(node => node.Value.Page)];
    }

    /// <summary>Keeps the whole pages of a text; those that are kept already stay as they are.</summary>
    /// <param name="party">For whom.</param>
    /// <param name="tokens">Tokens whose keys and values are in the pages.</param>
    /// <param name="pages">Pages of the text, in order; held by the caller.</param>
    public void Keep(string party, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pages)
    {
        List<UInt128> keys = Keys(party, tokens);
        for (int i = keys.Count - 1; i >= 0; i--)
        {
            if (_byKey.TryGetValue(keys[i], out LinkedListNode<Entry>? node))
            {
                Touch(node);
            }
            else
            {
                table.Cache(pages[i]);
                _byKey.Add(keys[i], _recent.AddFirst(new Entry(keys[i], pages[i])));
            }
        }
    }

    /// <summary>Lets pages go that no sequence holds until <paramref name="wanted"/> are free; false, with nothing changed, when that cannot be.</summary>
    public bool MakeRoom(int wanted)
    {
        if (table.FreePages + table.ReclaimablePages < wanted)
        {
            return false;
        }

        for (LinkedListNode<Entry>? node = _recent.Last; node is not null && table.FreePages < wanted;)
        {
            LinkedListNode<Entry>? before = node.Previous;
            if (table.IsReclaimable(node.Value.Page))
            {
                table.Uncache(node.Value.Page);
                _byKey.Remove(node.Value.Key);
                _recent.Remove(node);
            }

            node = before;
        }

        return true;
    }

    private void Touch(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _recent.AddFirst(node);
    }

    private List<UInt128> Keys(string party, ReadOnlySpan<int> tokens)
    {
        int pages = tokens.Length / table.PageSize;
        var keys = new List<UInt128>(pages);
        byte[] chain = SHA256.HashData([.. secret, .. Encoding.UTF8.GetBytes(party)]);
        byte[] link = new byte[KeyBytes + (table.PageSize * sizeof(int))];
        for (int page = 0; page < pages; page++)
        {
            chain.CopyTo(link, 0);
            MemoryMarshal.AsBytes(tokens.Slice(page * table.PageSize, table.PageSize)).CopyTo(link.AsSpan(KeyBytes));
            chain = SHA256.HashData(link);
            keys.Add(MemoryMarshal.Read<UInt128>(chain)); // half of the digest: 2⁻⁶⁴ of a mix-up after 2³² pages
        }

        return keys;
    }

    private readonly record struct Entry(UInt128 Key, int Page);
}
