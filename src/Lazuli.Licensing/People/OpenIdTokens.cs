using Lazuli.Contracts;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lazuli.Licensing;

/// <summary>Checks OpenID Connect tokens: signature by the issuer's keys (RS256, ES256), issuer, audience, beginning and end.</summary>
internal sealed class OpenIdTokens(OpenIdKeys keys, IOptions<OpenIdOptions> options, TimeProvider time)
{
    private const int LongestToken = 16 * 1024;
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler s_handler = new() { MaximumTokenSizeInBytes = LongestToken, MapInboundClaims = false };

    /// <summary>The token when it is genuine and meant for us; else the reason.</summary>
    /// <exception cref="OpenIdUnavailableException">The issuer's keys cannot be had.</exception>
    public async Task<(JsonWebToken? Token, string Reason)> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length > LongestToken || text.Count(c => c == '.') != 2 || !s_handler.CanReadToken(text))
        {
            return (null, "The bearer is neither a token of this installation nor a signed JSON Web Token.");
        }

        JsonWebToken unproven;
        try
        {
            unproven = s_handler.ReadJsonWebToken(text);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException)
        {
            return (null, "The token is not well-formed.");
        }

        // The issuer first: a token of somebody else must not make us fetch keys.
        if (!OpenIdSettings.IsIssuer(options.Value, unproven.Issuer, TenantOf(unproven)))
        {
            return (null, "The token is of another issuer.");
        }

        TokenValidationResult result = await s_handler.ValidateTokenAsync(text, Parameters(await keys.GetAsync(Empty(unproven.Kid), cancellationToken).ConfigureAwait(false))).ConfigureAwait(false);
        return result is { IsValid: true, SecurityToken: JsonWebToken token } ? (token, "") : (null, ReasonOf(result.Exception));
    }

    public static string? TenantOf(JsonWebToken token) => Claim(token, "tid");

    /// <summary>Who the token is about: Entra's <c>oid</c>, which is one for a person in a tenant, else <c>sub</c>.</summary>
    public static string? SubjectOf(JsonWebToken token) => (TenantOf(token) is null ? null : Claim(token, "oid")) ?? Claim(token, "sub");

    public PersonRoles? RolesOf(JsonWebToken token)
    {
        string[] values = [.. token.Claims.Where(claim => claim.Type == options.Value.RolesClaim).Select(claim => claim.Value)];
        return values.Length > 0 ? OpenIdSettings.RolesOf(options.Value, values) : null;
    }

    private static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue(name, out string? value) ? Empty(value) : null;

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string ReasonOf(Exception? exception) => exception switch
    {
        SecurityTokenExpiredException => "The token is over.",
        SecurityTokenNotYetValidException => "The token has not begun.",
        SecurityTokenNoExpirationException => "The token has no end.",
        SecurityTokenInvalidAudienceException => "The token is for another audience.",
        SecurityTokenInvalidIssuerException => "The token is of another issuer.",
        SecurityTokenInvalidAlgorithmException => "The token is signed in another way than RS256 or ES256.",
        SecurityTokenSignatureKeyNotFoundException => "The token is signed with a key that the issuer does not have.",
        _ => "The token's signature or form is wrong.",
    };

    private TokenValidationParameters Parameters(IReadOnlyList<SecurityKey> issuerKeys) => new()
    {
        IssuerSigningKeys = issuerKeys,
        ValidateIssuerSigningKey = true,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
        ValidAudience = options.Value.Audience,
        ValidateAudience = true,
        IssuerValidator = (issuer, token, _) => OpenIdSettings.IsIssuer(options.Value, issuer, TenantOf((JsonWebToken)token)) ? issuer : throw new SecurityTokenInvalidIssuerException("Another issuer."),
        LifetimeValidator = (from, until, _, _) => IsAlive(from, until),
        TryAllIssuerSigningKeys = false,
    };

    private bool IsAlive(DateTime? from, DateTime? until)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return until is not { } end ? throw new SecurityTokenNoExpirationException("No end.")
            : now >= end + s_skew ? throw new SecurityTokenExpiredException("Over.")
            : from is { } begin && now < begin - s_skew ? throw new SecurityTokenNotYetValidException("Not begun.")
            : true;
    }
}
