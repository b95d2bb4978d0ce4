using System.Text.RegularExpressions;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>The projects.</summary>
internal sealed partial class ProjectStore(LicensingWriter writer, FreshFacts facts) : IProjectStore
{
    private const string IdRule = "a project's id is 1 to 64 letters, digits and . _ - and begins with a letter or digit";

    /// <inheritdoc/>
    public Task<LicensingResult<Project>> AddAsync(Actor actor, ProjectId id, string name, IReadOnlyList<OwnershipShare> owners, string? fieldOfUse, CancellationToken cancellationToken) =>
        writer.ChangeAsync(actor, LicensingChange.ManageProjects, change => Add(change, id, name, owners, fieldOfUse), cancellationToken);

    /// <summary>Adds a project inside a change.</summary>
    public static Project Add(Change change, ProjectId id, string name, IReadOnlyList<OwnershipShare> owners, string? fieldOfUse)
    {
        change.Require(id.Value is not null && IdForm().IsMatch(id.Value), LicensingRefusal.Invalid, $"'{id.Value}' is no project: {IdRule}.");
        Shares.Check(change, owners);
        RequireOwnersConsent(change, owners);
        CheckField(change, fieldOfUse);
        change.Require(change.Facts.Projects.All(other => other.Id != id), LicensingRefusal.Conflict, $"There is a project '{id}' already.");
        var project = new Project { Id = id, Name = PartyStore.CheckName(change, name), Owners = [.. owners], FieldOfUse = fieldOfUse, CreatedAt = change.Now };
        change.Transaction.Execute(
            "INSERT INTO projects (id, name, field, created_at) VALUES (@id, @name, @field, @at)",
            new { id = id.Value, name = project.Name, field = fieldOfUse, at = StoredTime.Format(change.Now) });
        InsertOwners(change, id, owners);
        change.Audit("project.add", id.Value!, null, project);
        return project;
    }

    /// <inheritdoc/>
    public Task<LicensingResult<Project>> ContributeAsync(Actor actor, ProjectId id, PartyId party, string description, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.Contribute,
            change =>
            {
                Project before = RequireOpen(change, id);
                change.RequireParty(Lead(before));
                change.RequireOpenParty(party);
                string text = change.RequireReason(description);
                Project after = before with { Contributions = [.. before.Contributions, new ProjectContribution(party, text, change.Now)] };
                change.Transaction.Execute(
                    "INSERT INTO project_contributions (project, party, description, at) VALUES (@project, @party, @text, @at)",
                    new { project = id.Value, party = party.Value, text, at = StoredTime.Format(change.Now) });
                change.Audit("project.contribute", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Project>> SetOwnersAsync(Actor actor, ProjectId id, IReadOnlyList<OwnershipShare> owners, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageProjects,
            change =>
            {
                change.RequireOperator(); // no owner may dilute the others
                Project before = RequireOpen(change, id);
                Shares.Check(change, owners);
                Project after = before with { Owners = [.. owners] };
                change.Transaction.Execute("DELETE FROM project_owners WHERE project = @id", new { id = id.Value });
                InsertOwners(change, id, owners);
                change.Audit("project.owners", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Project>> SetFieldOfUseAsync(Actor actor, ProjectId id, string? fieldOfUse, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageProjects,
            change =>
            {
                Project before = RequireOpen(change, id);
                change.RequireParty(Lead(before));
                CheckField(change, fieldOfUse);
                Project after = before with { FieldOfUse = fieldOfUse };
                change.Transaction.Execute("UPDATE projects SET field = @field WHERE id = @id", new { id = id.Value, field = fieldOfUse });
                change.Audit("project.field", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Project>> CloseAsync(Actor actor, ProjectId id, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageProjects,
            change =>
            {
                Project before = RequireOpen(change, id);
                change.RequireParty(Lead(before));
                Project after = before with { ClosedAt = change.Now };
                change.Transaction.Execute("UPDATE projects SET closed_at = @at WHERE id = @id", new { id = id.Value, at = StoredTime.Format(change.Now) });
                change.Audit("project.close", id.Value, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<Project?> FindAsync(ProjectId id, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(project => project.Id == id);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Project>> ListAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Projects;

    public static PartyId Lead(Project project) => project.Owners[0].Party;

    public static Project RequireOpen(Change change, ProjectId id) => change.Facts.Projects.FirstOrDefault(project => project.Id == id) is { ClosedAt: null } project
        ? project
        : throw Change.Refuse(LicensingRefusal.NotFound, $"There is no open project '{id}'.");

    private static void RequireOwnersConsent(Change change, IReadOnlyList<OwnershipShare> owners)
    {
        if (owners.Count > 1)
        {
            change.RequireOperator(); // one owner cannot sign for the others
        }
        else
        {
            change.RequireParty(owners[0].Party);
        }
    }

    private static void CheckField(Change change, string? field) =>
        change.Require(field is null || GrantRules.IsName(field), LicensingRefusal.Invalid, $"A field of use is 1 to {GrantRules.LongestName} letters, digits and . _ - / :.");

    private static void InsertOwners(Change change, ProjectId id, IReadOnlyList<OwnershipShare> owners)
    {
        for (int i = 0; i < owners.Count; i++)
        {
            change.Transaction.Execute(
                "INSERT INTO project_owners (project, position, party, basis_points) VALUES (@project, @position, @party, @points)",
                new { project = id.Value, position = i, party = owners[i].Party.Value, points = owners[i].BasisPoints });
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\\z")]
    private static partial Regex IdForm();
}
