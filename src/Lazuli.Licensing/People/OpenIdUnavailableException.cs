namespace Lazuli.Licensing;

/// <summary>The issuer's keys cannot be had; another time they may.</summary>
internal sealed class OpenIdUnavailableException(string message, Exception? cause) : Exception(message, cause);
