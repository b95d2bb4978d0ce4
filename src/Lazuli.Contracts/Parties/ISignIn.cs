namespace Lazuli.Contracts;

/// <summary>Finds out who somebody is. Thread-safe.</summary>
public interface ISignIn
{
    /// <summary>Who sends this bearer: a personal token, a session, or an OpenID Connect token of the configured issuer.</summary>
    Task<SignInResult> AuthenticateAsync(string bearer, CancellationToken cancellationToken);
}
