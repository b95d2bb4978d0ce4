using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>The tokens of a model as a trie of their bytes, laid out so that one pass over it finds every token that a grammar lets come next. Immutable; one a model.</summary>
/// <remarks>Special tokens are not in it: they are no text, so no grammar can ask for them. End ids stand apart.</remarks>
public sealed class GrammarVocabulary
{
    private const int MaxLongTokens = 256;

    private readonly byte[][] _bytes;

    /// <summary>Lays out the tokens of a tokenizer.</summary>
    /// <param name="tokenizer">Text to ids and back.</param>
    /// <param name="endIds">Ids that end a text: let through exactly where a grammar is complete.</param>
    public GrammarVocabulary(ITokenizer tokenizer, IEnumerable<int> endIds)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(endIds);
        Size = tokenizer.VocabularySize;
        EndIds = [.. endIds.Distinct().Where(id => (uint)id < (uint)Size)];
        var special = new HashSet<int>(tokenizer.SpecialTokens.Values.Where(id => tokenizer.KindOf(id) != TokenKind.UserDefined).Concat(EndIds));
        _bytes = new byte[Size][];
        for (int id = 0; id < Size; id++)
        {
            _bytes[id] = special.Contains(id) ? [] : tokenizer.TokenBytes(id).ToArray();
        }

        int[] order = [.. Enumerable.Range(0, Size).Where(id => _bytes[id].Length > 0)];
        Array.Sort(order, (a, b) => _bytes[a].AsSpan().SequenceCompareTo(_bytes[b]) is var byBytes && byBytes != 0 ? byBytes : a.CompareTo(b));
        Tokens = order;
        var nodes = new List<TrieNode>();
        LayOut(nodes);
        Nodes = [.. nodes];
        BytesBelow = new ByteSet[Nodes.Length];
        for (int i = Nodes.Length - 1; i >= 0; i--)
        {
            for (int child = i + 1; child < Nodes[i].End; child = Nodes[child].End)
            {
                BytesBelow[i] = BytesBelow[i].Or(BytesBelow[child]).With(Nodes[child].Value);
            }
        }

        int[] lengths = [.. order.Select(id => _bytes[id].Length).OrderDescending()];
        CommonDepth = lengths.Length > MaxLongTokens ? lengths[MaxLongTokens] : 0;
        LongTokens = [.. order.Where(id => _bytes[id].Length > CommonDepth)];
        Depth = Nodes.Length == 0 ? 0 : Nodes.Max(node => node.Depth) + 1;
    }

    /// <summary>Number of ids; a mask has a bit for each.</summary>
    public int Size { get; }

    /// <summary>Length of a mask in words of 64 tokens.</summary>
    public int MaskLength => (Size + 63) / 64;

    /// <summary>Ids that end a text.</summary>
    internal int[] EndIds { get; }

    /// <summary>Ids in order of their bytes.</summary>
    internal int[] Tokens { get; }

    /// <summary>The trie in preorder, without its root.</summary>
    internal TrieNode[] Nodes { get; }

    /// <summary>For each node, the bytes on the nodes below it.</summary>
    internal ByteSet[] BytesBelow { get; }

    /// <summary>Bytes of the longest token.</summary>
    internal int Depth { get; }

    /// <summary>Bytes of the longest token but for <see cref="LongTokens"/>.</summary>
    internal int CommonDepth { get; }

    /// <summary>The few longest tokens.</summary>
    internal int[] LongTokens { get; }

    /// <summary>The bytes of a token; none for special tokens and end ids.</summary>
    internal byte[] BytesOf(int id) => _bytes[id];

    private void LayOut(List<TrieNode> nodes)
    {
        var open = new List<int>(); // the nodes of the token before, by depth
        byte[] before = [];
        for (int i = 0; i < Tokens.Length; i++)
        {
            byte[] token = _bytes[Tokens[i]];
            int common = token.AsSpan().CommonPrefixLength(before);
            Close(common, i);
            for (int depth = common; depth < token.Length; depth++)
            {
                open.Add(nodes.Count);
                nodes.Add(new TrieNode { Value = token[depth], Depth = (ushort)depth, FirstToken = i, FirstTokenBelow = i });
            }

            nodes[^1] = nodes[^1] with { FirstTokenBelow = i + 1 }; // tokens of equal bytes follow each other
            before = token;
        }

        Close(0, Tokens.Length);

        void Close(int depth, int token)
        {
            for (int i = open.Count - 1; i >= depth; i--)
            {
                nodes[open[i]] = nodes[open[i]] with { End = nodes.Count, EndToken = token };
            }

            open.RemoveRange(depth, open.Count - depth);
        }
    }

    /// <summary>A node: its byte, where the nodes and tokens below it end, and which tokens end at it ([FirstToken, FirstTokenBelow) of <see cref="Tokens"/>).</summary>
    internal readonly record struct TrieNode
    {
        public byte Value { get; init; }

        public ushort Depth { get; init; }

        public int End { get; init; }

        public int FirstToken { get; init; }

        public int FirstTokenBelow { get; init; }

        public int EndToken { get; init; }
    }
}
