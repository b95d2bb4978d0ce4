using System.CommandLine;
using System.Globalization;
using Lazuli.Compute;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli model import</c>: a GGUF file or a Hugging Face folder into the registry.</summary>
internal static class ModelImportCommand
{
    public static Command Build(Terminal terminal)
    {
        var path = new Argument<string>("path") { Description = "A GGUF file (version 2 or 3) or a folder in the layout of Hugging Face. Of a file in parts, the first." };
        Option<string?> name = NameOption("Default: the model's own.");
        Option<string?> license = LicenseOption("Default: what the file says, else LicenseRef-unknown.");
        Option<string?> to = EncodingOption();
        Option<string?> project = ProjectOption();
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("import", "Check a model, copy it into the home and register it.") { path, name, license, to, project, json };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal, Request(parsed.GetValue(path)!, parsed.GetValue(name), parsed.GetValue(license), parsed.GetValue(to), parsed.GetValue(project)), parsed.GetValue(json), cancel));
        return command;
    }

    public static Option<string?> NameOption(string otherwise) => new("--name") { Description = $"Name in the registry: letters, digits and . _ - / :. {otherwise}" };

    public static Option<string?> LicenseOption(string otherwise) => new("--licence", "--license") { Description = $"SPDX expression or LicenseRef-…. {otherwise}" };

    public static Option<string?> ProjectOption() => new("--project") { Description = "Project whose owners the model belongs to. Default: the setting Compute.Project." };

    public static Option<string?> EncodingOption()
    {
        var to = new Option<string?>("--to") { Description = $"How weights are kept: {string.Join(", ", GgufEncodings.Names)}. Default: as they are." };
        to.AcceptOnlyFromAmong(GgufEncodings.Names);
        return to;
    }

    /// <summary>A request with options that were checked.</summary>
    /// <exception cref="CommandException">One is not to be used.</exception>
    public static ImportRequest Request(string path, string? name, string? license, string? to, string? project = null)
    {
        if (name is not null && (name.Length is 0 or > 200 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':') || name.Split('/').Any(part => part is "" or "." or "..")))
        {
            throw new CommandException($"--name is '{name}'; expected letters, digits and . _ - / :, no empty part and none of dots alone.", ExitCode.Usage);
        }

        if (project is not null && !ProjectName.IsValid(project))
        {
            throw new CommandException($"--project is '{project}'; {ProjectName.Rule}.", ExitCode.Usage);
        }

        return license is { Length: 0 }
            ? throw new CommandException("--licence is empty; leave it out, or give an SPDX expression such as Apache-2.0.", ExitCode.Usage)
            : new ImportRequest { Path = path, Name = name, License = license, Encoding = to is null ? null : GgufEncodings.Parse(to), Project = project };
    }

    /// <summary>Says what has been registered.</summary>
    public static void Say(Terminal terminal, ModelVersion version, bool json)
    {
        if (json)
        {
            terminal.WriteJson(version);
            return;
        }

        terminal.Data.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Imported {version.Name}@{version.Digest.Short}: {version.ParameterCount:N0} parameters, licence {version.License}."));
        terminal.Data.WriteLine($"Try: ./lazuli chat {version.Name}   (or generate, bench infer, serve)");
    }

    private static async Task<int> RunAsync(Terminal terminal, ImportRequest request, bool json, CancellationToken cancel)
    {
        await using Installation installation = Installation.Open();
        Say(terminal, await new ModelImport(installation).ImportAsync(request, cancel).ConfigureAwait(false), json);
        return ExitCode.Done;
    }
}
