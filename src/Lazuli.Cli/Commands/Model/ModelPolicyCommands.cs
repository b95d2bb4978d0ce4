using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli model stage|owners|hold|release|revoke|policies|trained-with</c>.</summary>
internal static class ModelPolicyCommands
{
    public static IEnumerable<Command> Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "Name of the model, or a version's digest sha256:…" };
        Argument<ModelStage> stage = Words.Argument<ModelStage>("stage");
        stage.Description = "How far it is released.";
        var setStage = new Command("stage", "Say how far a model is released; internal from the start.") { model, stage };
        setStage.SetAction((parsed, cancel) => StageAsync(terminal, parsed.GetValue(model)!, parsed.GetValue(stage), cancel));
        yield return setStage;
        var owner = new Option<string[]>("--owner") { Description = "An owner, PARTY or PARTY=PERCENT; shares add up to 100. The first licenses for all.", Required = true };
        var setOwners = new Command("owners", "Say whose a model is; without, what a project makes belongs to the project's owners.") { model, owner };
        setOwners.SetAction((parsed, cancel) => OwnersAsync(terminal, parsed.GetValue(model)!, OwnerShares.Parse(parsed.GetValue(owner)!), cancel));
        yield return setOwners;
        yield return Stop("hold", "Put a safety hold on a model: nobody may use it, and running answers end.");
        yield return Stop("release", "End a safety hold.");
        yield return Stop("revoke", "Take a model back for good.");

        var flop = new Argument<double>("flop") { Description = "FLOP, e.g. 3.2e24." };
        var compute = new Command("trained-with", "Say how much compute a model's training took; licences may carve out what took more than a threshold.") { model, flop };
        compute.SetAction((parsed, cancel) => ComputeAsync(terminal, parsed.GetValue(model)!, parsed.GetValue(flop), cancel));
        yield return compute;
        Option<bool> json = CommandTree.JsonOption();
        var policies = new Command("policies", "List what licensing knows of models: owners, stage, holds, training compute.") { json };
        policies.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        yield return policies;

        Command Stop(string verb, string description)
        {
            var subjects = new Argument<string[]>("models") { Description = "Names and digests; whoever stops a model should name both.", Arity = ArgumentArity.OneOrMore };
            var reason = new Option<string>("--reason") { Description = "Why; it stands in the audit.", Required = true };
            var command = new Command(verb, description) { subjects, reason };
            command.SetAction((parsed, cancel) => StopAsync(terminal, verb, new ModelsStopped(parsed.GetValue(subjects)!, parsed.GetValue(reason)!), cancel));
            return command;
        }
    }

    private static async Task<int> StageAsync(Terminal terminal, string model, ModelStage stage, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync($"models/{Uri.EscapeDataString(model)}/stage", new StageSet(stage), cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{model} is at stage {Words.Of(stage)}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> OwnersAsync(Terminal terminal, string model, OwnershipShare[] owners, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync($"models/{Uri.EscapeDataString(model)}/owners", owners, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{model} belongs to {OwnerShares.Text(owners)}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> StopAsync(Terminal terminal, string verb, ModelsStopped body, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"models/{verb}", body, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{string.Join(", ", body.Subjects)}: {verb} is in force.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ComputeAsync(Terminal terminal, string model, double flop, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync($"models/{Uri.EscapeDataString(model)}/training-compute", new ComputeSet(flop), cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{model} was trained with {flop:0.###e+0} FLOP.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ModelPolicy[] policies = await link.GetAsync<ModelPolicy[]>("models/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(policies);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["model", "owners", "stage", "stopped", "trained with"],
            policies.Select(p => new[]
            {
                p.Subject, p.Owners.Count == 0 ? PartyId.Lab.Value : OwnerShares.Text(p.Owners),
                Words.Of(p.Stage ?? ModelStage.Internal), p.Revocation is { } gone ? $"revoked: {gone}" : p.Hold is { } hold ? $"held: {hold}" : "-",
                p.TrainingFlop is { } flop ? string.Create(CultureInfo.InvariantCulture, $"{flop:0.###e+0} FLOP") : "-",
            }));
        return ExitCode.Done;
    }
}
