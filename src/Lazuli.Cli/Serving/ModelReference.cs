using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>What a user calls a model on the command line.</summary>
internal static class ModelReference
{
    /// <summary>Loads a folder or file where one is named by a path, else a registered version.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    public static async Task<LoadedModel> LoadAsync(string reference, int threads, CancellationToken cancel)
    {
        if (Path.Exists(reference))
        {
            return LoadedModel.Open(reference, new EngineSettings { Threads = threads });
        }

        await using Installation installation = Installation.Open();
        ModelVersion version = await ModelCommand.FindAsync(installation, reference, cancel).ConfigureAwait(false);
        ModelSeal.Check(version);
        EngineSettings settings = SettingsReader.Read(installation.Home).Engine;
        settings.Threads = threads == 0 ? settings.Threads : threads;
        return LoadedModel.Open(version.Folder, settings);
    }

    /// <summary>The folder or file itself where one is named by a path, else a registered version's.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    public static async Task<string> PathOfAsync(string reference, CancellationToken cancel)
    {
        if (Path.Exists(reference))
        {
            return reference;
        }

        await using Installation installation = Installation.Open();
        ModelVersion version = await ModelCommand.FindAsync(installation, reference, cancel).ConfigureAwait(false);
        ModelSeal.Check(version);
        return version.Folder;
    }
}
