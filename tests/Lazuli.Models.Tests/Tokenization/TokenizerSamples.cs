using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

/// <summary>Texts and small tokenizers that tests share.</summary>
internal static class TokenizerSamples
{
    /// <summary>Prose, code, numbers and several scripts.</summary>
    public static readonly string[] Texts =
    [
        "Applies an accumulator function over a sequence. The specified seed value is used as the initial accumulator value.",
        "public static TSource Aggregate<TSource>(this IEnumerable<TSource> source, Func<TSource, TSource, TSource> func)",
        "It's what we'd DON'T they'LL you've I'M: don't; the user's  double  spaces\tand tabs\r\n\r\nand lines   \n",
        "ConfigureAwaitOptions.ContinueOnCapturedContext | System.Threading.Tasks.TaskCreationOptions, HTTPServerXMLReader2",
        "1 12 123 1234 12345 3.14159e-10 0xFF 2026-11-23 10,000,000 \u0663\u0664 \u2167 \u00BD x\u00B2",
        "Gr\u00FC\u00DFe aus K\u00F6ln, d\u00E9j\u00E0 vu, na\u00EFve caf\u00E9 e\u0301 \u0416\u0443\u043A \u05E9\u05DC\u05D5\u05DD \u0928\u092E\u0938\u094D\u0924\u0947 \u4F60\u597D\u4E16\u754C \u3053\u3093\u306B\u3061\u306F \uD55C\uAD6D\uC5B4",
        "emoji \U0001F600\U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F math \U0001D400\U0001D41A \U00020000",
        "!!! ??? ... // /* comment */ <see cref=\"T:System.String\"/> {}[]() \u2026 \u20AC100 --> \u00A0\u2003\u3000 \u200B end",
    ];

    public static byte[][] Documents => [.. Texts.Select(Encoding.UTF8.GetBytes)];

    private static readonly Dictionary<SplitRule, BpeTokenizer> Trained = Enum.GetValues<SplitRule>().ToDictionary(rule => rule, New);

    /// <summary>A tokenizer of the rule, trained on <see cref="Texts"/>.</summary>
    public static BpeTokenizer Of(SplitRule rule) => Trained[rule];

    /// <summary>The same, shared with no other test: idle encoders of a tokenizer go to whoever asks first.</summary>
    public static BpeTokenizer New(SplitRule rule) => BpeTrainer.Train(
        Enumerable.Repeat(Documents, 2).SelectMany(documents => documents).Select(document => (ReadOnlyMemory<byte>)document),
        new BpeTrainingOptions { VocabularySize = 700, Split = rule });

    public static Gen<T> AnyOf<T>(T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    public static List<int> Ids(this BpeTokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, ids);
        return ids;
    }

    public static List<int> Ids(this BpeTokenizer tokenizer, string text) => tokenizer.Ids(Encoding.UTF8.GetBytes(text));
}
