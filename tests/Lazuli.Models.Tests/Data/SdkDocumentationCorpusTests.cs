using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>The corpus of the SDK that runs these tests: what the quickstart trains on.</summary>
public sealed class SdkDocumentationCorpusTests
{
    private static readonly Lazy<XmlDocumentationCorpus> s_corpus = new(() => XmlDocumentationCorpus.Read(Files(), XmlDocumentationCorpusTests.All, CancellationToken.None));

    [Fact]
    public void Holds_tens_of_thousands_of_names()
    {
        CorpusReport report = s_corpus.Value.Report;
        TestContext.Current.TestOutputHelper!.WriteLine($"{report}");
        Assert.InRange(report.Read - report.Duplicates, 60_000, 200_000);
        Assert.InRange(report.Train, 40_000, 150_000);
        Assert.InRange(report.HeldOut, 1_000, 10_000);
        Assert.Equal(report.HeldOut, s_corpus.Value.HeldOutItems.Count);
        Assert.Equal(report.Train, s_corpus.Value.TrainingAnswers.Count);
    }

    [Fact]
    public void No_declaring_type_is_on_both_sides()
    {
        ILookup<DataSplit, string> types = Documents().ToLookup(d => d.Split, d => DeclaringType(d.Id));
        Assert.Empty(types[DataSplit.Train].ToHashSet(StringComparer.Ordinal).Intersect(types[DataSplit.HeldOut], StringComparer.Ordinal));
    }

    [Fact]
    public void No_held_out_summary_occurs_in_training()
    {
        HashSet<string> trained = [.. Documents().Where(d => d.Split == DataSplit.Train).SelectMany(d => d.Turns!).Select(t => Plain(t.Content))];
        Assert.Empty(s_corpus.Value.HeldOutItems.Where(i => trained.Contains(Plain(i.Answer))).Select(i => i.Name + ": " + i.Answer));

        HashSet<string> asked = [.. Documents().Where(d => d.Split == DataSplit.Train).Select(d => d.Turns![0].Content)];
        Assert.Empty(s_corpus.Value.HeldOutItems.Where(i => asked.Contains(i.Question[0].Content)).Select(i => i.Name));

        static string Plain(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
    }

    [Fact]
    public void No_question_has_two_answers()
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (CorpusDocument document in Documents())
        {
            Assert.True(answers.TryAdd(document.Turns![0].Content, document.Turns[1].Content), document.Turns[0].Content);
        }
    }

    [Fact]
    public void Texts_are_clean_single_lines()
    {
        foreach (string text in Documents().SelectMany(d => d.Contents))
        {
            Assert.NotEmpty(text);
            Assert.Equal(text.Trim(), text);
            Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
            Assert.DoesNotContain(text, char.IsControl);
        }
    }

    [Fact]
    public void Names_hold_no_remains_of_ids()
    {
        string[] bad = [.. s_corpus.Value.TrainingAnswers.Select(a => a.Name).Where(n => n.IndexOfAny(['`', '#', '{', '@']) >= 0)];
        Assert.Empty(bad);
    }

    [Fact]
    public void Known_members_read_as_a_person_would_write_them()
    {
        Dictionary<string, string> answers = s_corpus.Value.TrainingAnswers.ToDictionary(a => a.Name, a => a.Answer, StringComparer.Ordinal);
        foreach (HeldOutItem item in s_corpus.Value.HeldOutItems)
        {
            answers.Add(item.Name, item.Answer);
        }

        Assert.Equal("Applies an accumulator function over a sequence.", answers["System.Linq.Enumerable.Aggregate"]);
        Assert.Contains("System.Collections.Generic.Dictionary<TKey, TValue>.Add", answers.Keys);
        Assert.Contains("the constructor of System.Text.StringBuilder", answers.Keys);
    }

    private static IReadOnlyList<string> Files()
    {
        IReadOnlyList<string> files = SdkReferenceFiles.Find();
        Assert.SkipUnless(files.Count > 0, "This SDK carries no reference documentation (packs/*/*/ref/net10.0/*.xml).");
        return files;
    }

    private static IEnumerable<CorpusDocument> Documents() => s_corpus.Value.ReadDocuments(TestContext.Current.CancellationToken);

    private static string DeclaringType(string documentId)
    {
        string id = documentId[..documentId.LastIndexOf('|')];
        string path = id[2..].Split('(')[0];
        return id[0] == 'T' || !path.Contains('.', StringComparison.Ordinal) ? path : path[..path.LastIndexOf('.')];
    }
}
