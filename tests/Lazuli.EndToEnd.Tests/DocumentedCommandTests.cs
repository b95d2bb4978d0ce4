using System.Diagnostics;
using System.Text.RegularExpressions;
using Lazuli.Testing;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Every <c>./lazuli</c> line in the README and the documentation is run as it stands, in the order of the page.</summary>
public sealed partial class DocumentedCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-docs-");
    private readonly LazuliProgram _lazuli;
    private HubImitation? _hub;

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
        Directory.EnumerateFiles(Path.Combine(Root(), "docs"), "*.md", SearchOption.AllDirectories).Where(f => CommandLines(File.ReadAllText(f)).Any()).Select(f => Path.GetRelativePath(Root(), f)))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_command_of_the_page_works_as_it_stands(string page)
    {
        string[] commands = [.. CommandLines(await File.ReadAllTextAsync(Path.Combine(Root(), page), TestContext.Current.CancellationToken))];
        Assert.NotEmpty(commands);

        // The pages speak of the quickstart's model. The quickstart has a test of its own; here a toy stands under its name.
        LazuliProgram.Finished toy = await _lazuli.RunAsync("train", "recipes/tiny.yaml", "--set", "duration.steps=4", "--name", "quickstart");
        Assert.True(toy.ExitCode == 0, toy.Errors);
        await ImitateHubAsync([.. commands.Where(c => c.StartsWith("model pull ", StringComparison.Ordinal))]);
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

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _lazuli.Dispose();
        _folder.Delete(recursive: true);
        if (_hub is not null)
        {
            await _hub.DisposeAsync();
        }
    }

    /// <summary>A hub on this machine has the toy under the names that the page pulls: as the file that it names, else as a folder.</summary>
    private async Task ImitateHubAsync(string[] pulls)
    {
        if (pulls.Length == 0)
        {
            return;
        }

        _hub = await HubImitation.StartAsync();
        _lazuli.Environment["HF_ENDPOINT"] = _hub.Endpoint;
        string exported = Path.Combine(_lazuli.Home, "exported");
        foreach (string format in new[] { "gguf", "hf" })
        {
            LazuliProgram.Finished made = await _lazuli.RunAsync("model", "export", "quickstart", "--format", format, "--output", exported + "." + format);
            Assert.True(made.ExitCode == 0, made.Errors);
        }

        foreach (string[] words in pulls.Select(p => p.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            string name = words[2].Split('@')[0];
            HubRepository repository = _hub.Repositories.TryGetValue(name, out HubRepository? known) ? known : _hub.Add(name);
            int file = Array.IndexOf(words, "--file");
            IEnumerable<(string Path, string From)> files = file > 0 ? [(words[file + 1], exported + ".gguf")] : Directory.EnumerateFiles(exported + ".hf").Select(f => (Path.GetFileName(f), f));
            foreach ((string path, string from) in files)
            {
                repository.Files[path] = await File.ReadAllBytesAsync(from, TestContext.Current.CancellationToken);
            }
        }
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
