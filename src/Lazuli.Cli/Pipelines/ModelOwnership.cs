using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Whose the models are that are registered here: the owners' of the project that makes them, with their shares.</summary>
internal sealed class ModelOwnership(Installation installation)
{
    /// <summary>Refuses a name that is other owners', before anything is made under it.</summary>
    /// <exception cref="CommandException">It is.</exception>
    public async Task CheckAsync(string model, string project, CancellationToken cancel)
    {
        if (await installation.Policies.WhyNotInheritAsync(model, new ProjectId(project), await IsNewAsync(model, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false) is { } conflict)
        {
            throw new CommandException(conflict + Advice, ExitCode.Refused);
        }
    }

    /// <summary>Gives the model to the project's owners. To be done before it is registered, so that no version is ever there without its owners.</summary>
    /// <exception cref="CommandException">The name became other owners' meanwhile.</exception>
    public async Task InheritAsync(string model, string project, CancellationToken cancel)
    {
        if (await installation.Policies.InheritOwnersAsync(Actor.Local, model, new ProjectId(project), await IsNewAsync(model, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false) is LicensingResult<ModelPolicy>.Refused refused)
        {
            throw new CommandException(string.Join(' ', refused.Reasons) + Advice, ExitCode.Refused);
        }
    }

    /// <summary>Owners and why they are, for people. What is said of the version by its digest goes before what is said of its name.</summary>
    public async Task<(IReadOnlyList<OwnershipShare> Owners, ProjectId? From, string Text)> TellAsync(ModelVersion model, CancellationToken cancel)
    {
        IReadOnlyList<ModelPolicy> all = await installation.Policies.ListAsync(cancel).ConfigureAwait(false);
        ModelPolicy? said = all.FirstOrDefault(policy => policy.Subject == model.Digest.Value && policy.Owners.Count > 0) ?? all.FirstOrDefault(policy => policy.Subject == model.Name && policy.Owners.Count > 0);
        IReadOnlyList<OwnershipShare> owners = said?.Owners ?? [new OwnershipShare(PartyId.Lab, OwnershipShare.Whole)];
        string why = said is null ? "no other owner is named" : said.OwnersFrom is { } project ? $"inherited from the project {project}" : "set by hand";
        return (owners, said?.OwnersFrom, $"{OwnerShares.Text(owners)} ({why})");
    }

    private const string Advice = " 'lazuli model owners' sets them.";

    private async Task<bool> IsNewAsync(string model, CancellationToken cancel) => (await installation.Registry.ListModelsAsync(cancel).ConfigureAwait(false)).All(version => version.Name != model);
}
