using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Lazuli.Models;
using Microsoft.ML.Tokenizers;
using BpeTokenizer = Lazuli.Models.BpeTokenizer;

namespace Lazuli.Benchmarks;

/// <summary>Training, and encoding on one thread and two, beside Microsoft.ML.Tokenizers with the same vocabulary and expression in the same process.</summary>
/// <remarks>The rungs of an encoder: <c>split</c> cuts pieces only; <c>encode</c> looks each up; what lies between is the look-up and the merges of pieces not remembered.</remarks>
internal static class TokenizerBenchmark
{
    private const int Merges = 8192;
    private const int SampleBytes = 20_000_000;

    public static void Run(string[] args)
    {
        bool processorTime = args.Contains("--processor-time");
        bool withPeer = !args.Contains("--no-peer");
        byte[] text = ReferenceText.Read();
        List<byte[]> documents = ReferenceText.Cut(text, 2_000, SampleBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"text {text.Length / 1e6:F1} MB, encoding {documents.Sum(document => document.Length) / 1e6:F1} MB in {documents.Count} documents; MB/s min / median / max{(processorTime ? " of processor time" : "")}"));
        foreach (SplitRule rule in Enum.GetValues<SplitRule>())
        {
            BpeTokenizer tokenizer = Train(text, rule, processorTime);
            Measure(tokenizer, documents, withPeer, processorTime);
        }
    }

    private static BpeTokenizer Train(byte[] text, SplitRule rule, bool processorTime)
    {
        List<byte[]> documents = ReferenceText.Cut(text, 500, text.Length);
        double start = Now(processorTime);
        BpeTokenizer tokenizer = BpeTrainer.Train(documents.Select(document => (ReadOnlyMemory<byte>)document), new BpeTrainingOptions { Split = rule, VocabularySize = 5 + 256 + Merges });
        double seconds = Now(processorTime) - start;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rule}: trained {tokenizer.MergeCount} merges in {seconds:F2} s; peak of the process so far {process.PeakWorkingSet64 >> 20} MiB"));
        return tokenizer;
    }

    private static void Measure(BpeTokenizer tokenizer, List<byte[]> documents, bool withPeer, bool processorTime)
    {
        var ids = new List<int>();
        List<string> strings = [.. documents.Select(Encoding.UTF8.GetString)];
        Tokenizer? peer = withPeer ? Peer(tokenizer) : null;
        var rungs = new (string Name, Func<long> Pass, List<double> Speeds)[]
        {
            ("split", () => documents.Sum(document => Pieces(tokenizer.Split, document)), []),
            ("encode", () => EncodeAll(tokenizer, documents, 0, 1, ids), []),
            ("encode, 2 threads", () => OnTwoThreads(half => EncodeAll(tokenizer, documents, half, 2, [])), []),
            ("Microsoft.ML.Tokenizers", () => peer is null ? 0 : strings.Sum(text => (long)peer.EncodeToIds(text).Count), []),
            ("Microsoft, 2 threads", () => peer is null ? 0 : OnTwoThreads(half => strings.Where((_, i) => i % 2 == half).Sum(text => (long)peer.EncodeToIds(text).Count)), []),
        };
        double megabytes = documents.Sum(document => document.Length) / 1e6;
        long[] found = new long[rungs.Length];
        for (int pass = 0; pass < 7; pass++)
        {
            for (int i = 0; i < (withPeer ? rungs.Length : 3); i++)
            {
                double start = Now(processorTime);
                found[i] = rungs[i].Pass();
                rungs[i].Speeds.Add(megabytes / (Now(processorTime) - start));
            }
        }

        foreach (((string name, _, List<double> speeds), long count) in rungs.Zip(found))
        {
            if (speeds.Count > 0)
            {
                speeds.Sort();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24} {speeds[0],6:F1} / {speeds[speeds.Count / 2],6:F1} / {speeds[^1],6:F1}   {count} {(name == "split" ? "pieces" : "tokens")}"));
            }
        }
    }

    private static long EncodeAll(BpeTokenizer tokenizer, List<byte[]> documents, int first, int step, List<int> ids)
    {
        long count = 0;
        for (int i = first; i < documents.Count; i += step)
        {
            ids.Clear();
            tokenizer.Encode(documents[i], ids);
            count += ids.Count;
        }

        return count;
    }

    private static long OnTwoThreads(Func<int, long> half)
    {
        long[] counts = new long[2];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(i => new Thread(() => counts[i] = half(i)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return counts.Sum();
    }

    private static long Pieces(SplitRule rule, byte[] text) => rule switch
    {
        SplitRule.Gpt2 => Pieces<Gpt2Splitter>(text),
        SplitRule.LlamaBpe => Pieces<LlamaBpeSplitter>(text),
        SplitRule.Qwen2 => Pieces<Qwen2Splitter>(text),
        _ => Pieces<O200kSplitter>(text),
    };

    private static long Pieces<TSplitter>(byte[] text)
        where TSplitter : struct, ISplitter
    {
        long count = 0;
        for (int start = 0; start < text.Length; start = TSplitter.PieceEnd(text, start))
        {
            count++;
        }

        return count;
    }

    /// <summary>The peer's fastest form of the same vocabulary: ranks of tokens, compiled expression.</summary>
    private static TiktokenTokenizer Peer(BpeTokenizer tokenizer)
    {
        var ranks = new StringBuilder();
        int rank = 0;
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.KindOf(id) == TokenKind.Normal)
            {
                ranks.Append(Convert.ToBase64String(tokenizer.TokenBytes(id))).Append(' ').Append(rank++).Append('\n');
            }
        }

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(ranks.ToString()));
        return TiktokenTokenizer.Create(stream, new RegexPreTokenizer(new Regex(SplitPatterns.Of(tokenizer.Split), RegexOptions.Compiled), null), null);
    }

    /// <summary>Seconds on the wall, or of all processors: the latter where others use the machine.</summary>
    private static double Now(bool processorTime) => processorTime ? Environment.CpuUsage.TotalTime.TotalSeconds : Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
}
