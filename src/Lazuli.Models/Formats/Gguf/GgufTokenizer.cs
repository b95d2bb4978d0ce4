using System.Globalization;
using System.Text;

namespace Lazuli.Models;

/// <summary>Reads the tokenizer of a GGUF file; kinds that are not implemented are refused by name, never approximated.</summary>
internal static class GgufTokenizer
{
    private const string Model = "tokenizer.ggml.model";
    private const string Pre = "tokenizer.ggml.pre";
    private const string Tokens = "tokenizer.ggml.tokens";
    private const string Types = "tokenizer.ggml.token_type";
    private const string Merges = "tokenizer.ggml.merges";
    private const string ScoreList = "tokenizer.ggml.scores";

    /// <summary>The format's numbers of token types.</summary>
    private enum TokenType
    {
        Normal = 1,
        Unknown = 2,
        Control = 3,
        UserDefined = 4,
        Unused = 5,
        Byte = 6,
    }

    /// <exception cref="GgufFormatException">The tokenizer is missing, damaged, or of a kind that is not implemented.</exception>
    public static ITokenizer Read(GgufValues values)
    {
        string model = values.Text(Model) ?? throw values.Missing(Model, "\"gpt2\" (byte-level BPE) or \"llama\" (SentencePiece)");
        string[] tokens = [.. values.Texts(Tokens) ?? throw values.Missing(Tokens, "the tokens")];
        TokenType[] types = ReadTypes(values, tokens.Length);
        return model switch
        {
            "gpt2" => ReadBpe(values, tokens, types),
            "llama" => ReadSentencePiece(values, tokens, types),
            _ => throw values.Bad(Model, "\"gpt2\" (byte-level BPE) or \"llama\" (SentencePiece) (nothing else is implemented)", $"\"{model}\""),
        };
    }

    private static TokenType[] ReadTypes(GgufValues values, int count)
    {
        if (values.Numbers(Types) is not { } numbers)
        {
            return [.. Enumerable.Repeat(TokenType.Normal, count)];
        }

        if (numbers.Length != count)
        {
            throw values.Bad(Types, $"a type for each of the {count} tokens", $"{numbers.Length}");
        }

        int wrong = Array.FindIndex(numbers, n => n is < 0 or > 6);
        if (wrong >= 0)
        {
            throw values.Bad(Element(Types, wrong), "a type from 1 to 6", numbers[wrong].ToString(CultureInfo.InvariantCulture));
        }

        return Array.ConvertAll(numbers, n => n == 0 ? TokenType.Unused : (TokenType)n);
    }

    private static BpeTokenizer ReadBpe(GgufValues values, string[] tokens, TokenType[] types)
    {
        const string Known = "gpt-2, llama-bpe, qwen2, gpt-4o, smollm, or another name of their rules (nothing else is implemented)";
        string pre = values.Text(Pre) ?? throw values.Missing(Pre, Known);
        SplitRule split = SplitRuleNames.FromGgufName(pre) ?? throw values.Bad(Pre, Known, $"\"{pre}\"");
        int count = Array.FindLastIndex(types, type => type != TokenType.Unused) + 1; // names of unused rows at the end only fill up the embedding
        var bytes = new byte[]?[count];
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var added = new List<AddedToken>();
        var addedTexts = new HashSet<string>(StringComparer.Ordinal);
        for (int id = 0; id < count; id++)
        {
            switch (types[id])
            {
                case TokenType.Unused:
                    break;
                case TokenType.Normal:
                case TokenType.Byte:
                    bytes[id] = tokens[id].Length > 0 && ByteLevelAlphabet.TryRead(tokens[id], out byte[] read) && ids.TryAdd(tokens[id], id)
                        ? read
                        : throw values.Bad(Element(Tokens, id), "a token in GPT-2's byte-level alphabet that comes once", Show(tokens[id]));
                    break;
                default:
                    if (tokens[id].Length == 0 || !addedTexts.Add(tokens[id]))
                    {
                        throw values.Bad(Element(Tokens, id), "a special token that is not empty and comes once", Show(tokens[id]));
                    }

                    bytes[id] = Encoding.UTF8.GetBytes(tokens[id]);
                    added.Add(new AddedToken(id, tokens[id], types[id] != TokenType.UserDefined));
                    break;
            }
        }

        for (int value = 0; value < 256; value++)
        {
            if (!ids.ContainsKey(ByteLevelAlphabet.Write([(byte)value])))
            {
                throw values.Bad(Tokens, "a token for each of the 256 bytes", $"none for 0x{value:X2}");
            }
        }

        // Llama 3's own file says so; GGUF has no common key for it, the name of the rule implies it.
        bool ignoreMerges = values.Flag(GgufMetadata.IgnoreMergesKey) ?? (split == SplitRule.LlamaBpe);
        return new BpeTokenizer(new BpeVocabulary(split, bytes, ReadMerges(values, ids), [.. added], ignoreMerges, declaresNfc: split == SplitRule.Qwen2));
    }

