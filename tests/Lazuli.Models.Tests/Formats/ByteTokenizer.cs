using System.Text;

namespace Lazuli.Models.Tests;

/// <summary>A tokenizer whose ids are bytes, then the special tokens of our chat format.</summary>
internal sealed class ByteTokenizer : ITokenizer
{
    private static readonly byte[][] s_bytes = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), .. ChatTemplate.SpecialTokens.Select(Encoding.UTF8.GetBytes)];

    public int VocabularySize => s_bytes.Length;

    public SplitRule Split => SplitRule.Gpt2;

    public IReadOnlyDictionary<string, int> SpecialTokens { get; } = ChatTemplate.SpecialTokens.Select((t, i) => (t, i)).ToDictionary(p => p.t, p => 256 + p.i);

    public string Digest => "sha256:" + new string('0', 64);

    public static TokenizerFiles Files()
    {
        var tokenizer = new ByteTokenizer();
        return new TokenizerFiles
        {
            Tokenizer = tokenizer,
            TokenizerJson = "{\"version\":\"1.0\"}"u8.ToArray(),
            Merges = [],
            BeginId = tokenizer.SpecialTokens[ChatTemplate.EndOfText],
            EndId = tokenizer.SpecialTokens[ChatTemplate.EndOfTurn],
            EndOfTextId = tokenizer.SpecialTokens[ChatTemplate.EndOfText],
        };
    }

    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        foreach (byte b in utf8)
        {
            ids.Add(b);
        }
    }

    public ReadOnlySpan<byte> TokenBytes(int id) => id >= 0 && id < s_bytes.Length ? s_bytes[id] : throw new ArgumentOutOfRangeException(nameof(id));

    public byte[] Decode(ReadOnlySpan<int> ids) => [.. ids.ToArray().SelectMany(id => s_bytes[id])];
}
