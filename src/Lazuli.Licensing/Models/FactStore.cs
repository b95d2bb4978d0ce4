using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Findings and events.</summary>
internal sealed class FactStore(LicensingWriter writer, FreshFacts facts) : ILicensingFacts
{
    /// <inheritdoc/>
    public Task<LicensingResult<CapabilityFinding>> RecordFindingAsync(Actor actor, string name, string subject, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.RecordFact,
            change =>
            {
                CheckFinding(change, name, subject);
                change.Require(Find(change, name, subject) is null, LicensingRefusal.Conflict, $"'{name}' is recorded of '{subject}' already.");
                var finding = new CapabilityFinding(name, subject, change.Now);
                change.Transaction.Execute("INSERT INTO capability_findings (name, subject, at) VALUES (@name, @subject, @at)", new { name, subject, at = StoredTime.Format(change.Now) });
                change.Audit("finding.record", $"{name} {subject}", null, finding);
                return finding;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<CapabilityFinding>> WithdrawFindingAsync(Actor actor, string name, string subject, string reason, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.RecordFact,
            change =>
            {
                CheckFinding(change, name, subject);
                string why = change.RequireReason(reason);
                CapabilityFinding finding = Find(change, name, subject) ?? throw Change.Refuse(LicensingRefusal.NotFound, $"'{name}' is not recorded of '{subject}'.");
                change.Transaction.Execute("DELETE FROM capability_findings WHERE name = @name AND subject = @subject", new { name, subject });
                change.Audit("finding.withdraw", $"{name} {subject}", finding, null, why);
                return finding;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<LicensingEvent>> RecordEventAsync(Actor actor, string name, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.RecordFact,
            change =>
            {
                change.RequireOperator();
                CheckName(change, name);
                change.Require(change.Facts.Events.All(happened => happened.Name != name), LicensingRefusal.Conflict, $"The event '{name}' is recorded already.");
                var happened = new LicensingEvent(name, change.Now);
                change.Transaction.Execute("INSERT INTO licensing_events (name, at) VALUES (@name, @at)", new { name, at = StoredTime.Format(change.Now) });
                change.Audit("event.record", name, null, happened);
                return happened;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CapabilityFinding>> ListFindingsAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Findings;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LicensingEvent>> ListEventsAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Events;

    private static void CheckFinding(Change change, string name, string subject)
    {
        change.RequireOperator(); // licences of several parties hang on it
        CheckName(change, name);
        change.Require(GrantRules.IsModel(subject) && !subject.Contains('@', StringComparison.Ordinal), LicensingRefusal.Invalid, $"A finding is about a model's name, a version's digest, or '*'; got '{subject}'.");
    }

    private static void CheckName(Change change, string name) =>
        change.Require(GrantRules.IsName(name), LicensingRefusal.Invalid, $"A name has 1 to {GrantRules.LongestName} letters, digits and . _ - / : and begins with a letter or digit; got '{name}'.");

    private static CapabilityFinding? Find(Change change, string name, string subject) => change.Facts.Findings.FirstOrDefault(finding => finding.Name == name && finding.Subject == subject);
}
