using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli model import</c>: a GGUF file or a Hugging Face folder into the registry.</summary>
internal static class ModelImportCommand
{
    public static Command Build(Terminal terminal)
    {
        var path = new Argument<string>("path") { Description = "A GGUF file (version 2 or 3) or a folder in the layout of Hugging Face." };
        var name = new Option<string?>("--name") { Description = "Name in the registry: letters, digits and . _ - / :. Default: the model's own." };
        var license = new Option<string?>("--licence", "--license") { Description = "SPDX expression or LicenseRef-…. Default: what the file says, else LicenseRef-unknown." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("import", "Check a model, copy it into the home and register it.") { path, name, license, json };
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed.GetValue(path)!, parsed.GetValue(name), parsed.GetValue(license), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, string path, string? name, string? license, bool json, CancellationToken cancel)
    {
        if (name is not null && (name.Length is 0 or > 200 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':') || name.Split('/').Any(part => part is "" or "." or "..")))
        {
            throw new CommandException($"--name is '{name}'; expected letters, digits and . _ - / :, no empty part and none of dots alone.", ExitCode.Usage);
        }

        if (license is { Length: 0 })
        {
            throw new CommandException("--licence is empty; leave it out, or give an SPDX expression such as Apache-2.0.", ExitCode.Usage);
        }

        await using Installation installation = Installation.Open();
        ModelVersion version = await new ModelImport(installation).ImportAsync(path, name, license, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteJson(version);
            return ExitCode.Done;
        }

        terminal.Data.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Imported {version.Name}@{version.Digest.Short}: {version.ParameterCount:N0} parameters, licence {version.License}."));
        terminal.Data.WriteLine($"Try: ./lazuli chat {version.Name}   (or generate, bench infer, serve)");
        return ExitCode.Done;
    }
}
