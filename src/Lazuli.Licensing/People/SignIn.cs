using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Lazuli.Licensing;

/// <summary>Finds out who somebody is, from our own tokens and those of the configured issuer.</summary>
internal sealed class SignIn(LazuliDatabase database, Entitlements entitlements, OpenIdTokens tokens, IOptions<OpenIdOptions> options, TimeProvider time) : ISignIn
{
    private const string NotLive = "The token is wrong, over or revoked.";

    private static readonly byte[] s_noHash = new byte[SHA256.HashSizeInBytes];

    /// <inheritdoc/>
    public async Task<SignInResult> AuthenticateAsync(string bearer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bearer);
        if (ApiKeyText.TryParse(bearer, out ApiKeyText own, ApiKeyText.TokenPrefix) || ApiKeyText.TryParse(bearer, out own, ApiKeyText.SessionPrefix))
        {
            return await FindOwnAsync(own, cancellationToken).ConfigureAwait(false);
        }

        if (!options.Value.IsOn)
        {
            return new SignInResult.Unknown("The bearer is no token of this installation, and no issuer is configured.");
        }

        try
        {
            (JsonWebToken? token, string reason) = await tokens.ReadAsync(bearer, cancellationToken).ConfigureAwait(false);
            return token is null ? new SignInResult.Unknown(reason) : await FindPersonAsync(token, cancellationToken).ConfigureAwait(false);
        }
        catch (OpenIdUnavailableException e)
        {
            return new SignInResult.Unavailable(e.Message);
        }
    }

    private async Task<SignInResult> FindOwnAsync(ApiKeyText text, CancellationToken cancellationToken)
    {
        IReadOnlyList<TokenRow> rows = await database.QueryAsync<TokenRow>($"SELECT {TokenRow.Columns} FROM person_tokens WHERE id = @Id", new { text.Id }, cancellationToken).ConfigureAwait(false);
        TokenRow? row = rows.Count > 0 ? rows[0] : null;
        bool proven = CryptographicOperations.FixedTimeEquals(text.Hash(), row?.Hash ?? s_noHash);
        if (!proven || row?.ToToken() is not { RevokedAt: null } token || (token.ExpiresAt is { } end && time.GetUtcNow() >= end))
        {
            return new SignInResult.Unknown(NotLive);
        }

        IReadOnlyList<PersonRow> people = await database.QueryAsync<PersonRow>($"SELECT {PersonRow.Columns} FROM people WHERE id = @Person", new { token.Person }, cancellationToken).ConfigureAwait(false);
        return Admit(people.Count > 0 ? people[0].ToPerson() : null, limit: null, NotLive);
    }

    private async Task<SignInResult> FindPersonAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        string? subject = OpenIdTokens.SubjectOf(token);
        if (subject is null)
        {
            return new SignInResult.Unknown("The token names nobody: it has neither 'sub' nor Entra's 'oid'.");
        }

        PersonRoles? roles = tokens.RolesOf(token);
        IReadOnlyList<PersonRow> people = await database.QueryAsync<PersonRow>(
            $"SELECT {PersonRow.Columns} FROM people WHERE issuer = @Issuer AND subject = @subject", new { token.Issuer, subject }, cancellationToken).ConfigureAwait(false);
        if (people.Count > 0)
        {
            return Admit(people[0].ToPerson(), roles, "Who the token names may not act here any more.");
        }

        string? tenant = OpenIdTokens.TenantOf(token);
        if (tenant is null || !options.Value.Tenants.TryGetValue(tenant, out string? party))
        {
            return new SignInResult.Unknown("Nobody here is whom the token names.");
        }

        var id = new PartyId(party);
        return entitlements.FindParty(id) is not { ClosedAt: null } || id == PartyId.Public ? new SignInResult.Unknown("The party of the token's tenant is not open.")
            : roles is not { } given || given == PersonRoles.None ? new SignInResult.Unknown("The token gives no role that means anything here.")
            : new SignInResult.Known(new Actor($"{token.Issuer}#{subject}", id, given));
    }

    // A token may say less than the person may do, never more.
    private SignInResult Admit(Person? person, PersonRoles? limit, string otherwise)
    {
        if (person is not { ClosedAt: null } || (person.Party is { } party && entitlements.FindParty(party) is not { ClosedAt: null }))
        {
            return new SignInResult.Unknown(otherwise);
        }

        PersonRoles roles = limit is { } given ? person.Roles & given : person.Roles;
        return roles == PersonRoles.None ? new SignInResult.Unknown("The token gives no role that the person has.") : new SignInResult.Known(new Actor(person.Id, person.Party, roles));
    }
}
