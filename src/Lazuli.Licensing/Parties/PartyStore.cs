using System.Text.RegularExpressions;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>The parties.</summary>
internal sealed partial class PartyStore(LicensingWriter writer, FreshFacts facts) : IPartyStore
{
    public const int LongestName = 200;
    private const int MostClasses = 50;

    /// <inheritdoc/>
    public Task<LicensingResult<Party>> AddAsync(Actor actor, PartyId id, PartyKind kind, string name, IReadOnlyList<string> classes, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageParties,
            change =>
            {
                if (kind is not (PartyKind.Customer or PartyKind.Partner) || classes.Count > 0)
                {
                    change.RequireOperator(); // licences are bound to classes, so nobody gives them to itself
                }

                change.Require(id.Value is not null && IdForm().IsMatch(id.Value), LicensingRefusal.Invalid, $"A party's id is 1 to 40 small letters, digits and hyphens and begins with a letter; got '{id.Value}'.");
                change.Require(Enum.IsDefined(kind) && kind != PartyKind.Public, LicensingRefusal.Invalid, "A new party is of one of the kinds that there are; there is one public, and it exists.");
                CheckClasses(change, classes);
                var party = new Party { Id = id, Kind = kind, Name = CheckName(change, name), Classes = [.. classes], CreatedAt = change.Now };
                change.Require(change.Facts.Parties.All(other => other.Id != id), LicensingRefusal.Conflict, $"There is a party '{id}' already; ids are never given again.");
                change.Transaction.Execute(
                    "INSERT INTO parties (id, kind, name, classes, created_at) VALUES (@id, @kind, @name, @classes, @at)",
                    new { id = id.Value, kind = WordForm.Of(kind), name = party.Name, classes = StoredJson.Write(party.Classes), at = StoredTime.Format(change.Now) });
                change.Audit("party.add", id.Value!, null, party);
                return party;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Party>> SetClassesAsync(Actor actor, PartyId id, IReadOnlyList<string> classes, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageParties,
            change =>
            {
                change.RequireOperator();
                CheckClasses(change, classes);
                Party before = change.RequireOpenParty(id);
                Party after = before with { Classes = [.. classes] };
                change.Transaction.Execute("UPDATE parties SET classes = @classes WHERE id = @id", new { id = id.Value, classes = StoredJson.Write(after.Classes) });
                change.Audit("party.classes", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Party>> CloseAsync(Actor actor, PartyId id, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageParties,
            change =>
            {
                change.RequireOperator();
                change.Require(id != PartyId.Public && id != BuiltInParties.Lab, LicensingRefusal.Invalid, $"The party '{id}' belongs to every installation and stays open.");
                Party before = change.RequireOpenParty(id);
                Party after = before with { ClosedAt = change.Now };
                change.Transaction.Execute("UPDATE parties SET closed_at = @at WHERE id = @id", new { id = id.Value, at = StoredTime.Format(change.Now) });
                change.Audit("party.close", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<Party?> FindAsync(PartyId id, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(party => party.Id == id);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Party>> ListAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Parties;

    internal static string CheckName(Change change, string? name)
    {
        string text = (name ?? "").Trim();
        change.Require(text.Length is > 0 and <= LongestName && !text.Any(char.IsControl), LicensingRefusal.Invalid, $"A name has 1 to {LongestName} characters without line ends; got {text.Length}.");
        return text;
    }

    private static void CheckClasses(Change change, IReadOnlyList<string> classes) =>
        change.Require(
            classes.Count <= MostClasses && classes.All(GrantRules.IsName) && classes.Distinct(StringComparer.Ordinal).Count() == classes.Count,
            LicensingRefusal.Invalid, $"A party has at most {MostClasses} customer classes, each once, of letters, digits and . _ - / :.");

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}\\z")]
    private static partial Regex IdForm();
}
