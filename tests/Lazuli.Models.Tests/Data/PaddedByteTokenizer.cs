namespace Lazuli.Models.Tests;

/// <summary>One id a byte, special tokens after them: the simplest tokenizer that is one. <paramref name="padding"/> ids follow, never produced, to make a vocabulary of any size.</summary>
internal sealed class PaddedByteTokenizer(int padding = 0) : ITokenizer
{
    private static readonly byte[][] s_bytes = [.. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }), .. ChatTemplate.SpecialTokens.Select(System.Text.Encoding.UTF8.GetBytes)];

    public int VocabularySize => s_bytes.Length + padding;

    public SplitRule? Split => SplitRule.Gpt2;

    public IReadOnlyDictionary<string, int> SpecialTokens { get; } =
        ChatTemplate.SpecialTokens.Select((text, i) => (text, i)).ToDictionary(p => p.text, p => 256 + p.i, StringComparer.Ordinal);

    public string Digest => $"sha256:bytes-{padding}";

    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        foreach (byte b in utf8)
        {
            ids.Add(b);
        }
    }

    public void EncodeMarked(ReadOnlySpan<byte> utf8, IReadOnlyList<(int Start, int End)> written, List<int> ids) => Encode(utf8, ids);

    public ReadOnlySpan<byte> TokenBytes(int id) => id < s_bytes.Length ? s_bytes[id] : [];

    public byte[] Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            bytes.AddRange(TokenBytes(id));
        }

        return [.. bytes];
    }
}
