using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Owners, stages, holds and revocations of models.</summary>
internal sealed class ModelPolicies(LicensingWriter writer, FreshFacts facts) : IModelPolicies
{
    private const int MostSubjects = 100;

    /// <inheritdoc/>
    public Task<LicensingResult<ModelPolicy>> SetOwnersAsync(Actor actor, string subject, IReadOnlyList<OwnershipShare> owners, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.DescribeModel,
            change =>
            {
                change.RequireOperator();
                Shares.Check(change, owners);
                ModelPolicy before = Read(change, subject);
                ModelPolicy after = before with { Owners = [.. owners], OwnersFrom = null };
                WriteOwners(change, after);
                change.Audit("model.owners", subject, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<ModelPolicy>> InheritOwnersAsync(Actor actor, string model, ProjectId project, bool isNew, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.DescribeModel,
            change =>
            {
                change.RequireOperator();
                ModelPolicy before = Read(change, model);
                var inherited = ModelInheritance.Of(change.Facts, before, project, isNew);
                change.Require(inherited.Conflict is null, LicensingRefusal.Conflict, inherited.Conflict ?? "");
                if (inherited.After is not { } after)
                {
                    change.LeavesDecisions();
                    return before;
                }

                WriteOwners(change, after);
                change.Audit("model.owners", model, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> WhyNotInheritAsync(string model, ProjectId project, bool isNew, CancellationToken cancellationToken)
    {
        LicensingFacts known = await facts.ReadAsync(cancellationToken).ConfigureAwait(false);
        return ModelInheritance.Of(known, known.Models.FirstOrDefault(found => found.Subject == model) ?? new ModelPolicy { Subject = model }, project, isNew).Conflict;
    }

    /// <inheritdoc/>
    public Task<LicensingResult<ModelPolicy>> SetStageAsync(Actor actor, string subject, ModelStage stage, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.SetStage,
            change =>
            {
                change.Require(Enum.IsDefined(stage), LicensingRefusal.Invalid, $"There is no stage {(int)stage}.");
                ModelPolicy before = Read(change, subject);
                RequireLead(change, subject);
                change.Require(before.Revocation is null || stage == ModelStage.Internal, LicensingRefusal.Conflict, $"'{subject}' is revoked.");
                ModelStage now = before.Stage ?? ModelStage.Internal;
                change.Require(stage <= now + 1, LicensingRefusal.Conflict, $"'{subject}' is at the stage {WordForm.Of(now)}; a stage rises one step at a time, and {WordForm.Of(now + 1)} is next.");
                ModelPolicy after = before with { Stage = stage };
                Write(change, after);
                change.Audit("model.stage", subject, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<ModelPolicy>> SetTrainingComputeAsync(Actor actor, string subject, double flop, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.DescribeModel,
            change =>
            {
                change.Require(double.IsFinite(flop) && flop > 0, LicensingRefusal.Invalid, string.Create(CultureInfo.InvariantCulture, $"Training compute is a number of FLOP above 0; got {flop}."));
                ModelPolicy before = Read(change, subject);
                RequireLead(change, subject);
                ModelPolicy after = before with { TrainingFlop = flop };
                Write(change, after);
                change.Audit("model.compute", subject, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<IReadOnlyList<ModelPolicy>>> HoldAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken) =>
        StopAsync(actor, LicensingChange.HoldModel, "model.hold", subjects, reason, (model, why) => model with { Hold = why }, cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<IReadOnlyList<ModelPolicy>>> ReleaseAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken) =>
        StopAsync(actor, LicensingChange.ReleaseModel, "model.release", subjects, reason, (model, _) => model with { Hold = null }, cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<IReadOnlyList<ModelPolicy>>> RevokeAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken) =>
        StopAsync(actor, LicensingChange.RevokeModel, "model.revoke", subjects, reason, (model, why) => model with { Revocation = model.Revocation ?? why, Stage = ModelStage.Internal }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelPolicy>> ListAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Models;

    private Task<LicensingResult<IReadOnlyList<ModelPolicy>>> StopAsync(
        Actor actor, LicensingChange kind, string action, IReadOnlyList<string> subjects, string reason, Func<ModelPolicy, string, ModelPolicy> stop, CancellationToken cancellationToken) =>
        writer.ChangeAsync<IReadOnlyList<ModelPolicy>>(
            actor, kind,
            change =>
            {
                string why = change.RequireReason(reason);
                change.Require(subjects.Count is > 0 and <= MostSubjects, LicensingRefusal.Invalid, $"Name 1 to {MostSubjects} models or versions; got {subjects.Count}.");
                var after = new List<ModelPolicy>();
                foreach (string subject in subjects.Distinct(StringComparer.Ordinal))
                {
                    ModelPolicy before = Read(change, subject);
                    change.RequireParty([.. Owners(change, subject).Select(owner => owner.Party)]);
                    ModelPolicy stopped = stop(before, why);
                    Write(change, stopped);
                    change.Audit(action, subject, before, stopped, why);
                    ModelEvents.Append(change, action, before, stopped, Owners(change, subject));
                    after.Add(stopped);
                }

                return after;
            },
            cancellationToken);

    private static ModelPolicy Read(Change change, string subject)
    {
        change.Require(subject != GrantTerms.Any && GrantRules.IsModel(subject) && !subject.Contains('@', StringComparison.Ordinal), LicensingRefusal.Invalid, $"A model's name or a version's digest (sha256: and 64 hex digits) is wanted; got '{subject}'.");
        return change.Facts.Models.FirstOrDefault(model => model.Subject == subject) ?? new ModelPolicy { Subject = subject };
    }

    private static IReadOnlyList<OwnershipShare> Owners(Change change, string subject) => new CompiledFacts(change.Facts with { Grants = [] }).Model(subject, subject).Owners;

    private static void RequireLead(Change change, string subject) => change.RequireParty(Owners(change, subject)[0].Party);

    private static void WriteOwners(Change change, ModelPolicy model)
    {
        Write(change, model);
        change.Transaction.Execute("DELETE FROM model_owners WHERE subject = @Subject", new { model.Subject });
        for (int i = 0; i < model.Owners.Count; i++)
        {
            change.Transaction.Execute(
                "INSERT INTO model_owners (subject, position, party, basis_points) VALUES (@Subject, @position, @party, @points)",
                new { model.Subject, position = i, party = model.Owners[i].Party.Value, points = model.Owners[i].BasisPoints });
        }
    }

    private static void Write(Change change, ModelPolicy model) => change.Transaction.Execute(
        """
        INSERT INTO model_policies (subject, stage, hold, revocation, training_flop, owners_from) VALUES (@Subject, @stage, @Hold, @Revocation, @TrainingFlop, @from)
        ON CONFLICT (subject) DO UPDATE SET stage = excluded.stage, hold = excluded.hold, revocation = excluded.revocation, training_flop = excluded.training_flop, owners_from = excluded.owners_from
        """,
        new { model.Subject, stage = model.Stage is { } stage ? WordForm.Of(stage) : null, model.Hold, model.Revocation, model.TrainingFlop, from = model.OwnersFrom?.Value });
}
