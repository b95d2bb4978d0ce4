namespace Lazuli.Gateway;

/// <summary>Whether and how the admin API answers callers from elsewhere; section <c>Admin</c>.</summary>
public sealed class AdminOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Admin";

    /// <summary>Whether the server's own addresses answer <c>/admin/v1</c> to people who sign in with a token. Off, only the home's socket does.</summary>
    /// <value>Default false.</value>
    public bool Remote { get; set; }

    /// <summary>Whether a proxy in front ends TLS and says so in <c>X-Forwarded-Proto</c>; then nobody but the proxy may reach this server.</summary>
    /// <value>Default false: requests that came through a proxy in the clear are refused.</value>
    public bool BehindProxy { get; set; }
}
