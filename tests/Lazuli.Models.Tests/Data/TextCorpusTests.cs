using System.Text;
using CsCheck;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class TextCorpusTests
{
    [Theory]
    [InlineData("{\"text\":\"plain\"}", "plain")]
    [InlineData("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"a\"}]}", "system:s|user:q|assistant:a")]
    [InlineData("{\"conversations\":[{\"from\":\"human\",\"value\":\"q\"},{\"from\":\"gpt\",\"value\":\"a\"}]}", "user:q|assistant:a")]
    [InlineData("{\"instruction\":\"do\",\"input\":\"this\",\"output\":\"done\"}", "user:do\n\nthis|assistant:done")]
    [InlineData("{\"instruction\":\"do\",\"input\":\"\",\"output\":\"done\"}", "user:do|assistant:done")]
    [InlineData("{\"instruction\":\"do\",\"output\":\"done\"}", "user:do|assistant:done")]
    [InlineData("{\"prompt\":\"q\",\"completion\":\"a\"}", "user:q|assistant:a")]
    public void Reads_the_shapes_of_json_lines(string line, string expected)
    {
        using var scratch = new ScratchFolder();
        CorpusDocument document = Assert.Single(Documents(Open(scratch.Write("a.jsonl", "\n" + line + "\r\n\n"))));
        Assert.Equal(expected, document.Text ?? string.Join('|', document.Turns!.Select(t => $"{t.Role}:{t.Content}")));
    }

    [Theory]
    [InlineData("{", "one JSON object")]
    [InlineData("[1]", "an object with text")]
    [InlineData("{\"txet\":\"a\"}", "an object with text")]
    [InlineData("{\"text\":5}", "a string")]
    [InlineData("{\"messages\":{}}", "an array of turns")]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", "an object with role and content")]
    [InlineData("{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "a role of system, user")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "a dialogue in which the assistant says something")]
    [InlineData("{\"text\":\"\\ud800\"}", "valid text in every string")]
    public void Refuses_other_lines_and_names_the_line(string line, string expected)
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Write("a.jsonl", "{\"text\":\"fine\"}\n\n" + line + "\n");
        CorpusFormatException e = Assert.Throws<CorpusFormatException>(() => Open(path));
        Assert.Equal(path, e.Path);
        Assert.StartsWith("line 3", e.Place, StringComparison.Ordinal);
        Assert.StartsWith(expected, e.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_bytes_that_are_not_text_and_names_the_byte()
    {
        using var scratch = new ScratchFolder();
        byte[] good = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("zeile mit ümlaut\n", 20_000)));
        foreach (int at in new[] { 0, 5000, 70_001, good.Length - 1 })
        {
            byte[] bad = [.. good[..at], 0xFF, .. good[at..]];
            CorpusFormatException e = Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("a.txt", bad)));
            Assert.Equal(($"byte {at}", "UTF-8 text"), (e.Place, e.Expected));
            bad[at] = 0;
            Assert.Contains("zero byte", Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("a.txt", bad))).Found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_bad_file_in_a_folder_is_named()
    {
        using var scratch = new ScratchFolder();
        scratch.Write("good.txt", "fine");
        string bad = scratch.Write("sub/bad.md", [0x61, 0xC3]);
        CorpusFormatException e = Assert.Throws<CorpusFormatException>(() => Open(scratch.Path));
        Assert.Equal((bad, "byte 1"), (e.Path, e.Place));
    }

    [Fact]
    public void Refuses_what_is_empty_missing_or_of_another_kind()
    {
        using var scratch = new ScratchFolder();
        Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("empty.txt", "")));
        Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("blank.txt", " \n\n")));
        Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("mark.txt", "\uFEFF")));
        Assert.Throws<CorpusFormatException>(() => Open(scratch.Write("picture.png", "x")));
        Assert.Throws<CorpusFormatException>(() => Open(scratch["nowhere"]));
        Directory.CreateDirectory(scratch["folder"]);
        Assert.Throws<CorpusFormatException>(() => Open(scratch["folder"]));
        scratch.Write("folder/only.txt", "");
        Assert.Throws<CorpusFormatException>(() => Open(scratch["folder"]));
        scratch.Write("folder/more.txt", "text");
        Assert.Equal("text", Assert.Single(Documents(Open(scratch["folder"]))).Text);
        Assert.Throws<ArgumentException>(() => TextCorpus.Open(scratch["folder"], new TextCorpusOptions { HeldOutShare = -0.1 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_single_file_is_split_by_parts_that_make_up_the_whole() =>
        Gen.Select(Gen.String[Gen.Char["aä€\n"], 1, 6000], Gen.Bool).Sample(
            (text, mark) =>
            {
                using var scratch = new ScratchFolder();
                if (string.IsNullOrWhiteSpace(text))
                {
                    return;
                }

                string path = scratch.Write("a.txt", (mark ? "\uFEFF" : "") + text);
                string[] parts = [.. Documents(Open(path)).Select(d => d.Text!)];
                Assert.All(parts[..^1], p => Assert.True(Encoding.UTF8.GetByteCount(p) <= 2048));
                Assert.Equal(text, string.Concat(parts));
            },
            iter: 50,
            threads: 1);

    [Fact]
    public void Long_texts_without_line_ends_are_cut_between_characters()
    {
        using var scratch = new ScratchFolder();
        string text = string.Concat(Enumerable.Range(0, 50_000).Select(i => char.ConvertFromUtf32(0x10000 + i)));
        Assert.Equal(text, string.Concat(Documents(Open(scratch.Write("a.txt", text))).Select(d => d.Text)));
    }

    [Fact]
    public void Many_files_are_split_whole()
    {
        using var scratch = new ScratchFolder();
        for (int i = 0; i < 60; i++)
        {
            scratch.Write($"{i / 10}/{i}.txt", string.Concat(Enumerable.Repeat($"line of file {i}\n", 400)));
        }

        TextCorpus corpus = Open(scratch.Path, 0.2);
        Assert.Equal(60, Documents(corpus).Count());
        Assert.InRange(corpus.Report.HeldOut, 3, 25);
        Assert.Equal(new CorpusReport(60, 0, 60 - corpus.Report.HeldOut, corpus.Report.HeldOut, 0), corpus.Report);
        Assert.Equal(corpus.Report.HeldOut, Documents(corpus).Count(d => d.Split == DataSplit.HeldOut));
    }

    [Fact]
    public void The_split_depends_on_names_inside_the_corpus_and_not_on_where_it_lies()
    {
        using var one = new ScratchFolder();
        using var two = new ScratchFolder();
        foreach (ScratchFolder scratch in new[] { one, two })
        {
            scratch.Write("a.txt", string.Concat(Enumerable.Range(0, 4000).Select(i => $"line {i}\n")));
            scratch.Write("b.jsonl", string.Concat(Enumerable.Range(0, 500).Select(i => $"{{\"text\":\"number {i}\"}}\n")));
        }

        Assert.Equal(Print(one), Print(two));

        static string[] Print(ScratchFolder scratch) => [.. Documents(Open(scratch.Path, 0.1)).Select(d => $"{d.Id} {d.Split} {d.Text}")];
    }

    [Fact]
    public void Equal_documents_are_kept_once_and_equal_questions_on_one_side()
    {
        using var scratch = new ScratchFolder();
        IEnumerable<string> lines = Enumerable.Range(0, 300).Select(i => $"{{\"prompt\":\"question {i % 50}\",\"completion\":\"answer {i % 150}\"}}");
        TextCorpus corpus = Open(scratch.Write("a.jsonl", string.Join('\n', lines)), 0.2);
        Assert.Equal(150, corpus.Report.Duplicates);
        ILookup<DataSplit, string> questions = Documents(corpus).ToLookup(d => d.Split, d => d.Turns![0].Content);
        Assert.NotEmpty(questions[DataSplit.HeldOut]);
        Assert.Empty(questions[DataSplit.Train].Intersect(questions[DataSplit.HeldOut], StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    public void However_few_documents_there_are_both_sides_get_one_when_they_can(int documents, int atLeastHeldOut)
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Write("a.jsonl", string.Concat(Enumerable.Range(0, documents).Select(i => $"{{\"text\":\"number {i}\"}}\n")));
        for (ulong seed = 0; seed < 50; seed++)
        {
            TextCorpus corpus = TextCorpus.Open(path, new TextCorpusOptions { Seed = seed, HeldOutShare = seed % 2 == 0 ? 0.01 : 0.5 }, TestContext.Current.CancellationToken);
            Assert.InRange(corpus.Report.HeldOut, atLeastHeldOut, documents);
            Assert.InRange(corpus.Report.Train, 1, documents);
            Assert.Equal(corpus.Report.HeldOut, Documents(corpus).Count(d => d.Split == DataSplit.HeldOut));
        }
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_refused()
    {
        using var scratch = new ScratchFolder();
        string path = scratch.Write("a.jsonl", "{\"text\":\"" + new string('a', Utf8FileReader.MaxPartBytes) + "\"}\n");
        Assert.Contains("a line of at most", Assert.Throws<CorpusFormatException>(() => Open(path)).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_of_documentation_is_opened_as_such_and_everything_else_as_text()
    {
        using var scratch = new ScratchFolder();
        string xml = XmlDocumentationCorpusTests.WriteDocumentation(scratch, "docs/a.xml", ("T:N.A", "One."));
        Assert.IsType<XmlDocumentationCorpus>(CorpusReader.Open(xml, cancellationToken: TestContext.Current.CancellationToken));
        Assert.IsType<XmlDocumentationCorpus>(CorpusReader.Open(scratch["docs"], cancellationToken: TestContext.Current.CancellationToken));
        scratch.Write("docs/b.txt", "text");
        Assert.IsType<TextCorpus>(CorpusReader.Open(scratch["docs"], cancellationToken: TestContext.Current.CancellationToken));
    }

    private static TextCorpus Open(string path, double heldOutShare = 0.05) =>
        TextCorpus.Open(path, new TextCorpusOptions { HeldOutShare = heldOutShare }, TestContext.Current.CancellationToken);

    private static IEnumerable<CorpusDocument> Documents(TextCorpus corpus) => corpus.ReadDocuments(TestContext.Current.CancellationToken);
}
