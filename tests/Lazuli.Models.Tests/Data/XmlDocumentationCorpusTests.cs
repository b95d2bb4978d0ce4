using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class XmlDocumentationCorpusTests
{
    [Fact]
    public void One_question_has_one_answer_and_overloads_answer_together()
    {
        using var scratch = new ScratchFolder();
        string file = WriteDocumentation(
            scratch,
            "a.xml",
            ("M:N.Text.Join(System.String)", "Joins one."),
            ("M:N.Text.Join(System.String,System.String)", "Joins many."),
            ("M:N.Text.Join(System.Object[])", "Joins many."));
        XmlDocumentationCorpus corpus = Read([file], All with { HeldOutShare = 0 });
        Assert.Equal(new CorpusReport(3, 0, 1, 0, 0), corpus.Report);
        Assert.Equal(new NamedAnswer("N.Text.Join", "Joins many."), Assert.Single(corpus.TrainingAnswers));
        CorpusDocument[] documents = [.. Documents(corpus)];
        Assert.Equal(documents.Length, documents.Select(d => d.Turns![0].Content).Distinct(StringComparer.Ordinal).Count());
        Assert.Contains(documents, d => d.Turns![0].Content.Contains("Text.Join(String)", StringComparison.Ordinal) && d.Turns[1].Content == "Joins one.");
    }

    [Fact]
    public void Members_are_counted_once_by_id()
    {
        using var scratch = new ScratchFolder();
        string a = WriteDocumentation(scratch, "a.xml", ("T:N.A", "First."), ("T:N.B", "Other."));
        string b = WriteDocumentation(scratch, "b.xml", ("T:N.A", "Second."));
        XmlDocumentationCorpus corpus = Read([a, b], All with { HeldOutShare = 0 });
        Assert.Equal(new CorpusReport(3, 1, 2, 0, 0), corpus.Report);
        Assert.Contains(new NamedAnswer("N.A", "First."), corpus.TrainingAnswers);
    }

    [Fact]
    public void The_order_of_files_given_decides_but_a_second_reading_does_not()
    {
        using var scratch = new ScratchFolder();
        string file = WriteDocumentation(scratch, "a.xml", [.. Enumerable.Range(0, 200).Select(i => ($"M:N.Type{i / 4}.Member{i}", $"Does thing number {i}."))]);
        string[] one = [.. Documents(Read([file], All)).Select(Print)];
        string[] two = [.. Documents(Read([file], All)).Select(Print)];
        Assert.Equal(one, two);
        Assert.NotEqual(one, Documents(Read([file], All with { Seed = 2 })).Select(Print));
    }

    [Fact]
    public void Shares_of_the_mix_choose_parts_of_the_members()
    {
        using var scratch = new ScratchFolder();
        string file = WriteDocumentation(scratch, "a.xml", [.. Enumerable.Range(0, 2000).Select(i => ($"M:N.Type{i / 4}.Member{i}", $"Does thing number {i}."))]);
        var mix = new DialogueMix { SummaryByFullName = 1, SummaryByShortName = 0, SummaryBySignature = 0.5, NameBySummary = 0, WordsOfName = 0.1, TypeOfMember = 0 };
        Dictionary<string, int> kinds = Documents(Read([file], new XmlCorpusOptions { Mix = mix, HeldOutShare = 0 }))
            .GroupBy(d => d.Id.Split('|')[1], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        Assert.Equal(["full", "signature", "words"], kinds.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2000, kinds["full"]);
        Assert.InRange(kinds["signature"], 900, 1100);
        Assert.InRange(kinds["words"], 140, 260);
    }

    [Fact]
    public void Excluded_namespaces_and_what_is_below_them_are_left_out()
    {
        using var scratch = new ScratchFolder();
        string file = WriteDocumentation(scratch, "a.xml", ("T:N.Raw.A", "One."), ("T:N.Raw.Deep.B", "Two."), ("T:N.Rawness.C", "Three."));
        XmlDocumentationCorpus corpus = Read([file], All with { HeldOutShare = 0, ExcludedNamespaces = ["N.Raw"] });
        Assert.Equal("N.Rawness.C", Assert.Single(corpus.TrainingAnswers).Name);
    }

    [Fact]
    public void Answers_can_be_cut_to_sentences()
    {
        using var scratch = new ScratchFolder();
        string file = WriteDocumentation(scratch, "a.xml", ("T:N.A", "Uses version 1.2 of it, e.g. here. Second one! Third."));
        Assert.Equal("Uses version 1.2 of it, e.g. here.", Read([file], Cut(1)).TrainingAnswers[0].Answer);
        Assert.Equal("Uses version 1.2 of it, e.g. here. Second one!", Read([file], Cut(2)).TrainingAnswers[0].Answer);

        static XmlCorpusOptions Cut(int sentences) => All with { HeldOutShare = 0, Mix = All.Mix with { AnswerSentences = sentences } };
    }

    [Fact]
    public void Held_out_items_whose_summary_training_knows_are_dropped()
    {
        using var scratch = new ScratchFolder();
        (string, string)[] members = [.. Enumerable.Range(0, 400).Select(i => ($"P:N.Type{i}.Count", i % 2 == 0 ? "Gets the count." : $"Gets  THE count, {i}."))];
        XmlDocumentationCorpus corpus = Read([WriteDocumentation(scratch, "a.xml", members)], All with { HeldOutShare = 0.3 });
        Assert.True(corpus.Report.Dropped > 30);
        Assert.True(corpus.Report.HeldOut > 30);
        Assert.DoesNotContain(corpus.HeldOutItems, i => i.Answer == "Gets the count.");
        Assert.Equal(400, corpus.Report.Train + corpus.Report.HeldOut + corpus.Report.Dropped);
    }

    [Theory]
    [InlineData("", "before the root element")]
    [InlineData("<doc><members><member name=\"T:A\"><summary>cut", "line 1")]
    [InlineData("<!DOCTYPE doc [<!ENTITY x \"lol\">]><doc><members/></doc>", "before the root element")]
    [InlineData("<html/>", "the root element")]
    [InlineData("<doc><members>&undefined;</members></doc>", "line 1")]
    public void Refuses_what_is_not_documentation_and_names_the_place(string text, string place)
    {
        using var scratch = new ScratchFolder();
        string good = WriteDocumentation(scratch, "a.xml", ("T:N.A", "One."));
        string bad = scratch.Write("b.xml", text);
        CorpusFormatException e = Assert.Throws<CorpusFormatException>(() => Read([good, bad], All));
        Assert.Equal(bad, e.Path);
        Assert.StartsWith(place, e.Place, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_deeply_nested_and_empty_documentation()
    {
        using var scratch = new ScratchFolder();
        string deep = string.Concat(Enumerable.Repeat("<para>", 5000)) + "x" + string.Concat(Enumerable.Repeat("</para>", 5000));
        string file = scratch.Write("deep.xml", $"<doc><members><member name=\"T:A\"><summary>{deep}</summary></member></members></doc>");
        Assert.Contains("nested", Assert.Throws<CorpusFormatException>(() => Read([file], All)).Found, StringComparison.Ordinal);
        string empty = WriteDocumentation(scratch, "empty.xml");
        Assert.Equal("none", Assert.Throws<CorpusFormatException>(() => Read([empty], All)).Found);
        Assert.Throws<CorpusFormatException>(() => Read([scratch["nowhere"]], All));
        Directory.CreateDirectory(scratch["folder"]);
        Assert.Throws<CorpusFormatException>(() => Read([scratch["folder"]], All));
    }

    [Fact]
    public void Documentation_cut_at_any_byte_is_read_whole_or_refused()
    {
        using var scratch = new ScratchFolder();
        byte[] good = File.ReadAllBytes(WriteDocumentation(scratch, "a.xml", ("M:N.A.B(System.Int32)", "See <see cref=\"T:N.A`1\"/> &amp; <c>more</c>.")));
        for (int length = 0; length < good.Length - 1; length++)
        {
            string cut = scratch.Write("cut.xml", good[..length]);
            Assert.Equal(cut, Assert.Throws<CorpusFormatException>(() => Read([cut], All)).Path);
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Read([], All with { HeldOutShare = 0.6 }));
        Assert.Throws<ArgumentException>(() => Read([], All with { Mix = All.Mix with { WordsOfName = 1.5 } }));
        Assert.Throws<ArgumentException>(() => Read([], All with { Mix = All.Mix with { TypeOfMember = double.NaN } }));
        Assert.Throws<ArgumentException>(() => Read([], All with { Mix = All.Mix with { Phrasings = 5 } }));
    }

    internal static XmlCorpusOptions All { get; } = new()
    {
        Mix = new DialogueMix { SummaryByFullName = 1, SummaryByShortName = 1, SummaryBySignature = 1, NameBySummary = 1, WordsOfName = 1, TypeOfMember = 1 },
    };

    internal static string WriteDocumentation(ScratchFolder scratch, string name, params (string Id, string Summary)[] members)
    {
        IEnumerable<string> lines = members.Select(m => $"<member name=\"{m.Id}\"><summary>{m.Summary}</summary></member>");
        return scratch.Write(name, $"<?xml version=\"1.0\"?>\n<doc>\n<members>\n{string.Join('\n', lines)}\n</members>\n</doc>\n");
    }

    internal static XmlDocumentationCorpus Read(IEnumerable<string> paths, XmlCorpusOptions options) =>
        XmlDocumentationCorpus.Read(paths, options, TestContext.Current.CancellationToken);

    private static IEnumerable<CorpusDocument> Documents(XmlDocumentationCorpus corpus) => corpus.ReadDocuments(TestContext.Current.CancellationToken);

    private static string Print(CorpusDocument document) => $"{document.Split} {document.Turns![0].Content} {document.Turns[1].Content}";
}
