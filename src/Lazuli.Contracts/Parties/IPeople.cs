namespace Lazuli.Contracts;

/// <summary>People with their roles, personal tokens and sessions. Thread-safe; every change leaves an audit entry.</summary>
public interface IPeople
{
    /// <summary>Adds a person to a party; null for the installation itself, by its operator.</summary>
    Task<LicensingResult<Person>> AddAsync(Actor actor, PartyId? party, string name, PersonRoles roles, OpenIdIdentity? identity, CancellationToken cancellationToken);

    /// <summary>Gives a person other roles.</summary>
    Task<LicensingResult<Person>> SetRolesAsync(Actor actor, string id, PersonRoles roles, CancellationToken cancellationToken);

    /// <summary>Ends what a person may do, tokens and sessions with it.</summary>
    Task<LicensingResult<Person>> CloseAsync(Actor actor, string id, CancellationToken cancellationToken);

    /// <summary>The person of that id, closed or not; null when there is none.</summary>
    Task<Person?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>All people of a party, or all for null, oldest first.</summary>
    Task<IReadOnlyList<Person>> ListAsync(PartyId? party, CancellationToken cancellationToken);

    /// <summary>Makes a personal token; by the person itself, with all its roles, or who manages people.</summary>
    Task<LicensingResult<CreatedToken>> CreateTokenAsync(Actor actor, string person, string label, DateTimeOffset? expiresAt, CancellationToken cancellationToken);

    /// <summary>Opens a session of 12 hours for the person that acts, with all its roles.</summary>
    Task<LicensingResult<CreatedToken>> OpenSessionAsync(Actor actor, CancellationToken cancellationToken);

    /// <summary>Ends a token or session at once; by the person itself, or who manages people.</summary>
    Task<LicensingResult<PersonToken>> RevokeTokenAsync(Actor actor, string id, CancellationToken cancellationToken);

    /// <summary>A person's tokens and sessions, newest first.</summary>
    Task<IReadOnlyList<PersonToken>> ListTokensAsync(string person, CancellationToken cancellationToken);
}