    private static Merge[] ReadMerges(GgufValues values, Dictionary<string, int> ids)
    {
        string[] texts = [.. values.Texts(Merges) ?? throw values.Missing(Merges, "the merges")];
        var pairs = new HashSet<(int, int)>();
        var merges = new Merge[texts.Length];
        for (int rank = 0; rank < texts.Length; rank++)
        {
            int space = texts[rank].IndexOf(' ', StringComparison.Ordinal);
            string left = space < 0 ? "" : texts[rank][..space];
            string right = texts[rank][(space + 1)..];
            if (!ids.TryGetValue(left, out int leftId) || !ids.TryGetValue(right, out int rightId) || !ids.TryGetValue(left + right, out int id) || !pairs.Add((leftId, rightId)))
            {
                throw values.Bad(Element(Merges, rank), "two tokens of the vocabulary whose joint text is one too, a pair that comes once", Show(texts[rank]));
            }

            merges[rank] = new Merge(leftId, rightId, id);
        }

        return merges;
    }

    private static SentencePieceTokenizer ReadSentencePiece(GgufValues values, string[] tokens, TokenType[] types)
    {
        float[] scores = values.Reals(ScoreList) ?? throw values.Missing(ScoreList, "a score for each token");
        if (scores.Length != tokens.Length || !scores.All(float.IsFinite))
        {
            throw values.Bad(ScoreList, $"{tokens.Length} finite scores", $"{scores.Length}, {scores.Count(s => !float.IsFinite(s))} of them not finite");
        }

        int[] byteIds = [.. Enumerable.Repeat(-1, 256)];
        int count = Array.FindLastIndex(types, type => type != TokenType.Unused) + 1;
        var kinds = new TokenKind[count];
        for (int id = 0; id < count; id++)
        {
            kinds[id] = types[id] switch
            {
                TokenType.Normal or TokenType.Byte => TokenKind.Normal,
                TokenType.UserDefined => TokenKind.UserDefined,
                TokenType.Unused => TokenKind.Unused,
                _ => TokenKind.Control,
            };
            if (kinds[id] == TokenKind.UserDefined && tokens[id].Length == 0)
            {
                throw values.Bad(Element(Tokens, id), "a token that is not empty, since it is looked for in text", "an empty one");
            }

            if (types[id] == TokenType.Byte)
            {
                byteIds[SentencePieceTokenizer.ByteOf(tokens[id]) ?? throw values.Bad(Element(Tokens, id), "a byte as <0x00> to <0xFF>", Show(tokens[id]))] = id;
            }
        }

        int missing = Array.IndexOf(byteIds, -1);
        if (missing >= 0)
        {
            throw values.Bad(Tokens, "a token for each of the 256 bytes", $"none for 0x{missing:X2}");
        }

        return new SentencePieceTokenizer(tokens[..count], scores[..count], kinds, byteIds, values.Flag("tokenizer.ggml.add_space_prefix") ?? true ? SpaceScheme.EachRun : SpaceScheme.Never);
    }

    private static string Element(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");

    private static string Show(string text) => $"\"{(text.Length <= 100 ? text : text[..100] + "…")}\"";
}
