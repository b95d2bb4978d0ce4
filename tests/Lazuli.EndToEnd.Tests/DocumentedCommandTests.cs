using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Every <c>./lazuli</c> line in the README and the guides is run as it stands, in the order of the page.</summary>
public sealed partial class DocumentedCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-docs-");
    private readonly LazuliProgram _lazuli;

    public DocumentedCommandTests()
    {
        _lazuli = new LazuliProgram { WorkingFolder = _folder.FullName };
        string recipes = Directory.CreateDirectory(Path.Combine(_folder.FullName, "recipes")).FullName;
        foreach (string recipe in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "recipes")))
        {
            File.Copy(recipe, Path.Combine(recipes, Path.GetFileName(recipe)));
        }

        string texts = Directory.CreateDirectory(Path.Combine(_folder.FullName, "my-texts")).FullName;
        for (int i = 0; i < 12; i++)
        {
            File.WriteAllText(Path.Combine(texts, $"{i}.txt"), string.Join('\n', Enumerable.Range(0, 60).Select(n => $"Line {n} of text {i} is like line {n * i}.")));
        }
    }

    public static TheoryData<string> Pages() => [.. new[] { "README.md" }.Concat(
        Directory.EnumerateFiles(Path.Combine(Root(), "docs", "guides"), "*.md").Select(f => Path.GetRelativePath(Root(), f)))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_of_the_page_works_as_it_stands(string page)
    {
        string[] commands = [.. CommandLines(await File.ReadAllTextAsync(Path.Combine(Root(), page), TestContext.Current.CancellationToken))];
        Assert.NotEmpty(commands);

        // The pages speak of the quickstart's model. The quickstart has a test of its own; here a toy stands under its name.
        LazuliProgram.Finished toy = await _lazuli.RunAsync("train", "recipes/tiny.yaml", "--set", "duration.steps=4", "--name", "quickstart");
        Assert.True(toy.ExitCode == 0, toy.Errors);
        foreach (string command in commands.Where(c => c != "quickstart"))
        {
            if (command == "serve")
            {
                await ServeAndStopAsync();
                continue;
            }

            LazuliProgram.Finished finished = await _lazuli.RunAsync([.. Words().Matches(command).Select(w => w.Value.Trim('"'))]);
            Assert.True(finished.ExitCode == 0, $"./lazuli {command}\n{finished.Errors}");
        }
    }

    public void Dispose()
    {
        _lazuli.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ServeAndStopAsync()
    {
        using Process server = _lazuli.Start("serve", "--port", "0");
        string? line = await server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Serving", line, StringComparison.Ordinal);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));
    }

    private static IEnumerable<string> CommandLines(string markdown) =>
        ShellBlocks().Matches(markdown)
            .SelectMany(b => b.Groups["lines"].Value.Split('\n'))
            .Where(l => l.StartsWith("./lazuli ", StringComparison.Ordinal))
            .Select(l => l["./lazuli ".Length..].Split(" #")[0].Trim());

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Lazuli.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("No Lazuli.slnx above the tests.");
        }

        return at.FullName;
    }

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex ShellBlocks();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Words();
}
