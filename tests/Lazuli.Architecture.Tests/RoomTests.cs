using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Lazuli.Architecture.Tests;

public sealed partial class RoomTests
{
    public static TheoryData<string> Rooms() => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)["Lazuli.".Length..])];

    [Fact]
    public void The_table_names_exactly_the_rooms_that_exist() =>
        Assert.Equal(DependencyTable.MayReference.Keys.Order(StringComparer.Ordinal), Rooms().Select(r => r.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_references_only_what_the_table_allows(string room)
    {
        XDocument project = XDocument.Load(Path.Combine(Repository.Root, "src", $"Lazuli.{room}", $"Lazuli.{room}.csproj"));
        IEnumerable<string> referenced = project.Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/'))["Lazuli.".Length..]);
        Assert.Equal([], referenced.Except(DependencyTable.MayReference[room]));
    }

    [Fact]
    public void Unsafe_code_and_native_calls_live_only_where_the_table_says()
    {
        IEnumerable<string> offenders = Repository.SourceFiles("src")
            .Where(f => !DependencyTable.UnsafeFolders.Any(p => Repository.RelativeToSource(f).StartsWith(p, StringComparison.Ordinal)))
            .Where(f => UnsafeCode().IsMatch(File.ReadAllText(f)))
            .Select(Repository.RelativeToSource);
        Assert.Equal([], offenders);
    }

    [Fact]
    public void No_file_is_named_for_nothing_in_particular()
    {
        IEnumerable<string> offenders = Repository.SourceFiles("src")
            .Where(f => VagueName().IsMatch(Path.GetFileNameWithoutExtension(f)))
            .Select(Repository.RelativeToSource);
        Assert.Equal([], offenders);
    }

    [Fact]
    public void No_type_sits_in_another_rooms_namespace()
    {
        IEnumerable<string> offenders = Repository.SourceFiles("src")
            .Where(f => !Path.GetFileName(f).StartsWith("Program.", StringComparison.Ordinal))
            .Where(f =>
            {
                string room = Repository.RelativeToSource(f).Split('/')[0];
                Match declared = NamespaceLine().Match(File.ReadAllText(f));
                return declared.Success && declared.Groups["name"].Value != room && !declared.Groups["name"].Value.StartsWith(room + ".", StringComparison.Ordinal);
            })
            .Select(Repository.RelativeToSource);
        Assert.Equal([], offenders);
    }

    [Fact]
    public void A_file_holds_one_public_type_or_a_closed_family_beside_it()
    {
        const int MostPublicTypes = 5; // records of one message or result family may share a file
        IEnumerable<string> offenders = Repository.SourceFiles("src")
            .Select(f => (File: f, Types: PublicType().Count(File.ReadAllText(f))))
            .Where(f => f.Types > MostPublicTypes)
            .Select(f => $"{Repository.RelativeToSource(f.File)}: {f.Types}");
        Assert.Equal([], offenders);
    }

    [Fact]
    public void No_source_names_a_path_of_the_machine_it_was_written_on()
    {
        IEnumerable<string> offenders = new[] { "src", "tests", "bench" }.SelectMany(Repository.SourceFiles)
            .Where(f => !f.Contains("Architecture", StringComparison.Ordinal))
            .Where(f => MachinePath().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(Repository.Root, f));
        Assert.Equal([], offenders);
    }

    [GeneratedRegex(@"\bunsafe\b|\[(Dll|Library)Import\b|\bNativeMemory\.|\bNativeLibrary\.|\bMarshal\.(AllocHGlobal|PtrToStructure)\b")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex("(Manager|Helper|Helpers|Utils|Utilities|Common)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^public (?:sealed |static |abstract |readonly |partial |unsafe |ref )*(?:class|record|struct|interface|enum|delegate)\b", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex("\"/root/|\"/Users/")]
    private static partial Regex MachinePath();
}
