using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.ML.Tokenizers;

namespace Lazuli.Models.Tests;

/// <summary>The first tokens of the published o200k vocabulary, read by us as a <c>tokenizer.json</c> and by Microsoft.ML.Tokenizers as ranks.</summary>
/// <remarks>Every prefix of a list of ranks is a vocabulary itself; 20,000 of 200,000 keep the test short.</remarks>
public sealed class PublishedVocabularyTests
{
    private const int Count = 20_000;

    [Fact]
    public void Gives_the_ids_that_the_published_vocabulary_gives()
    {
        List<byte[]> tokens = ReadPublished();
        Lazuli.Models.BpeTokenizer ours = Ours(tokens);
        Tokenizer peer = Peer(tokens);
        Assert.Equal(Count, ours.VocabularySize);
        foreach (string text in TokenizerSamples.Texts.Where(text => !text.Contains("\U00020000", StringComparison.Ordinal)))
        {
            Assert.Equal(peer.EncodeToIds(text), ours.Ids(text));
        }

        Gen<string> mixed = Gen.Select(TokenizerSamples.AnyOf(TokenizerSamples.Texts[..6]), Gen.Int[0, 30], SplitterTests.Texts, (text, from, rest) => text[from..] + rest);
        mixed.Sample(text => Assert.Equal(peer.EncodeToIds(text), ours.Ids(text)), iter: 2_000, threads: 1);
    }

    /// <summary>The data package carries the list compressed: the number of tokens, then a token a line in base64, in order of rank.</summary>
    private static List<byte[]> ReadPublished()
    {
        var data = System.Reflection.Assembly.Load("Microsoft.ML.Tokenizers.Data.O200kBase");
        string name = data.GetManifestResourceNames().Single(name => name.StartsWith("o200k_base", StringComparison.Ordinal));
        using var stream = new DeflateStream(data.GetManifestResourceStream(name)!, CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("Capacity", reader.ReadLine(), StringComparison.Ordinal);
        var tokens = new List<byte[]>();
        while (tokens.Count < Count)
        {
            tokens.Add(Convert.FromBase64String(reader.ReadLine()!));
        }

        return tokens;
    }

    /// <summary>Ranks as merges, as the converters of other programs do it: a token's pair is what its bytes come to by the merges before it.</summary>
    private static Lazuli.Models.BpeTokenizer Ours(List<byte[]> tokens)
    {
        Dictionary<string, int> ranks = tokens.Select((token, rank) => (token, rank)).ToDictionary(item => Encoding.Latin1.GetString(item.token), item => item.rank, StringComparer.Ordinal);
        var merges = new JsonArray();
        foreach (byte[] token in tokens.Where(token => token.Length > 1))
        {
            List<string> parts = [.. token.Select(value => ((char)value).ToString())];
            while (parts.Count > 2)
            {
                int best = Enumerable.Range(0, parts.Count - 1).MinBy(i => ranks.GetValueOrDefault(parts[i] + parts[i + 1], int.MaxValue));
                parts[best] += parts[best + 1];
                parts.RemoveAt(best + 1);
            }

            merges.Add(new JsonArray([.. parts.Select(part => (JsonNode)ByteLevelAlphabet.Write(Encoding.Latin1.GetBytes(part)))]));
        }

        JsonNode json = JsonNode.Parse(Lazuli.Models.BpeTokenizer.Create(SplitRule.O200k, [], []).ToTokenizerJson())!;
        json["model"]!["vocab"] = new JsonObject(tokens.Select((token, rank) => KeyValuePair.Create(ByteLevelAlphabet.Write(token), (JsonNode?)rank)));
        json["model"]!["merges"] = merges;
        return Lazuli.Models.BpeTokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "o200k");
    }

    private static TiktokenTokenizer Peer(List<byte[]> tokens)
    {
        string ranks = string.Join('\n', tokens.Select((token, rank) => string.Create(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(token)} {rank}")));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(ranks));
        return TiktokenTokenizer.Create(stream, new RegexPreTokenizer(new Regex(SplitPatterns.O200k, RegexOptions.CultureInvariant), null), null);
    }
}
