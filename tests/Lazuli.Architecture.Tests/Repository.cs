namespace Lazuli.Architecture.Tests;

/// <summary>The checked-out tree that the tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    public static string RelativeToSource(string file) =>
        Path.GetRelativePath(Path.Combine(Root, "src"), file).Replace('\\', '/');

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Lazuli.slnx")))
            {
                return at.FullName;
            }
        }

        throw new InvalidOperationException($"No Lazuli.slnx above {AppContext.BaseDirectory}.");
    }
}
