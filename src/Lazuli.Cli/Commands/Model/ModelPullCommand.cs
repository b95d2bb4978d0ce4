using System.CommandLine;
using Lazuli.Contracts;
using Lazuli.Registry;

namespace Lazuli.Cli;

/// <summary><c>lazuli model pull</c>: a model from a hub into the registry.</summary>
internal static class ModelPullCommand
{
    public static Command Build(Terminal terminal)
    {
        var reference = new Argument<string>("model") { Description = "org/name, or org/name@revision (a branch, a tag or a commit)." };
        var file = new Option<string?>("--file") { Description = "The GGUF file to take, where the repository has several." };
        var include = new Option<string?>("--include") { Description = "Pattern of the weights to take, with * and ?, e.g. '*Q4_K_M*'." };
        Option<string?> name = ModelImportCommand.NameOption("Default: the repository's.");
        Option<string?> license = ModelImportCommand.LicenseOption("Default: what the model or its card says, else LicenseRef-unknown.");
        Option<string?> to = ModelImportCommand.EncodingOption();
        Option<string?> project = ModelImportCommand.ProjectOption();
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("pull", $"Fetch a model from a hub ({HubSettings.EndpointVariable}, {HubSettings.TokenVariable}) and import it; goes on where it was broken off.") { reference, file, include, name, license, to, project, json };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal,
            HubReference.Parse(parsed.GetValue(reference)!),
            parsed.GetValue(file),
            parsed.GetValue(include),
            ModelImportCommand.Request("", parsed.GetValue(name), parsed.GetValue(license), parsed.GetValue(to), parsed.GetValue(project)),
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, HubReference reference, string? file, string? include, ImportRequest request, bool json, CancellationToken cancel)
    {
        if (file is not null && include is not null)
        {
            throw new CommandException("--file names one model and --include a pattern; give one of them.", ExitCode.Usage);
        }

        var settings = HubSettings.FromEnvironment();
        await using Installation installation = Installation.Open();
        using var hub = new HubClient(settings, installation.Time);
        ModelVersion version = await new ModelPull(installation, hub, new StageDisplay(terminal)).PullAsync(reference, file, include, request, cancel).ConfigureAwait(false);
        ModelImportCommand.Say(terminal, version, json);
        return ExitCode.Done;
    }
}
