using System.Text;
using System.Xml;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class MemberNamesTests
{
    private static readonly Dictionary<string, DocumentedMember> s_known = new DocumentedMember[]
    {
        new("T:N.Outer`1", "x", ["TItem"], []),
        new("T:N.Outer`1.Inner", "x", [], []),
        new("T:N.Map`2", "x", ["TKey", "TValue"], []),
        new("P:N.Text.Length", "x", [], []),
    }.ToDictionary(m => m.Id, StringComparer.Ordinal);

    private static readonly MemberNames s_names = new(s_known);

    [Theory]
    [InlineData("T:N.Map`2", "N.Map<TKey, TValue>", "Map<TKey, TValue>", "Map")]
    [InlineData("T:N.Unknown`2", "N.Unknown<T1, T2>", "Unknown<T1, T2>", "Unknown")]
    [InlineData("T:N.Outer`1.Inner", "N.Outer<TItem>.Inner", "Outer<TItem>.Inner", "Outer.Inner")]
    [InlineData("T:Global", "Global", "Global", "Global")]
    [InlineData("M:N.Text.Join(System.String,System.Object[])", "N.Text.Join", "Text.Join(String, Object[])", "Text.Join")]
    [InlineData("M:N.Text.Trim", "N.Text.Trim", "Text.Trim()", "Text.Trim")]
    [InlineData("M:N.Map`2.Add(`0,`1)", "N.Map<TKey, TValue>.Add", "Map<TKey, TValue>.Add(TKey, TValue)", "Map.Add")]
    [InlineData("M:N.Outer`1.Inner.Get(`0@,System.Int32*,System.Byte[0:,0:][])", "N.Outer<TItem>.Inner.Get", "Outer<TItem>.Inner.Get(ref TItem, Int32*, Byte[,][])", "Outer.Inner.Get")]
    [InlineData("M:N.Map`2.#ctor(System.Nullable{System.Int32})", "the constructor of N.Map<TKey, TValue>", "Map<TKey, TValue>(Int32?)", "the constructor of Map")]
    [InlineData("M:N.Text.#cctor", "the static constructor of N.Text", "Text()", "the static constructor of Text")]
    [InlineData("M:N.Text.op_Equality(N.Text,N.Text)", "N.Text.operator ==", "Text.operator ==(Text, Text)", "Text.operator ==")]
    [InlineData("M:N.Text.op_Implicit(System.Byte)~N.Text", "N.Text.operator implicit", "Text.operator implicit(Byte to Text)", "Text.operator implicit")]
    [InlineData("M:N.Text.op_CheckedAddition(N.Text,N.Text)", "N.Text.checked operator +", "Text.checked operator +(Text, Text)", "Text.checked operator +")]
    [InlineData("P:N.Text.Length", "N.Text.Length", "Text.Length", "Text.Length")]
    [InlineData("P:N.Map`2.Item(`0)", "N.Map<TKey, TValue>.Item", "Map<TKey, TValue>.Item[TKey]", "Map.Item")]
    [InlineData("E:N.Text.Changed", "N.Text.Changed", "Text.Changed", "Text.Changed")]
    [InlineData("P:N.Map`2.System#Collections#ICollection#IsSynchronized", "N.Map<TKey, TValue>.ICollection.IsSynchronized", "Map<TKey, TValue>.ICollection.IsSynchronized", "Map.ICollection.IsSynchronized")]
    [InlineData("M:N.Text.System#Collections#Generic#IList{System#Collections#Generic#KeyValuePair{TKey@TValue}}#IndexOf(System.Int32)", "N.Text.IList<KeyValuePair<TKey, TValue>>.IndexOf", "Text.IList<KeyValuePair<TKey, TValue>>.IndexOf(Int32)", "Text.IList<KeyValuePair<TKey, TValue>>.IndexOf")]
    public void Ids_read_as_a_person_would_write_them(string id, string full, string signature, string plain)
    {
        MemberName name = s_names.Describe(s_known.GetValueOrDefault(id, new DocumentedMember(id, "x", [], [])));
        Assert.Equal((full, signature, plain), (name.Full, name.Signature, name.Plain));
    }

    [Fact]
    public void Signatures_carry_the_documented_names_of_parameters()
    {
        var member = new DocumentedMember("M:N.Text.Fold``2(System.Func{``0,``1},System.Collections.Generic.IEnumerable{``0})", "x", ["TSource", "TResult"], ["func", "source"]);
        Assert.Equal("Text.Fold<TSource, TResult>(Func<TSource, TResult> func, IEnumerable<TSource> source)", s_names.Describe(member).Signature);
        Assert.Equal("Text.Fold<TSource, TResult>(Func<TSource, TResult>, IEnumerable<TSource>)", s_names.Describe(member with { Parameters = ["func"] }).Signature);
    }

    [Theory]
    [InlineData("T:N.Outer`1.Inner", "Outer")]
    [InlineData("M:N.Outer`1.Inner.Get", "Outer")]
    [InlineData("T:N.Outer`1", "Outer")]
    [InlineData("T:Other.Outer", "Outer")]
    [InlineData("M:N.Text.#ctor", "Text")]
    public void Members_are_split_by_their_outermost_type(string id, string group) => Assert.Equal(group, s_names.Describe(new DocumentedMember(id, "x", [], [])).Group);

    [Theory]
    [InlineData("M:N.X.Y(System.Func{System.Int32)")]
    [InlineData("M:N.X.Y(}{)")]
    [InlineData("M:N.X.Y()~")]
    [InlineData("M:.")]
    [InlineData("M:.#")]
    [InlineData("M:N.X.op_")]
    [InlineData("T:`")]
    [InlineData("T:N.A`99999999999")]
    [InlineData("P:N.{.}.a#b#")]
    [InlineData("M:N.X.Y)(")]
    public void Ids_against_the_grammar_are_taken_as_they_are(string id) => Assert.NotNull(s_names.Describe(new DocumentedMember(id, "x", [], [])).Full);

    [Fact]
    public void Type_arguments_nested_without_end_are_not_followed()
    {
        string deep = string.Concat(Enumerable.Repeat("A{", 100_000));
        Assert.EndsWith(")", s_names.Describe(new DocumentedMember($"M:N.X.Y({deep})", "x", [], [])).Signature, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Joins.", "Joins.")]
    [InlineData("  Joins\n      the   parts .  ", "Joins the parts.")]
    [InlineData("Needs .NET, see <see cref=\"T:N.Map`2\" /> .", "Needs .NET, see Map<TKey, TValue>.")]
    [InlineData("<see cref=\"M:System.String.Join(System.String,System.Object[])\"/>", "String.Join")]
    [InlineData("<see cref=\"P:N.Text.Length\"/> and <see cref=\"F:A.B.C.D\"/>", "Text.Length and C.D")]
    [InlineData("<see cref=\"M:N.Map`2.#ctor(`0)\"/>", "Map<TKey, TValue> constructor")]
    [InlineData("<see cref=\"M:N.Text.Fold``2\"/>", "Text.Fold")]
    [InlineData("<see cref=\"N:System.Linq\"/>", "System.Linq")]
    [InlineData("<see cref=\"!:T\"/>", "T")]
    [InlineData("<see cref=\"T:N.Text\">this text</see> x", "this text x")]
    [InlineData("<see cref=\"T:N.Text\"></see> x", "Text x")]
    [InlineData("<see langword=\"true\"/> if <paramref name=\"x\"/> is a <typeparamref name=\"T\" />", "true if x is a T")]
    [InlineData("Use <c>a &lt; b</c> &amp; <code>c</code>", "Use a < b & c")]
    [InlineData("<para>One.</para><para>Two.</para>", "One. Two.")]
    [InlineData("Kinds:<list type=\"bullet\"><item><description>first</description></item><item><description>second</description></item></list>", "Kinds: first; second")]
    [InlineData("<list><item><term>A</term><description>is a.</description></item><item><term>B</term><description>is b</description></item></list>", "A: is a. B: is b")]
    [InlineData("See <see href=\"https://example.org\">there</see> or <see href=\"https://example.org\"/>", "See there or https://example.org")]
    [InlineData("<xref data-throw-if-not-resolved=\"true\" uid=\"System.IO.Stream.ReadAsync(System.Byte[],System.Int32)\"></xref>", "Stream.ReadAsync")]
    [InlineData("<xref uid=\"System.IO.Stream\"/>", "Stream")]
    [InlineData("<![CDATA[a < b]]><!-- not this --> c", "a < b c")]
    [InlineData("Map<script type=\"x\">{ \"a\": 1 }</script> end", "Map end")]
    [InlineData("(<see cref=\"T:N.Text\" />)", "(Text)")]
    [InlineData("<p>a<br/>b</p>", "a b")]
    [InlineData("", "")]
    [InlineData("<para/>", "")]
    public void Markup_becomes_plain_words(string xml, string words)
    {
        using var reader = XmlReader.Create(new StringReader($"<summary>{xml}</summary>"), new XmlReaderSettings { IgnoreComments = true });
        reader.MoveToContent();
        string marked = SummaryReader.Read(reader, new StringBuilder());
        Assert.Equal(words, SummaryReader.ResolveReferences(marked, s_names.ReferenceName));
    }

    [Theory]
    [InlineData("ElementAtOrDefault", "element at or default")]
    [InlineData("XmlIOError2", "xml io error 2")]
    [InlineData("Dictionary<TKey, TValue>.Add", "dictionary t key t value add")]
    [InlineData("operator ==", "operator")]
    [InlineData("A", "a")]
    public void Names_fall_into_words(string name, string words) => Assert.Equal(words, MemberQuestions.Words(name));

    [Fact]
    public void Installation_roots_are_read_from_the_list_of_SDKs()
    {
        const string Output = "8.0.100 [/usr/share/dotnet/sdk]\r\n10.0.401 [/usr/share/dotnet/sdk]\n10.0.100-rc.1 [/home/a b/.dotnet/sdk/]\nnothing here\n[unfinished\n";
        Assert.Equal(["/usr/share/dotnet", "/home/a b/.dotnet"], SdkReferenceFiles.ParseRoots(Output));
    }

    [Fact]
    public void The_newest_version_of_each_pack_is_used()
    {
        using var scratch = new ScratchFolder();
        foreach (string file in new[] { "packs/A.Ref/10.0.9/ref/net10.0/A.xml", "packs/A.Ref/10.0.12/ref/net10.0/A.xml", "packs/A.Ref/10.0.12/ref/net10.0/A.dll", "packs/B.Ref/9.0.1/ref/net9.0/B.xml", "packs/C.Ref/odd/ref/net10.0/C.xml" })
        {
            scratch.Write(file, "x");
        }

        Assert.Equal([scratch["packs/A.Ref/10.0.12/ref/net10.0/A.xml"]], SdkReferenceFiles.FindIn([scratch.Path, scratch["nowhere"]]));
    }
}
