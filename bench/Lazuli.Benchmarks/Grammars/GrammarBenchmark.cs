using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Lazuli.Inference;
using Lazuli.Models;

namespace Lazuli.Benchmarks;

/// <summary>What a grammar costs a decoded token: the mask before it and the step after it, over a vocabulary of 32,000, with caches empty and warm.</summary>
/// <remarks><c>cold</c> is the first text that a grammar ever sees, <c>warm</c> the same text again; a step of decoding a 1.1B model takes about 25,000 µs on two cores, of a 110M model about 3,600.</remarks>
internal static class GrammarBenchmark
{
    private const int Vocabulary = 32_000;
    private static bool s_processorTime;

    private const string Order = """
        {"type":"object","properties":{"id":{"type":"string","format":"uuid"},"customer":{"type":"object","properties":{"name":{"type":"string"},"mail":{"type":["string","null"]},"since":{"type":"string","format":"date"}},"required":["name","mail","since"],"additionalProperties":false},
         "lines":{"type":"array","items":{"type":"object","properties":{"article":{"type":"string","maxLength":80},"count":{"type":"integer","minimum":1,"maximum":999},"price":{"type":"number","minimum":0},"kind":{"enum":["book","tool","food","other"]}},"required":["article","count","price","kind"],"additionalProperties":false},"minItems":1},
         "note":{"type":"string","maxLength":500}},"required":["id","customer","lines","note"],"additionalProperties":false}
        """;

    private const string OrderText = """
        {"id": "123e4567-e89b-12d3-a456-426614174000", "customer": {"name": "Ann Müller", "mail": null, "since": "2019-04-30"}, "lines": [{"article": "The specified seed value", "count": 12, "price": 19.99, "kind": "book"}, {"article": "An accumulator function over a sequence of values", "count": 1, "price": 5, "kind": "other"}, {"article": "日本 tea", "count": 3, "price": 7.5, "kind": "food"}], "note": "Please deliver to the back door; the \"front\" one is closed until the end of the month.\nThank you."}
        """;

    public static void Run(string[] args)
    {
        int repeats = PairedTiming.Option(args, "--repeats", 9);
        s_processorTime = args.Contains("--processor-time");
        BpeTokenizer tokenizer = Train();
        double start = Now();
        var vocabulary = new GrammarVocabulary(tokenizer, [0]);
        Print($"vocabulary {vocabulary.Size}, laid out in {Microseconds(start) / 1000:F0} ms");
        using JsonDocument schema = JsonDocument.Parse(Order);
        string nested = string.Concat(Enumerable.Range(0, 12).Select(i => $"{{\"level {i}\": [1, \"text\", ")) + "null" + string.Concat(Enumerable.Repeat("]}", 12));
        var cases = new (string Name, Func<Grammar> Make, string Text)[]
        {
            ("schema of an order", () => Grammar.FromJsonSchema(schema.RootElement), OrderText.Trim()),
            ("any JSON", () => Grammar.AnyJson, OrderText.Trim()),
            ("any JSON, 24 deep", () => Grammar.AnyJson, nested),
            ("string of up to 2,000", () => Grammar.FromJsonSchema(JsonDocument.Parse("""{"type":"string","maxLength":2000}""").RootElement), JsonSerializer.Serialize(string.Join(' ', Enumerable.Repeat("The specified seed value is used as the initial value.", 20)))),
            ("regular expression", () => Grammar.FromRegex(@"([A-Z][a-z]+ ?){1,20}: \d{1,5}(\.\d\d)? (EUR|USD)"), "The Initial Value: 1234.50 EUR"),
            ("choice of 100", () => Grammar.FromChoices([.. Enumerable.Range(0, 100).Select(i => $"option number {i}")]), "option number 57"),
        };
        Print($"{"µs a token",-24} {"tokens",6} {"make ms",8} {"cold",8} {"cold max",9} {"warm",8}  (warm: least / median of {repeats})");
        foreach ((string name, Func<Grammar> make, string text) in cases)
        {
            Measure(name, make, text, tokenizer, vocabulary, repeats);
        }
    }

    private static void Measure(string name, Func<Grammar> make, string text, BpeTokenizer tokenizer, GrammarVocabulary vocabulary, int repeats)
    {
        var ids = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);
        _ = Pass(make().For(vocabulary), ids); // compiled code for all that follows
        double making = double.MaxValue;
        double cold = double.MaxValue;
        double worst = double.MaxValue;
        VocabularyGrammar? grammar = null;
        for (int i = 0; i < 3; i++)
        {
            double start = Now();
            grammar = make().For(vocabulary);
            making = Math.Min(making, Microseconds(start) / 1000);
            (double mean, double max) = Pass(grammar, ids);
            cold = Math.Min(cold, mean);
            worst = Math.Min(worst, max);
        }

        var warm = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            double start = Now();
            for (int pass = 0; pass < 50; pass++)
            {
                Pass(grammar!, ids);
            }

            warm[i] = Microseconds(start) / (50 * ids.Count);
        }

        Array.Sort(warm);
        Print($"{name,-24} {ids.Count,6} {making,8:F2} {cold,8:F1} {worst,9:F1} {warm[0],8:F2} / {warm[repeats / 2]:F2}");
    }

    /// <summary>One text: mean and most microseconds of a token.</summary>
    private static (double Mean, double Max) Pass(VocabularyGrammar grammar, List<int> ids)
    {
        GrammarMatcher matcher = grammar.NewMatcher();
        Span<ulong> mask = stackalloc ulong[grammar.Vocabulary.MaskLength];
        double max = 0;
        double begin = Now();
        foreach (int id in ids)
        {
            long start = Stopwatch.GetTimestamp();
            matcher.FillMask(mask);
            if ((mask[id >> 6] >> (id & 63) & 1) == 0 || !matcher.Accept(id))
            {
                throw new InvalidOperationException($"The grammar refuses token {id} of its own text.");
            }

            max = Math.Max(max, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        double mean = Microseconds(begin) / ids.Count;
        return matcher.IsComplete ? (mean, max) : throw new InvalidOperationException("The text is not whole.");
    }

    /// <summary>A vocabulary as models have it: prose, and JSON enough for tokens that cross its borders.</summary>
    private static BpeTokenizer Train()
    {
        byte[] text = ReferenceText.Read();
        var documents = ReferenceText.Cut(text, 2_000, 30_000_000).Select(document => (ReadOnlyMemory<byte>)document).ToList();
        var random = new Random(1);
        for (int i = 0; i < 2_000; i++)
        {
            ReadOnlySpan<byte> part = text.AsSpan(random.Next(text.Length - 60), 40);
            documents.Add(JsonSerializer.SerializeToUtf8Bytes(new { name = Encoding.UTF8.GetString(part), tags = new[] { "a", "b" }, size = new { x = random.Next(), y = -1.5 }, ok = true, no = (string?)null }));
        }

        return BpeTrainer.Train(documents, new BpeTrainingOptions { VocabularySize = Vocabulary, Split = SplitRule.Gpt2, SpecialTokens = [ChatTemplate.EndOfText] });
    }

    private static double Microseconds(double start) => Now() - start;

    /// <summary>Microseconds on the wall, or of processors: the latter where others use the machine (it is too coarse for the most of one token).</summary>
    private static double Now() => s_processorTime ? Environment.CpuUsage.TotalTime.TotalMicroseconds : Stopwatch.GetTimestamp() * 1e6 / Stopwatch.Frequency;

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
